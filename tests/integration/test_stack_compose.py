"""stack/compose.yaml is a Compose file: Compose itself accepts it, and runs it on the volumes that a deployment has filled."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from app.models.secret import NO_SECRET
from app.models.stack import ServiceAccess, StackOptions
from app.paths import stack_file
from app.services.stack.compose import read_compose
from app.services.stack.configuration import variables
from app.services.stack.passwords import secret_name
from app.services.stack.probe import ask
from tests.integration.monitoring import wait_for
from tests.integration.stacks import Stack
from tests.lab import Lab


@pytest.fixture
def stack(lab: Lab, tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path, lab.docker_host, lab.engine)
    yield made
    made.dispose()


def compose(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        ["docker-compose", "--file", str(stack_file("compose.yaml")), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_compose_reads_it_as_plantwatch_does() -> None:
    chosen = variables(StackOptions(publish_address="192.0.2.9", grafana_port=13000, retention_days=90))
    theirs = yaml.safe_load(compose("config", **chosen))
    ours = read_compose(stack_file("compose.yaml").read_text(), chosen)
    assert set(theirs["services"]) == {service.name for service in ours.services}
    for service in ours.services:
        other = theirs["services"][service.name]
        assert other["image"] == service.image
        assert tuple(other.get("command", ())) == service.command
        assert other.get("environment", {}) == service.environment
        assert other["ports"] == [f"{port.address}:{port.host}:{port.container}/tcp" for port in service.ports]
        assert other["volumes"] == [f"{mount.volume}:{mount.path}:rw" for mount in service.mounts]
    assert set(theirs["volumes"]) == set(ours.volumes)


@pytest.mark.full
def test_a_person_can_run_it_on_deployed_volumes(stack: Stack) -> None:
    stack.deploy()
    stack.down()
    chosen = {**variables(stack.settings.stack), "DOCKER_HOST": stack.settings.docker_host.url}
    compose("--project-name", stack.project, "up", "--detach", **chosen)
    try:
        url = f"http://127.0.0.1:{stack.settings.stack.prometheus_port}"
        password = stack.secrets.get(secret_name(stack.project, "prometheus")) or NO_SECRET
        access = ServiceAccess(url, "plantwatch", password)
        wait_for(lambda: ask(access, "GET", "/-/ready").ok, what="Prometheus to be ready")
    finally:
        compose("--project-name", stack.project, "down", **chosen)
