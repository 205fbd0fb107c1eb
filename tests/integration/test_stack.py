"""Deploying the stack, seeing it work, changing it, taking it down: on a real engine."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.errors import Cancelled, StackError
from app.models.activity import Result
from app.models.stack import ActionKind, ServiceName, ServiceState
from app.services.progress import CancelToken, StepFinished, StepStarted
from app.services.stack import DeployStep
from app.services.stack.probe import ask
from tests.integration.stacks import NOTHING, Stack, access_of, at, copied_definition, lines
from tests.lab import Lab


@pytest.fixture
def stack(lab: Lab, tmp_path: Path) -> Iterator[Stack]:
    """Not deployed yet."""
    made = Stack(tmp_path, lab.docker_host, lab.engine)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def changing(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("living"), lab.docker_host, lab.engine)
    yield made
    made.dispose()


@pytest.fixture
def living(changing: Stack) -> Stack:
    """Deployed as shipped; the test may do to it what a deployment mends."""
    copied_definition(changing.definition.parent)
    changing.choose(scrape_interval_seconds=1, retention_days=15)
    assert changing.deploy().is_healthy
    return changing


@pytest.fixture(scope="module")
def deployed(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A deployed stack for tests that leave it as it is."""
    made = Stack(tmp_path_factory.mktemp("deployed"), lab.docker_host, lab.engine)
    try:
        made.deploy()
        yield made
    finally:
        made.dispose()


def test_deploying_ends_with_every_service_at_work(deployed: Stack) -> None:
    status = deployed.service.status()
    assert status.is_healthy
    assert {service.name: service.drift for service in status.services} == dict.fromkeys(ServiceName, "")
    assert status.engine.startswith("Docker ")
    assert deployed.inventory.activities()[0].result is Result.DONE


def test_every_step_is_reported_in_order(deployed: Stack) -> None:
    begun = [event.step for event in deployed.events if isinstance(event, StepStarted)]
    assert list(dict.fromkeys(begun)) == list(DeployStep)
    assert sum(isinstance(event, StepFinished) for event in deployed.events) == len(begun)


def test_deploying_twice_changes_nothing(deployed: Stack) -> None:
    before = deployed.ids()
    assert deployed.service.plan().is_empty
    assert deployed.deploy().is_healthy
    assert deployed.ids() == before


def test_prometheus_knows_the_other_services_and_its_rules(deployed: Stack) -> None:
    found = deployed.get(ServiceName.PROMETHEUS, "/api/v1/targets?state=active")["data"]["activeTargets"]
    assert {target["labels"]["job"] for target in found} == {"prometheus", "alertmanager", "grafana"}
    groups = deployed.get(ServiceName.PROMETHEUS, "/api/v1/rules")["data"]["groups"]
    assert {group["file"].rpartition("/")[2] for group in groups} == {"alerting.yaml", "recording.yaml"}
    managers = deployed.get(ServiceName.PROMETHEUS, "/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
    assert len(managers) == 1


def test_nobody_gets_an_answer_without_the_password(deployed: Stack) -> None:
    for service, path in (
        (ServiceName.PROMETHEUS, "/api/v1/query?query=up"),
        (ServiceName.PROMETHEUS, "/metrics"),
        (ServiceName.ALERTMANAGER, "/api/v2/alerts"),
        (ServiceName.ALERTMANAGER, "/metrics"),
        (ServiceName.GRAFANA, "/api/search"),
        (ServiceName.GRAFANA, "/api/datasources"),
    ):
        assert ask(access_of(deployed, service, password="wrong"), "GET", path).status == 401, (service, path)


def test_the_viewer_is_a_viewer(deployed: Stack) -> None:
    access = deployed.service.access(ServiceName.GRAFANA)
    assert access.user == "plantwatch-viewer"
    assert ask(access, "GET", "/api/search").ok
    assert ask(access, "GET", "/api/datasources").status == 403


def test_no_secret_is_seen_from_outside(deployed: Stack) -> None:
    secrets = list(deployed.secrets.all().values())
    assert len(secrets) == 6, "four passwords, the keys of the authority and of Prometheus"
    shown = [
        lines(deployed.events),
        repr(deployed.service.status()),
        repr([deployed.service.access(name) for name in ServiceName]),
        repr(deployed.inventory.activities()),
        *(deployed.service.logs(name) for name in ServiceName),
        *(repr(container.attrs) for container in deployed.containers()),
        *(repr(container.top()) for container in deployed.containers()),
    ]
    for secret in secrets:
        assert not any(secret in text for text in shown)


def test_secrets_are_files_of_the_service_alone(deployed: Stack) -> None:
    listing = deployed.container("prometheus").exec_run(
        ["ls", "-ln", "/etc/prometheus/secrets", "/etc/prometheus/web.yml"]
    )
    files = [line.split() for line in listing.output.decode().splitlines() if line.startswith("-")]
    assert len(files) == 4
    assert {(words[0], words[2]) for words in files} == {("-r--------", "65534")}


def test_containers_are_confined_and_labelled(deployed: Stack) -> None:
    for container in deployed.containers():
        host, config = container.attrs["HostConfig"], container.attrs["Config"]
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert host["SecurityOpt"] == ["no-new-privileges:true"]
        assert host["Memory"] > 0
        assert host["LogConfig"]["Config"] == {"max-size": "10m", "max-file": "3"}
        assert host["RestartPolicy"]["Name"] == "unless-stopped"
        assert not [mount for mount in container.attrs["Mounts"] if mount["Type"] == "bind"]
        assert config["User"].split(":")[0] in {"65534", "472"}
        assert config["Labels"]["com.docker.compose.project"] == deployed.project
        assert config["Labels"]["com.docker.compose.config-hash"] == config["Labels"]["org.plantwatch.definition"]


def test_logs_are_the_services_own(deployed: Stack) -> None:
    assert "Server is ready" in deployed.service.logs(ServiceName.PROMETHEUS)
    assert len(deployed.service.logs(ServiceName.PROMETHEUS, tail=2).splitlines()) == 2


def test_a_change_of_the_configuration_is_taken_without_a_restart(living: Stack) -> None:
    before = living.ids()
    living.choose(scrape_interval_seconds=2)
    assert [(a.kind, a.name) for a in living.service.plan().actions] == [(ActionKind.WRITE_CONFIGURATION, "prometheus")]
    assert living.deploy().is_healthy
    assert living.ids() == before
    assert "scrape_interval: 2s" in living.get(ServiceName.PROMETHEUS, "/api/v1/status/config")["data"]["yaml"]


def test_a_configuration_that_is_refused_leaves_the_old_one(living: Stack) -> None:
    rules = living.definition / "prometheus" / "rules" / "alerting.yaml"
    good = rules.read_text()
    rules.write_text("groups: [{name: broken, rules: [{alert: X, expr: 'up ='}]}]")
    with pytest.raises(StackError, match="goes on with the old one") as caught:
        living.deploy()
    assert "alerting.yaml" in caught.value.evidence
    groups = living.get(ServiceName.PROMETHEUS, "/api/v1/rules")["data"]["groups"]
    assert "broken" not in {group["name"] for group in groups}
    # The volume has the old files again: a restart of the host finds what Prometheus runs with.
    living.container("prometheus").restart()
    rules.write_text(good)
    assert living.service.plan().is_empty
    assert living.deploy().is_healthy


def test_a_change_of_the_definition_makes_a_new_container_and_keeps_the_data(living: Stack) -> None:
    volumes = living.remains()["volumes"]
    before = living.ids()
    living.choose(retention_days=30)
    assert living.deploy().is_healthy
    changed = {name for name, seen in living.ids().items() if before[name] != seen}
    assert changed == {f"{living.project}-prometheus-1"}
    assert living.remains()["volumes"] == volumes


@pytest.mark.full
def test_grafana_forgets_dashboards_that_are_no_longer_shipped(living: Stack) -> None:
    (living.definition / "grafana" / "dashboards" / "site.json").unlink()
    assert living.deploy().is_healthy
    files = living.container("grafana").get_archive("/etc/grafana/dashboards")
    assert b"site.json" not in b"".join(files[0])


def test_a_stopped_and_a_missing_service_come_back(living: Stack) -> None:
    living.container("prometheus").stop(timeout=5)
    living.container("alertmanager").remove(force=True)
    states = {service.name: service for service in living.service.status().services}
    assert states[ServiceName.PROMETHEUS].state is ServiceState.STOPPED
    assert states[ServiceName.PROMETHEUS].drift == "is exited"
    assert states[ServiceName.ALERTMANAGER].state is ServiceState.MISSING
    assert living.deploy().is_healthy


def test_down_keeps_the_data_unless_told(stack: Stack) -> None:
    stack.deploy()
    volumes = stack.remains()["volumes"]
    stack.down()
    assert stack.remains() == {**NOTHING, "volumes": volumes}
    assert len(stack.secrets.of_the_stack()) == 4
    assert stack.deploy().is_healthy
    stack.down(keep_data=False)
    assert stack.remains() == NOTHING
    assert stack.secrets.of_the_stack() == {}
    with pytest.raises(StackError, match="is not deployed"):
        stack.service.access(ServiceName.PROMETHEUS)


def test_passwords_lost_from_the_keyring_are_replaced(living: Stack) -> None:
    lost = living.secrets.all()
    for name in lost:
        living.secrets.delete(name)
    with pytest.raises(StackError, match="no longer in the keyring"):
        living.service.access(ServiceName.PROMETHEUS)
    assert living.deploy().is_healthy
    now = living.secrets.all()
    same = {name.rpartition("/")[2] for name in now if now[name] == lost.get(name)}
    # Grafana keeps the administrator's first password in its database, so the deployed one is taken up again.
    assert same == {"grafana-admin"}


def test_no_placeholder_is_delivered_as_a_password(living: Stack) -> None:
    living.secrets.delete(f"stack/{living.project}/alertmanager")
    before = living.container("prometheus").exec_run(["cat", "/etc/prometheus/secrets/alertmanager"]).output
    with pytest.raises(StackError, match="no longer in the keyring"):
        living.service.deliver_scraper_identity()
    assert living.container("prometheus").exec_run(["cat", "/etc/prometheus/secrets/alertmanager"]).output == before
    assert living.deploy().is_healthy


@pytest.mark.full
def test_an_administrators_password_that_nobody_knows_is_said(stack: Stack) -> None:
    stack.deploy()
    stack.down()
    stack.secrets.delete(f"stack/{stack.project}/grafana-admin")
    with pytest.raises(StackError, match="does not accept the password") as caught:
        stack.deploy()
    assert "reset-admin-password" in caught.value.advice


@pytest.mark.parametrize("kind", ["container", "network", "volume"])
def test_what_is_not_ours_is_never_touched(stack: Stack, kind: str) -> None:
    name = {
        "container": f"{stack.project}-prometheus-1",
        "network": f"{stack.project}_monitoring",
        "volume": f"{stack.project}_prometheus-data",
    }[kind]
    image = "prom/prometheus:v3.14.0"
    foreign: Any
    if kind == "container":
        foreign = stack.client.containers.create(image, name=name)
    elif kind == "network":
        foreign = stack.client.networks.create(name)
    else:
        foreign = stack.client.volumes.create(name)
    try:
        for call in (stack.service.plan, stack.deploy, stack.down):
            with pytest.raises(StackError, match=f"a {kind} named {name}"):
                call()
        assert stack.remains() == NOTHING
        foreign.reload()
    finally:
        foreign.remove()


def test_a_port_that_a_program_holds_costs_nothing(stack: Stack) -> None:
    port = stack.settings.stack.grafana_port
    with socket.create_server(("127.0.0.1", port)), pytest.raises(StackError, match=rf"Port {port} on 127\.0\.0\.1"):
        stack.deploy()
    assert stack.remains() == NOTHING
    assert stack.secrets.of_the_stack() == {}


@pytest.mark.full
def test_a_port_that_is_taken_at_the_last_moment_is_undone(stack: Stack) -> None:
    held: list[socket.socket] = []
    port = stack.settings.stack.grafana_port
    take = at(DeployStep.START, "grafana", lambda: held.append(socket.create_server(("127.0.0.1", port))))
    try:
        with pytest.raises(StackError, match="already used by another program"):
            stack.deploy(report=take)
    finally:
        held[0].close()
    assert stack.remains() == NOTHING
    assert stack.secrets.of_the_stack() == {}
    assert stack.deploy().is_healthy


def test_a_port_of_another_container_is_named(deployed: Stack, stack: Stack) -> None:
    stack.choose(prometheus_port=deployed.settings.stack.prometheus_port)
    with pytest.raises(StackError) as caught:
        stack.deploy()
    assert f"{deployed.project}-prometheus-1" in caught.value.evidence


def test_an_address_that_the_host_does_not_have(stack: Stack) -> None:
    stack.choose(publish_address="192.0.2.200")
    with pytest.raises(StackError, match="not an address of the Docker host"):
        stack.deploy()
    assert stack.remains() == NOTHING


def test_an_image_that_cannot_be_had_is_named(stack: Stack) -> None:
    compose = stack.definition / "compose.yaml"
    compose.write_text(compose.read_text().replace("grafana/grafana:13.1.0", "127.0.0.1:1/grafana/grafana:13.1.0"))
    with pytest.raises(StackError, match=r"127\.0\.0\.1:1/grafana/grafana:13\.1\.0 is missing") as caught:
        stack.deploy()
    assert "docker load" in caught.value.advice
    assert caught.value.evidence
    assert stack.remains() == NOTHING


def test_a_service_that_does_not_stay_up_says_why(stack: Stack) -> None:
    template = stack.definition / "prometheus" / "prometheus.yml"
    document = yaml.safe_load(template.read_text())
    document["scrape_configs"][0]["no_such_key"] = 1
    template.write_text(yaml.safe_dump(document))
    with pytest.raises(StackError, match="Prometheus does not stay up") as caught:
        stack.deploy()
    assert "no_such_key" in caught.value.evidence
    assert stack.remains() == NOTHING


@pytest.mark.parametrize(
    ("step", "subject"),
    [
        (DeployStep.NETWORK, ""),
        (DeployStep.VOLUMES, ""),
        (DeployStep.CREATE, "prometheus"),
        (DeployStep.CONFIGURE, "grafana"),
        (DeployStep.START, "grafana"),
        (DeployStep.HEALTHY, "prometheus"),
    ],
)
def test_cancelling_leaves_nothing_behind(stack: Stack, step: DeployStep, subject: str) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        stack.deploy(report=at(step, subject, token.cancel), token=token)
    assert stack.remains() == NOTHING
    assert stack.secrets.of_the_stack() == {}
    assert stack.inventory.activities()[0].result is Result.CANCELLED


def test_cancelling_a_second_deployment_leaves_the_first(living: Stack) -> None:
    before = living.ids()
    token = CancelToken()
    with pytest.raises(Cancelled):
        living.deploy(report=at(DeployStep.VIEWER, "", token.cancel), token=token)
    assert living.ids() == before
    assert living.service.status().is_healthy


def test_cancelling_a_change_keeps_the_services_running(living: Stack) -> None:
    before = living.ids()
    living.choose(retention_days=20)
    token = CancelToken()
    with pytest.raises(Cancelled):
        living.deploy(report=at(DeployStep.CREATE, "grafana", token.cancel), token=token)
    assert living.ids().keys() == before.keys()
    assert living.container("prometheus").status == "running"
    assert living.service.plan().is_empty


@pytest.mark.full
def test_a_container_made_by_hand_from_the_same_file_is_taken_over(living: Stack) -> None:
    container = living.container("alertmanager")
    labels = {key: value for key, value in container.labels.items() if key != "org.plantwatch.definition"}
    container.remove(force=True)
    living.client.containers.create("prom/alertmanager:v0.34.0", name=container.name, labels=labels)
    assert living.deploy().is_healthy
