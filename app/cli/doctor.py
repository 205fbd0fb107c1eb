"""`plantwatch doctor`: what would stand in the way."""

from pathlib import Path

import typer

from app.cli.context import DataDir, Json, opened
from app.cli.output import print_json, print_table
from app.errors import AppError
from app.services.doctor import Finding, Verdict, examine


def doctor(data_dir: DataDir = None, json: Json = False) -> None:
    """What on this machine and on the Docker host would stand in the way. Exit status 1 when something does."""
    findings = _examined(data_dir)
    if json:
        print_json(findings)
    else:
        print_table(
            ("what", "verdict", "found", "what to do"),
            ((finding.subject, finding.verdict.value, finding.text, finding.hint) for finding in findings),
            prose=("found", "what to do"),
        )
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(1)


def _examined(data_dir: Path | None) -> list[Finding]:
    """The findings; when the services cannot even be built, the reason for that is the finding."""
    try:
        with opened(data_dir) as services:
            return examine(services.paths, services.inventory, services.secrets, services.kit, services.stack.status)
    except AppError as error:
        return [Finding("Start", Verdict.BAD, error.message, error.advice)]
