"""What could be typed next in a filter of the fleet: the keys there are, and after a key the values there are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.models.fleet_filter import NUMBERS, STATES, Key, Value, key_of, matched

_OFFERED = 12
_BEGUN = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\.)*"?)*', re.DOTALL)
_ASKED = re.compile(r"-?(?P<key>[A-Za-z]+)[:=](?P<values>.*)", re.DOTALL)
_LAST_VALUE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,"])*,')


@dataclass(frozen=True, slots=True)
class Completion:
    """`offers`, any of which may stand in place of the text from `start` to the cursor."""

    start: int
    offers: tuple[str, ...]


def completion(text: str, cursor: int, known: Mapping[Key, Sequence[str]]) -> Completion:
    """What to offer at `cursor`. `known` are the values of texts that there are."""
    start = _start_of_term(text, cursor)
    term = text[start:cursor]
    asked = _ASKED.fullmatch(term)
    if asked is None:
        minus = term.startswith("-")
        begun = term.removeprefix("-").lower()
        keys = [key for key in Key if begun and key.startswith(begun)]
        return Completion(start + minus, tuple(f"{key}>" if key in NUMBERS else f"{key}:" for key in keys))
    key = key_of(asked["key"])
    if key is None or key in NUMBERS:
        return Completion(cursor, ())
    values, at = asked["values"], 0
    while (before := _LAST_VALUE.match(values, at)) is not None:
        at = before.end()
    begun = values[at:].removeprefix('"').removesuffix('"').casefold()
    there = STATES if key is Key.STATE else known.get(key, ())
    found = [each for each in there if each and begun in each.casefold()]
    # Those that begin with it come first.
    found.sort(key=lambda each: not each.casefold().startswith(begun))
    offers = tuple(_written(each) for each in found[:_OFFERED])
    return Completion(start + asked.start("values") + at, () if offers == (values[at:],) else offers)


def _start_of_term(text: str, cursor: int) -> int:
    at = start = 0
    while at < cursor:
        found = matched(_BEGUN, text, at, cursor)
        start, at = at, found.end()
        if at < cursor:
            # A blank.
            at += 1
            start = at
    return start


def _written(text: str) -> str:
    return str(Value(text, whole=bool(re.search(r'[\s,"*]', text))))
