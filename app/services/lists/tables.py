"""From rows of cells to a table: its header, the rows that are no devices, and no passwords."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.models.device_list import Form, Line, Meaning, Table
from app.services.lists.escaping import is_own, unescaped
from app.services.lists.failures import MOST_COLUMNS, MOST_ROWS, ListError, too_many_rows
from app.services.lists.looks import Look, is_address, look_of
from app.services.lists.scrubbing import NOTE, scrubbed
from app.services.lists.words import begins_a_total, fields_titled, fields_within, is_secret_title, plain_words

_SEARCHED = 30
"""Lines in which a header is looked for."""
_LONGEST_TITLE = 60
_SAMPLE = 50
_MOSTLY = 0.8
_RULING = re.compile(r"[-=_+|:.*~─━═│┼┌┐└┘├┤┬┴╋\s]*[-=_─━═]{2,}[-=_+|:.*~─━═│┼┌┐└┘├┤┬┴╋\s]*")
_NUMBER_OF_ROW = re.compile(r"#\s*\d+")
#: What is pasted with a value, has no width, and is not meant: byte order marks, marks of the direction of writing, zero-width blanks.
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069"
_AT_EDGES = " \t\r\n\f\v\xa0\x1a" + _INVISIBLE


def table_of(
    form: Form,
    lines: Iterable[Line],
    *,
    header: int | None = None,
    meanings: Mapping[int, Meaning] | None = None,
    written_as: str = "",
    sheets: Sequence[str] = (),
    sheet: str = "",
    notes: Sequence[str] = (),
) -> Table:
    """The table of these lines. `header` is the number of its line, 0 for none; None looks for it.

    Raises ListError for more rows or columns than a list may have.
    """
    clean, had_logins = _clean(lines)
    width = max((len(line.cells) for line in clean), default=0)
    at = (
        _header_at(clean)
        if header is None
        else next((n for n, line in enumerate(clean) if line.number == header), None)
    )
    # In a list of our own only the header is one, whatever the devices are called.
    own = at is not None and is_own(clean[at].cells)
    secret = _secret_columns(clean[: at + 1] if own and at is not None else clean, at) if not meanings else frozenset()
    titles = _titles(clean[at].cells if at is not None else (), width, secret)
    clean = [_without(line, secret) for line in clean]
    if own:
        clean = [replace(line, cells=tuple(map(unescaped, line.cells))) for line in clean]
    head = clean[at] if at is not None else None
    judged = tuple(_sorted_out(line, n, at, head, is_own=own) for n, line in enumerate(clean))
    if sum(1 for line in judged if not line.skipped) > MOST_ROWS:
        raise too_many_rows()
    table = Table(
        form,
        judged,
        titles,
        head.number if head else 0,
        meanings or {},
        secret,
        written_as,
        tuple(sheets),
        sheet,
        tuple(notes),
    )
    return replace(table, notes=(*table.notes, *_told(table, had_logins=had_logins)))


def with_header(table: Table, header: int) -> Table:
    """The same lines with the header elsewhere; 0: without one. What was dropped stays dropped."""
    plain = [replace(line, skipped="", problem="") for line in table.lines]
    other = table_of(
        table.form,
        plain,
        header=header,
        meanings=table.meanings,
        written_as=table.written_as,
        sheets=table.sheets,
        sheet=table.sheet,
        notes=table.notes,
    )
    return replace(other, secret=other.secret | table.secret, notes=tuple(dict.fromkeys(other.notes)))


def _clean(lines: Iterable[Line]) -> tuple[list[Line], bool]:
    clean: list[Line] = []
    had_logins = False
    for line in lines:
        if len(line.cells) > MOST_COLUMNS and any(line.cells[MOST_COLUMNS:]):
            raise ListError(
                f"it has more than {MOST_COLUMNS} columns.", "Take out those that Plantwatch does not need."
            )
        if len(clean) >= 4 * MOST_ROWS:
            raise too_many_rows()
        trimmed = tuple(cell.strip(_AT_EDGES) for cell in line.cells[:MOST_COLUMNS])
        kept = tuple(map(scrubbed, trimmed))
        had_logins = had_logins or kept != trimmed
        clean.append(replace(line, cells=kept))
    return clean, had_logins


def _told(table: Table, *, had_logins: bool) -> list[str]:
    named = [f"“{table.titles[place]}”" for place in sorted(table.secret) if table.titles[place]]
    what = [f"the values of {' and '.join(named) or 'a column'} were"] if table.secret else []
    if had_logins:
        what.append("what stood before an @ (USER:PASSWORD@) or was a private key was")
    return [NOTE.format(what=" and ".join(what))] if what else []


def _is_headed(cells: Sequence[str]) -> bool:
    """Whether a row holds words by which columns are named, and nothing that a device has."""
    used = [cell for cell in cells if cell]
    if not used or any(
        len(cell) > _LONGEST_TITLE or is_address(cell) or look_of(cell) is Look.HOST_KEY for cell in used
    ):
        return False
    known = _known_words(used)
    return known >= 2 or (
        known == 1
        and not used[0].startswith("#")
        and (len(used) == 1 or sum(1 for cell in used if fields_within(cell)) * 2 >= len(used))
    )


def _known_words(used: Sequence[str]) -> int:
    return sum(1 for cell in used if fields_titled(cell) or is_secret_title(cell))


def _header_at(lines: Sequence[Line]) -> int | None:
    searched = [n for n, line in enumerate(lines) if any(line.cells)][:_SEARCHED]
    for n in searched:
        if _is_headed(lines[n].cells):
            return n
        if any(map(is_address, lines[n].cells)):
            break
    return _header_by_contents(lines, searched)


def _header_by_contents(lines: Sequence[Line], searched: Sequence[int]) -> int | None:
    """The first row, if words stand in it where nearly all others have an IP address: a header in a language not known here."""
    if len(searched) < 2:
        return None
    first, below = lines[searched[0]], [lines[n] for n in searched[1:_SAMPLE]]
    for place, title in enumerate(first.cells):
        values = [line.cells[place] for line in below if place < len(line.cells)]
        addresses = sum(1 for value in values if look_of(value) is Look.IP)
        is_word = bool(title) and not any(map(str.isdigit, title)) and len(title) <= _LONGEST_TITLE and "#" not in title
        if is_word and addresses >= _MOSTLY * len(below) and not any(map(is_address, first.cells)):
            return searched[0]
    return None


def _secret_columns(lines: Sequence[Line], header: int | None) -> frozenset[int]:
    """Columns that a row names as passwords are named: the header, what stands above it, or what could be another header."""
    last = header if header is not None else next((n for n, line in enumerate(lines) if any(line.cells)), 0)
    found: set[int] = set()
    for n, line in enumerate(lines):
        if n != header and any(map(is_address, line.cells)):
            continue
        places = {
            place
            for place, cell in enumerate(line.cells)
            if cell and len(cell) <= _LONGEST_TITLE and is_secret_title(cell)
        }
        if places and (n <= last or _is_headed(line.cells)):
            found |= places
    return frozenset(found)


def _titles(cells: Sequence[str], width: int, secret: frozenset[int]) -> tuple[str, ...]:
    titles = [*cells, *("" for _ in range(width - len(cells)))]
    if titles:
        titles[0] = titles[0].removeprefix("#").strip() or titles[0]
    return tuple(re.split("[:=]", title)[0].strip() if place in secret else title for place, title in enumerate(titles))


def _without(line: Line, secret: frozenset[int]) -> Line:
    if not secret:
        return line
    return replace(line, cells=tuple("" if place in secret else cell for place, cell in enumerate(line.cells)))


def _sorted_out(line: Line, n: int, at: int | None, head: Line | None, *, is_own: bool) -> Line:
    """`line` with the reason why it is no device, if it is none."""
    if line.skipped or line.problem:
        return line
    used = [cell for cell in line.cells if cell]
    if not used:
        return replace(line, skipped="The row is empty.") if not line.faults else line
    if n == at:
        return replace(line, skipped="The header.")
    if _is_repeated(line.cells, head):
        return replace(line, skipped="The header once more.")
    if not is_own and (why := _no_device(used, has_header=head is not None)):
        return replace(line, skipped=why)
    if at is not None and n < at:
        return replace(line, skipped="A row above the header.")
    if head is not None and any(line.cells[len(head.cells) :]):
        many, expected = len(line.cells), len(head.cells)
        return replace(
            line,
            problem=f"The row has {many} cells, the header {expected}: a delimiter too many, or quotes are missing.",
        )
    return line


def _is_repeated(cells: Sequence[str], head: Line | None) -> bool:
    return (
        head is not None and plain_words(cells[0]) == plain_words(head.cells[0]) and _plain(cells) == _plain(head.cells)
    )


def _plain(cells: Sequence[str]) -> list[str]:
    return [*map(plain_words, cells)]


def _no_device(used: Sequence[str], *, has_header: bool) -> str:
    if all(map(_RULING.fullmatch, used)):
        return "A ruling between rows."
    if used[0].startswith(("#", "//")) and not _NUMBER_OF_ROW.fullmatch(used[0]):
        return "A comment."
    if any(map(is_address, used)):
        return ""
    if begins_a_total(used[0]):
        return "A total: it names no device."
    known = _known_words(used) if has_header else 0
    return "The header once more." if known >= 2 and known * 2 >= len(used) else ""
