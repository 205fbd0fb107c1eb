"""One endpoint: how it is and since when, what it is, and its charts over any range of time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError, NotFoundError
from app.models.endpoint import Endpoint, EndpointDraft, Lifecycle, Usage
from app.models.metric_groups import groups_off
from app.models.metrics import Chart, EndpointHealth
from app.models.security import DeviceCheckRecord
from app.services.progress import CancelToken, Report
from app.ui import icons, theme
from app.ui.charts.board import ChartBoard
from app.ui.dialogs.danger import DangerDialog
from app.ui.dialogs.key_replacement import open_host_key
from app.ui.dialogs.login_change import open_login
from app.ui.dialogs.login_name import open_login_name
from app.ui.models.ranges import DEFAULT_RANGE, RANGES
from app.ui.pages.page import Notice, Page, PageContext
from app.ui.widgets.checking import check
from app.ui.widgets.endpoint_form import EndpointDialog
from app.ui.widgets.endpoint_summary import EndpointSummary
from app.ui.widgets.metrics_change import ask_for_metrics
from app.ui.widgets.removal import ask_to_remove
from app.ui.widgets.renewal import renew
from app.ui.widgets.states import EmptyState, StateView
from app.ui.widgets.upgrade import upgrade

_RANGE_WIDTH = 170


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at an endpoint gave; without `charts`, `error` says why."""

    endpoint: Endpoint
    health: EndpointHealth | None
    charts: list[Chart]
    start: datetime
    end: datetime
    error: AppError | None
    checked: DeviceCheckRecord | None
    newer: str
    """The version of a newer exporter that the kit has for the device; empty for none."""


class EndpointPage(Page):
    """Opened about an endpoint's name; Esc leads back to where it was opened."""

    refresh_milliseconds: ClassVar[int] = 15_000

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._name = ""
        self._endpoint: Endpoint | None = None
        self._zoom: tuple[datetime, datetime] | None = None
        self._asked = 0
        self._shown_at: datetime | None = None
        self._build_tools()
        self.board = ChartBoard()
        self.board.span_chosen.connect(self._zoom_in)
        self.board.reset_asked.connect(self.reset_zoom)
        self.summary = EndpointSummary(self._build_buttons())
        self.summary.accept_wanted.connect(self._ask_to_accept)
        self.charts_view = StateView(self.board)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_WIDE, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addWidget(self.summary)
        column.addWidget(self.charts_view, 1)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inner)
        self._scroll.setAccessibleName(self.tr("Charts"))
        self.view = StateView(self._scroll, self._gone())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.view)

    # Construction

    def _gone(self) -> EmptyState:
        gone = EmptyState(
            "server",
            self.tr("This endpoint is no longer there"),
            self.tr("It was removed, here or by another window. What was measured of it stays in Prometheus."),
        )
        gone.add_button(self.tr("Show the fleet"), lambda: self.context.navigate("fleet", ""))
        return gone

    def _build_tools(self) -> None:
        self.back_button = QPushButton(icons.icon("arrow-left"), self.tr("Fleet"))
        self.back_button.setAccessibleName(self.tr("Back to the fleet"))
        self.back_button.clicked.connect(lambda: self.context.navigate("fleet", ""))
        self.whole_button = QPushButton(icons.icon("rotate-ccw"), self.tr("Whole range"))
        self.whole_button.setToolTip(self.tr("Undo the zoom (double click in a chart)"))
        self.whole_button.clicked.connect(self.reset_zoom)
        self.whole_button.hide()
        self.ranges = QComboBox()
        self.ranges.setFixedWidth(_RANGE_WIDTH)
        self.ranges.setAccessibleName(self.tr("Range of time"))
        for each in RANGES:
            self.ranges.addItem(each.title, each.key)
        remembered = self.ranges.findData(str(self.context.state.value("endpoint/range", DEFAULT_RANGE.key)))
        self.ranges.setCurrentIndex(max(0, remembered))
        self.ranges.currentIndexChanged.connect(self._on_range)

    def _build_buttons(self) -> QWidget:
        self.edit_action = QAction(icons.icon("pencil"), self.tr("Change…"), self)
        self.edit_action.triggered.connect(self._edit)
        self.grafana_action = QAction(icons.icon("chart-area"), self.tr("Open in Grafana"), self)
        self.grafana_action.triggered.connect(lambda: self.context.navigate("dashboards", self._name))
        self.renew_action = QAction(icons.icon("refresh-cw"), self.tr("Renew certificate"), self)
        self.renew_action.setToolTip(self.tr("Gives the exporter a new certificate, without an interruption."))
        self.renew_action.triggered.connect(self._renew)
        self.upgrade_action = QAction(icons.icon("arrow-up"), self.tr("Upgrade exporter"), self)
        self.upgrade_action.triggered.connect(self._upgrade)
        self.metrics_action = QAction(icons.icon("activity"), self.tr("Metrics…"), self)
        self.metrics_action.setToolTip(self.tr("Chooses what the exporter reads of the device."))
        self.metrics_action.triggered.connect(self._change_metrics)
        self.check_action = QAction(icons.icon("list-checks"), self.tr("Check now"), self)
        self.check_action.setToolTip(
            self.tr("Contacts the device: is it the known one, and is all that was made on it as it was?")
        )
        self.check_action.triggered.connect(self._check)
        self.host_key_action = QAction(icons.icon("key"), self.tr("Host key…"), self)
        self.host_key_action.triggered.connect(self._show_host_key)
        self.login_action = QAction(icons.icon("pencil"), self.tr("Change login…"), self)
        self.login_action.setToolTip(self.tr("Another user, password or key, for all endpoints that share the login."))
        self.login_action.triggered.connect(self._change_login)
        self.share_action = QAction(icons.icon("layers"), self.tr("Share login…"), self)
        self.share_action.setToolTip(
            self.tr("Gives the login a name, so that other endpoints can be enrolled with it.")
        )
        self.share_action.triggered.connect(self._share_login)
        self.remove_action = QAction(icons.icon("trash-2"), self.tr("Remove…"), self)
        self.remove_action.triggered.connect(self._remove)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP_SMALL)
        for action in (self.edit_action, self.grafana_action, self.remove_action):
            button = QPushButton(action.icon(), action.text())
            button.clicked.connect(action.trigger)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.upgrade_button = QPushButton(self.upgrade_action.icon(), self.upgrade_action.text())
        self.upgrade_button.clicked.connect(self.upgrade_action.trigger)
        self.upgrade_action.setVisible(False)
        self.upgrade_button.hide()
        row.insertWidget(0, self.upgrade_button, 0, Qt.AlignmentFlag.AlignTop)
        row.insertWidget(row.count() - 1, self._more_button(), 0, Qt.AlignmentFlag.AlignTop)
        return place

    def _more_button(self) -> QPushButton:
        """What is seldom needed has one button, or the summary beside them would have no room."""
        button = QPushButton(self.tr("More"))
        menu = QMenu(button)
        menu.addActions(
            [
                self.check_action,
                self.metrics_action,
                self.renew_action,
                self.host_key_action,
                self.login_action,
                self.share_action,
            ]
        )
        button.setMenu(menu)
        return button

    # The page

    @property
    def title(self) -> str:
        return self._name or self.tr("Endpoint")

    def tools(self) -> list[QWidget]:
        return [self.whole_button, self.ranges, self.back_button]

    def commands(self) -> list[QAction]:
        return [
            self.edit_action,
            self.grafana_action,
            self.check_action,
            self.renew_action,
            self.upgrade_action,
            self.metrics_action,
            self.host_key_action,
            self.login_action,
            self.share_action,
            self.remove_action,
        ]

    def go_back(self) -> bool:
        if self._zoom is None:
            return False
        self.reset_zoom()
        return True

    def show_subject(self, subject: str) -> None:
        if subject == self._name:
            return
        self._name = subject
        self._endpoint = None
        self._zoom = None
        self._shown_at = None
        self.view.start_over()
        self.charts_view.start_over()
        self.title_changed.emit()

    # Data

    def refresh(self) -> None:
        if self._name and self._zoom is None:
            # Another endpoint does not wait for the answer about the last one.
            self._look(every_time=self._shown_at is None)

    def _span(self) -> tuple[datetime, datetime]:
        if self._zoom is not None:
            return self._zoom
        now = datetime.now(UTC)
        return now - RANGES[self.ranges.currentIndex()].span, now

    def _look(self, *, every_time: bool) -> None:
        """Ask anew; `every_time`: also while the last question is still open, whose answer is then out of date."""
        if self._shown_at is None:
            self.view.show_loading()
        name, (start, end) = self._name, self._span()
        services = self.context.services
        self._asked += 1
        number = self._asked

        def work(_report: Report, _token: CancelToken) -> Look:
            endpoint = services.inventory.endpoint(name)
            checked = services.inventory.checks_of(endpoint.id).device
            made = endpoint.receipt
            build = services.kit.newer_than(made.exporter_version, made.architecture) if made else None
            newer = build.version if build else ""
            health: EndpointHealth | None = None
            try:
                health = services.fleet.health(name)
                charts = services.fleet.charts(name, start=start, end=end)
                return Look(endpoint, health, charts, start, end, None, checked, newer)
            except AppError as error:
                return Look(endpoint, health, [], start, end, error, checked, newer)

        def show(look: Look) -> None:
            if number == self._asked and name == self._name:
                self._show(look)

        def fail(error: AppError) -> None:
            if number == self._asked and name == self._name:
                self._show_error(error)

        if every_time:
            self.context.tasks.start(
                work, title=self.title, owner=self, on_success=show, on_failure=fail, pool="polling"
            )
        elif not self.fetch(work, on_success=show, on_failure=fail):
            self._asked -= 1

    def _show(self, look: Look) -> None:
        self._endpoint = look.endpoint
        self.view.show_content()
        self.summary.show_endpoint(look.endpoint, look.health, look.checked)
        for action in (
            self.remove_action,
            self.renew_action,
            self.check_action,
            self.upgrade_action,
            self.metrics_action,
        ):
            action.setEnabled(look.endpoint.lifecycle is Lifecycle.MONITORED)
        self._offer_upgrade(look)
        if look.error is not None:
            self.charts_view.show_error(look.error, self._look_again, taken_at=self._shown_at)
            return
        self._shown_at = look.end
        self.data_taken.emit(None if self._zoom else look.end)
        self.charts_view.show_content()
        off = groups_off(look.endpoint.metrics)
        self.board.show_charts(look.charts, look.start.timestamp(), look.end.timestamp(), off)

    def _offer_upgrade(self, look: Look) -> None:
        made = look.endpoint.receipt
        self.upgrade_action.setVisible(bool(look.newer))
        self.upgrade_button.setVisible(bool(look.newer))
        if made is not None and look.newer:
            self.upgrade_button.setText(self.tr("Upgrade to {version}").format(version=look.newer))
            text = self.tr(
                "The device has the exporter {old}, the kit has {new}. It is started again once; if the new one does not answer, "
                "the old one comes back."
            )
            self.upgrade_button.setToolTip(text.format(old=made.exporter_version, new=look.newer))

    def _show_error(self, error: AppError) -> None:
        if isinstance(error, NotFoundError):
            self.view.show_empty()
        else:
            self.view.show_error(error, self._look_again, taken_at=self._shown_at)

    def _look_again(self) -> None:
        self._look(every_time=True)

    # Range and zoom

    def _on_range(self) -> None:
        self.context.state.setValue("endpoint/range", self.ranges.currentData())
        self.reset_zoom()

    def _zoom_in(self, start: float, end: float) -> None:
        self._zoom = (datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
        self.whole_button.show()
        self._look_again()

    def reset_zoom(self) -> None:
        """Show the whole range again, up to now."""
        self._zoom = None
        self.whole_button.hide()
        if self._name:
            self._look_again()

    # Actions

    def _edit(self) -> None:
        if self._endpoint is None:
            return
        endpoint, services = self._endpoint, self.context.services
        self.context.tasks.start(
            lambda _report, _token: (services.inventory.sites(), services.inventory.regions()),
            title=self.title,
            owner=self,
            on_success=lambda known: self._open_form(endpoint, *known),
            on_failure=lambda error: self.context.notify(Notice(error.message, theme.Meaning.DOWN)),
            pool="polling",
        )

    def _open_form(self, endpoint: Endpoint, sites: list[str], regions: list[str]) -> None:
        dialog = EndpointDialog(endpoint, sites, regions, self)
        dialog.saved.connect(lambda draft: self._save(endpoint, draft, dialog))
        dialog.open()

    def _save(self, endpoint: Endpoint, draft: EndpointDraft, dialog: EndpointDialog) -> None:
        change = self.context.services.endpoints.change

        def saved(changed: Endpoint) -> None:
            dialog.accept()
            self.context.notify(Notice(self.tr("{name} was changed.").format(name=changed.name), theme.Meaning.UP))
            if not changed.is_named_by_certificate:
                # Prometheus would not accept it under its new address.
                renew(self.context, [changed], self.window())
            if self._name == endpoint.name:
                self._name = changed.name
                self.title_changed.emit()
                self._look_again()

        self.context.tasks.start(
            lambda _report, _token: change(endpoint.id, draft),
            title=self.tr("Change {name}").format(name=endpoint.name),
            owner=dialog,
            on_success=saved,
            on_failure=dialog.fail,
        )

    def _check(self) -> None:
        if self._endpoint is not None:
            check(self.context, [self._endpoint], self.window(), then=self._look_again)

    def _renew(self) -> None:
        if self._endpoint is not None:
            renew(self.context, [self._endpoint], self.window())

    def _upgrade(self) -> None:
        if self._endpoint is not None:
            upgrade(self.context, self._endpoint, self.window(), then=self._look_again)

    def _change_metrics(self) -> None:
        if self._endpoint is not None:
            ask_for_metrics(self.context, self._endpoint, self, then=self._look_again)

    def _show_host_key(self) -> None:
        if self._endpoint is not None:
            open_host_key(self.context, self._endpoint, self, then=self._look_again)

    def _change_login(self) -> None:
        if self._endpoint is not None:
            open_login(self.context, self, endpoint=self._endpoint)

    def _share_login(self) -> None:
        if self._endpoint is None or self._endpoint.credential_id is None:
            return
        endpoint, number = self._endpoint, self._endpoint.credential_id

        def ask(usage: Usage) -> None:
            title = self.tr("Share the login of {name}").format(name=endpoint.name)
            open_login_name(self.context, self, number, name=usage.credential.name, title=title)

        self.context.tasks.start(
            lambda _report, _token: self.context.services.credentials.usage(number),
            title=self.title,
            owner=self,
            on_success=ask,
            on_failure=lambda error: self.context.notify(Notice(error.message, theme.Meaning.DOWN)),
            pool="polling",
        )

    def _ask_to_accept(self) -> None:
        if self._endpoint is None:
            return
        endpoint = self._endpoint
        dialog = DangerDialog(
            title=self.tr("Is it the device of {name}?").format(name=endpoint.name),
            text=self.tr(
                "It has another machine-id than before. After a new installation or a restored image that is right. If you are not sure, "
                "look at the device itself: from now on Plantwatch would change and clean whatever answers there."
            ),
            verb=self.tr("It is its device"),
            parent=self,
        )
        dialog.accepted.connect(lambda: self._accept(endpoint))
        dialog.open()

    def _accept(self, endpoint: Endpoint) -> None:
        accept = self.context.services.endpoints.accept_device
        self.context.tasks.start(
            lambda _report, _token: accept(endpoint.id),
            title=self.tr("Accept the device of {name}").format(name=endpoint.name),
            owner=self,
            on_success=lambda _changed: self._look_again(),
            on_failure=lambda error: self.context.notify(Notice(error.message, theme.Meaning.DOWN)),
        )

    def _remove(self) -> None:
        if self._endpoint is not None:
            ask_to_remove(self.context, [self._endpoint], self)
