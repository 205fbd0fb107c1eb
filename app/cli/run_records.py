"""`plantwatch runs pause`, `runs log` and `runs report`: what another process may ask of a run, and read about it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, opened
from app.cli.output import moment, print_json, print_note, print_table, printable
from app.cli.runs import RunNumber
from app.errors import InputError
from app.services.bulk.report import csv_report, html_report

DeviceNumber = Annotated[int, typer.Argument(metavar="NUMBER", help="The device's, as `runs show` has it.")]


def pause(run: RunNumber, data_dir: DataDir = None) -> None:
    """Let a run that another window or command works on begin with no other device; `runs resume` lets it go on."""
    with opened(data_dir) as services:
        services.runs.pause(run, paused=True)
    print_note(f"Run {run} stands once the devices under way are done. It goes on by plantwatch runs resume {run}.")


def log(run: RunNumber, number: DeviceNumber, data_dir: DataDir = None, json: Json = False) -> None:
    """What happened at one device of a run."""
    with opened(data_dir) as services:
        notes = services.runs.log(run, number)
    if json:
        print_json(notes)
    elif notes:
        print_table(["when", "what"], [[moment(note.at), note.text] for note in notes], prose=["what"])
    else:
        print_note(f"Nothing has been noted of device {number} of run {run}.")


def report(
    run: RunNumber,
    data_dir: DataDir = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="For a spreadsheet; - prints it.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="For people; - prints it.")] = None,
) -> None:
    """Write what was asked, what came of each device, and why."""
    if csv is None and html is None:
        raise InputError("file", "Say which file to write.", label="Report", hint="Give --csv FILE or --html FILE.")
    with opened(data_dir) as services:
        found, items = services.runs.standing(run).run, services.runs.items(run)
    for file, make, encoding in ((csv, csv_report, "utf-8-sig"), (html, html_report, "utf-8")):
        if file is None:
            continue
        text = make(found, items)
        if str(file) == "-":
            sys.stdout.write(printable(text))
            continue
        try:
            file.write_text(text, encoding=encoding, newline="")
        except OSError as error:
            raise InputError("file", f"{file} cannot be written: {error.strerror}.", label="File") from error
        print_note(f"written: {file}")
