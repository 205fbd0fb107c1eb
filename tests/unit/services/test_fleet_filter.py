"""Which endpoints a filter finds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.models.certificate import Certificate
from app.models.device import Facts, Receipt
from app.models.endpoint import Endpoint, Lifecycle
from app.models.fleet_filter import parse_filter
from app.models.metrics import EndpointHealth, FleetMetric, Floats, Health
from app.services.fleet_filter import Columns, columns_of, matching
from tests import corpus

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
NAMES = ("a", "b", "c")


def certificate(days: int) -> Certificate:
    return Certificate("1", "f", (), NOW - timedelta(days=300), NOW + timedelta(days=days), "a")


@pytest.fixture(scope="module")
def columns() -> Columns:
    known = replace(corpus.known(), lifecycle=Lifecycle.MONITORED, site="", region="", tags=())
    known = replace(known, facts=None, receipt=None, certificate=None)
    endpoints: list[Endpoint] = [
        replace(
            known,
            name="a",
            site="Thanet",
            region="North West",
            tags=("offshore", "v80"),
            certificate=certificate(10),
        ),
        replace(
            known,
            name="b",
            site="Barrow",
            tags=("spare",),
            receipt=Receipt("1.9.1", "amd64"),
            certificate=certificate(200),
        ),
        replace(known, name="c", lifecycle=Lifecycle.REMOVING, facts=Facts(os_name="Debian", os_version="12")),
    ]
    health = [
        EndpointHealth(Health.DOWN, NOW - timedelta(hours=2)),
        EndpointHealth(Health.UP, NOW),
        EndpointHealth(Health.UNKNOWN),
    ]
    values: dict[FleetMetric, Floats] = {metric: np.array([0.95, 0.3, np.nan]) for metric in FleetMetric}
    return columns_of(endpoints, health, values, [f"{each.name}\n{each.site}".casefold() for each in endpoints], NOW)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "abc"),
        ("THAN", "a"),
        ("-than", "bc"),
        ("site:thanet,barr", "ab"),
        ("site:than", "a"),
        ('site:"than"', ""),
        ('site:""', "c"),
        ("site:*", "ab"),
        ('region:"north west"', "a"),
        ("tag:v80 tag:offshore", "a"),
        ("-tag:spare", "ac"),
        ("state:down,removing", "ac"),
        ("state:unknown", ""),
        ("cpu>50", "a"),
        ("cpu<=95", "ab"),
        ("-cpu>50", "bc"),
        ("certificate<30d", "a"),
        ("seen>1h", "a"),
        ("version<1.10", "b"),
        ("version=1.9.1", "b"),
        ("system:debian", "c"),
        ("site:t cpu>99", ""),
    ],
)
def test_what_a_filter_finds(columns: Columns, text: str, found: str) -> None:
    kept = matching(parse_filter(text), columns)
    assert "".join(name for name, is_kept in zip(NAMES, kept, strict=True) if is_kept) == found
