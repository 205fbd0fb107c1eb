"""`plantwatch lists …`: what would become of a list of devices; and `plantwatch endpoints export`, the way back."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, opened
from app.cli.output import counted, plain, print_json, print_note, print_table
from app.errors import InputError
from app.models.device_list import Field, Row, Verdict
from app.services.lists import Preview, endpoint_rows, preview_of, read_file, read_list, rows_as_csv, write_rows
from app.services.lists.failures import MOST_BYTES

app = typer.Typer(no_args_is_help=True)
BAD_ROWS_STATUS = 2


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="The list; - for standard input.")],
    data_dir: DataDir = None,
    json: Json = False,
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="What a column means, by its header or number; once for each. An empty FIELD: it is not used.",
        ),
    ] = None,
    sheet: Annotated[str, typer.Option(help="Which sheet of a spreadsheet.")] = "",
    header: Annotated[
        int | None, typer.Option(help="The line of the header; 0: there is none.", show_default=False, min=0)
    ] = None,
    names: Annotated[
        str, typer.Option(metavar="PATTERN", help='Names for devices without one: "{site}-wtg-{n:03}".')
    ] = "",
    default: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="What holds for rows that do not say otherwise; once for each."),
    ] = None,
    problems: Annotated[
        bool, typer.Option("--problems", help="Show only rows that are neither good nor skipped.")
    ] = False,
) -> None:
    """Read a list of devices in any form and show what would become of each row, and why. Changes nothing."""
    table = read_list(_standard_input(), sheet=sheet) if str(file) == "-" else read_file(file, sheet=sheet)
    with opened(data_dir) as services:
        preview = preview_of(table, services.inventory.endpoints())
    if header is not None:
        preview = preview.with_header(header)
    for column, meaning in _pairs(map_, "map"):
        preview = preview.with_column(_place(preview, column), _field(meaning, "map") if meaning else None)
    for field, value in _pairs(default, "default"):
        preview = preview.with_default(_field(field, "default"), value)
    if names:
        preview = preview.with_names(names)
    if json:
        print_json(document(preview))
    else:
        _print(preview, only_problems=problems)
    if preview.counts[Verdict.BAD]:
        raise typer.Exit(BAD_ROWS_STATUS)


def export(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write it, .csv or .xlsx; without it, CSV on standard output.")
    ] = None,
    data_dir: DataDir = None,
    site: Annotated[str, typer.Option(help="Only those of this site.")] = "",
) -> None:
    """Write what is known of the endpoints as a list for a spreadsheet, which `lists check` reads again. No secrets are in it."""
    with opened(data_dir) as services:
        endpoints = [endpoint for endpoint in services.inventory.endpoints() if not site or endpoint.site == site]
        rows = endpoint_rows(endpoints, services.inventory.credential)
    if file is None:
        sys.stdout.write(rows_as_csv(rows))
        return
    write_rows(rows, file)
    typer.echo(f"{file}: {counted(len(rows), 'endpoint')}")


def _standard_input() -> bytes:
    return sys.stdin.buffer.read(MOST_BYTES + 1)


def _pairs(given: Iterable[str] | None, option: str) -> list[tuple[str, str]]:
    pairs = [text.rpartition("=") if option == "map" else text.partition("=") for text in given or ()]
    for left, sign, _ in pairs:
        if not sign or not left:
            raise InputError(option, "Write it as one word with an equals sign in it.", label=f"--{option}")
    return [(left.strip(), right.strip()) for left, _, right in pairs]


def _field(name: str, option: str) -> Field:
    try:
        return Field(name.strip().lower().replace(" ", "_").replace("-", "_"))
    except ValueError:
        raise InputError(
            option, f"{name} is no field.", label=f"--{option}", hint=f"Fields are {', '.join(Field)}."
        ) from None


def _place(preview: Preview, column: str) -> int:
    """Of the column with that header, without regard to case, or that number, from 1."""
    for each in preview.columns:
        if each.title.casefold() == column.casefold():
            return each.place
    if column.isdecimal() and 1 <= int(column) <= len(preview.columns):
        return int(column) - 1
    titles = ", ".join(each.title or str(each.place + 1) for each in preview.columns)
    raise InputError("map", f"There is no column {column}.", label="--map", hint=f"Columns are {titles}.")


def document(preview: Preview) -> dict[str, object]:
    """All of a preview as JSON types, or what `plain` makes such of."""
    return {
        "form": preview.table.form,
        "written_as": preview.table.written_as,
        "sheets": preview.table.sheets,
        "header": preview.table.header,
        "notes": preview.notes,
        "columns": [
            {"number": each.place + 1, "title": each.title, "secret": each.is_secret, **plain(each.meaning)}
            for each in preview.columns
        ],
        "counts": preview.counts,
        "rows": [
            {
                "row": str(row.id),
                "verdict": row.verdict,
                "values": {field: value for field, value in row.values.items() if value},
                "problems": row.problems,
                "twin": row.twin,
            }
            for row in preview.rows
        ],
    }


def _print(preview: Preview, *, only_problems: bool) -> None:
    for note in preview.notes:
        print_note(note)
    used = [each for each in preview.columns if each.title or each.meaning.field]
    print_table(
        ("column", "means", "how sure", "why"),
        (
            (each.title or each.place + 1, each.meaning.field or "–", each.meaning.confidence, each.meaning.why)
            for each in used
        ),
        prose=("why",),
    )
    typer.echo("")
    hidden = (Verdict.GOOD, Verdict.SKIPPED) if only_problems else ()
    print_table(
        ("row", "verdict", "name", "address", "site", "why"),
        (_cells(row) for row in preview.rows if row.verdict not in hidden),
        prose=("name", "site", "why"),
        numbers=("row",),
    )
    counts = preview.counts
    told = [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    typer.echo(
        f"{preview.table.form}, {preview.table.written_as}: {counted(len(preview.rows), 'row')}, {', '.join(told)}"
    )


def _cells(row: Row) -> tuple[object, ...]:
    if row.device is not None:
        draft = row.device.draft
        return row.id, row.verdict, draft.name, row.device.target, draft.site or "–", row.reason or "–"
    values = [row.values.get(field, "") or "–" for field in (Field.NAME, Field.ADDRESS, Field.SITE)]
    return (
        row.id,
        row.verdict,
        *(value if len(value) <= 80 else f"{value[:79]}…" for value in values),
        row.reason or "–",
    )
