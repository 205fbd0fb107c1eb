"""Step 1: which device, and where it belongs."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.errors import AppError, DuplicateError, InputError
from app.models.endpoint import (
    EndpointDraft,
    parse_address,
    parse_group,
    parse_listen_address,
    parse_name,
    parse_port,
    parse_tags,
)
from app.services.enrolment.ssh_config import Offer
from app.ui import theme
from app.ui.pages.enrol.config_hint import ConfigHint
from app.ui.pages.enrol.session import Session, WizardStep
from app.ui.tasks import TaskRunner
from app.ui.widgets.form import Field, Fold

_NOTES_HEIGHT = 64
_PORT_WIDTH = 96


class Names(Protocol):
    """Who knows which names and addresses are taken, and which sites there are."""

    def check_free(self, draft: EndpointDraft, *, except_id: int | None = None) -> None:
        """Raises DuplicateError."""

    def sites(self) -> list[str]: ...

    def regions(self) -> list[str]: ...


class WhereStep(WizardStep):
    """Name, address, port, site, region, tags and notes; what few need is folded."""

    offer_used = Signal(object)
    """The `Offer` of the operator's SSH configuration that is to be used: the address and the port are taken over."""

    def __init__(self, session: Session, names: Names, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.action = self.tr("Next")
        self._session = session
        self._names = names
        self._tasks = tasks
        self._make_fields()
        self.config = ConfigHint(_line_of(self.address), tasks)
        self.config.use_wanted.connect(self._use)
        self._lay_out()
        for field in (self.name, self.address, self.port):
            field.left.connect(self._check_taken)

    def _make_fields(self) -> None:
        self.name = Field(
            self.tr("Name"),
            self._line(self.tr("turbine-07")),
            note=self.tr("How it is called in lists, charts and alerts."),
            check=lambda: parse_name(self._text(self.name)),
        )
        self.address = Field(
            self.tr("Address"),
            self._line(self.tr("10.20.0.7 or turbine-07.plant.example")),
            check=lambda: parse_address(self._text(self.address)),
        )
        self.port = Field(self.tr("SSH port"), self._line("22", "22"), check=lambda: parse_port(self._text(self.port)))
        self.port.setFixedWidth(_PORT_WIDTH)
        self.site = Field(
            self.tr("Site"),
            self._group(),
            note=self.tr("Choose one or type a new one."),
            check=lambda: parse_group(self._text(self.site), field_name="site"),
        )
        self.region = Field(
            self.tr("Region"), self._group(), check=lambda: parse_group(self._text(self.region), field_name="region")
        )
        self.tags = Field(
            self.tr("Tags"),
            self._line(self.tr("scada offshore")),
            note=self.tr("Separated by blanks or commas."),
            check=lambda: parse_tags(self._tags()),
        )
        notes = QPlainTextEdit()
        notes.setFixedHeight(_NOTES_HEIGHT)
        notes.setTabChangesFocus(True)
        self.notes = Field(self.tr("Notes"), notes)
        self.scrape_address = Field(
            self.tr("Scrape address"),
            self._line(self.tr("the same as the address")),
            note=self.tr("Where Prometheus reaches the device, if by another address than SSH does."),
            check=self._check_scrape_address,
        )
        self.exporter_port = Field(
            self.tr("Exporter port"),
            self._line("9100", "9100"),
            note=self.tr("Where the device will offer its metrics."),
            check=lambda: parse_port(self._text(self.exporter_port), field_name="exporter_port"),
        )

        self.listen_address = Field(
            self.tr("Listening address"),
            self._line(self.tr("all addresses of the device")),
            note=self.tr("One IP address of the device, if the metrics are to be offered on that one only."),
            check=lambda: parse_listen_address(self._text(self.listen_address)),
        )

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.GAP)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.name, 0, 0, 1, 3)
        grid.addWidget(self.address, 1, 0, 1, 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.port, 1, 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.config, 2, 0, 1, 3)
        pair = QGridLayout()
        pair.setHorizontalSpacing(theme.GAP)
        pair.addWidget(self.site, 0, 0, Qt.AlignmentFlag.AlignTop)
        pair.addWidget(self.region, 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(pair, 3, 0, 1, 3)
        grid.addWidget(self.tags, 4, 0, 1, 3)
        grid.addWidget(self.notes, 5, 0, 1, 3)
        advanced = QWidget()
        rows = QVBoxLayout(advanced)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP)
        rows.addWidget(self.scrape_address)
        rows.addWidget(self.exporter_port)
        rows.addWidget(self.listen_address)
        self.advanced = Fold(self.tr("Advanced"), advanced)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addLayout(grid)
        layout.addWidget(self.advanced)
        layout.addStretch()

    def _line(self, placeholder: str, text: str = "") -> QLineEdit:
        line = QLineEdit(text)
        line.setPlaceholderText(placeholder)
        line.returnPressed.connect(self._on_return)
        return line

    def _on_return(self) -> None:
        # Return that chooses a name from the list under the field is not meant for the wizard.
        if not self.config.is_completing:
            self.go_on.emit()

    def _use(self, offer: Offer) -> None:
        _line_of(self.address).setText(offer.address)
        if offer.port:
            _line_of(self.port).setText(str(offer.port))
        self.offer_used.emit(offer)

    def _group(self) -> QComboBox:
        box = QComboBox()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        line = box.lineEdit()
        completer = box.completer()
        if line is not None and isinstance(completer, QCompleter):
            line.setPlaceholderText(self.tr("none"))
            line.returnPressed.connect(self.go_on)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        return box

    @staticmethod
    def _text(field: Field) -> str:
        control = field.control
        if isinstance(control, QComboBox):
            return control.currentText()
        if isinstance(control, QPlainTextEdit):
            return control.toPlainText()
        return control.text() if isinstance(control, QLineEdit) else ""

    def _tags(self) -> list[str]:
        return self._text(self.tags).replace(",", " ").split()

    def _check_scrape_address(self) -> None:
        if self._text(self.scrape_address).strip():
            parse_address(self._text(self.scrape_address), field_name="scrape_address")

    def _fields(self) -> dict[str, Field]:
        return {
            "name": self.name,
            "address": self.address,
            "port": self.port,
            "site": self.site,
            "region": self.region,
            "tags": self.tags,
            "scrape_address": self.scrape_address,
            "exporter_port": self.exporter_port,
            "listen_address": self.listen_address,
        }

    def enter(self) -> None:
        self.name.control.setFocus()
        self.config.read()
        self._tasks.start(
            lambda _report, _token: (self._names.sites(), self._names.regions()),
            title=self.tr("Read the sites"),
            owner=self,
            on_success=self._offer_groups,
            on_failure=lambda _error: None,  # choosing is a convenience; typing a site works without
            pool="polling",
        )

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.config.stop()

    @property
    def site_text(self) -> str:
        return self._text(self.site)

    def suggest_site(self, site: str) -> None:
        """Put `site` into the empty field."""
        if not self._text(self.site):
            _combo(self.site).setEditText(site)

    def clear(self) -> None:
        """Make ready for another device of the same site."""
        for field in (self.name, self.address, self.tags, self.scrape_address, self.listen_address):
            _line_of(field).clear()
            field.complain("")
        _line_of(self.port).setText("22")
        _line_of(self.exporter_port).setText("9100")
        if isinstance(self.notes.control, QPlainTextEdit):
            self.notes.control.clear()

    def set_exporter_port(self, port: int) -> None:
        _line_of(self.exporter_port).setText(str(port))

    def draft(self) -> EndpointDraft:
        """What the fields say. Raises InputError."""
        return EndpointDraft(
            name=self._text(self.name),
            address=self._text(self.address),
            port=parse_port(self._text(self.port)),
            site=self._text(self.site),
            region=self._text(self.region),
            tags=tuple(self._tags()),
            notes=self._text(self.notes).strip(),
            scrape_address=self._text(self.scrape_address),
            exporter_port=parse_port(self._text(self.exporter_port), field_name="exporter_port"),
            listen_address=self._text(self.listen_address),
        )

    def proceed(self, accepted: Callable[[], None]) -> None:
        wrong = [field for field in self._fields().values() if not field.is_right()]
        if wrong:
            self._focus(wrong[0])
            return
        draft = self.draft()

        def free(_result: None) -> None:
            self.waiting.emit("")
            self._session.draft = draft
            self._session.accepts_clone = False
            accepted()

        self.waiting.emit(self.tr("Checking that the name and the address are free …"))
        self._ask_whether_free(draft, free)

    def complain(self, error: InputError) -> None:
        """Show `error` under the field that it names."""
        field = self._fields().get(error.field, self.name)
        field.complain(str(error.details["reason"]))
        self._focus(field)

    def ask_for_listen_address(self) -> None:
        """Another one is needed."""
        self._focus(self.listen_address)

    def _focus(self, field: Field) -> None:
        if field in (self.scrape_address, self.exporter_port, self.listen_address):
            self.advanced.set_open(True)
        field.control.setFocus()

    def _check_taken(self) -> None:
        """After a field was left: tell early, if all that is needed for the question is there."""
        try:
            draft = self.draft()
        except InputError:
            return
        self._ask_whether_free(draft, lambda _result: None)

    def _ask_whether_free(self, draft: EndpointDraft, on_free: Callable[[None], None]) -> None:
        def taken(error: AppError) -> None:
            self.waiting.emit("")
            if isinstance(error, DuplicateError):
                self._fields().get(error.field, self.name).complain(str(error.details["reason"]))
            else:
                self.name.complain(error.message)

        self._tasks.start(
            lambda _report, _token: self._names.check_free(draft),
            title=self.tr("Check the name and the address"),
            owner=self,
            on_success=on_free,
            on_failure=taken,
            pool="polling",
        )

    def _offer_groups(self, known: tuple[Sequence[str], Sequence[str]]) -> None:
        for field, names in zip((self.site, self.region), known, strict=True):
            box = _combo(field)
            text = box.currentText()
            with QSignalBlocker(box):
                box.clear()
                box.addItems(list(names))
                box.setEditText(text)


def _line_of(field: Field) -> QLineEdit:
    control = field.control
    if not isinstance(control, QLineEdit):
        raise TypeError(f"{type(control).__name__} is not a line")
    return control


def _combo(field: Field) -> QComboBox:
    control = field.control
    if not isinstance(control, QComboBox):
        raise TypeError(f"{type(control).__name__} is not a choice")
    return control
