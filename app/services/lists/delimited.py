"""Delimited text to rows: comma, semicolon, tab, bar or runs of blanks; quotes, line breaks within them, and quotes that never end."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from app.models.device_list import Line
from app.services.lists.words import fields_titled

NAMES = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", "  ": "runs of blanks", " ": "blanks"}
_DELIMITERS = ("\t", ";", ",", "|")
_SAMPLE = 200
_MOST_LINES = 10_000
"""Physical lines of one row: notes may have many."""
_MOST_WASTED = 300_000
"""Lines that are looked at in vain for the end of quotes; then quotes are letters like others."""
_AGREED = 0.5
_BLANKS = re.compile(r"\s{2,}|\t")
_SEP = re.compile(r"sep=(.)", re.IGNORECASE)

csv.field_size_limit(1024 * 1024)


def delimiter_of(lines: Sequence[str]) -> str:
    """The delimiter on which most rows agree; "  " for runs of blanks, " " for single ones under a header, "" for none."""
    beginning = [line for line in lines[: 20 * _SAMPLE] if line.strip()]
    if beginning and (found := _SEP.fullmatch(beginning[0].strip())):
        return found[1]
    told = [line for line in beginning if not line.lstrip().startswith(("#", "//"))] or beginning
    for delimiter in _DELIMITERS:
        # A header that is understood tells more than rows that disagree.
        if told and len(cells := _cells(told[0], delimiter)) > 1 and all(map(fields_titled, cells)):
            return delimiter
    best, best_share, best_width = "", _AGREED, 0
    for delimiter in _DELIMITERS:
        share, width = _agreement(told, delimiter)
        # Rows are more telling than cells: notes have commas in them, too.
        if width > 1 and (share, width) > (best_share, best_width):
            best, best_share, best_width = delimiter, share, width
    return best or _blanks(told[:_SAMPLE])


def _agreement(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """Which share of the rows has several cells, in steps of a tenth, and how many cells most of these have."""
    widths = Counter(len(cells) for _, cells in islice(_rows(lines, delimiter), _SAMPLE))
    several = [(count, width) for width, count in widths.items() if width > 1]
    return round(sum(count for count, _ in several) / max(widths.total(), 1), 1), max(several, default=(0, 1))[1]


def records(lines: Sequence[str], delimiter: str) -> Iterator[Line]:
    """Every row, also empty ones, with the number of its first line. A line of Excel's "sep=;" is told as skipped."""
    usual = _agreement(lines[: 20 * _SAMPLE], delimiter)[1]
    for number, cells in _rows(lines, delimiter):
        if number == 1 and _SEP.fullmatch(lines[0].strip()):
            yield Line(number, (lines[0].strip(),), skipped="It names the delimiter.")
        else:
            yield Line(number, _as_usual(lines[number - 1], cells, delimiter, usual))


def _rows(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    at = wasted = 0
    while at < len(lines):
        cells, used = None, 1
        if '"' in lines[at] and delimiter in _DELIMITERS and wasted < _MOST_WASTED:
            cells, used, looked_at = _quoted(lines, at, delimiter)
            wasted += looked_at - used
        yield at + 1, tuple(_cells(lines[at], delimiter)) if cells is None else cells
        at += used


def _as_usual(line: str, cells: tuple[str, ...], delimiter: str, usual: int) -> tuple[str, ...]:
    """A row of another making: where its delimiter is not there, that one counts which gives as many cells as other rows have."""
    if len(cells) == 1 and delimiter in _DELIMITERS:
        for other in (*_DELIMITERS, "  ", " "):
            if len(others := _cells(line, other)) == usual > 1:
                return tuple(others)
    return cells


def _quoted(lines: Sequence[str], at: int, delimiter: str) -> tuple[tuple[str, ...] | None, int, int]:
    """The cells of a row that has quotes in it, how many lines it took, and how many were looked at. None: its quotes are no quotes."""
    several = (lines[n] + "\n" for n in range(at, min(at + _MOST_LINES, len(lines))))
    reader = csv.reader(several, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t")
    try:
        cells = next(reader, [])
    except csv.Error:
        return None, 1, max(reader.line_num, 1)
    return tuple(_framed(cells, delimiter)), max(reader.line_num, 1), max(reader.line_num, 1)


def _cells(line: str, delimiter: str) -> list[str]:
    if delimiter == "  ":
        return _BLANKS.split(line.strip())
    if delimiter == " ":
        return line.split()
    if not delimiter:
        return [line]
    if '"' in line:
        try:
            return next(csv.reader(io.StringIO(line), delimiter=delimiter, strict=True), [line])
        except csv.Error:
            pass
    return _framed(line.split(delimiter), delimiter)


def _framed(cells: list[str], delimiter: str) -> list[str]:
    """Without the empty cells that a frame of bars leaves at both ends."""
    if delimiter == "|" and len(cells) > 2 and not cells[0].strip() and not cells[-1].strip():
        return cells[1:-1]
    return cells


def _blanks(sample: Sequence[str]) -> str:
    if not sample:
        return ""
    widths = [len(_BLANKS.split(line.strip())) for line in sample]
    if sum(1 for width in widths if width > 1) >= 0.8 * len(sample):
        return "  "
    words = sample[0].split()
    return " " if len(words) > 1 and all(map(fields_titled, words)) else ""
