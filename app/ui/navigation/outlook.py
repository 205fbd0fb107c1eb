"""What the frame always says, whichever page is shown: how the Docker host is, and how many alerts ask for action."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.errors import AppError
from app.models.alert import Alert, Severity
from app.models.stack import StackStatus
from app.ui.errors import message_of
from app.ui.tasks import TaskRunner
from app.ui.theme import Meaning

if TYPE_CHECKING:
    from app.main import Services

_LOOK_MILLISECONDS = 30_000


class Outlook(QObject):
    """Looks every half minute, after each task, and on demand; never while the last look is still under way."""

    host_known = Signal(str, object)
    """The host and its health in words, and its `Meaning`."""
    alerts_counted = Signal(int)
    """Alerts that fire, are not silenced and are more than information. While nobody can tell, the last count stands."""

    def __init__(self, services: "Services", tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._under_way: set[str] = set()
        self._timer = QTimer(self, interval=_LOOK_MILLISECONDS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        # What the operator has had done (a deployment, say) shows at once.
        tasks.ended.connect(self.look)

    @Slot()
    def look(self) -> None:
        """Ask the Docker host and Alertmanager."""
        if "host" not in self._under_way:
            self._under_way.add("host")
            self._tasks.start(
                lambda _report, _token: self._services.stack.status(),
                title=self.tr("Check the Docker host"),
                owner=self,
                on_success=self._on_host,
                on_failure=self._on_host_error,
                pool="polling",
            )
        if "alerts" not in self._under_way:
            self._under_way.add("alerts")
            self._tasks.start(
                lambda _report, _token: self._services.alerts.firing(),
                title=self.tr("Count the alerts"),
                owner=self,
                on_success=self._on_alerts,
                on_failure=lambda _error: self._under_way.discard("alerts"),
                pool="polling",
            )

    def _on_host(self, status: StackStatus) -> None:
        self._under_way.discard("host")
        if status.is_healthy:
            text, meaning = self.tr("{host}: stack healthy"), Meaning.UP
        elif not status.is_deployed:
            text, meaning = self.tr("{host}: no stack yet"), Meaning.PAUSED
        else:
            text, meaning = self.tr("{host}: stack needs attention"), Meaning.ATTENTION
        self.host_known.emit(text.format(host=status.host), meaning)

    def _on_host_error(self, error: AppError) -> None:
        self._under_way.discard("host")
        self.host_known.emit(message_of(error), Meaning.DOWN)

    def _on_alerts(self, firing: list[Alert]) -> None:
        self._under_way.discard("alerts")
        asking = sum(not alert.silenced and alert.severity is not Severity.INFO for alert in firing)
        self.alerts_counted.emit(asking)
