"""What to do when Prometheus does not get an exporter's metrics that were seen on the device itself."""

from app.models.endpoint import Endpoint
from app.models.metrics import EndpointHealth
from app.services.enrolment.failures import NotScrapedError

_NO_ROUTE = "The Docker host has no route to the device: set, as the scrape address, one that it can reach."

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
        "deadline exceeded",
        "A firewall may drop it: allow TCP port {port} from the Docker host to the device, on the device and in between.",
    ),
    ("no route", _NO_ROUTE),
    ("unreachable", _NO_ROUTE),
    ("no such host", "The Docker host does not know this name: use the device's IP address as the scrape address."),
)
_OTHERWISE = "Check that the Docker host reaches the device on TCP port {port}, and that Prometheus runs (page Stack)."


def not_scraped(endpoint: Endpoint, health: EndpointHealth, target: str) -> NotScrapedError:
    """The error for a first scrape that failed or did not come."""
    said = health.last_error
    advice = next((text for mark, text in _ADVICE if mark in said.lower()), _OTHERWISE)
    return NotScrapedError(
        f"Prometheus says: {said}" if said else "",
        target=target,
        scraped=endpoint.scrape_target,
        what_to_do=advice.format(port=endpoint.exporter_port),
    )
