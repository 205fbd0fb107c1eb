"""The stack page: choose a host, read the plan, deploy, look after it, take it down."""

from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import HostError, StackError
from app.models.stack import DockerHost, ServiceName, ServiceState
from app.ui.dialogs.danger import DangerDialog
from app.ui.dialogs.logs import LogDialog
from app.ui.models.steps import StepState
from app.ui.pages.stack import StackPage
from app.ui.widgets.states import ViewState
from tests.ui.fake_services import Desk, OperatorServices
from tests.ui.gate import Gate
from tests.ui.hands import click, press, type_text


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> StackPage:
    page = StackPage(desk.context)
    qtbot.addWidget(page)
    page.resize(1080, 640)
    return page


def show(qtbot: QtBot, page: StackPage, state: ViewState) -> None:
    page.show()
    page.activated()
    qtbot.waitUntil(lambda: page.view.state is state)


D = TypeVar("D")


def plan(qtbot: QtBot, page: StackPage) -> None:
    click(page.setup_view.plan_button)
    qtbot.waitUntil(page.setup_view.deploy_button.isVisible)


def dialog_of(kind: type[D]) -> D:
    return next(each for each in QApplication.topLevelWidgets() if isinstance(each, kind))


def test_from_nothing_to_a_running_stack(qtbot: QtBot, page: StackPage, desk: Desk, services: OperatorServices) -> None:
    show(qtbot, page, ViewState.EMPTY)
    click(page.start_button)
    qtbot.waitUntil(lambda: page.setup_view.host_box.count() == 3)
    assert not page.setup_view.deploy_button.isVisible()
    plan(qtbot, page)
    assert page.setup_view.plan_card.lines[3] == "Create the container prometheus – does not exist yet"
    click(page.setup_view.deploy_button)
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT)
    assert page.status_view.cards[ServiceName.GRAFANA].state.text() == "healthy"
    assert desk.notices[0].text == "The stack runs on local engine."


def test_layers_of_an_image_move_and_the_log_can_be_read(
    qtbot: QtBot, page: StackPage, services: OperatorServices
) -> None:
    services.stack.gate = Gate()
    show(qtbot, page, ViewState.EMPTY)
    page.deploy()
    rows = page.work_view.steps
    qtbot.waitUntil(lambda: any(row.done == 42_000_000 for row in rows.rows))
    row = next(row for row in rows.rows if row.done)
    assert row.title == "Get the images: prom/prometheus:v3.14.0"
    assert row.facts() == "42.0 MB / 100 MB"
    assert "a1b2c3" in rows.log_text
    services.stack.gate.open()
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT)


def test_cancelling_says_what_became_of_it(qtbot: QtBot, page: StackPage, services: OperatorServices) -> None:
    services.stack.gate = Gate()
    show(qtbot, page, ViewState.EMPTY)
    page.deploy()
    qtbot.waitUntil(services.stack.gate.reached.is_set)
    click(page.work_view.cancel_button)
    qtbot.waitUntil(lambda: not page.work_view.is_running)
    assert page.work_view.told.text().startswith("Cancelled")
    assert page.work_view.steps.rows[1].state is StepState.CANCELLED
    click(page.work_view.back_button)
    qtbot.waitUntil(lambda: page.view.state is ViewState.EMPTY)


def test_a_failed_deployment_stops_at_its_step_and_can_be_repeated(
    qtbot: QtBot, page: StackPage, services: OperatorServices
) -> None:
    show(qtbot, page, ViewState.EMPTY)
    services.stack.error = StackError(
        "no route", reason="The image prom/prometheus:v3.14.0 cannot be had.", what_to_do="Load it from a file."
    )
    page.deploy()
    qtbot.waitUntil(lambda: page.work_view.error is not None)
    assert page.work_view.steps.rows[1].state is StepState.FAILED
    services.stack.error = None
    press(page.work_view, Qt.Key.Key_Tab)
    page.deploy()
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT)


def test_options_are_checked_under_their_fields(qtbot: QtBot, page: StackPage, services: OperatorServices) -> None:
    show(qtbot, page, ViewState.EMPTY)
    click(page.start_button)
    setup = page.setup_view
    setup.options.set_open(True)
    setup.grafana_port.control.clear()  # type: ignore[attr-defined] # a line
    type_text(setup.grafana_port.control, "70000")
    click(setup.plan_button)
    assert "70000 is not a port" in setup.grafana_port.error
    setup.grafana_port.control.clear()  # type: ignore[attr-defined] # a line
    type_text(setup.grafana_port.control, "3001")
    assert setup.grafana_port.error == ""
    plan(qtbot, page)
    assert services.now.stack.grafana_port == 3001


def test_a_host_by_its_address(qtbot: QtBot, page: StackPage, services: OperatorServices) -> None:
    show(qtbot, page, ViewState.EMPTY)
    click(page.start_button)
    setup = page.setup_view
    setup.host_box.setCurrentIndex(setup.host_box.count() - 1)
    click(setup.plan_button)
    assert setup.url.error == "The address of the engine is needed."
    type_text(setup.url_line, "ftp://plant-server")
    click(setup.plan_button)
    assert "is not allowed" in setup.url.error
    setup.url_line.clear()
    type_text(setup.url_line, "ssh://operator@plant-server")
    plan(qtbot, page)
    qtbot.waitUntil(lambda: services.now.docker_host == DockerHost(url="ssh://operator@plant-server"))


def test_what_is_chosen_before_the_hosts_are_known_stays(qtbot: QtBot, page: StackPage) -> None:
    show(qtbot, page, ViewState.EMPTY)
    setup = page.setup_view
    setup.host_box.setCurrentIndex(setup.host_box.count() - 1)
    setup.url_line.setText("ssh://operator@plant-server")
    setup.show_hosts([DockerHost(), DockerHost(context="site")])
    assert setup.chosen().docker_host == DockerHost(url="ssh://operator@plant-server")
    setup.host_box.setCurrentIndex(1)
    setup.show_hosts([DockerHost(), DockerHost(context="plant"), DockerHost(context="site")])
    assert setup.chosen().docker_host == DockerHost(context="site")


def test_a_context_is_planned_for_before_it_is_looked_up(
    qtbot: QtBot, page: StackPage, services: OperatorServices
) -> None:
    show(qtbot, page, ViewState.EMPTY)
    services.now = replace(services.now, docker_host=DockerHost(context="site"))
    page.setup_view.load()
    assert page.setup_view.chosen().docker_host == DockerHost(context="site")


def test_a_change_after_the_plan_asks_for_a_new_one(qtbot: QtBot, page: StackPage) -> None:
    show(qtbot, page, ViewState.EMPTY)
    click(page.start_button)
    plan(qtbot, page)
    page.setup_view.options.set_open(True)
    type_text(page.setup_view.retention.control, "0")
    assert not page.setup_view.deploy_button.isVisible()
    assert page.setup_view.told.text() == "Changed: look at the plan again."


def test_a_host_that_is_away_is_told_and_another_can_be_chosen(
    qtbot: QtBot, page: StackPage, services: OperatorServices
) -> None:
    services.stack.error = HostError(host="plant-server", reason="does not answer.", what_to_do="Start its engine.")
    show(qtbot, page, ViewState.ERROR)
    page.show_setup()
    assert page.setup_view.host_box.isVisible()
    click(page.setup_view.plan_button)
    qtbot.waitUntil(page.setup_view.plan_button.isEnabled)
    assert not page.setup_view.deploy_button.isVisible()


def test_drift_offers_what_would_mend_it(qtbot: QtBot, page: StackPage, services: OperatorServices) -> None:
    services.stack.deployed = True
    services.stack.drift = "its configuration is another one"
    show(qtbot, page, ViewState.CONTENT)
    card = page.status_view.cards[ServiceName.PROMETHEUS]
    assert "its configuration is another one" in card.drift.text()
    click(page.status_view.repair_button)
    qtbot.waitUntil(page.setup_view.deploy_button.isVisible)


def test_state_is_a_word_and_a_shape(qtbot: QtBot, page: StackPage, services: OperatorServices) -> None:
    services.stack.deployed, services.stack.state = True, ServiceState.UNHEALTHY
    show(qtbot, page, ViewState.CONTENT)
    card = page.status_view.cards[ServiceName.PROMETHEUS]
    assert card.state.text() == "not healthy"
    assert card.accessibleName() == "Prometheus: not healthy"


def test_the_log_of_a_service(qtbot: QtBot, page: StackPage, services: OperatorServices) -> None:
    services.stack.deployed = True
    show(qtbot, page, ViewState.CONTENT)
    click(page.status_view.cards[ServiceName.PROMETHEUS].log_button)
    dialog = dialog_of(LogDialog)
    qtbot.waitUntil(lambda: "msg=started" in dialog.text.toPlainText())
    type_text(dialog.filter, "warn")
    assert dialog.text.toPlainText() == "level=warn msg=slow"


def test_taking_it_down_says_what_is_lost_and_keeps_data_unless_told(
    qtbot: QtBot, page: StackPage, services: OperatorServices
) -> None:
    services.stack.deployed = True
    show(qtbot, page, ViewState.CONTENT)
    for tick, kept in ((False, True), (True, False)):
        services.stack.deployed = True
        page.refresh()
        qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT)
        page._ask_to_remove()
        dialog = dialog_of(DangerDialog)
        assert dialog.keep_button.isDefault()
        dialog.option.setChecked(tick)
        assert dialog.do_button.text() == ("Remove with all history" if tick else "Stop and remove")
        click(dialog.do_button)
        qtbot.waitUntil(lambda: page.view.state is ViewState.EMPTY)
        assert services.stack.kept_data is kept
