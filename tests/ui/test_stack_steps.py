"""The list of steps that deployment, enrolment and fetching share."""

from enum import StrEnum

import pytest
from PySide6.QtCore import Qt

from app.services.progress import LogLine, StepAdvanced, StepFailed, StepFinished, StepStarted
from app.services.stack import DeployStep
from app.ui import wording
from app.ui.models.steps import StepListModel, StepState


class Odd(StrEnum):
    FIRST_THING = "first_thing"


@pytest.fixture
def model(qapp: object) -> StepListModel:
    model = StepListModel()
    model.begin(DeployStep)
    return model


def test_subjects_share_the_place_of_their_step(model: StepListModel) -> None:
    for image in ("prom/prometheus", "grafana/grafana"):
        model.take(StepStarted(DeployStep.GET_IMAGES, image))
    titles = [row.title for row in model.rows]
    assert titles[1:4] == ["Get the images: prom/prometheus", "Get the images: grafana/grafana", "Make the network"]


def test_bytes_and_details_stand_at_the_right(model: StepListModel) -> None:
    model.take(StepStarted(DeployStep.GET_IMAGES, "a"))
    model.take(StepAdvanced(DeployStep.GET_IMAGES, 1_500_000, 3_000_000, "a"))
    assert model.rows[1].facts() == "1.5 MB / 3.0 MB"
    model.take(StepFinished(DeployStep.GET_IMAGES, 2.14, "3.0 MB", "a"))
    assert model.rows[1].facts() == "3.0 MB · 2.1 s"


def test_a_cancelled_step_has_not_failed(model: StepListModel) -> None:
    model.take(StepStarted(DeployStep.CONNECT))
    model.take(StepFailed(DeployStep.CONNECT, 0.3))
    before = model.rows[0]
    model.mark_cancelled()
    assert (before.state, model.rows[0].state) == (StepState.FAILED, StepState.CANCELLED)


def test_a_row_is_heard_as_a_sentence(model: StepListModel) -> None:
    model.take(StepStarted(DeployStep.CONNECT))
    model.take(StepFinished(DeployStep.CONNECT, 0.24, "Docker 28.0"))
    heard = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert heard == "Reach the Docker host, done, Docker 28.0 · 0.2 s"


def test_log_lines_that_came_together_stay_apart(model: StepListModel) -> None:
    model.take(LogLine("one\ntwo"))
    assert model.log_text == "one\ntwo"


def test_a_step_without_words_is_called_by_its_value() -> None:
    assert wording.step_name(Odd.FIRST_THING) == "First thing"


@pytest.mark.parametrize("step", list(DeployStep))
def test_every_step_of_a_deployment_has_words(step: DeployStep) -> None:
    assert wording.step_name(step) != step.value.capitalize() or step is DeployStep.START


def test_what_a_device_calls_itself_is_no_markup(model: StepListModel) -> None:
    model.take(StepStarted(DeployStep.CONNECT))
    model.take(StepFinished(DeployStep.CONNECT, 0.2, "<img src='file:///etc/hostname'> Linux"))
    shown = model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in shown
    assert "&lt;img" in shown
