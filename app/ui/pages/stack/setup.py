"""Where the stack runs and how: the host, ports and intervals, and the plan that follows from them."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.errors import AppError, InputError
from app.models.endpoint import parse_address, parse_port
from app.models.stack import DockerHost, Plan, StackOptions
from app.settings import Settings
from app.ui import theme
from app.ui.errors import InlineError
from app.ui.icons import icon
from app.ui.pages.stack.plan import PlanCard
from app.ui.theme import Text
from app.ui.widgets.form import Field, Fold
from app.ui.widgets.text import Label

_BY_URL = "url"


class SetupView(QWidget):
    """A form and the plan below it. The plan belongs to what the form says: after a change it has to be made anew.

    `foot` holds the buttons; whoever shows the view puts it below, so that a long plan never hides them.
    """

    plan_wanted = Signal(object)
    """The `Settings` to plan with."""
    deploy_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, settings: Callable[[], Settings], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._planned: Settings | None = None
        self._host_is_chosen = False
        self._make_fields()
        self._make_buttons()
        self._lay_out()
        self.show_hosts([DockerHost()])
        self.load()

    def _make_fields(self) -> None:
        self.host_box = QComboBox()
        self.host = Field(
            self.tr("Docker host"), self.host_box, note=self.tr("The machine that runs the stack, day and night.")
        )
        self.url_line = QLineEdit()
        self.url_line.setPlaceholderText("ssh://operator@plant-server")
        self.url = Field(
            self.tr("Address of the engine"),
            self.url_line,
            note=self.tr("ssh://user@host, tcp://host:2376, unix:///var/run/docker.sock"),
            check=self._check_url,
        )
        self.publish = self._line(
            self.tr("Listen on"),
            self.tr("An address of the host. 127.0.0.1: only the host itself."),
            lambda line: parse_address(line.text(), field_name="stack.publish_address"),
        )
        self.prometheus_port = self._port(self.tr("Prometheus port"))
        self.alertmanager_port = self._port(self.tr("Alertmanager port"))
        self.grafana_port = self._port(self.tr("Grafana port"))
        self.interval = self._number(self.tr("Reading interval"), self.tr("Seconds between two readings."))
        self.retention = self._number(self.tr("History"), self.tr("Days that data are kept."))

    def _line(self, label: str, note: str, check: Callable[[QLineEdit], object]) -> Field:
        line = QLineEdit()
        line.textChanged.connect(self._on_changed)
        return Field(label, line, note=note, check=lambda: check(line))

    def _port(self, label: str) -> Field:
        return self._line(label, "", lambda line: parse_port(line.text()))

    def _number(self, label: str, note: str) -> Field:
        def check(line: QLineEdit) -> None:
            if not line.text().strip().isdigit() or int(line.text()) < 1:
                raise InputError("number", self.tr("A whole number is needed."))

        return self._line(label, note, check)

    def _make_buttons(self) -> None:
        self.plan_button = QPushButton(self.tr("Show the plan"))
        self.deploy_button = QPushButton(icon("play", "on_fill"), self.tr("Deploy"))
        self.deploy_button.setProperty("kind", "main")
        self.back_button = QPushButton(icon("arrow-left"), self.tr("Back"))
        self.told = Label(muted=True, wrap=True)
        self.foot = QWidget()
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(theme.GAP_SECTION, theme.GAP, theme.GAP_SECTION, theme.GAP)
        row.setSpacing(theme.GAP_SMALL)
        for button in (self.deploy_button, self.plan_button, self.back_button):
            row.addWidget(button)
        row.addWidget(self.told, 1)
        self.host_box.currentIndexChanged.connect(self._on_host)
        self.url_line.textChanged.connect(self._on_changed)
        self.plan_button.clicked.connect(self.ask_for_plan)
        self.deploy_button.clicked.connect(self.deploy_wanted)
        self.back_button.clicked.connect(self.back_wanted)

    def _lay_out(self) -> None:
        ports = QWidget()
        grid = QGridLayout(ports)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.GAP)
        grid.addWidget(self.publish, 0, 0, 1, 3)
        for column, field in enumerate((self.prometheus_port, self.alertmanager_port, self.grafana_port)):
            grid.addWidget(field, 1, column)
        grid.addWidget(self.interval, 2, 0)
        grid.addWidget(self.retention, 2, 1)
        self.options = Fold(self.tr("Ports, interval and retention"), ports)
        self._plan_place = QVBoxLayout()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP)
        rows.addWidget(self.host)
        rows.addWidget(self.url)
        rows.addWidget(self.options)
        rows.addLayout(self._plan_place)
        rows.addStretch()

    # The form

    def load(self) -> None:
        """Fill the form with the settings in force."""
        now = self._settings()
        self._host_is_chosen = False
        with QSignalBlocker(self.host_box):
            self._choose(now.docker_host)
        options = now.stack
        for field, value in (
            (self.publish, options.publish_address),
            (self.prometheus_port, options.prometheus_port),
            (self.alertmanager_port, options.alertmanager_port),
            (self.grafana_port, options.grafana_port),
            (self.interval, options.scrape_interval_seconds),
            (self.retention, options.retention_days),
        ):
            _line_of(field).setText(str(value))
        self.forget_plan()

    def show_hosts(self, hosts: list[DockerHost]) -> None:
        """Offer `hosts` and, last, one by its address. What the operator has chosen meanwhile stays chosen."""
        chosen = self.host_box.currentData()
        with QSignalBlocker(self.host_box):
            self.host_box.clear()
            self.host_box.addItem(icon("plug"), self.tr("Another engine, by its address"), _BY_URL)
            for host in hosts:
                if not host.url:
                    self._offer(host)
            if not self._host_is_chosen:
                self._choose(self._settings().docker_host)
            elif (at := self._place_of(chosen)) is not None:
                self.host_box.setCurrentIndex(at)

    def _offer(self, host: DockerHost) -> None:
        """Add a host of this computer, before the one by its address."""
        text = self.tr("This computer") if not host.context else self.tr("Context {0}").format(host.context)
        self.host_box.insertItem(self.host_box.count() - 1, icon("server"), text, host)

    def _place_of(self, host: object) -> int | None:
        offered = (self.host_box.itemData(index) for index in range(self.host_box.count()))
        return next((index for index, each in enumerate(offered) if each == host), None)

    def _choose(self, host: DockerHost) -> None:
        self.url_line.setText(host.url)
        wanted = _BY_URL if host.url else host
        if self._place_of(wanted) is None:
            # A context that has not been looked up yet, or is gone: planning says so, and does not take another host instead.
            self._offer(host)
        self.host_box.setCurrentIndex(self._place_of(wanted) or 0)
        self.url.setVisible(self._by_url())

    def _by_url(self) -> bool:
        return bool(self.host_box.currentData() == _BY_URL)

    def _check_url(self) -> None:
        if not self.url_line.text().strip():
            raise InputError("docker.url", self.tr("The address of the engine is needed."))
        replace(self._settings(), docker_host=DockerHost(url=self.url_line.text().strip()))

    def _on_host(self) -> None:
        self._host_is_chosen = True
        self.url.setVisible(self._by_url())
        self._on_changed()

    def _on_changed(self) -> None:
        if self._planned is not None:
            self.forget_plan()
            self.told.setText(self.tr("Changed: look at the plan again."))

    def chosen(self) -> Settings:
        """The settings with what the form says. Raises InputError."""
        host = DockerHost(url=self.url_line.text().strip()) if self._by_url() else self.host_box.currentData()
        options = StackOptions(
            project=self._settings().stack.project,
            publish_address=_line_of(self.publish).text().strip(),
            prometheus_port=parse_port(_line_of(self.prometheus_port).text()),
            alertmanager_port=parse_port(_line_of(self.alertmanager_port).text()),
            grafana_port=parse_port(_line_of(self.grafana_port).text()),
            scrape_interval_seconds=int(_line_of(self.interval).text()),
            retention_days=int(_line_of(self.retention).text()),
        )
        return replace(self._settings(), docker_host=host, stack=options)

    def ask_for_plan(self) -> None:
        """Check the form and, if it is right, ask for the plan."""
        folded = [self.publish, self.prometheus_port, self.alertmanager_port, self.grafana_port, self.interval]
        asked = [*([self.url] if self._by_url() else []), *folded, self.retention]
        wrong = [field for field in asked if not field.is_right()]
        if wrong:
            self.options.set_open(self.options.is_open or wrong[0] is not self.url)
            wrong[0].control.setFocus()
            return
        try:
            settings = self.chosen()
        except InputError as error:
            self._complain(error)
            return
        self.forget_plan()
        self._planned = settings
        self.plan_button.setEnabled(False)
        self.told.setText(self.tr("Looking at {0} …").format(settings.docker_host.label))
        self.plan_wanted.emit(settings)

    def _complain(self, error: InputError) -> None:
        fields = {
            "docker.url": self.url,
            "stack.publish_address": self.publish,
            "stack.prometheus_port": self.prometheus_port,
            "stack.alertmanager_port": self.alertmanager_port,
            "stack.grafana_port": self.grafana_port,
            "stack.scrape_interval_seconds": self.interval,
            "stack.retention_days": self.retention,
        }
        field = fields.get(error.field, self.host)
        self.options.set_open(self.options.is_open or field not in (self.url, self.host))
        field.complain(str(error.details["reason"]))
        field.control.setFocus()

    # The plan

    def forget_plan(self) -> None:
        """What was planned is not what the form says."""
        self._planned = None
        self._clear_plan()
        self.told.setText("")
        self.plan_button.setEnabled(True)
        self.deploy_button.hide()

    def show_plan(self, plan: Plan) -> None:
        """The plan for what the form says."""
        self._clear_plan()
        self._plan_place.addWidget(Label(self.tr("What will be done"), Text.SECTION))
        self._plan_place.addWidget(Label(plan.host, muted=True, wrap=True))
        self.plan_card = PlanCard(plan)
        self._plan_place.addWidget(self.plan_card)
        self.told.setText("")
        self.plan_button.setEnabled(True)
        self.deploy_button.setVisible(not plan.is_empty)
        if not plan.is_empty:
            self.deploy_button.setFocus()

    def show_failure(self, error: AppError) -> None:
        """There is no plan, because of `error`."""
        self.forget_plan()
        self._plan_place.addWidget(InlineError(error, retry=self.ask_for_plan))

    def _clear_plan(self) -> None:
        while (item := self._plan_place.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()


def _line_of(field: Field) -> QLineEdit:
    control = field.control
    if not isinstance(control, QLineEdit):
        raise TypeError(f"{type(control).__name__} is not a line")
    return control
