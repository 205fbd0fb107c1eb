"""What everything that tells what fires must keep: AlertService on real parts, and the FakeAlerts of the window's tests."""

from collections.abc import Callable
from datetime import timedelta

from app.models.alert import Alert


def check_firing(firing: Callable[[], list[Alert]]) -> None:
    """At least one alert fires. They come worst first, then the oldest, each once."""
    alerts = firing()
    assert alerts
    assert [(alert.severity.rank, alert.since) for alert in alerts] == sorted(
        (alert.severity.rank, alert.since) for alert in alerts
    )
    assert len({tuple(sorted(alert.labels.items())) for alert in alerts}) == len(alerts)
    for alert in alerts:
        assert alert.name == alert.labels["alertname"]
        assert alert.summary
        assert alert.since.utcoffset() == timedelta(0)
        assert alert.labels.get("instance", "") == alert.instance
        assert alert.labels.get("site", "") == alert.site
