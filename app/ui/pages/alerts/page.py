"""What fires now, worst first, and what to do about it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QSplitter,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.models.alert import Alert, Severity
from app.ui import theme, wording
from app.ui.icons import icon
from app.ui.models.alerts import AlertColumn, AlertGrouping, AlertModel, alert_key
from app.ui.pages.alerts.detail import AlertDetail
from app.ui.pages.alerts.row import AlertDelegate
from app.ui.pages.page import Page, PageContext
from app.ui.severities import severity_word
from app.ui.widgets.search_line import SearchLine
from app.ui.widgets.states import EmptyState, StateView
from app.ui.widgets.text import Label

_SEARCH_WIDTH = 240
_GROUPING_KEY = "alerts/grouping"
_WIDTHS = {AlertColumn.ENDPOINT: 130, AlertColumn.SITE: 120, AlertColumn.SINCE: 100}
_DETAIL_WIDTH = 360


class AlertsPage(Page):
    """A list grouped by severity or site, and a panel about the selected alert."""

    refresh_milliseconds: ClassVar[int] = 10_000

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._alerts = context.services.alerts
        self._taken_at: datetime | None = None
        self.model = AlertModel(self)
        self.search = SearchLine(self.tr("Search the alerts"))
        self.search.setFixedWidth(_SEARCH_WIDTH)
        self.grouping = QComboBox()
        self.grouping.setAccessibleName(self.tr("Group by"))
        self.grouping.addItem(icon("triangle-alert"), self.tr("By severity"), AlertGrouping.SEVERITY)
        self.grouping.addItem(icon("map-pin"), self.tr("By site"), AlertGrouping.SITE)
        self.list = self._make_list()
        self.detail = AlertDetail()
        self.told = Label(muted=True)
        self.view = StateView(self._content(), self._make_empty())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_SECTION, theme.GAP)
        layout.setSpacing(theme.GAP_SMALL)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.told)
        self.search.textChanged.connect(self._filter)
        self.grouping.currentIndexChanged.connect(self._group)
        self.detail.open_wanted.connect(lambda name: context.navigate("endpoint", name))
        remembered = str(context.state.value(_GROUPING_KEY, AlertGrouping.SEVERITY.value))
        self.grouping.setCurrentIndex(max(0, self.grouping.findData(remembered)))

    @property
    def title(self) -> str:
        return self.tr("Alerts")

    def tools(self) -> list[QWidget]:
        return [self.search, self.grouping]

    def search_field(self) -> QLineEdit:
        return self.search

    def show_subject(self, subject: str) -> None:
        """Search for `subject`; "severity:critical" finds exactly those."""
        self.search.setText(subject)

    def _make_list(self) -> QTreeView:
        tree = QTreeView()
        tree.setModel(self.model)
        tree.setItemDelegate(AlertDelegate(tree))
        tree.setAccessibleName(self.tr("Alerts that fire"))
        tree.setIndentation(theme.GAP_WIDE)
        tree.setUniformRowHeights(True)
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(AlertColumn.WHAT, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            tree.setColumnWidth(column, width)
        tree.selectionModel().currentChanged.connect(self._show_current)
        tree.activated.connect(self._open_endpoint)
        return tree

    def _make_empty(self) -> EmptyState:
        return EmptyState(
            "circle-check",
            self.tr("Nothing fires"),
            self.tr(
                "The rules of the stack watch every endpoint. When one of them is broken, it stands here, worst first."
            ),
        )

    def _content(self) -> QWidget:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.list)
        splitter.addWidget(self.detail)
        splitter.setStretchFactor(0, 1)
        splitter.setHandleWidth(theme.GAP)
        splitter.setChildrenCollapsible(False)
        self.detail.setMinimumWidth(_DETAIL_WIDTH * 3 // 4)
        splitter.setSizes([2 * _DETAIL_WIDTH, _DETAIL_WIDTH])
        return splitter

    # Reading

    def refresh(self) -> None:
        self.view.show_loading()
        self.fetch(lambda _report, _token: self._alerts.firing(), on_success=self._show, on_failure=self._show_error)

    def _show(self, alerts: list[Alert]) -> None:
        self._taken_at = datetime.now(UTC)
        self.data_taken.emit(self._taken_at)
        self.context.show_count("alerts", _asking_for_action(alerts))
        self._keep_place(lambda: self.model.show(alerts))
        self._tell(len(alerts))
        if alerts:
            self.view.show_content()
        else:
            self.view.show_empty()

    def _show_error(self, error: AppError) -> None:
        if self._taken_at is None:
            self.told.setText("")
        self.view.show_error(error, self.refresh, taken_at=self._taken_at)

    def _tell(self, count: int) -> None:
        checked = self.tr("Checked at {0}").format(wording.clock_time(self._taken_at)) if self._taken_at else ""
        hidden = count - self.model.shown
        parts = [checked] if not hidden else [checked, self.tr("hidden by the search: {0}").format(hidden)]
        self.told.setText(" · ".join(parts))

    # The list

    def _filter(self, text: str) -> None:
        self._keep_place(lambda: self.model.set_filter(text))
        self._tell(self.model.total)

    def _group(self) -> None:
        grouping = AlertGrouping(self.grouping.currentData())
        self.context.state.setValue(_GROUPING_KEY, grouping.value)
        self._keep_place(lambda: self.model.set_grouping(grouping))

    def _keep_place(self, change: Callable[[], None]) -> None:
        """Run `change` on the model; what was selected stays selected, and what was folded stays folded."""
        current: Alert | None = self.list.currentIndex().data(AlertModel.AlertRole)
        folded = {
            str(index.data(AlertModel.TitleRole))
            for row in range(self.model.rowCount())
            if not self.list.isExpanded(index := self.model.index(row, 0))
        }
        change()
        for row in range(self.model.rowCount()):
            index = self.model.index(row, 0)
            self.list.setFirstColumnSpanned(row, QModelIndex(), True)  # noqa: FBT003 - Qt's own signature
            self.list.setExpanded(index, index.data(AlertModel.TitleRole) not in folded)
        place = self.model.find(alert_key(current)) if current is not None else self.model.first()
        self.list.setCurrentIndex(place)
        self._show_current(place)

    def _show_current(self, index: QModelIndex) -> None:
        alert: Alert | None = index.siblingAtColumn(0).data(AlertModel.AlertRole) if index.isValid() else None
        self.detail.show_alert(alert, severity_word(alert.severity) if alert else "")

    def _open_endpoint(self, index: QModelIndex) -> None:
        alert: Alert | None = index.data(AlertModel.AlertRole)
        if alert is not None and alert.instance:
            self.context.navigate("endpoint", alert.instance)


def _asking_for_action(alerts: Sequence[Alert]) -> int:
    """How many are not silenced and more than a remark."""
    return sum(1 for alert in alerts if not alert.silenced and alert.severity is not Severity.INFO)
