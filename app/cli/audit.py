"""`plantwatch audit`: whether the activity log is whole, and the log as a file."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, cancellable, opened
from app.cli.output import counted, plain, print_json, print_note
from app.services.audit import export_log
from app.services.audit.wording import check_text, fault_text

TAMPERED_STATUS = 20

app = typer.Typer(no_args_is_help=True)


@app.command("verify")
def verify(
    data_dir: DataDir = None,
    json: Json = False,
    noted: Annotated[
        str,
        typer.Option(
            metavar="HASH", help="The hash of the newest line, noted at an earlier time: it must be in the log."
        ),
    ] = "",
) -> None:
    """Whether the activity log is as it was written: nothing altered, nothing missing. Exit status 20 when not."""
    with opened(data_dir) as services, cancellable() as token:
        check = services.inventory.verify_activity(noted=noted, token=token)
    if json:
        print_json({"whole": check.is_whole, **plain(check)})
    else:
        typer.echo(check_text(check))
        for fault in check.faults:
            typer.echo(f"  {fault_text(fault)}")
        if check.is_whole and check.head:
            typer.echo(f"newest hash  {check.head}")
            print_note(
                "Note this hash where nobody who may write the inventory can change it; --noted asks for it later."
            )
    if not check.is_whole:
        raise typer.Exit(TAMPERED_STATUS)


@app.command("export")
def export(file: Path, data_dir: DataDir = None, json: Json = False) -> None:
    """Write the whole activity log to FILE, oldest line first: .csv for a spreadsheet, .json for programs."""
    with opened(data_dir) as services, cancellable() as token:
        count = export_log(services.inventory, file, token=token)
    if json:
        print_json({"file": str(file), "lines": count})
    else:
        typer.echo(f"{file}: {counted(count, 'line')}")
