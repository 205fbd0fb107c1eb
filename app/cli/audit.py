"""`plantwatch audit`: whether the activity log is whole, the log as a file, and the security report."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, cancellable, opened
from app.cli.output import counted, plain, print_json, print_note, print_table
from app.cli.progress import progress_printer
from app.errors import InputError
from app.models.security import SecurityReport, Verdict
from app.services.audit import export_log, report_html
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


@app.command("report")
def report(
    data_dir: DataDir = None,
    json: Json = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as one HTML file.")] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write it as PDF.")] = None,
) -> None:
    """Check the activity log and every exporter from outside, and state how safely each endpoint is reached."""
    with opened(data_dir) as services, cancellable() as token:
        made = services.audit.check(report=progress_printer(quiet=json), token=token)
    if html is not None:
        _write(html, report_html(made))
    if pdf is not None:
        # Qt, which only this needs, takes its time.
        from app.ui.printing import write_pdf  # noqa: PLC0415

        write_pdf(report_html(made), pdf)
    if json:
        print_json(made)
    else:
        _print(made)
        for file in filter(None, (html, pdf)):
            typer.echo(f"written: {file}")


def _print(made: SecurityReport) -> None:
    print_table(
        ("endpoint", "exporter", "a stranger gets", "demands", "seen"),
        (
            (each.name, each.target, found.verdict.value, found.demand.value, found.evidence)
            for each in made.endpoints
            if (found := each.exposure) is not None
        ),
        prose=("seen",),
    )
    if made.chain is not None:
        typer.echo(check_text(made.chain))
    if opened_up := made.count(Verdict.OPEN):
        typer.echo(f"{counted(opened_up, 'exporter')} without authentication")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError("file", f"{file} cannot be written: {error.strerror}.") from error
