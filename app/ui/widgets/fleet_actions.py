"""What can be done with the endpoints that are selected: one is worked on at once, many become a run."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.errors import AppError
from app.models.bulk import BulkAction, BulkRun
from app.models.bulk_parameters import NOTHING_MORE, LabelChange, MetricsChange, Parameters
from app.models.endpoint import Endpoint, Lifecycle
from app.services.progress import CancelToken, Report
from app.ui import icons, theme
from app.ui.dialogs.labels import LabelsDialog
from app.ui.dialogs.metrics import MetricsDialog
from app.ui.dialogs.shared_login import SharedLoginDialog
from app.ui.errors import advice_of, message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.widgets.checking import check
from app.ui.widgets.removal import RemovalDialog, ask_to_remove
from app.ui.widgets.renewal import renew

Chosen = Callable[[], list[Endpoint]]


class FleetActions(QObject):
    """The actions for a table's selection, in the order of the bar. `chosen` says what is selected."""

    run_started = Signal(int)
    """A run is written down under this number, and waits for somebody to work on it."""

    def __init__(self, context: PageContext, chosen: Chosen, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._chosen = chosen
        self._parent = parent
        self.check_action = self._action("list-checks", self.tr("Check now"), self._check)
        self.labels_action = self._action("map-pin", self.tr("Labels…"), self._change_labels)
        self.login_action = self._action("key", self.tr("Login…"), self._change_login)
        self.renew_action = self._action("refresh-cw", self.tr("Renew certificates"), self._renew)
        self.upgrade_action = self._action("arrow-up", self.tr("Upgrade exporters"), self._upgrade)
        self.metrics_action = self._action("activity", self.tr("Metrics…"), self._change_metrics)
        self.remove_action = self._action("trash-2", self.tr("Remove…"), self._remove)
        self.remove_action.setShortcut(QKeySequence("Del"))
        self.more_action = QAction(icons.icon("box"), self.tr("Exporter"), self)
        menu = QMenu(parent)
        menu.addActions((self.metrics_action, self.upgrade_action, self.renew_action))
        self.more_action.setMenu(menu)

    def bar(self) -> tuple[QAction, ...]:
        """For the selection bar; the last is the dangerous one."""
        return (self.check_action, self.labels_action, self.login_action, self.more_action, self.remove_action)

    def menu(self) -> tuple[QAction, ...]:
        """For the menu of the right button: the same, without a menu in it."""
        return (
            self.check_action,
            self.labels_action,
            self.login_action,
            self.metrics_action,
            self.upgrade_action,
            self.renew_action,
            self.remove_action,
        )

    def _action(self, icon: str, text: str, called: Callable[[], None]) -> QAction:
        made = QAction(icons.icon(icon), text, self)
        # The table answers the keys itself; as shortcuts they would also take them from text fields.
        made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        made.triggered.connect(lambda _checked=False: called())
        return made

    def _monitored(self) -> list[Endpoint]:
        return [endpoint for endpoint in self._chosen() if endpoint.lifecycle is Lifecycle.MONITORED]

    # Without a question

    def _check(self) -> None:
        if len(chosen := self._monitored()) == 1:
            check(self._context, chosen, self._parent.window())
        else:
            self._begin(BulkAction.CHECK, chosen)

    def _renew(self) -> None:
        if len(chosen := self._monitored()) == 1:
            renew(self._context, chosen, self._parent.window())
        else:
            self._begin(BulkAction.RENEW, chosen)

    def _upgrade(self) -> None:
        self._begin(BulkAction.UPGRADE, self._monitored())

    # With one

    def _remove(self) -> None:
        chosen = self._chosen()
        if len(chosen) == 1:
            ask_to_remove(self._context, chosen, self._parent)
        elif chosen:
            dialog = RemovalDialog(chosen, self._parent)
            dialog.accepted.connect(lambda: self._begin(BulkAction.REMOVE, chosen, Parameters(removal=dialog.way)))
            dialog.open()

    def _change_labels(self) -> None:
        if not (chosen := self._chosen()):
            return

        def begin(change: LabelChange) -> None:
            self._begin(BulkAction.LABELS, chosen, Parameters(labels=change))

        dialog = LabelsDialog(chosen, self._parent)
        dialog.given.connect(begin)
        dialog.look_for_groups(self._context)
        dialog.open()

    def _change_login(self) -> None:
        if not (chosen := self._monitored()):
            return

        def begin(profile: str) -> None:
            self._begin(BulkAction.CREDENTIALS, chosen, Parameters(profile=profile))

        dialog = SharedLoginDialog(chosen, self._parent)
        dialog.given.connect(begin)
        dialog.look(self._context)
        dialog.open()

    def _change_metrics(self) -> None:
        if not (chosen := self._monitored()):
            return

        def begin(change: MetricsChange) -> None:
            self._begin(BulkAction.METRICS, chosen, Parameters(metrics=change))

        dialog = MetricsDialog(chosen, self._parent)
        dialog.given.connect(begin)
        dialog.open()

    def _begin(self, action: BulkAction, endpoints: Sequence[Endpoint], parameters: Parameters = NOTHING_MORE) -> None:
        """Write the run down; whoever hears `run_started` works on it."""
        if not endpoints:
            return
        bulk, names = self._context.services.bulk, [endpoint.name for endpoint in endpoints]

        def work(_report: Report, _token: CancelToken) -> BulkRun:
            return bulk.act(action, names, parameters)

        def failed(error: AppError) -> None:
            text = f"{message_of(error)} {advice_of(error)}".strip()
            self._context.notify(Notice(text, theme.Meaning.DOWN))

        self._context.tasks.start(
            work,
            title=self.tr("Write the run down"),
            owner=self,
            on_success=lambda run: self.run_started.emit(run.id),
            on_failure=failed,
            pool="polling",
        )
