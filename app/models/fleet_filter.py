"""The language in which endpoints are chosen: `site:thanet state:down disk>90 -tag:spare "two words"`.

Terms stand beside each other, all have to hold, and one with a minus must not. `key:value` asks a text of the endpoint, with commas between
alternatives: a value is found as a part, in quotation marks as the whole, and `*` stands for anything. `key>number` asks a number. A word
without a key is looked for in name, site, region, tags, address and state. Case never counts.
"""

import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.errors import InputError


class Key(StrEnum):
    """What can be asked about an endpoint, as it is written."""

    STATE = "state"
    NAME = "name"
    SITE = "site"
    REGION = "region"
    TAG = "tag"
    ADDRESS = "address"
    HOST = "host"
    SYSTEM = "system"
    ARCHITECTURE = "arch"
    NOTES = "notes"
    CPU = "cpu"
    MEMORY = "memory"
    DISK = "disk"
    TEMPERATURE = "temperature"
    NETWORK = "network"
    CERTIFICATE = "certificate"
    SEEN = "seen"
    VERSION = "version"


_KEYS = {key.value: key for key in Key} | {
    "tags": Key.TAG,
    "mem": Key.MEMORY,
    "temp": Key.TEMPERATURE,
    "net": Key.NETWORK,
    "cert": Key.CERTIFICATE,
    "os": Key.SYSTEM,
    "hostname": Key.HOST,
    "architecture": Key.ARCHITECTURE,
}
#: What `state` can be.
STATES = ("up", "attention", "down", "unknown", "stale", "enrolling", "removing")
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_SPAN = {"d": _DAY, "s": 1.0, "m": _MINUTE, "min": _MINUTE, "h": _HOUR, "w": 7 * _DAY, "y": 365 * _DAY}
_SHARE = {"": 0.01, "%": 0.01}
#: Of each number: its units with what one of them is in that of the column. An age or a time left has to say its unit.
_UNITS: Mapping[Key, Mapping[str, float]] = {
    Key.CPU: _SHARE,
    Key.MEMORY: _SHARE,
    Key.DISK: _SHARE,
    Key.TEMPERATURE: {"": 1.0, "c": 1.0, "°c": 1.0},
    Key.NETWORK: {"": 1e3, "kb": 1e3, "mb": 1e6, "gb": 1e9, "b": 1.0},
    Key.CERTIFICATE: _SPAN,
    Key.SEEN: _SPAN,
}
NUMBERS = frozenset({*_UNITS, Key.VERSION})
_EXAMPLES = {
    Key.TEMPERATURE: "temperature>70",
    Key.NETWORK: "network>500kB",
    Key.CERTIFICATE: "certificate<30d",
    Key.SEEN: "seen>10m",
    Key.VERSION: "version<1.6",
}

_HEAD = re.compile(r"(?P<minus>-?)(?:(?P<key>[A-Za-z]+)(?P<sign>:|>=|<=|>|<|=))?")
_QUOTED = r'"(?P<quoted>(?:[^"\\]|\\.)*)"'
_VALUE = re.compile(_QUOTED + r'|(?P<bare>[^\s,"]*)', re.DOTALL)
_WORD = re.compile(_QUOTED + r'|(?P<bare>[^\s"]+)', re.DOTALL)
_KEYED = re.compile(r"[A-Za-z]+[:<>=]")
_NUMBER = re.compile(r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,6})?)(?P<unit>[a-z°%]*)")
_VERSION = re.compile(r"v?([0-9]{1,5})(?:\.([0-9]{1,5}))?(?:\.([0-9]{1,5}))?")


class FilterError(InputError):
    """A filter that cannot be read, from character `start` to before `end`. `is_unfinished`: more typing may mend it."""

    def __init__(self, reason: str, hint: str, start: int, end: int, *, is_unfinished: bool = False) -> None:
        super().__init__("filter", reason, hint=hint)
        self.start = start
        self.end = end
        self.is_unfinished = is_unfinished


class Sign(StrEnum):
    """How a number is compared."""

    MORE = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="


@dataclass(frozen=True, slots=True)
class Value:
    """A text to compare with: found as a part or, when `whole`, equal. In one that is not whole, `*` stands for anything."""

    text: str
    whole: bool = False

    def fits(self, text: str) -> bool:
        """Whether a casefolded `text` is like this. A pattern never fits an empty text."""
        wanted = self.text.casefold()
        if self.whole:
            return text == wanted
        if "*" in wanted:
            return bool(text) and _is_like(wanted.split("*"), text)
        return wanted in text

    def __str__(self) -> str:
        return _quoted(self.text) if self.whole else self.text


@dataclass(frozen=True, slots=True)
class Word:
    """A text to look for in all that is searched."""

    text: str
    negated: bool = False

    def __str__(self) -> str:
        is_plain = not (re.search(r'[\s"]', self.text) or self.text.startswith("-") or _KEYED.match(self.text))
        return "-" * self.negated + (self.text if is_plain else _quoted(self.text))


@dataclass(frozen=True, slots=True)
class OneOf:
    """A text of the endpoint is like one of `values`."""

    key: Key
    values: tuple[Value, ...]
    negated: bool = False

    def __str__(self) -> str:
        return f"{'-' * self.negated}{self.key}:{','.join(map(str, self.values))}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number of the endpoint compared with the one `written`, as it was written: "90", "30d", "1.6"."""

    key: Key
    sign: Sign
    written: str
    negated: bool = False

    @property
    def amount(self) -> float:
        """In the unit of the column: a ratio, °C, bytes per second, seconds, or as `version_number` counts."""
        return _amount(self.key, self.written)

    def __str__(self) -> str:
        return f"{'-' * self.negated}{self.key}{self.sign}{self.written}"


Term = Word | OneOf | Comparison


@dataclass(frozen=True, slots=True)
class FleetFilter:
    """What an endpoint has to be to be chosen: all of `terms`. Its text reads as itself again."""

    terms: tuple[Term, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))

    @property
    def asks_numbers(self) -> bool:
        """Whether what it finds changes with every reading."""
        return any(isinstance(term, Comparison) for term in self.terms)

    def only(self, key: Key) -> str | None:
        """The one whole text that is asked of `key`; None if it is not asked, or more loosely."""
        asked = [term for term in self.terms if isinstance(term, OneOf) and term.key is key]
        if len(asked) != 1 or asked[0].negated or len(asked[0].values) != 1 or not asked[0].values[0].whole:
            return None
        return asked[0].values[0].text

    def asking(self, key: Key, text: str | None) -> "FleetFilter":
        """The same with `key` being exactly `text` in place of what was asked of it; None: with nothing asked of it."""
        others = tuple(term for term in self.terms if isinstance(term, Word) or term.key is not key)
        return FleetFilter(others if text is None else (*others, OneOf(key, (Value(text, whole=True),))))


NO_FILTER = FleetFilter()


def parse_filter(text: str) -> FleetFilter:
    """The filter that `text` says. Raises FilterError."""
    terms: list[Term] = []
    at = _next(text, 0)
    while at < len(text):
        head = matched(_HEAD, text, at)
        term: Term | None
        term, at = _keyed_term(text, head) if head["key"] else _word_term(text, head)
        if term is not None:
            terms.append(term)
        at = _next(text, at)
    return FleetFilter(tuple(terms))


def key_of(word: str) -> Key | None:
    """The key that `word` is another way to write."""
    return _KEYS.get(word.lower())


def matched(pattern: re.Pattern[str], text: str, start: int, end: int = sys.maxsize) -> re.Match[str]:
    """What a `pattern` that fits even nothing finds from `start` on."""
    found = pattern.match(text, start, end)
    assert found is not None, pattern  # noqa: S101 - a mistake in the pattern, whatever was typed
    return found


def version_number(text: str) -> float:
    """A version as a number that sorts like it; NaN for what is none."""
    found = _VERSION.match(text)
    if found is None:
        return math.nan
    major, minor, patch = (int(part or 0) for part in found.groups())
    return major * 1e10 + minor * 1e5 + patch


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _word_term(text: str, head: re.Match[str]) -> tuple[Word | None, int]:
    at = head.end()
    if head["minus"] and (at == len(text) or text[at].isspace()):
        return Word("-"), at
    found = _WORD.match(text, at)
    if found is None:
        raise _not_closed(at, len(text))
    word = _unquoted(found)
    return (Word(word, bool(head["minus"])) if word else None), found.end()


def _keyed_term(text: str, head: re.Match[str]) -> tuple[OneOf | Comparison, int]:
    start, key = head.start("key"), key_of(head["key"])
    if key is None:
        raise FilterError(
            f"“{head['key']}” is nothing that can be asked.",
            f"There are {', '.join(Key)}. Put the word in quotation marks to look for it as it is.",
            start,
            head.end("key"),
        )
    values, end = _values(text, head)
    negated = bool(head["minus"])
    if key not in NUMBERS:
        if head["sign"] not in ":=":
            raise FilterError(
                f"“{key}” is a text and cannot be compared by {head['sign']}.", f"Write {key}:VALUE.", start, end
            )
        return _checked(OneOf(key, values, negated), start, end), end
    example = _EXAMPLES.get(key, f"{key}>90")
    written = values[0].text.lower()
    if head["sign"] == ":" or len(values) > 1:
        raise FilterError(f"“{key}” is a number, compared by >, >=, <, <= or =.", f"Write {example}.", start, end)
    if math.isnan(_amount(key, written)):
        raise FilterError(f"“{values[0].text}” is not a number for {key}.", f"Write {example}.", head.end(), end)
    return Comparison(key, Sign(head["sign"]), written, negated), end


def _values(text: str, head: re.Match[str]) -> tuple[tuple[Value, ...], int]:
    values: list[Value] = []
    at = head.end()
    while True:
        found = matched(_VALUE, text, at)
        end = found.end()
        if found["quoted"] is None and not found["bare"]:
            if text[at : at + 1] == '"':
                raise _not_closed(at, len(text))
            what = text[head.start("key") : at]
            raise FilterError(
                f"Nothing stands after “{what}”.",
                'Write a value. "" finds those without one.',
                head.start("key"),
                at,
                is_unfinished=end == len(text),
            )
        values.append(Value(_unquoted(found), whole=found["quoted"] is not None))
        if end == len(text) or text[end].isspace():
            return tuple(values), end
        if text[end] != ",":
            raise FilterError("A quotation mark stands within a word.", "Put a blank or a comma there.", at, end + 1)
        at = end + 1


def _checked(term: OneOf, start: int, end: int) -> OneOf:
    """A state that there is not would find nothing without a word."""
    if term.key is Key.STATE:
        for value in term.values:
            if not any(value.fits(state) for state in STATES):
                raise FilterError(f"“{value.text}” is no state.", f"There are {', '.join(STATES)}.", start, end)
    return term


def _not_closed(start: int, end: int) -> FilterError:
    return FilterError("A quotation mark is not closed.", 'Write the other ".', start, end, is_unfinished=True)


def _amount(key: Key, written: str) -> float:
    if key is Key.VERSION:
        return version_number(written) if _VERSION.fullmatch(written) else math.nan
    found = _NUMBER.fullmatch(written)
    if found is None or found["unit"] not in _UNITS[key]:
        return math.nan
    # 95 % is 0.95 to the last digit, so that it is at least itself.
    return round(float(found["number"]) * _UNITS[key][found["unit"]], 12)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(found: re.Match[str]) -> str:
    quoted: str | None = found["quoted"]
    return str(found["bare"]) if quoted is None else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)


def _is_like(parts: Sequence[str], text: str) -> bool:
    """Whether `text` is `parts` with anything between them; in one pass, whatever was typed."""
    first, *middle, last = parts
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
