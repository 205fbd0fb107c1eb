"""All endpoints in one table: how each is, what it does, what needs attention."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QFocusEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.endpoint import Endpoint
from app.models.fleet_filter import NO_FILTER, Key
from app.models.metrics import FleetSnapshot, Health
from app.services.progress import CancelToken, Report
from app.ui import icons, theme
from app.ui.fleet_subject import FleetSubject
from app.ui.models.fleet import FleetModel, flag_words, heading
from app.ui.models.fleet_rows import METRIC_OF, Column, Fleet, lay_out
from app.ui.pages.page import Page, PageContext
from app.ui.widgets.complaint_strip import ComplaintStrip
from app.ui.widgets.filter_line import FilterLine
from app.ui.widgets.fleet_actions import FleetActions
from app.ui.widgets.fleet_export import ask_for_list_file
from app.ui.widgets.fleet_table import ALWAYS_SHOWN, HIDDEN_AT_FIRST, FleetTable
from app.ui.widgets.health import word_for
from app.ui.widgets.limit_strip import LimitStrip
from app.ui.widgets.selection_bar import SelectionBar
from app.ui.widgets.site_chooser import SiteChooser
from app.ui.widgets.states import EmptyState, StateView
from app.ui.widgets.text import Label

T = TypeVar("T")
_SEARCH_WIDTH, _SITE_WIDTH = 310, 170


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at inventory and Prometheus gave. `error` says why `snapshot` is not newer than it is."""

    revision: int
    endpoints: list[Endpoint]
    snapshot: FleetSnapshot | None
    fleet: Fleet
    error: AppError | None


class FleetPage(Page):
    """Reads inventory and Prometheus every few seconds while shown; the inventory only when its revision has changed."""

    refresh_milliseconds: ClassVar[int] = 5000

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._reading: Reading | None = None
        self._offered: list[Endpoint] | None = None
        self.model = FleetModel(self)
        self.table = FleetTable(self.model)
        self._build_actions()
        self._build_tools()
        self.actions_on = FleetActions(context, self.table.chosen, self)
        self.actions_on.run_started.connect(self.run_started)
        self.selection_bar = SelectionBar(
            (self.open_action, self.copy_action, *self.actions_on.bar()), self.clear_action
        )
        self._nothing_found = Label(self.tr("No endpoint matches."), muted=True)
        self._nothing_found.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing_found.hide()
        self.limit = LimitStrip()
        self.limit.lifted.connect(self._filter)
        self.complaint = ComplaintStrip()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_SMALL)
        column.addWidget(self.complaint)
        column.addWidget(self.limit)
        column.addWidget(self.table, 1)
        column.addWidget(self._nothing_found, 1)
        column.addWidget(self.selection_bar)
        self.view = StateView(content, self._empty())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_SECTION, theme.GAP)
        whole.addWidget(self.view)
        self._connect()
        self._restore()

    # Construction

    def _empty(self) -> EmptyState:
        empty = EmptyState(
            "server",
            self.tr("No endpoint yet"),
            self.tr(
                "Enrol a Linux device and it shows up here with its state, its load and what needs attention. "
                "You need its address and a login."
            ),
        )
        empty.add_button(self.tr("Enrol an endpoint"), lambda: self.context.navigate("enrol", ""), icon="plus")
        empty.add_button(self.tr("Enrol many devices"), lambda: self.context.navigate("lists", ""), main=False)
        return empty

    def _build_actions(self) -> None:
        def action(icon: str, text: str, shortcut: str, called: Callable[[], None]) -> QAction:
            made = QAction(icons.icon(icon), text, self)
            made.setShortcut(QKeySequence(shortcut))
            # The table answers these keys itself; as shortcuts they would also take them from text fields.
            made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            made.triggered.connect(lambda _checked=False: called())
            return made

        self.open_action = action("arrow-right", self.tr("Open"), "Return", self._open_chosen)
        self.copy_action = action("copy", self.tr("Copy as text"), "Ctrl+C", self.table.copy)
        self.export_action = action("download", self.tr("Export as list…"), "", self._export)
        self.clear_action = action("x", self.tr("Clear the selection"), "Esc", self.table.clearSelection)
        self.group_action = QAction(icons.icon("group"), self.tr("Group by site"), self)
        self.group_action.setCheckable(True)
        self.comfortable_action = QAction(icons.icon("rows-3"), self.tr("High rows"), self)
        self.comfortable_action.setCheckable(True)

    def _build_tools(self) -> None:
        self.search = FilterLine(self.tr("Search, or ask: site:north disk>90"))
        self.search.setFixedWidth(_SEARCH_WIDTH)
        self.sites = SiteChooser()
        self.sites.setFixedWidth(_SITE_WIDTH)
        self.options = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.options.setIcon(icons.icon("columns-3"))
        self.options.setToolTip(self.tr("Columns, rows and export"))
        self.options.setAccessibleName(self.tr("Columns, rows and export"))
        menu = QMenu(self.options)
        menu.addActions((self.export_action, self.group_action, self.comfortable_action))
        menu.addSeparator()
        self.column_actions: dict[Column, QAction] = {}
        for column in Column:
            if column not in ALWAYS_SHOWN:
                shown = menu.addAction(heading(column))
                shown.setCheckable(True)
                self.column_actions[column] = shown
        self.options.setMenu(menu)

    def _connect(self) -> None:
        self.search.filter_changed.connect(self._on_wanted)
        self.search.complaint_changed.connect(self.complaint.show_error)
        self.search.returnPressed.connect(self.table.setFocus)
        self.sites.chosen.connect(lambda site: self.search.write(self.search.wanted.asking(Key.SITE, site)))
        self.group_action.toggled.connect(lambda _on: self._filter())
        self.comfortable_action.toggled.connect(lambda on: self.table.set_comfortable(comfortable=on))
        for column, shown in self.column_actions.items():
            shown.toggled.connect(partial(self._show_column, column))
        self.table.opened.connect(self._open)
        self.table.removal_asked.connect(self.actions_on.remove_action.trigger)
        self.table.menu_asked.connect(self._show_menu)
        self.table.chosen_changed.connect(self._on_chosen)
        self.model.rearranged.connect(self._on_rearranged)

    def _show_column(self, column: Column, shown: bool) -> None:  # noqa: FBT001 - the signature of toggled
        self.table.setColumnHidden(column, not shown)
        self.table.share_room()

    # The page

    @property
    def title(self) -> str:
        return self.tr("Fleet")

    def tools(self) -> list[QWidget]:
        return [self.search, self.sites, self.options]

    def commands(self) -> list[QAction]:
        return [self.group_action, self.comfortable_action, self.export_action, *self.actions_on.menu()]

    def search_field(self) -> QLineEdit:
        return self.search

    def go_back(self) -> bool:
        if self.table.selectionModel().hasSelection():
            self.table.clearSelection()
            return True
        if self.limit.names is not None:
            self.limit.lift()
            return True
        return super().go_back()

    def show_subject(self, subject: str) -> None:
        """The endpoints of a `FleetSubject` and no others, or all of them with one selected by its name."""
        wanted = FleetSubject.read(subject)
        if wanted is None:
            self.table.choose(subject)
            return
        self.limit.show_limit(wanted.names, wanted.title)
        self.search.write(NO_FILTER.asking(Key.SITE, wanted.site))
        self._filter()

    def show_filter(self, text: str) -> None:
        """The endpoints that a filter finds, as if `text` were typed."""
        self.limit.show_limit(None, "")
        self.search.setText(text)
        self.search.read()
        self._filter()

    def deactivated(self) -> None:
        super().deactivated()
        self._save()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._hand_focus_on()

    def _hand_focus_on(self) -> None:
        """The keyboard goes to the table as soon as there is one."""
        if self.hasFocus() and self.table.isVisible():
            self.table.setFocus()

    # Data

    def refresh(self) -> None:
        if self._reading is None:
            self.view.show_loading()
        before = self._reading
        state_words = {state: word_for(state) for state in Health}
        flagged = flag_words()
        services = self.context.services

        def work(_report: Report, _token: CancelToken) -> Reading:
            revision = services.inventory.revision()
            known = before.endpoints if before and before.revision == revision else services.inventory.endpoints()
            snapshot, error = before.snapshot if before else None, None
            if known:
                try:
                    snapshot = services.fleet.snapshot()
                except AppError as met:
                    error = met
            return Reading(revision, known, snapshot, lay_out(known, snapshot, state_words, flagged), error)

        self.fetch(work, on_success=self._show, on_failure=self._show_error)

    def _show(self, reading: Reading) -> None:
        self._reading = reading
        self._offer_values(reading.endpoints)
        self.model.take(reading.fleet)
        self.table.set_stale(stale=reading.error is not None)
        self.data_taken.emit(reading.fleet.taken_at)
        if not reading.endpoints:
            self.view.show_empty()
        elif reading.error is not None:
            # The endpoints are known even when nothing is known about them.
            self.view.show_content()
            self.view.show_error(reading.error, self.refresh, taken_at=reading.fleet.taken_at)
        else:
            self.view.show_content()
        self._hand_focus_on()

    def _show_error(self, error: AppError) -> None:
        self.table.set_stale(stale=True)
        taken_at = self._reading.fleet.taken_at if self._reading else None
        self.view.show_error(error, self.refresh, taken_at=taken_at)

    def _offer_values(self, endpoints: list[Endpoint]) -> None:
        if endpoints is self._offered:
            return
        self._offered = endpoints
        groups = {
            Key.SITE: {each.site for each in endpoints},
            Key.REGION: {each.region for each in endpoints},
            Key.TAG: {tag for each in endpoints for tag in each.tags},
        }
        values = {key: sorted(there, key=lambda name: (not name, name.casefold())) for key, there in groups.items()}
        self.search.know(values)
        self.sites.offer(values[Key.SITE])

    def _on_wanted(self) -> None:
        self.sites.show_site(self.search.wanted.only(Key.SITE))
        self._filter()

    def _filter(self) -> None:
        self.model.wish(
            replace(
                self.model.arrangement,
                wanted=self.search.wanted,
                names=self.limit.names,
                grouped=self.group_action.isChecked(),
            )
        )

    def _on_rearranged(self) -> None:
        found = bool(self.model.rows)
        self.table.setVisible(found)
        self._nothing_found.setVisible(not found)

    # Actions

    def _on_chosen(self) -> None:
        chosen = self.table.chosen()
        self.open_action.setEnabled(len(chosen) == 1)
        count = len(chosen)
        text = "" if not count else chosen[0].name if count == 1 else self.tr("{n} endpoints").format(n=count)
        self.selection_bar.show_count(text)

    def _open(self, endpoint: Endpoint) -> None:
        self.context.navigate("endpoint", endpoint.name)

    def _open_chosen(self) -> None:
        if len(chosen := self.table.chosen()) == 1:
            self._open(chosen[0])

    def _export(self) -> None:
        """Those that are chosen; if none are, all."""
        endpoints = self.table.chosen() or (self._reading.endpoints if self._reading else [])
        ask_for_list_file(self.context, endpoints, self)

    def _show_menu(self, at: QPoint) -> None:
        if not self.table.chosen():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions((self.open_action, self.copy_action, self.export_action))
        menu.addSeparator()
        menu.addActions(self.actions_on.menu())
        menu.popup(at)

    # What is remembered

    def _save(self) -> None:
        shown = [column.name for column, action in self.column_actions.items() if action.isChecked()]
        wish = self.model.arrangement
        widths = {
            column.name: self.table.columnWidth(column) for column in Column if not self.table.isColumnHidden(column)
        }
        for key, value in {
            "columns": json.dumps(shown),
            "widths": json.dumps(widths),
            "sort": json.dumps("-" * wish.descending + wish.column.name),
            "grouped": json.dumps(wish.grouped),
            "collapsed": json.dumps(sorted(wish.collapsed)),
            "comfortable": json.dumps(self.comfortable_action.isChecked()),
            "text": json.dumps(str(wish.wanted)),
        }.items():
            self.context.state.setValue(f"fleet/{key}", value)

    def _restore(self) -> None:
        shown = self._remembered("columns", [column.name for column in Column if column not in HIDDEN_AT_FIRST])
        for column, action in self.column_actions.items():
            action.setChecked(column.name in shown)
            self.table.setColumnHidden(column, column.name not in shown)
        widths: dict[str, object] = self._remembered("widths", {})
        for name, width in widths.items():
            if name in Column.__members__ and Column[name] not in METRIC_OF and isinstance(width, int):
                self.table.setColumnWidth(Column[name], width)
        self.comfortable_action.setChecked(self._remembered("comfortable", False))  # noqa: FBT003 - a value
        collapsed = frozenset(map(str, self._remembered("collapsed", [])))
        self.model.wish(replace(self.model.arrangement, collapsed=collapsed))
        self.group_action.setChecked(self._remembered("grouped", False))  # noqa: FBT003 - a value
        by = self._remembered("sort", Column.NAME.name)
        order = Qt.SortOrder.DescendingOrder if by.startswith("-") else Qt.SortOrder.AscendingOrder
        if (name := by.removeprefix("-")) in Column.__members__:
            self.table.sortByColumn(Column[name], order)
        self.search.setText(self._remembered("text", ""))

    def _remembered(self, key: str, default: T) -> T:
        """What was saved under `key`, if it is of the kind of `default`: the file is the operator's and may hold anything."""
        try:
            value = json.loads(str(self.context.state.value(f"fleet/{key}", "")))
        except ValueError:
            return default
        return value if isinstance(value, type(default)) else default
