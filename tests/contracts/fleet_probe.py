"""What enrolment relies on in whoever tells of a first scrape: FleetService on a real Prometheus, and DirectProbe of its own tests."""

from datetime import UTC, datetime

import pytest

from app.errors import Cancelled
from app.models.metrics import Health
from app.services.enrolment.parts import FleetProbe
from app.services.progress import CancelToken


def check_fleet_probe(probe: FleetProbe, *, up: str, down: str) -> None:
    """`up` and `down` are targets by name: an exporter, and an address where nothing answers."""
    since = datetime.now(UTC)
    good = probe.wait_until_up(up, since=since, timeout=30, token=CancelToken())
    assert good.health is Health.UP
    assert good.last_scrape is not None
    assert (good.last_scrape - since).total_seconds() > -1
    bad = probe.wait_until_up(down, since=since, timeout=30, token=CancelToken())
    assert bad.health is Health.DOWN
    assert bad.last_error
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        probe.wait_until_up(up, since=since, timeout=30, token=token)
