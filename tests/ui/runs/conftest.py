"""A page of a run whose devices do what the test says."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from app.ui.pages.page import PageContext
from app.ui.pages.runs import RunPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from tests.ui.fake_runs import RunWorld
from tests.ui.runs.scene import Scene


@pytest.fixture
def world(tasks: TaskRunner) -> Iterator[RunWorld]:
    made = RunWorld()
    yield made
    # Before the database goes: what still runs writes into it.
    tasks.shutdown(5)
    made.close()


@pytest.fixture
def scene(qtbot: QtBot, world: RunWorld, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> Scene:
    made = Scene(qtbot, world)
    context = PageContext(
        services=world.as_services(),
        tasks=tasks,
        state=state,
        theme=keeper,
        navigate=lambda key, subject: made.gone_to.append((key, subject)),
        notify=made.notices.append,
        show_count=lambda _key, _count: None,
    )
    made.page = RunPage(context)
    made.page.resize(1100, 700)
    qtbot.addWidget(made.page)
    return made
