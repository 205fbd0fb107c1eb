"""Targets reach a running Prometheus without a restart, and a change of one never disturbs the others."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.errors import StackError
from app.models.stack import ServiceName, TargetGroup
from tests.integration.monitoring import wait_for
from tests.integration.stacks import Stack
from tests.lab import Lab

_REWRITES = 50


@pytest.fixture(scope="module")
def stack(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("targets"), lab.docker_host, lab.engine)
    try:
        made.deploy()
        yield made
    finally:
        made.dispose()


def group(name: str, target: str = "localhost:9090") -> TargetGroup:
    """A target that is there: Prometheus itself, which refuses the scrape, but that is a result as well."""
    return TargetGroup(target, {"instance": name, "site": "North"})


def nodes(stack: Stack) -> dict[str, dict[str, Any]]:
    """The node targets that Prometheus knows, by instance."""
    found = stack.get(ServiceName.PROMETHEUS, "/api/v1/targets?state=active")["data"]["activeTargets"]
    return {item["labels"]["instance"]: item for item in found if item["labels"]["job"] == "node"}


def test_targets_are_noticed_without_a_restart(stack: Stack) -> None:
    before = stack.ids()
    stack.service.write_targets([group("a"), group("b")])
    wait_for(lambda: set(nodes(stack)) == {"a", "b"}, what="both targets")
    assert nodes(stack)["a"]["labels"]["site"] == "North"
    stack.service.write_targets([group("b")])
    wait_for(lambda: set(nodes(stack)) == {"b"}, what="one target")
    assert stack.ids() == before


@pytest.mark.full
def test_no_target_is_lost_while_others_change(stack: Stack) -> None:
    stack.service.write_targets([group("steady")])
    wait_for(lambda: "steady" in nodes(stack), what="the steady target")
    wait_for(lambda: nodes(stack)["steady"]["health"] != "unknown", what="its first scrape")
    begun = time.time()
    lowest = 1
    for count in range(_REWRITES):
        stack.service.write_targets([group("steady"), *(group(f"n{index}") for index in range(count % 7))])
        lowest = min(lowest, "steady" in nodes(stack))
    assert lowest == 1
    scrapes = stack.get(
        ServiceName.PROMETHEUS,
        f'/api/v1/query?query=count_over_time(up{{instance="steady"}}[{int(time.time() - begun) + 1}s])',
    )["data"]["result"]
    # A scrape a second; a target that was dropped, if only for one of them, would also leave a stale marker and a gap.
    assert int(scrapes[0]["value"][1]) >= int(time.time() - begun) - 1


def test_a_reader_in_the_volume_sees_the_whole_file_or_for_an_instant_none(stack: Stack) -> None:
    many = [group(f"endpoint-{index:04}", f"10.99.{index // 250}.{index % 250 + 1}:9100") for index in range(2292)]
    script = (
        "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); "
        "tail -c 2 /etc/prometheus/targets/fleet.json 2>/dev/null || echo missing; done"
    )
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(stack.container("prometheus").exec_run, ["sh", "-c", script])
        writes = 0
        while not reader.done():
            writes += 1
            stack.service.write_targets(many[writes % 3 :])
    seen = reader.result().output.decode().split()
    assert writes >= 2
    assert set(seen) <= {"]", "missing"}, set(seen)
    assert seen.count("missing") <= 2
    stack.service.write_targets([])


def test_targets_can_be_written_while_prometheus_is_stopped(stack: Stack) -> None:
    stack.container("prometheus").stop(timeout=10)
    stack.service.write_targets([group("written-meanwhile")])
    stack.container("prometheus").start()
    wait_for(lambda: stack.service.status().is_healthy, what="Prometheus to be back")
    wait_for(lambda: set(nodes(stack)) == {"written-meanwhile"}, what="the target")


def test_without_a_stack_there_is_nowhere_to_write(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> None:
    absent = Stack(tmp_path_factory.mktemp("absent"), lab.docker_host, lab.engine)
    try:
        with pytest.raises(StackError, match="Prometheus is not deployed"):
            absent.service.write_targets([group("a")])
    finally:
        absent.dispose()
