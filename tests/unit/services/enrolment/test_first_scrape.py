from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from app.models.metrics import EndpointHealth, Health
from app.services.enrolment.failures import NotScrapedError
from app.services.enrolment.first_scrape import wait_for_first_scrape
from app.services.enrolment.parts import Parts
from app.services.progress import CancelToken
from tests.ui import fake_metrics

ENDPOINT = fake_metrics.endpoints(1)[0]
BEGUN = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCRAPED = BEGUN + timedelta(seconds=5)
SLOW = EndpointHealth(Health.DOWN, SCRAPED, last_error="Get ...: context deadline exceeded")
UP = EndpointHealth(Health.UP, SCRAPED)


class Fleet:
    """Tells one outcome after the other, and remembers after when it was asked."""

    def __init__(self, *outcomes: EndpointHealth) -> None:
        self.outcomes = list(outcomes)
        self.asked: list[datetime] = []

    def wait_until_up(self, _name: str, *, since: datetime, timeout: float, token: CancelToken) -> EndpointHealth:
        self.asked.append(since)
        return self.outcomes.pop(0)


def wait(*outcomes: EndpointHealth) -> Fleet:
    fleet = Fleet(*outcomes)
    parts = cast("Parts", SimpleNamespace(fleet=fleet, scrape_seconds=60.0))
    wait_for_first_scrape(parts, ENDPOINT, "10.0.0.1:22", since=BEGUN, token=CancelToken())
    return fleet


def test_one_that_is_up_is_asked_once() -> None:
    assert wait(UP).asked == [BEGUN]


def test_one_that_ran_into_the_limit_is_looked_at_once_more() -> None:
    first, second = wait(SLOW, UP).asked
    assert first == BEGUN
    # Counted on this machine's clock, as the first.
    assert timedelta(0) <= datetime.now(UTC) - second < timedelta(minutes=1)


def test_twice_is_a_failure_with_what_prometheus_said() -> None:
    with pytest.raises(NotScrapedError) as failed:
        wait(SLOW, SLOW)
    assert "deadline exceeded" in failed.value.evidence
    assert "firewall" in failed.value.advice


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("dial tcp: connect: connection refused", "scrape address"),
        ("x509: certificate signed by unknown authority", "deploy the stack again"),
        ("", "page Stack"),
    ],
)
def test_anything_else_is_told_at_once(said: str, word: str) -> None:
    with pytest.raises(NotScrapedError) as failed:
        wait(EndpointHealth(Health.DOWN, SCRAPED, last_error=said))
    assert word in failed.value.advice
