"""Kill -9 in the middle of a deployment: whatever step it hits, the next one goes on from there and ends well."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import BusyError
from app.models.activity import Result
from app.paths import DataPaths
from app.services.inventory import Inventory
from app.services.progress import CancelToken
from app.services.stack import DeployStep, StackService
from app.settings import Settings, load, save
from tests.integration.stacks import FileSecretStore, Stack, at
from tests.lab import Lab

_SERVICES = ("alertmanager", "prometheus", "grafana")
MOMENTS = [
    (DeployStep.GET_IMAGES, ""),
    (DeployStep.NETWORK, ""),
    (DeployStep.VOLUMES, ""),
    *((step, name) for name in _SERVICES for step in (DeployStep.CREATE, DeployStep.CONFIGURE, DeployStep.START)),
    *((DeployStep.HEALTHY, name) for name in _SERVICES),
    (DeployStep.VIEWER, ""),
    (DeployStep.TARGETS, ""),
]


@pytest.fixture
def stack(lab: Lab, tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path, lab.docker_host, lab.engine)
    save(DataPaths(tmp_path), made.settings, {})
    yield made
    made.dispose()


def deploy_until(stack: Stack, folder: Path, step: DeployStep, subject: str) -> None:
    """Deploys in another process, which kills itself without warning when the step begins."""
    arguments = [sys.executable, "-m", "tests.integration.test_stack_killed", str(folder), step.value, subject]
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=90, check=False)
    assert ended.returncode == -signal.SIGKILL, f"{step} {subject} was not reached: {ended.stderr[-2000:]}"


@pytest.mark.timeout(400)
@pytest.mark.full
def test_each_deployment_goes_on_where_the_killed_one_stopped(stack: Stack, tmp_path: Path) -> None:
    for step, subject in MOMENTS:
        deploy_until(stack, tmp_path, step, subject)
    assert stack.deploy().is_healthy
    assert stack.service.plan().is_empty
    assert len(stack.remains()["containers"]) == 3
    told = [item.detail for item in stack.inventory.activities() if item.result is Result.INTERRUPTED]
    assert told == [f"{step} {subject}".strip() for step, subject in reversed(MOMENTS)]


@pytest.mark.parametrize(
    "moment",
    [(DeployStep.CONFIGURE, "prometheus"), pytest.param((DeployStep.START, "grafana"), marks=pytest.mark.full)],
)
def test_a_container_that_was_never_started_is_made_anew(
    stack: Stack, tmp_path: Path, moment: tuple[DeployStep, str]
) -> None:
    step, subject = moment
    deploy_until(stack, tmp_path, step, subject)
    left = stack.container(subject)
    assert left.status == "created"
    assert stack.deploy().is_healthy
    assert stack.container(subject).id != left.id


def test_what_a_killed_one_left_is_taken_down(stack: Stack, tmp_path: Path) -> None:
    deploy_until(stack, tmp_path, DeployStep.START, "prometheus")
    stack.down(keep_data=False)
    assert not any(stack.remains().values())
    assert stack.secrets.of_the_stack() == {}


def test_only_one_process_changes_the_stack_at_a_time(stack: Stack, tmp_path: Path) -> None:
    other = Inventory.open(DataPaths(tmp_path))
    try:
        operation = other.begin_operation("deploy", None)
        for call in (stack.deploy, stack.down):
            with pytest.raises(BusyError):
                call()
        other.end_operation(operation)
    finally:
        other.close()
    assert not any(stack.remains().values())


def _main(folder: Path, step: DeployStep, subject: str) -> None:
    settings: Settings = load(DataPaths(folder), {})
    inventory = Inventory.open(DataPaths(folder))
    service = StackService(
        lambda: settings, FileSecretStore(folder / "secrets.json"), inventory, definition=folder / "stack"
    )
    service.deploy(report=at(step, subject, lambda: os.kill(os.getpid(), signal.SIGKILL)), token=CancelToken())


if __name__ == "__main__":
    _main(Path(sys.argv[1]), DeployStep(sys.argv[2]), sys.argv[3])
