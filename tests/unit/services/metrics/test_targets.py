"""Targets derived from endpoints."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.models.endpoint import Endpoint, Lifecycle
from app.models.stack import TargetGroup
from app.services.metrics.targets import target_groups

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ENDPOINT = Endpoint(
    id=1,
    name="T-17",
    address="10.0.0.17",
    port=22,
    site="Thanet",
    region="Kent",
    tags=("offshore", "v90"),
    notes="not for Prometheus",
    scrape_address="",
    exporter_port=9100,
    lifecycle=Lifecycle.MONITORED,
    host_key=None,
    credential_id=None,
    facts=None,
    receipt=None,
    created_at=NOW,
    changed_at=NOW,
)


def test_a_monitored_endpoint_is_a_target_with_its_groups_as_labels() -> None:
    assert target_groups([ENDPOINT]) == [
        TargetGroup(
            "10.0.0.17:9100", {"instance": "T-17", "site": "Thanet", "region": "Kent", "tags": ",offshore,v90,"}
        )
    ]


def test_labels_without_a_value_are_left_out() -> None:
    (group,) = target_groups([replace(ENDPOINT, site="", region="", tags=())])
    assert group.labels == {"instance": "T-17"}


@pytest.mark.parametrize("lifecycle", [Lifecycle.ENROLLING, Lifecycle.REMOVING])
def test_others_are_no_targets(lifecycle: Lifecycle) -> None:
    assert target_groups([replace(ENDPOINT, lifecycle=lifecycle)]) == []


def test_the_order_stays() -> None:
    names = ["b", "a", "c"]
    groups = target_groups(replace(ENDPOINT, name=name) for name in names)
    assert [group.labels["instance"] for group in groups] == names


@pytest.mark.parametrize(
    ("address", "scrape_address", "target"),
    [
        ("2001:db8::17", "", "[2001:db8::17]:9100"),
        ("10.0.0.17", "gateway.example", "gateway.example:9100"),
        ("10.0.0.17", "fd00::1", "[fd00::1]:9100"),
    ],
)
def test_it_is_scraped_where_prometheus_reaches_it(address: str, scrape_address: str, target: str) -> None:
    (group,) = target_groups([replace(ENDPOINT, address=address, scrape_address=scrape_address)])
    assert group.target == target
