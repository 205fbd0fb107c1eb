"""The stack: where it runs, how it is, and bringing it to its definition or away."""

from datetime import UTC, datetime
from functools import cached_property, partial
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.stack import DockerHost, Plan, ServiceName, StackStatus
from app.services.progress import CancelToken, Report
from app.services.stack import DeployStep, DownStep
from app.settings import Settings
from app.ui import theme
from app.ui.dialogs.danger import DangerDialog
from app.ui.dialogs.logs import LogDialog
from app.ui.icons import icon
from app.ui.pages.page import Notice, Page, PageContext
from app.ui.pages.stack.services import StatusView
from app.ui.pages.stack.setup import SetupView
from app.ui.pages.stack.work import WorkView
from app.ui.theme import Meaning
from app.ui.turns import Turns
from app.ui.widgets.states import EmptyState, StateView

_LOG_LINES = 500
_STEPS_EXTRA_WIDTH = 160


class StackPage(Page):
    """Shows the stack as it is; or the form and the plan; or what runs. The latter two are made when they are first asked for."""

    refresh_milliseconds: ClassVar[int] = 10_000

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._stack = context.services.stack
        self._taken_at: datetime | None = None
        self.status: StackStatus | None = None
        self.status_view = StatusView()
        self.setup_button = QPushButton(icon("settings"), self.tr("Host and options…"))
        self.down_button = QPushButton(icon("trash-2"), self.tr("Stop and remove…"))
        self.down_button.hide()
        self.view = StateView(self._scrolled(self.status_view), self._make_empty())
        self._modes = QStackedWidget()
        self._modes.addWidget(self.view)
        self._making = Turns(self, [lambda: self.setup_view, lambda: self.work_view])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._modes)
        self.setup_button.clicked.connect(self.show_setup)
        self.down_button.clicked.connect(self._ask_to_remove)
        self.status_view.log_wanted.connect(self._show_log)
        self.status_view.repair_wanted.connect(self._show_repair)
        self._making.start()

    @cached_property
    def setup_view(self) -> SetupView:
        view = SetupView(self.context.services.settings)
        view.plan_wanted.connect(self._plan)
        view.deploy_wanted.connect(self.deploy)
        view.back_wanted.connect(self.go_back)
        self._modes.addWidget(self._with_foot(self._scrolled(view, narrow=True), view.foot))
        return view

    @cached_property
    def work_view(self) -> WorkView:
        view = WorkView(self.context.tasks)
        view.back_wanted.connect(self.go_back)
        self._modes.addWidget(self._scrolled(view, narrow=True, wider=_STEPS_EXTRA_WIDTH))
        return view

    def _make_empty(self) -> EmptyState:
        empty = EmptyState(
            "layers",
            self.tr("No stack yet"),
            self.tr(
                "The stack is what monitors: Prometheus reads the endpoints, Alertmanager passes alerts on, Grafana draws. "
                "It runs in containers on a Docker host of your choice and goes on when this window is closed."
            ),
        )
        self.start_button = empty.add_button(self.tr("Set up the stack"), self.show_setup, icon="arrow-right")
        return empty

    def _scrolled(self, content: QWidget, *, narrow: bool = False, wider: int = 0) -> QScrollArea:
        place = QWidget()
        rows = QVBoxLayout(place)
        rows.setContentsMargins(theme.GAP_SECTION, theme.GAP_SMALL, theme.GAP_SECTION, theme.GAP_WIDE)
        rows.addWidget(content)
        if narrow:
            place.setMaximumWidth(theme.FORM_WIDTH + wider + 2 * theme.GAP_SECTION)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(place)
        return scroll

    def _with_foot(self, body: QWidget, foot: QWidget) -> QWidget:
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedHeight(1)
        place = QWidget()
        rows = QVBoxLayout(place)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(body, 1)
        rows.addWidget(line)
        rows.addWidget(foot)
        return place

    @property
    def title(self) -> str:
        return self.tr("Stack")

    def tools(self) -> list[QWidget]:
        return [self.setup_button, self.down_button]

    def go_back(self) -> bool:
        """From the form, or from work that is over, to the state of the stack."""
        if self._modes.currentWidget() is self.view or self.work_view.is_running:
            return False
        self._show_mode(self.view)
        self.refresh()
        return True

    # The stack as it is

    def refresh(self) -> None:
        if self._modes.currentWidget() is not self.view:
            return
        self.view.show_loading()
        self.fetch(lambda _report, _token: self._stack.status(), on_success=self._show, on_failure=self._show_error)

    def _show(self, status: StackStatus) -> None:
        self._taken_at = datetime.now(UTC)
        self.data_taken.emit(self._taken_at)
        self.status = status
        self.down_button.setVisible(status.is_deployed)
        if not status.is_deployed:
            self.view.show_empty()
            return
        self.status_view.show_status(status)
        self.view.show_content()

    def _show_error(self, error: AppError) -> None:
        self.view.show_error(error, self.refresh, taken_at=self._taken_at)

    def _show_log(self, service: str) -> None:
        name = ServiceName(service)
        dialog = LogDialog(
            name.capitalize(), partial(self._stack.logs, name, _LOG_LINES), self.context.tasks, self.window()
        )
        dialog.open()

    # Host, options, plan

    def show_setup(self) -> None:
        """The form for host and options."""
        if self.work_view.is_running:
            self._show_mode(self.work_view)
            return
        self.setup_view.load()
        self._show_mode(self.setup_view)
        self.setup_view.host_box.setFocus()
        self.context.tasks.start(
            lambda _report, _token: self._stack.hosts(),
            title=self.tr("Find Docker hosts"),
            owner=self,
            on_success=self._show_hosts,
            on_failure=lambda error: self.setup_view.host.complain(error.message),
            pool="polling",
        )

    def _show_hosts(self, hosts: list[DockerHost]) -> None:
        self.setup_view.show_hosts(hosts)

    def _show_repair(self) -> None:
        self.show_setup()
        self.setup_view.ask_for_plan()

    def _plan(self, settings: Settings) -> None:
        def work(_report: Report, _token: CancelToken) -> Plan:
            self.context.services.save_settings(settings)
            return self._stack.plan()

        self.context.tasks.start(
            work,
            title=self.tr("Plan the stack"),
            owner=self,
            on_success=self.setup_view.show_plan,
            on_failure=self.setup_view.show_failure,
        )

    # Work

    def deploy(self) -> None:
        """Bring the stack to its definition."""
        self._show_mode(self.work_view)
        self.work_view.run(
            lambda report, token: self._stack.deploy(report=report, token=token),
            title=self.tr("Deploy the stack"),
            steps=DeployStep,
            on_success=self._on_deployed,
            on_failure=self._tell_failure,
        )

    def _on_deployed(self, status: StackStatus) -> None:
        self._show_mode(self.view)
        self._show(status)
        self.context.notify(
            Notice(
                self.tr("The stack runs on {0}.").format(status.host),
                Meaning.UP,
                self.tr("Enrol an endpoint"),
                partial(self.context.navigate, "enrol", ""),
            )
        )

    def _ask_to_remove(self) -> None:
        host = self.status.host if self.status else ""
        dialog = DangerDialog(
            title=self.tr("Stop and remove the stack on {0}?").format(host),
            text=self.tr(
                "Monitoring and alerting end at once for every endpoint. The exporters on the devices stay. "
                "The recorded history stays on the host, and a new deployment goes on with it, unless you tick the box: "
                "what is removed then cannot be brought back."
            ),
            verb=self.tr("Stop and remove"),
            option=self.tr("Remove the recorded history and the passwords as well"),
            option_verb=self.tr("Remove with all history"),
            parent=self.window(),
        )
        dialog.accepted.connect(lambda: self.remove(keep_data=not dialog.option.isChecked()))
        dialog.open()

    def remove(self, *, keep_data: bool) -> None:
        """Take the stack down."""
        self._show_mode(self.work_view)
        steps = list(DownStep) if not keep_data else [DownStep.CONNECT, DownStep.STOP, DownStep.NETWORK]
        self.work_view.run(
            lambda report, token: self._stack.down(keep_data=keep_data, report=report, token=token),
            title=self.tr("Stop and remove the stack"),
            steps=steps,
            on_success=lambda _none: self._on_removed(keep_data=keep_data),
            on_failure=self._tell_failure,
        )

    def _on_removed(self, *, keep_data: bool) -> None:
        self._taken_at = None
        self._show_mode(self.view)
        self.refresh()
        text = (
            self.tr("The stack is removed. Its history is kept.")
            if keep_data
            else self.tr("The stack is removed with its history.")
        )
        self.context.notify(Notice(text))

    def _tell_failure(self, error: AppError) -> None:
        if not self.isVisible():
            show = partial(self.context.navigate, "stack", "")
            self.context.notify(Notice(error.message, Meaning.DOWN, self.tr("Show"), show))

    def _show_mode(self, view: QWidget) -> None:
        for place in self._modes.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if place is view or place.isAncestorOf(view):
                self._modes.setCurrentWidget(place)
        is_state = view is self.view
        self.setup_button.setVisible(is_state)
        self.down_button.setVisible(is_state and self.status is not None and self.status.is_deployed)
