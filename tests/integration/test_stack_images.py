"""Images that are not on the host are fetched, and it is seen how far that is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import Cancelled, StackError
from app.models.stack import ActionKind
from app.services.progress import CancelToken, Event, LogLine, StepAdvanced
from app.services.stack import DeployStep
from tests.integration.registry import registry
from tests.integration.stacks import NOTHING, Stack, lines
from tests.lab import Lab


@pytest.fixture
def stack(lab: Lab, tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path, lab.docker_host, lab.engine)
    yield made
    made.dispose()


@pytest.fixture
def image(stack: Stack) -> Iterator[str]:
    """Stands in the definition in Grafana's place; it can be fetched, but not run."""
    with registry(layer_size=4 << 20) as reference:
        compose = stack.definition / "compose.yaml"
        compose.write_text(compose.read_text().replace("grafana/grafana:13.1.0", reference))
        yield reference
        if stack.client.images.list(reference):
            stack.client.images.remove(reference, force=True)


def test_a_missing_image_is_fetched_with_progress(stack: Stack, image: str) -> None:
    assert (ActionKind.GET_IMAGE, image) in {(action.kind, action.name) for action in stack.service.plan().actions}
    # It holds nothing that could be started.
    with pytest.raises(StackError):
        stack.deploy()
    progress = [event for event in stack.events if isinstance(event, StepAdvanced)]
    assert progress
    assert {(event.step, event.subject) for event in progress} == {(DeployStep.GET_IMAGES, image)}
    assert all(0 <= event.done <= event.total for event in progress)
    assert progress[-1].total >= 4 << 20
    assert "Pull complete" in lines(stack.events)
    assert stack.client.images.list(image)
    assert stack.remains() == NOTHING


def test_fetching_can_be_cancelled(stack: Stack, image: str) -> None:
    token = CancelToken()

    def cancel_at_first_layer(event: Event) -> None:
        if isinstance(event, LogLine):
            token.cancel()

    with pytest.raises(Cancelled):
        stack.deploy(report=cancel_at_first_layer, token=token)
    assert stack.remains() == NOTHING


def test_an_image_that_the_registry_does_not_have(stack: Stack, image: str) -> None:
    compose = stack.definition / "compose.yaml"
    compose.write_text(
        compose.read_text().replace(image, image.replace("127.0.0.1", "127.0.0.2").rpartition(":")[0] + ":2")
    )
    with pytest.raises(StackError, match="is missing on the Docker host"):
        stack.deploy()
    assert stack.remains() == NOTHING
