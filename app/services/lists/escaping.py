"""Cells that a spreadsheet would run as a formula, made inert with an apostrophe; and the way back.

A spreadsheet takes what begins with = + - @ or a tab for a formula. A file with commas, opened where semicolons are usual, is cut at
semicolons and at the line breaks within cells instead: what follows them begins a cell, too. So an apostrophe goes before each such sign
at the beginning of a cell and after each of ; , | tab and line break. Where apostrophes stand there already, one more is put: taking one
away from each such place is the exact way back. Nothing is taken away from lists of others, whose apostrophes are their own.
"""

import re
from collections.abc import Iterable

from app.models.device_list import Field

TITLES = tuple(field for field in Field if field is not Field.SEEN_KEY)
"""The header of an exported list: by all of these in one header it is known again. That of a scan has one column more."""

_PLACE = r"(?:^|(?<=[;,|\t\r\n]))"
_SIGN = r"[=+\-@\t\r＝＋－＠]"  # noqa: RUF001 - spreadsheets take the wide signs for formulas, too
_ESCAPED = re.compile(rf"{_PLACE}(?='*{_SIGN})")
_UNESCAPED = re.compile(rf"{_PLACE}'(?='*{_SIGN})")


def escaped(cell: str) -> str:
    """`cell` so that no spreadsheet runs it."""
    return _ESCAPED.sub("'", cell)


def unescaped(cell: str) -> str:
    """What `escaped` was given."""
    return _UNESCAPED.sub("", cell) if "'" in cell else cell


def is_own(titles: Iterable[str]) -> bool:
    """Whether a header is that of an exported list, in whatever order, with or without columns of others."""
    return set(TITLES).issubset(title.casefold().strip() for title in titles)
