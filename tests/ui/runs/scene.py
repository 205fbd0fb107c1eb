"""What tests of the run page do with it."""

from pytestqt.qtbot import QtBot

from app.models.bulk import BulkRun, Failure
from app.ui.models.run import RunColumn
from app.ui.pages.page import Notice
from app.ui.pages.runs import RunPage
from app.ui.widgets.states import ViewState
from tests.ui.fake_runs import DrivenRunner, RunWorld

REFUSED = Failure(
    "WrongPasswordError",
    "10.20.0.2:22 does not accept this password for iiot.",
    "Authentication failed.",
    "Check user and password.",
)
CLOSED = Failure("PortClosedError", "10.20.0.3:22 refuses the connection.", "Connection refused", "Check the port.")
TAKEN = Failure("PortTakenError", "Port 9100 of 10.20.0.4 is in use by nginx.", "", "Stop that program.")
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDyPIrW/R4Is/JbgGzNpo8GcLq5u7kBwnvmZE2oDF8qX"
UNKNOWN = Failure("HostKeyUnknownError", "10.20.0.5:22 shows a host key.", KEY, "Compare it.")


class Scene:
    """A page, its world, and what it told."""

    page: RunPage

    def __init__(self, qtbot: QtBot, world: RunWorld) -> None:
        self.qtbot = qtbot
        self.world = world
        self.notices: list[Notice] = []
        self.gone_to: list[tuple[str, str]] = []

    def show(self, run: BulkRun) -> RunPage:
        """The page of `run`, with its rows."""
        page = self.page
        page.show()
        page.activated()
        page.show_run(run.id)
        self.qtbot.waitUntil(
            lambda: page.view.state is ViewState.CONTENT and len(page.model.items) == run.total and not page.is_fetching
        )
        return page

    def begin(self, run: BulkRun) -> DrivenRunner:
        """This window works on `run`."""
        before = len(self.world.bulk.begun)
        self.page.context.runs.begin(run)
        self.qtbot.waitUntil(lambda: len(self.world.bulk.begun) > before)
        return self.world.bulk.runners[run.id]

    def settle(self) -> None:
        """Let what follows from changes be shown."""
        self.page._settle()

    def until_ended(self, run: BulkRun) -> None:
        self.qtbot.waitUntil(lambda: self.page.context.runs.live(run.id) is None)
        self.qtbot.waitUntil(self.page.context.tasks.is_idle)

    def cell(self, number: int, column: RunColumn) -> str:
        return self.page.model.text(self.page.model.items[number - 1], column)
