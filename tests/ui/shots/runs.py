"""The page of a run and the list of runs, in each of their states."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtTest import QTest

from app.models.bulk import BulkAction, Failure, ItemState, NewItem
from app.services.enrolment.steps import EnrolStep
from app.ui.dialogs.new_keys import NewKeysDialog
from app.ui.pages.runs import RunPage, RunsPage
from app.ui.widgets.states import ViewState
from tests.ui.fake_runs import DrivenRunner, RunWorld
from tests.ui.fakes import fleet_of
from tests.ui.scenes import page_of
from tests.ui.screens import Shot, Stage

if TYPE_CHECKING:
    from app.main import Services

_KEYS = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDyPIrW/R4Is/JbgGzNpo8GcLq5u7kBwnvmZE2oDF8qX",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFZ1nBWHfXc1wCiZcTDVMPmQCZbkhbKGMhhxEkVJWNCa",
)
_DONE = 31
_REFUSED = Failure(
    "WrongPasswordError",
    "10.20.0.33:22 does not accept this password for iiot.",
    "Authentication failed (publickey,password).",
    "Check user and password. Some devices lock a user for a while after several failures.",
)
_CLOSED = Failure(
    "PortClosedError",
    "10.20.0.40:22 refuses the connection: nothing listens on this port.",
    "Connection refused",
    "Check the port, and that the SSH server runs on the device: systemctl status ssh",
)
_COMPARE = "Nothing was sent to it. Compare on the device itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub."
_TAKEN = Failure("PortTakenError", "Port 9100 of 10.20.0.41 is in use by nginx.", "", "Give it another exporter port.")


def _unknown(number: int) -> Failure:
    return Failure("HostKeyUnknownError", f"10.20.0.{number}:22 shows a new host key.", _KEYS[number % 2], _COMPARE)


def _half_way(world: RunWorld) -> None:
    """Run 1 of 59 devices, of which some have failed."""
    run = world.enrolment(59)
    states: list[tuple[ItemState, Failure | None]] = [(ItemState.DONE, None)] * _DONE
    states += [(ItemState.FAILED, _REFUSED)] * 6
    states += [(ItemState.FAILED, _unknown(number)) for number in range(38, 42)]
    states += [(ItemState.FAILED, _TAKEN), (ItemState.FAILED, _CLOSED)]
    world.settle(run, states)


def _work(runner: DrivenRunner) -> None:
    runner.remaining = 47
    for at, step in enumerate((EnrolStep.FIRST_SCRAPE, EnrolStep.START, EnrolStep.TRANSFER, EnrolStep.LOG_IN), 44):
        runner.put(at, ItemState.RUNNING)
        runner.step(at, step)


def services(*prepare: Callable[[RunWorld], None]) -> "Callable[[], Services]":
    def make() -> "Services":
        world = RunWorld()
        world.bulk.script = _work
        for each in prepare:
            each(world)
        made = fleet_of(3).as_services()
        vars(made).update(
            bulk=world.bulk, runs=world.runs, credentials=world.credentials, kept=world, inventory=world.inventory
        )
        return made

    return make


def shown(stage: Stage) -> RunPage:
    """The page of run 1."""
    page = page_of(stage, "run", RunPage)
    page.show_run(1)
    stage.wait_until(lambda: page.view.state is ViewState.CONTENT and bool(page.model.items))
    return page


def live(stage: Stage) -> RunPage:
    page = shown(stage)
    page.go_on()
    stage.wait_until(lambda: page.model.counts().get(ItemState.RUNNING) == 4)
    QTest.qWait(700)
    page.table.scrollTo(page.model.index(47, 0))
    return page


def paused(stage: Stage) -> None:
    page = live(stage)
    page.pause()
    stage.wait_until(lambda: page.is_paused)
    QTest.qWait(700)
    page.table.choose([32, 33])


def cancelling(stage: Stage) -> None:
    live(stage).ask_to_cancel()


def comparing(stage: Stage) -> None:
    page = shown(stage)
    page.causes.rows[1].fix_button.click()
    stage.wait_until(lambda: bool(stage.window.findChildren(NewKeysDialog)))
    stage.window.findChildren(NewKeysDialog)[0].all_box.setChecked(True)


def log(stage: Stage) -> None:
    page = shown(stage)
    page.table.choose([32])
    dialog = page.open_log()
    assert dialog is not None
    stage.wait_until(lambda: dialog.view.state in (ViewState.CONTENT, ViewState.EMPTY))
    dialog.clock.stop()


def _interrupted(world: RunWorld) -> None:
    _half_way(world)
    world.inventory.runs.release(1)


def _logged(world: RunWorld) -> None:
    from app.services.bulk.device_log import Notebook  # noqa: PLC0415 - for one picture

    book = Notebook()
    texts = ("WTG-0032: begun", "connect …", "connect ✓ 0.0 s", "host key …", "host key ✓ 0.1 s SHA256:Yw4nGKLRvYqc")
    book.note(32, (*texts, "log in …", "log in ✗ 0.2 s", f"failed: {_REFUSED.message}", _REFUSED.evidence))
    world.inventory.runs.add_notes(1, {32: book.take(32)})


def _ended(world: RunWorld) -> None:
    run = world.enrolment(59)
    world.settle(run, [(ItemState.DONE, None)] * 59)
    world.inventory.runs.end(run.id)


def _several(world: RunWorld) -> None:
    _ended(world)
    _interrupted_too = world.enrolment(200)
    world.settle(_interrupted_too, [(ItemState.DONE, None)] * 120 + [(ItemState.FAILED, _CLOSED)] * 3)
    world.inventory.runs.release(_interrupted_too.id)
    check = world.inventory.runs.add(BulkAction.CHECK, [NewItem(f"WTG-{n:04}", endpoint_id=n) for n in range(1, 60)])
    world.inventory.runs.end(check.id)
    world.enrolment(12)


def overview(state: ViewState) -> Callable[[Stage], RunsPage]:
    def scene(stage: Stage) -> RunsPage:
        page = page_of(stage, "runs", RunsPage)
        stage.wait_until(lambda: page.view.state is state)
        if state is ViewState.CONTENT:
            page.table.selectRow(2)
        return page

    return scene


SHOTS = [
    Shot("run", services(_interrupted), live),
    Shot("run-paused", services(_interrupted), paused),
    Shot("run-cancel", services(_interrupted), cancelling),
    Shot("run-interrupted", services(_interrupted), shown),
    Shot("run-ended", services(_ended), shown),
    Shot("run-keys", services(_interrupted), comparing),
    Shot("run-log", services(_interrupted, _logged), log),
    Shot("runs", services(_several), overview(ViewState.CONTENT)),
    Shot("runs-empty", services(), overview(ViewState.EMPTY)),
]
