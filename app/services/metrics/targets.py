"""Targets: what Prometheus scrapes, derived from the inventory."""

from collections.abc import Iterable

from app.models.endpoint import Endpoint, Lifecycle
from app.models.stack import TargetGroup


def target_groups(endpoints: Iterable[Endpoint]) -> list[TargetGroup]:
    """One group for each endpoint that is monitored, in the given order. Those with a certificate are scraped in TLS.

    Labels: `instance` is the endpoint's name; `site` and `region` only if set; `tags` only if there are any, as ",a,b,", so that the
    PromQL matcher `tags=~".*,a,.*"` finds one tag and not a part of another.
    """
    return [
        TargetGroup(endpoint.scrape_target, _labels(endpoint))
        for endpoint in endpoints
        if endpoint.lifecycle is Lifecycle.MONITORED
    ]


def _labels(endpoint: Endpoint) -> dict[str, str]:
    labels = {"instance": endpoint.name, "site": endpoint.site, "region": endpoint.region}
    if endpoint.certificate is not None:
        labels["__scheme__"] = "https"
    if endpoint.tags:
        labels["tags"] = f",{','.join(endpoint.tags)},"
    return {name: value for name, value in labels.items() if value}
