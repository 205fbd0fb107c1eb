"""What the other models work out about themselves."""

from datetime import UTC, datetime

import numpy as np
import pytest

from app.models.alert import Severity
from app.models.metrics import Trend
from app.models.operation import Operation
from app.models.secret import Secret
from app.models.stack import DockerHost, Plan, ServiceAccess, ServiceName, ServiceState, ServiceStatus, StackStatus

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_the_worst_severity_ranks_first() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank) == [Severity.CRITICAL, Severity.WARNING, Severity.INFO]


@pytest.mark.parametrize(
    ("values", "last"), [([1.0, 2.0], 2.0), ([1.0, np.nan], 1.0), ([np.nan, np.nan], np.nan), ([], np.nan)]
)
def test_the_last_of_a_trend_is_the_newest_sample(values: list[float], last: float) -> None:
    np.testing.assert_equal(Trend(np.array(values, dtype=np.float64)).last, last)


@pytest.mark.parametrize(
    ("host", "label"),
    [
        (DockerHost(), "local engine"),
        (DockerHost(url="ssh://ada@stack.example"), "ssh://ada@stack.example"),
        (DockerHost(url="ssh://ada@stack.example", context="north"), "north"),
    ],
)
def test_a_docker_host_has_a_name_for_people(host: DockerHost, label: str) -> None:
    assert host.label == label


def status(*states: ServiceState) -> StackStatus:
    services = tuple(ServiceStatus(name, state) for name, state in zip(ServiceName, states, strict=False))
    return StackStatus("local engine", "plantwatch", "Docker", services)


@pytest.mark.parametrize(
    ("states", "healthy", "deployed"),
    [
        ((), False, False),
        ((ServiceState.MISSING, ServiceState.MISSING), False, False),
        ((ServiceState.HEALTHY, ServiceState.MISSING), False, True),
        ((ServiceState.HEALTHY, ServiceState.STARTING), False, True),
        ((ServiceState.STOPPED,), False, True),
        ((ServiceState.HEALTHY, ServiceState.HEALTHY), True, True),
    ],
)
def test_a_stack_is_healthy_when_all_of_it_is(states: tuple[ServiceState, ...], healthy: bool, deployed: bool) -> None:
    found = status(*states)
    assert (found.is_healthy, found.is_deployed) == (healthy, deployed)


def test_a_plan_without_actions_is_empty() -> None:
    assert Plan("local engine", "plantwatch").is_empty


def test_a_way_in_does_not_show_its_password() -> None:
    assert "c4nary" not in repr(ServiceAccess("http://127.0.0.1:9090", "plantwatch", Secret("c4nary")))


def test_an_operation_names_its_holder() -> None:
    operation = Operation(1, "enrol", 17, "T-17", "", "ada@laptop", "laptop", 4711, 0.0, NOW, NOW)
    assert operation.holder == "ada@laptop, process 4711"
