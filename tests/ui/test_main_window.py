import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.errors import AppError, SecretStoreError
from app.models.stack import ServiceState
from app.services.progress import CancelToken, Report
from app.ui import theme
from app.ui.catalogue import PAGES
from app.ui.main_window import MainWindow
from app.ui.navigation.palette import Entry, matching
from app.ui.pages.page import Notice, Page, PageSpec
from app.ui.tasks import TaskRunner
from app.ui.theme import Meaning, ThemeKeeper
from tests.ui import fake_metrics
from tests.ui.fakes import FakeServices, fleet_of
from tests.ui.hands import click, press, type_text
from tests.ui.shots.fleet import PROMETHEUS_AWAY


class PlainPage(Page):
    """Counts what it is told."""

    def __init__(self, context: object) -> None:
        super().__init__(context)  # type: ignore[arg-type] # handed on
        self.refreshed = self.shown = self.hidden = 0
        self.subject = ""

    @property
    def title(self) -> str:
        return f"Plain {self.subject}".strip()

    def activated(self) -> None:
        self.shown += 1
        super().activated()

    def deactivated(self) -> None:
        self.hidden += 1
        super().deactivated()

    def refresh(self) -> None:
        self.refreshed += 1

    def show_subject(self, subject: str) -> None:
        self.subject = subject


HERE = "tests.ui.test_main_window"
PLAIN = (
    PageSpec("one", "One", "server", f"{HERE}:PlainPage"),
    PageSpec("two", "Two", "bell", f"{HERE}:PlainPage"),
    PageSpec("detail", "Detail", "bell", f"{HERE}:PlainPage", in_navigation=False),
    PageSpec("broken", "Broken", "bell", "tests.ui.no_such_module:Page"),
)


@pytest.fixture
def make(qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> Callable[..., MainWindow]:
    def window(pages: tuple[PageSpec, ...] = PLAIN, services: FakeServices | None = None) -> MainWindow:
        made = MainWindow(state=state, tasks=tasks, keeper=keeper, pages=pages)
        qtbot.addWidget(made)
        made.show()
        if services is not None:
            made.open_services(services.as_services())
        return made

    return window


Make = Callable[..., MainWindow]


def plain(window: MainWindow) -> PlainPage:
    assert isinstance(window.page, PlainPage)
    return window.page


def test_every_page_of_the_product_has_an_icon_and_a_place(keeper: ThemeKeeper) -> None:
    assert [spec.key for spec in PAGES if spec.in_navigation] == [
        "overview",
        "fleet",
        "enrol",
        "alerts",
        "stack",
        "dashboards",
        "activity",
        "security",
        "settings",
    ]


def test_pages_are_built_at_their_first_visit_and_kept(make: Make) -> None:
    window = make(services=fleet_of(0))
    first = plain(window)
    window.navigate("two")
    second = plain(window)
    assert second is not first
    assert (first.shown, first.hidden) == (1, 1)
    window.navigate("one")
    assert plain(window) is first
    assert (first.shown, second.hidden) == (2, 1)


def test_a_wish_before_there_are_services_is_kept(make: Make) -> None:
    window = make()
    window.show_loading()
    window.navigate("two")
    assert window.page is None
    window.open_services(fleet_of(0).as_services())
    assert window.header.title == "Plain"


def test_escape_leads_back_from_a_page_opened_by_another(make: Make) -> None:
    window = make(services=fleet_of(0))
    window.navigate("two")
    window.navigate("detail", "pump")
    assert window.header.title == "Plain pump"
    press(window, Qt.Key.Key_Escape)
    window.go_back()
    assert window.header.title == "Plain"


def test_f5_refreshes(make: Make) -> None:
    window = make(services=fleet_of(0))
    before = plain(window).refreshed
    window.refresh()
    assert plain(window).refreshed == before + 1


def test_the_last_page_is_opened_again(make: Make) -> None:
    make(services=fleet_of(0)).navigate("two")
    again = make()
    again.open_services(fleet_of(0).as_services())
    assert again.navigation.marked == "two"


def test_a_page_that_cannot_be_loaded_says_so(qtbot: QtBot, make: Make, expected_log: list[str]) -> None:
    expected_log.append("Unexpected error in the task 'Broken'")
    window = make(services=fleet_of(0))
    window.navigate("broken")
    qtbot.waitUntil(lambda: any("did not expect" in each.text() for each in window.findChildren(QLabel)))


def visible_texts(window: MainWindow) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def test_without_services_the_reason_and_a_way_on_fill_the_page(qtbot: QtBot, make: Make) -> None:
    window = make()
    tried: list[bool] = []
    error: AppError = SecretStoreError(
        "evidence", reason="no Secret Service runs.", what_to_do="Install gnome-keyring."
    )
    window.show_load_error(error, lambda: tried.append(True))
    qtbot.waitUntil(lambda: "Install gnome-keyring." in visible_texts(window))
    assert "The keyring of this desktop cannot be used: no Secret Service runs." in visible_texts(window)
    click(next(each for each in window.findChildren(QPushButton) if each.text() == "Try again"))
    assert tried == [True]


def test_navigation_collapses_when_narrow(qtbot: QtBot, make: Make) -> None:
    window = make(services=fleet_of(0))
    window.resize(1000, 600)
    assert window.navigation.width() == theme.NAVIGATION_WIDTH_COLLAPSED
    window.resize(1280, 720)
    assert window.navigation.width() == theme.NAVIGATION_WIDTH


def test_counts_ask_for_action(make: Make) -> None:
    window = make(services=fleet_of(0))
    window.navigation.show_count("two", 3)
    assert window.navigation.button("two").accessibleName() == "Two, 3 to look at"
    window.navigation.show_count("two", 0)
    assert window.navigation.button("two").accessibleName() == "Two"


def test_alerts_are_counted_whichever_page_is_shown(qtbot: QtBot, make: Make) -> None:
    services = fleet_of(0)
    services.alerts.alerts = fake_metrics.alerts()
    alerts = PageSpec("alerts", "Alerts", "bell", f"{HERE}:PlainPage")
    window = make((*PLAIN, alerts), services)
    # Seven fire; one of them is silenced and one is only information.
    qtbot.waitUntil(lambda: window.navigation.button("alerts").accessibleName() == "Alerts, 5 to look at")


class TestStatus:
    def test_the_host_and_its_health(self, qtbot: QtBot, make: Make) -> None:
        services = fleet_of(0)
        window = make(services=services)
        qtbot.waitUntil(lambda: window.status.host_button.text() == "plant-srv: stack healthy")
        services.stack.state = ServiceState.UNHEALTHY
        window.refresh()
        qtbot.waitUntil(lambda: window.status.host_button.text() == "plant-srv: stack needs attention")
        services.stack.state = ServiceState.MISSING
        window.refresh()
        qtbot.waitUntil(lambda: window.status.host_button.text() == "plant-srv: no stack yet")
        services.stack.error = PROMETHEUS_AWAY
        window.refresh()
        qtbot.waitUntil(lambda: window.status.host_mark.meaning is Meaning.DOWN)

    def test_what_a_task_has_done_to_the_host_shows_at_once(self, qtbot: QtBot, make: Make, tasks: TaskRunner) -> None:
        services = fleet_of(0)
        services.stack.state = ServiceState.MISSING
        window = make(services=services)
        qtbot.waitUntil(lambda: window.status.host_button.text() == "plant-srv: no stack yet")

        def deploy(_report: Report, _token: CancelToken) -> None:
            services.stack.state = ServiceState.HEALTHY

        tasks.start(
            deploy,
            title="Deploy the stack",
            owner=window,
            on_success=lambda _result: None,
            on_failure=lambda _error: None,
        )
        qtbot.waitUntil(lambda: window.status.host_button.text() == "plant-srv: stack healthy")

    def test_what_runs_can_be_cancelled_in_the_list(self, qtbot: QtBot, make: Make, tasks: TaskRunner) -> None:
        window = make(services=fleet_of(0))
        cancelled: list[bool] = []
        tasks.start(
            lambda _report, token: token.sleep(30),
            title="Enrol pump",
            owner=window,
            on_success=lambda _result: None,
            on_failure=lambda _error: None,
            on_cancelled=lambda: cancelled.append(True),
        )
        assert window.status.tasks_button.text() == "Enrol pump"
        click(window.status.tasks_button)
        (row,) = window.status.task_list.rows()
        click(row.cancel_button)
        qtbot.waitUntil(lambda: bool(cancelled))
        assert row.forget_button.isVisible()
        click(row.forget_button)
        assert window.status.task_list.rows() == []
        window.status.task_list.hide()

    def test_a_failure_stays_until_it_is_seen(self, qtbot: QtBot, make: Make, tasks: TaskRunner) -> None:
        window = make(services=fleet_of(0))

        def fail(_report: object, _token: object) -> None:
            raise PROMETHEUS_AWAY

        task = tasks.start(
            fail, title="Deploy", owner=window, on_success=lambda _result: None, on_failure=lambda _error: None
        )
        qtbot.waitUntil(lambda: task.state.is_over)
        assert window.status.tasks_button.text() == "1 failed"
        window.status.open_tasks()
        window.status.task_list.hide()
        assert window.status.tasks_button.text() == "No tasks"


class TestNotices:
    def test_one_offers_the_way_back(self, make: Make) -> None:
        window = make(services=fleet_of(0))
        undone: list[bool] = []
        window.notices.show_notice(Notice("Moved.", Meaning.UP, "Undo", lambda: undone.append(True)))
        click(next(each for each in window.notices.findChildren(QPushButton) if each.text() == "Undo"))
        assert undone == [True]
        assert not window.notices.isVisible()

    def test_no_more_than_three(self, qtbot: QtBot, make: Make) -> None:
        window = make(services=fleet_of(0))
        for number in range(5):
            window.notices.show_notice(Notice(f"Notice {number}", Meaning.DOWN))
        qtbot.waitUntil(lambda: "Notice 4" in visible_texts(window))
        shown = [text for text in visible_texts(window) if text.startswith("Notice")]
        assert shown == ["Notice 2", "Notice 3", "Notice 4"]


class TestLeaving:
    def hold(self, tasks: TaskRunner, window: MainWindow, gate: threading.Event) -> None:
        tasks.start(
            lambda _report, token: token.sleep(30),
            title="Enrol pump",
            owner=window,
            on_success=lambda _result: None,
            on_failure=lambda _error: None,
        )

    def test_running_work_is_named_first(self, qtbot: QtBot, make: Make, tasks: TaskRunner) -> None:
        window = make(services=fleet_of(0))
        self.hold(tasks, window, threading.Event())
        window.close()
        assert window.isVisible()
        (question,) = window.findChildren(QMessageBox)
        assert "Enrol pump" in question.informativeText()
        click(next(each for each in question.buttons() if "close" in each.text()))
        qtbot.waitUntil(lambda: not window.isVisible())
        assert tasks.running() == []

    def test_staying_cancels_nothing(self, qtbot: QtBot, make: Make, tasks: TaskRunner) -> None:
        window = make(services=fleet_of(0))
        self.hold(tasks, window, threading.Event())
        window.close()
        (question,) = window.findChildren(QMessageBox)
        click(next(each for each in question.buttons() if each.text() == "Stay"))
        assert len(tasks.running()) == 1
        assert not tasks.running()[0].token.cancelled
        tasks.running()[0].cancel()
        qtbot.waitUntil(lambda: not tasks.running())


class TestPalette:
    def test_it_finds_pages_and_endpoints(self, qtbot: QtBot, make: Make) -> None:
        window = make(services=fleet_of(20))
        palette = window.open_palette()
        assert palette is not None
        type_text(palette.search, "hornsea")
        qtbot.waitUntil(lambda: palette.found() == ["HOW02-T001", "HOW02-T002", "HOW02-T003"])
        palette.search.setText("tw")
        press(palette.search, Qt.Key.Key_Return)
        assert window.navigation.marked == "two"

    def test_arrows_move_within_what_was_found(self, make: Make) -> None:
        window = make(services=fleet_of(0))
        palette = window.open_palette()
        assert palette is not None
        press(palette.search, Qt.Key.Key_Down)
        assert palette.list.currentIndex().row() == 1
        press(palette.search, Qt.Key.Key_Up)
        press(palette.search, Qt.Key.Key_Up)
        assert palette.list.currentIndex().row() == len(palette.found()) - 1
        palette.close()

    def test_what_is_marked_stays_when_more_is_found(self, make: Make) -> None:
        palette = make(services=fleet_of(0)).open_palette()
        assert palette is not None
        press(palette.search, Qt.Key.Key_Down)
        marked = palette.found()[1]
        palette.add([Entry(marked[0], "", "server", lambda: None)])
        assert palette.found()[palette.list.currentIndex().row()] == marked
        palette.close()

    def test_beginnings_come_first(self) -> None:
        entries = [
            Entry(text, detail, "server", lambda: None)
            for text, detail in (("A north", ""), ("North", ""), ("B", "north"))
        ]
        assert [entry.text for entry in matching(entries, "nor")] == ["North", "A north", "B"]
        assert matching(entries, "north west") == []
