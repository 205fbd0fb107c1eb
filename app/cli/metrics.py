"""`plantwatch endpoints metrics`, and the options by which any command is told which groups of metrics."""

from typing import Annotated

import typer

from app.cli.context import DataDir, Json, cancellable, opened
from app.cli.output import print_json
from app.cli.progress import progress_printer
from app.errors import InputError
from app.models.bulk_parameters import MetricsChange
from app.models.metric_groups import EVERY_GROUP, described, groups_of, parse_groups

_GROUPS = ", ".join(EVERY_GROUP)

On = Annotated[
    list[str] | None,
    typer.Option("--on", metavar="GROUP", help=f"metrics: a group to read too; once for each of {_GROUPS}."),
]
Off = Annotated[
    list[str] | None, typer.Option("--off", metavar="GROUP", help="metrics: a group to leave out; once for each.")
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="GROUP", help="metrics: a group to read and no other; once for each. Empty: the basics."
    ),
]
Default = Annotated[bool, typer.Option("--default", help="metrics: all groups, as after enrolling.")]


def change_given(
    on: list[str] | None, off: list[str] | None, only: list[str] | None, *, default: bool
) -> MetricsChange:
    """What the options say; false when they say nothing. Raises InputError."""
    if default and only is not None:
        raise InputError("metrics", "All groups are either wanted or not.", label="--default")
    exactly = EVERY_GROUP if default else None if only is None else parse_groups(only)
    return MetricsChange(parse_groups(on or []), parse_groups(off or []), exactly)


def change_metrics(
    name: str,
    data_dir: DataDir = None,
    json: Json = False,
    on: On = None,
    off: Off = None,
    only: Only = None,
    default: Default = False,
) -> None:
    """Choose which groups of metrics are read. Its exporter is restarted once; one that does not answer gets its former choice back."""
    change = change_given(on, off, only, default=default)
    if not change:
        raise InputError(
            "metrics", "Say which groups of metrics: --on, --off, --only or --default.", label="Nothing to do"
        )
    with opened(data_dir) as services:
        before = services.inventory.endpoint(name).metrics
        with cancellable() as token:
            report = progress_printer(quiet=json)
            metrics = services.enrolment.change_metrics(name, change, report=report, token=token).metrics
    if json:
        print_json({"changed": name, "from": groups_of(before), "to": groups_of(metrics)})
    elif before == metrics:
        typer.echo(f"{name}: {described(metrics)}, as before")
    else:
        typer.echo(f"{name}: {described(metrics)}")
