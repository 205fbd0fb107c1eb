"""Desired minus actual."""

from dataclasses import replace

import pytest

from app.models.stack import ActionKind, StackOptions
from app.paths import stack_file
from app.services.stack.compose import Definition, read_compose
from app.services.stack.configuration import variables
from app.services.stack.plan import Actual, ActualContainer, Desired, definition_hash, difference, drift

DEFINITION: Definition = read_compose(stack_file("compose.yaml").read_text("utf-8"), variables(StackOptions()))
DESIRED = Desired("p", DEFINITION, {service.name: f"fingerprint of {service.name}" for service in DEFINITION.services})


def container(name: str, **changes: str) -> ActualContainer:
    service = next(item for item in DEFINITION.services if item.name == name)
    made = ActualContainer(
        id=f"id of {name}",
        service=name,
        state="running",
        image_id=f"id of {service.image}",
        definition_hash=definition_hash(service),
        fingerprint=f"fingerprint of {name}",
    )
    return replace(made, **changes)


def deployed(**containers: ActualContainer | None) -> Actual:
    """Everything as it should be but for `containers`; None: missing."""
    all_of_them = {service.name: container(service.name) for service in DEFINITION.services}
    merged = {**all_of_them, **containers}
    return Actual(
        images={service.image: f"id of {service.image}" for service in DEFINITION.services},
        networks=frozenset(DEFINITION.networks),
        volumes=frozenset(DEFINITION.volumes),
        containers={name: item for name, item in merged.items() if item is not None},
    )


def kinds(actual: Actual) -> list[tuple[str, str]]:
    return [(action.kind.name, action.name) for action in difference(DESIRED, actual)]


REPLACED = ["REMOVE_CONTAINER", "CREATE_CONTAINER", "WRITE_CONFIGURATION", "START_CONTAINER"]


def test_nothing_to_do() -> None:
    assert difference(DESIRED, deployed()) == ()


def test_an_empty_host_gets_everything_in_order() -> None:
    actions = difference(DESIRED, Actual())
    order = list(ActionKind)
    shared = [order.index(a.kind) for a in actions if a.kind.name in {"GET_IMAGE", "CREATE_NETWORK", "CREATE_VOLUME"}]
    assert shared == sorted(shared)
    assert [a.kind.name for a in actions[len(shared) :]] == REPLACED[1:] * 3
    assert all(action.reason for action in actions)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "created"}, "never started"),
        ({"state": "dead"}, "broken"),
        ({"definition_hash": "other"}, "definition has changed"),
        ({"definition_hash": ""}, "definition has changed"),
        ({"image_id": "other"}, "does not run the image"),
        ({"fingerprint": ""}, "never configured"),
    ],
)
def test_a_container_that_differs_is_replaced(change: dict[str, str], reason: str) -> None:
    actual = deployed(prometheus=container("prometheus", **change))
    assert kinds(actual) == [(kind, "prometheus") for kind in REPLACED]
    assert reason in difference(DESIRED, actual)[0].reason


@pytest.mark.parametrize("name", ["prometheus", "alertmanager"])
def test_a_new_configuration_alone_is_written_without_a_restart(name: str) -> None:
    assert kinds(deployed(**{name: container(name, fingerprint="old")})) == [("WRITE_CONFIGURATION", name)]


def test_grafana_gets_a_new_container_for_a_new_configuration() -> None:
    assert kinds(deployed(grafana=container("grafana", fingerprint="old"))) == [(kind, "grafana") for kind in REPLACED]


def test_a_service_that_does_not_stay_up_is_replaced_for_a_new_configuration() -> None:
    looping = container("prometheus", fingerprint="old", state="restarting")
    assert kinds(deployed(prometheus=looping)) == [(kind, "prometheus") for kind in REPLACED]


@pytest.mark.parametrize("state", ["exited", "paused"])
def test_a_stopped_container_is_started(state: str) -> None:
    assert kinds(deployed(grafana=container("grafana", state=state))) == [("START_CONTAINER", "grafana")]


def test_a_stopped_service_is_configured_before_it_starts() -> None:
    stopped = container("prometheus", state="exited", fingerprint="old")
    assert kinds(deployed(prometheus=stopped)) == [
        ("WRITE_CONFIGURATION", "prometheus"),
        ("START_CONTAINER", "prometheus"),
    ]


def test_a_service_that_is_no_longer_defined_is_removed() -> None:
    stray = replace(container("grafana"), service="old")
    assert kinds(deployed(old=stray)) == [("REMOVE_CONTAINER", "old")]


def test_what_is_missing_is_made() -> None:
    actual = replace(deployed(grafana=None), images={}, volumes=frozenset(), networks=frozenset())
    made = kinds(actual)
    assert ("CREATE_NETWORK", "monitoring") in made
    assert ("CREATE_VOLUME", "grafana-data") in made
    assert ("GET_IMAGE", "grafana/grafana:13.1.0") in made
    assert ("CREATE_CONTAINER", "grafana") in made


def test_drift_says_why_in_a_phrase() -> None:
    service = next(item for item in DEFINITION.services if item.name == "grafana")
    assert drift(service, DESIRED, deployed()) == ""
    assert drift(service, DESIRED, deployed(grafana=container("grafana", state="exited"))) == "is exited"


def test_the_hash_covers_every_field_of_the_definition() -> None:
    service = DEFINITION.services[0]
    assert definition_hash(service) == definition_hash(replace(service))
    assert definition_hash(service) != definition_hash(replace(service, memory=1))
    assert definition_hash(service) != definition_hash(replace(service, environment={"A": "b"}))
