"""The list of all runs."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from app.models.bulk import ItemState
from app.ui.dialogs.danger import DangerDialog
from app.ui.models.runs import RunsColumn
from app.ui.pages.page import PageContext
from app.ui.pages.runs import RunsPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from app.ui.widgets.states import ViewState
from tests.ui.fake_runs import RunWorld
from tests.ui.hands import click


class Visit:
    def __init__(self, page: RunsPage, gone_to: list[tuple[str, str]]) -> None:
        self.page = page
        self.gone_to = gone_to


@pytest.fixture
def visit(qtbot: QtBot, world: RunWorld, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> Iterator[Visit]:
    gone_to: list[tuple[str, str]] = []
    context = PageContext(
        services=world.as_services(),
        tasks=tasks,
        state=state,
        theme=keeper,
        navigate=lambda key, subject: gone_to.append((key, subject)),
        notify=lambda _notice: None,
        show_count=lambda _key, _count: None,
    )
    page = RunsPage(context)
    page.resize(1100, 600)
    qtbot.addWidget(page)
    page.show()
    yield Visit(page, gone_to)
    page.deactivated()


def column(page: RunsPage, which: RunsColumn) -> list[str]:
    return [page.model.index(row, which).data() for row in range(page.model.rowCount())]


def test_past_and_interrupted_runs(qtbot: QtBot, world: RunWorld, visit: Visit) -> None:
    ended, left = world.enrolment(2), world.enrolment(3)
    world.settle(ended, [(ItemState.DONE, None)] * 2)
    world.inventory.runs.end(ended.id)
    world.settle(left, [(ItemState.DONE, None)])
    world.inventory.runs.release(left.id)
    page = visit.page
    page.activated()
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT)
    assert column(page, RunsColumn.STATE) == ["Interrupted", "Ended"]
    assert column(page, RunsColumn.LEFT) == ["2", "–"]
    page.table.selectRow(1)
    assert not page.go_on_action.isEnabled()
    page.table.selectRow(0)
    page.go_on_action.trigger()
    qtbot.waitUntil(lambda: world.bulk.begun == [left.id])
    assert visit.gone_to == [("run", str(left.id))]
    page.refresh()
    qtbot.waitUntil(lambda: column(page, RunsColumn.STATE) == ["Under way", "Ended"])
    assert not page.forget_action.isEnabled()


def test_a_run_is_forgotten_when_that_is_confirmed(qtbot: QtBot, world: RunWorld, visit: Visit) -> None:
    run = world.enrolment(2)
    world.inventory.runs.release(run.id)
    page = visit.page
    page.activated()
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT)
    page.table.selectRow(0)
    page.forget_action.trigger()
    (dialog,) = page.findChildren(DangerDialog)
    assert dialog.text.text().startswith("What came of each device is lost")
    click(dialog.do_button)
    qtbot.waitUntil(lambda: page.view.state is ViewState.EMPTY)
    assert world.inventory.runs.runs() == []
