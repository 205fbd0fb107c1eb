"""What is to be asked: addresses with what they come to below, ports, rate, and what else is wanted."""

from dataclasses import dataclass

from PySide6.QtCore import QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.errors import AppError, InputError
from app.models.discovery import ScanRequest
from app.services.discovery import DiscoveryService, scan_request
from app.services.discovery.asking import parse_ports, parse_rate
from app.ui import theme, words
from app.ui.errors import message_of
from app.ui.icons import icon
from app.ui.tasks import TaskRunner
from app.ui.widgets.form import Field

_TYPING_MILLISECONDS = 200
_PORTS_WIDTH = 110
_RATE_WIDTH = 160
_USUAL_RATE = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """The form as it stands, not checked yet."""

    addresses: str
    ports: str
    rate: str
    exporters: bool
    names: bool
    mdns: bool

    def request(self, discovery: DiscoveryService) -> ScanRequest:
        """For a worker: 65,536 addresses take longer than a window may stand still. Raises InputError, InventoryError."""
        exporters = discovery.exporter_ports() if self.exporters else ()
        ports = parse_ports(self.ports)
        rate = parse_rate(self.rate)
        return scan_request(
            self.addresses, ports=ports, exporter_ports=exporters, rate=rate, names=self.names, mdns=self.mdns
        )


class ScanForm(QWidget):
    """Says below the addresses how many they are while they are typed. `wanted` is emitted by its button and by Return."""

    wanted = Signal()
    stop_wanted = Signal()

    def __init__(
        self, discovery: DiscoveryService, tasks: TaskRunner, state: QSettings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._discovery = discovery
        self._tasks = tasks
        self._state = state
        self._is_scanning = False
        self._waiting = QTimer(self, singleShot=True, interval=_TYPING_MILLISECONDS)
        self._waiting.timeout.connect(self._look)
        self._make_fields()
        self._lay_out()
        self._connect()
        self._look()

    def _make_fields(self) -> None:
        line = QLineEdit(str(self._state.value("discovery/addresses", "")))
        line.setPlaceholderText("10.20.0.0/24 !10.20.0.1  10.21.0.11-59")
        line.setMaxLength(20_000)
        self.addresses = Field(self.tr("Addresses"), line)
        ports = QLineEdit(str(self._state.value("discovery/ports", "22")))
        ports.setToolTip(self.tr("Where SSH servers may listen, with commas between them."))
        self.ports = Field(self.tr("SSH ports"), ports, check=lambda: parse_ports(ports.text()))
        self.ports.setFixedWidth(_PORTS_WIDTH)
        rate = QLineEdit(str(_USUAL_RATE))
        rate.setToolTip(
            self.tr("Connections that begin in a second, at most. Devices of a plant are easily overburdened.")
        )
        self.rate = Field(self.tr("Connections a second"), rate, check=lambda: parse_rate(rate.text()))
        self.rate.setFixedWidth(_RATE_WIDTH)
        self._lines = (line, ports, rate)
        self.exporters = QCheckBox(self.tr("Look for exporters, too"))
        self.exporters.setToolTip(self.tr("At port 9100 and those of your endpoints."))
        self.names = QCheckBox(self.tr("Ask DNS for names"))
        self.mdns = QCheckBox(self.tr("Listen for announcements"))
        self.mdns.setToolTip(
            self.tr("Asks by multicast DNS what devices of this network say of themselves. Needs no addresses.")
        )
        self.start_button = QPushButton(icon("search", "on_fill"), self.tr("Scan"))
        self.start_button.setProperty("kind", "main")
        self.stop_button = QPushButton(icon("square"), self.tr("Stop"))
        self.stop_button.hide()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.GAP)
        top.addWidget(self.addresses, 1, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.ports, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.rate, 0, Qt.AlignmentFlag.AlignTop)
        below = QHBoxLayout()
        below.setSpacing(theme.GAP_WIDE)
        below.addWidget(self.start_button)
        below.addWidget(self.stop_button)
        below.addWidget(self.exporters)
        below.addWidget(self.names)
        below.addWidget(self.mdns)
        below.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.GAP_SMALL)
        whole.addLayout(top)
        whole.addLayout(below)

    def _connect(self) -> None:
        for line in self._lines:
            line.returnPressed.connect(self._on_return)
        for field in (self.addresses, self.ports, self.rate):
            field.edited.connect(self._waiting.start)
        self.exporters.toggled.connect(lambda _checked: self._look())
        self.start_button.clicked.connect(self.wanted)
        self.stop_button.clicked.connect(self.stop_wanted)

    @property
    def wish(self) -> Wish:
        """As it stands now."""
        addresses, ports, rate = (line.text() for line in self._lines)
        return Wish(addresses, ports, rate, self.exporters.isChecked(), self.names.isChecked(), self.mdns.isChecked())

    def type_addresses(self, text: str) -> None:
        """As if the operator had typed it."""
        self._lines[0].setText(text)

    def set_scanning(self, *, scanning: bool) -> None:
        """What is asked cannot be changed while it is."""
        has_focus = self.start_button.hasFocus() or self.stop_button.hasFocus()
        self._is_scanning = scanning
        for widget in (self.addresses, self.ports, self.rate, self.exporters, self.names, self.mdns):
            widget.setEnabled(not scanning)
        self.start_button.setVisible(not scanning)
        self.stop_button.setVisible(scanning)
        self.stop_button.setEnabled(True)
        self.stop_button.setText(self.tr("Stop"))
        if has_focus or scanning:
            (self.stop_button if scanning else self.start_button).setFocus()

    def show_stopping(self) -> None:
        """Stop was pressed; it takes a moment."""
        self.stop_button.setEnabled(False)
        self.stop_button.setText(self.tr("Stopping…"))

    def complain(self, error: AppError) -> bool:
        """Show what is wrong at its field. False: it is not about one."""
        if not isinstance(error, InputError):
            return False
        field = {"ports": self.ports, "rate": self.rate}.get(error.field, self.addresses)
        field.complain(str(error.details["reason"]))
        field.control.setFocus()
        return True

    def remember(self) -> None:
        """For the next time."""
        self._state.setValue("discovery/addresses", self.wish.addresses)
        self._state.setValue("discovery/ports", self.wish.ports)

    # What it comes to

    def _on_return(self) -> None:
        if not self._is_scanning:
            self.wanted.emit()

    def _look(self) -> None:
        """Say how many addresses these are. Nobody is told off here: a range is wrong until it is typed to its end."""
        wish = self.wish
        if not wish.addresses.strip():
            self.addresses.set_note(
                self.tr("Networks, ranges and addresses; ! leaves some out. Nothing is sent before you scan.")
            )
            return

        def show(request: ScanRequest) -> None:
            if wish == self.wish:
                self.addresses.set_note(self._told(request))

        def wrong(error: AppError) -> None:
            if wish == self.wish:
                told = str(error.details["reason"]) if isinstance(error, InputError) else message_of(error)
                self.addresses.set_note(told)

        self._tasks.start(
            lambda _report, _token: wish.request(self._discovery),
            title=self.tr("Count addresses"),
            owner=self,
            on_success=show,
            on_failure=wrong,
            pool="polling",
        )

    def _told(self, request: ScanRequest) -> str:
        number = f"{len(request.addresses):,}"
        addresses = self.tr("1 address") if len(request.addresses) == 1 else self.tr("{0} addresses").format(number)
        ports = ", ".join(map(str, (*request.ports, *request.exporter_ports)))
        took = words.duration(max(request.least_seconds, 1))
        return self.tr("{0}, ports {1}: {2} or more").format(addresses, ports, took)
