"""Prometheus' first look at an exporter, and what to do when it does not get metrics that were seen on the device itself."""

from datetime import UTC, datetime

from app.models.endpoint import Endpoint
from app.models.metrics import EndpointHealth, Health
from app.services.enrolment.failures import NotScrapedError
from app.services.enrolment.parts import Parts
from app.services.progress import CancelToken

_NO_ROUTE = "The Docker host has no route to the device: set, as the scrape address, one that it can reach."

_TIMED_OUT = "deadline exceeded"

#: What Prometheus says, and what to do about it.
_ADVICE = (
    (
        "x509",
        "Prometheus does not know the certificate authority, or the exporter shows another certificate: deploy the stack again (page Stack).",
    ),
    (
        "connection refused",
        "A firewall may reject it, or the Docker host finds something else there: allow TCP port {port}, or set a scrape address.",
    ),
    (
        _TIMED_OUT,
        "A firewall may drop it: allow TCP port {port} from the Docker host to the device, on the device and in between.",
    ),
    ("no route", _NO_ROUTE),
    ("unreachable", _NO_ROUTE),
    ("no such host", "The Docker host does not know this name: use the device's IP address as the scrape address."),
)
_OTHERWISE = "Check that the Docker host reaches the device on TCP port {port}, and that Prometheus runs (page Stack)."


def wait_for_first_scrape(
    parts: Parts, endpoint: Endpoint, target: str, *, since: datetime, token: CancelToken
) -> None:
    """Until Prometheus has read the exporter after `since`. Raises NotScrapedError, MonitoringError, Cancelled.

    The first TLS handshake and the first reading of everything take longest: a scrape that ran into its time limit gets a second chance.
    """
    health = _scrape_after(parts, endpoint, since, token)
    if _TIMED_OUT in health.last_error.lower():
        health = _scrape_after(parts, endpoint, datetime.now(UTC), token)
    if health.health is not Health.UP:
        raise _not_scraped(endpoint, health, target)


def _scrape_after(parts: Parts, endpoint: Endpoint, since: datetime, token: CancelToken) -> EndpointHealth:
    with token.aside():
        return parts.fleet.wait_until_up(endpoint.name, since=since, timeout=parts.scrape_seconds, token=token)


def _not_scraped(endpoint: Endpoint, health: EndpointHealth, target: str) -> NotScrapedError:
    """The error for a first scrape that failed or did not come."""
    said = health.last_error
    advice = next((text for mark, text in _ADVICE if mark in said.lower()), _OTHERWISE)
    return NotScrapedError(
        f"Prometheus says: {said}" if said else "",
        target=target,
        scraped=endpoint.scrape_target,
        what_to_do=advice.format(port=endpoint.exporter_port),
    )
