"""`plantwatch alerts`: what fires now, worst first."""

import typer

from app.cli.context import DataDir, Json, opened
from app.cli.output import moment, print_json, print_table


def alerts(data_dir: DataDir = None, json: Json = False) -> None:
    """What fires now, worst first."""
    with opened(data_dir) as services:
        firing = services.alerts.firing()
    if json:
        print_json(firing)
    elif not firing:
        typer.echo("nothing fires")
    else:
        print_table(
            ("severity", "alert", "endpoint", "site", "since", "summary"),
            (
                (
                    alert.severity.value + (" (silenced)" if alert.silenced else ""),
                    alert.name,
                    alert.instance or "–",
                    alert.site or "–",
                    moment(alert.since),
                    alert.summary,
                )
                for alert in firing
            ),
            prose=("summary",),
        )
