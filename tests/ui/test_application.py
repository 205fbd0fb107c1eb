"""The process of the window: services on a worker, faults told in a sentence, the theme known before the first paint."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.errors import InventoryError
from app.faults import UnexpectedError
from app.paths import DataPaths
from app.ui import theme
from app.ui.application import Desk
from app.ui.widgets.states import ViewState
from tests.ui.fakes import fleet_of
from tests.unit.services.bulk.some_items import some_run

Make = Callable[..., Desk]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    desks: list[Desk] = []

    def desk(load_services: Callable[[], object]) -> Desk:
        made = Desk(lambda _ask: load_services(), DataPaths.locate(tmp_path))  # type: ignore[arg-type,return-value] # fakes
        desks.append(made)
        return made

    yield desk
    for each in desks:
        if shiboken6.isValid(each.window):
            each.window.close()
            each.close()
        each.keeper.deleteLater()


def test_the_frame_is_there_while_services_are_on_their_way(qtbot: QtBot, make: Make) -> None:
    gate = threading.Event()
    loaded_on: list[int] = []

    def load() -> object:
        loaded_on.append(threading.get_ident())
        gate.wait(10)
        return fleet_of(3).as_services()

    desk = make(load)
    desk.open()
    assert desk.window.isVisible()
    assert desk.window.page is None
    gate.set()
    qtbot.waitUntil(lambda: desk.window.page is not None)
    assert threading.get_ident() not in loaded_on


def test_a_database_of_a_newer_version_is_explained_and_tried_again(qtbot: QtBot, make: Make) -> None:
    refusals = [InventoryError("revision 99", reason="it is from a newer version.", what_to_do="Update Plantwatch.")]

    def load() -> object:
        if refusals:
            raise refusals.pop()
        return fleet_of(3).as_services()

    desk = make(load)
    desk.open()
    qtbot.waitUntil(lambda: desk.window.loading_state is ViewState.ERROR)
    desk.load()
    qtbot.waitUntil(lambda: desk.window.page is not None)


def test_the_chosen_theme_is_known_at_the_next_start(qtbot: QtBot, make: Make) -> None:
    services = fleet_of(0)
    services.theme = "dark"
    first = make(services.as_services)
    first.open()
    qtbot.waitUntil(lambda: first.window.page is not None)
    assert theme.colours(first.window.palette()) is theme.DARK
    first.window.close()
    first.close()
    second = make(services.as_services)
    assert theme.colours(second.window.palette()) is theme.DARK


def test_a_fault_of_the_app_is_told_with_its_details_to_copy(qtbot: QtBot, make: Make) -> None:
    desk = make(fleet_of(0).as_services)
    desk.open()
    desk.window.tell_fault(UnexpectedError.of(ValueError("odd"), "Plantwatch"))
    assert desk.window.notices.isVisibleTo(desk.window)


def told(desk: Desk) -> str:
    return " ".join(label.text() for label in desk.window.notices.findChildren(QLabel))


def test_certificates_that_end_are_renewed_and_told(qtbot: QtBot, make: Make) -> None:
    fleet = fleet_of(3)
    fleet.enrolment.due = ["wtg-01 has a new certificate."]
    desk = make(fleet.as_services)
    desk.open()
    qtbot.waitUntil(lambda: "wtg-01 has a new certificate." in told(desk))
    fleet.enrolment.due = ["wtg-02 has a new certificate."]
    desk.renew_due()  # as once a day
    qtbot.waitUntil(lambda: "wtg-02 has a new certificate." in told(desk))


def test_a_run_that_was_interrupted_is_offered_and_not_resumed(qtbot: QtBot, make: Make) -> None:
    fleet = fleet_of(3)
    fleet.runs.left = [some_run(done=47, waiting=12)]
    desk = make(fleet.as_services)
    desk.open()
    qtbot.waitUntil(lambda: "Run 12 was interrupted: 12 of 59 left (Enrol 59 devices)." in told(desk))
    buttons = [each.text() for each in desk.window.notices.findChildren(QPushButton)]
    assert buttons == ["Go on", "Look"]
    qtbot.waitUntil(desk.tasks.is_idle)
