"""`plantwatch activity`: who changed what, when, with what result."""

from typing import Annotated

import typer

from app.cli.context import DataDir, Json, opened
from app.cli.output import moment, print_json, print_table


def activity(
    data_dir: DataDir = None,
    json: Json = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many lines.")] = 50,
    text: Annotated[str, typer.Option(help="Only lines that contain this.")] = "",
) -> None:
    """The activity log, newest first."""
    with opened(data_dir) as services:
        lines = services.inventory.activities(limit=limit, text=text)
    if json:
        print_json(lines)
    else:
        print_table(
            ("when", "who", "what", "subject", "result", "detail"),
            (
                (
                    moment(line.at),
                    line.operator,
                    line.action,
                    line.subject,
                    line.result.value,
                    line.detail,
                )
                for line in lines
            ),
            prose=("subject", "detail"),
        )
