"""The language of filters: what is read, how it is written again, and what is refused."""

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InputError
from app.models.fleet_filter import (
    NO_FILTER,
    STATES,
    Comparison,
    FilterError,
    FleetFilter,
    Key,
    OneOf,
    Sign,
    Value,
    Word,
    parse_filter,
    version_number,
)
from app.models.fleet_filter_completion import completion

_PIECES = [
    "site:",
    "STATE:",
    "cpu>",
    "cpu>=50",
    "-",
    '"',
    "\\",
    ",",
    "*",
    "thanet",
    "90",
    "d",
    "<",
    "=",
    " ",
    "é",
    "x:y",
]
_TYPED = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(_PIECES), max_size=10).map("".join))


def test_a_filter_of_everything_there_is() -> None:
    asked = "site:thanet State:down,stale disk>90 -tag:spare name:wtg-0*"
    assert parse_filter(f'{asked} "two words" cpu>=50% region:"North West" cert<30d').terms == (
        OneOf(Key.SITE, (Value("thanet"),)),
        OneOf(Key.STATE, (Value("down"), Value("stale"))),
        Comparison(Key.DISK, Sign.MORE, "90"),
        OneOf(Key.TAG, (Value("spare"),), negated=True),
        OneOf(Key.NAME, (Value("wtg-0*"),)),
        Word("two words"),
        Comparison(Key.CPU, Sign.AT_LEAST, "50%"),
        OneOf(Key.REGION, (Value("North West", whole=True),)),
        Comparison(Key.CERTIFICATE, Sign.LESS, "30d"),
    )


@pytest.mark.parametrize(
    "text", ["", "  ", '""', "barrow down", "bea-t00", "10.20.0.1:22", "fe80::1", "-", "a,b", "50%"]
)
def test_words_are_looked_for_as_they_are(text: str) -> None:
    assert [str(term) for term in parse_filter(text).terms] in (text.split(), [f'"{text}"'], [])
    assert all(isinstance(term, Word) for term in parse_filter(text).terms)


@pytest.mark.parametrize(
    ("text", "where", "reason", "hint"),
    [
        ("up stat:down", "stat", "nothing that can be asked", "state"),
        ("cpu>much", "much", "not a number for cpu", "cpu>90"),
        ("cpu:50", "cpu:50", "is a number", "cpu>90"),
        ("certificate<30", "30", "not a number for certificate", "certificate<30d"),
        ("site>5", "site>5", "is a text", "site:VALUE"),
        ("state:broken", "state:broken", "no state", "attention"),
        ("version<new", "new", "not a number for version", "version<1.6"),
        ('site:a"b"', 'a"', "within a word", "blank"),
    ],
)
def test_a_refusal_says_what_where_and_what_would_be_right(text: str, where: str, reason: str, hint: str) -> None:
    with pytest.raises(FilterError) as refused:
        parse_filter(text)
    error = refused.value
    assert text[error.start : error.end] == where
    assert reason in error.message
    assert hint in error.advice
    assert not error.is_unfinished


@pytest.mark.parametrize("text", ["site:", "up site:thanet,", 'region:"North', '"two wor', "-cpu>"])
def test_what_is_being_typed_is_unfinished(text: str) -> None:
    with pytest.raises(FilterError) as refused:
        parse_filter(text)
    assert refused.value.is_unfinished


@given(_TYPED)
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        found = parse_filter(text)
    except InputError:
        return
    assert parse_filter(str(found)) == found


_TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
_BARE = st.from_regex(r'[^\s,"]{1,8}', fullmatch=True).map(Value)
_VALUES = st.one_of(_BARE, _TEXTS.map(lambda text: Value(text, whole=True)))
_ONE_OF = st.builds(
    OneOf,
    st.sampled_from([Key.NAME, Key.SITE, Key.TAG]),
    st.lists(_VALUES, min_size=1, max_size=3).map(tuple),
    st.booleans(),
)
_COMPARISON = st.builds(
    Comparison,
    st.sampled_from([Key.CPU, Key.NETWORK]),
    st.sampled_from(Sign),
    st.sampled_from(["1", "0.5", "90"]),
    st.booleans(),
)
_WORDS = st.builds(Word, _TEXTS.filter(bool), st.booleans())


@given(st.lists(st.one_of(_WORDS, _ONE_OF, _COMPARISON), max_size=5).map(lambda terms: FleetFilter(tuple(terms))))
def test_a_filter_reads_as_itself_again(made: FleetFilter) -> None:
    assert parse_filter(str(made)) == made


class TestOneKey:
    def test_it_is_asked_exactly(self) -> None:
        asked = parse_filter("down site:bar site:row").asking(Key.SITE, 'North "A"')
        assert str(asked) == 'down site:"North \\"A\\""'
        assert asked.only(Key.SITE) == 'North "A"'

    def test_it_is_not_asked_any_more(self) -> None:
        assert parse_filter('down site:"Barrow"').asking(Key.SITE, None) == parse_filter("down")

    @pytest.mark.parametrize("text", ["", "site:bar", '-site:"Barrow"', 'site:"a","b"', 'site:"a" site:"b"'])
    def test_it_is_not_one(self, text: str) -> None:
        assert parse_filter(text).only(Key.SITE) is None


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (Value("HANE"), "thanet", True),
        (Value("hane", whole=True), "thanet", False),
        (Value("Thanet", whole=True), "thanet", True),
        (Value("wtg-0*"), "wtg-01", True),
        (Value("wtg-0*"), "a-wtg-01", False),
        (Value("*01*"), "wtg-01-b", True),
        (Value("a*a"), "a", False),
        (Value("*"), "", False),
        (Value("*" * 200 + "x"), "y" * 200, False),
    ],
)
def test_values(value: Value, text: str, expected: bool) -> None:
    assert value.fits(text) is expected


@pytest.mark.parametrize(
    ("text", "amount"), [("cpu>95", 0.95), ("net>2MB", 2e6), ("network<1", 1e3), ("seen>2h", 7200), ("temp<70", 70)]
)
def test_amounts_are_in_the_unit_of_their_column(text: str, amount: float) -> None:
    (term,) = parse_filter(text).terms
    assert isinstance(term, Comparison)
    assert term.amount == amount


def test_versions_sort_by_their_parts() -> None:
    assert version_number("1.9.1") < version_number("1.10") < version_number("v2.0.0-rc.1")


class TestCompletion:
    KNOWN: ClassVar = {Key.SITE: ("Barrow", "North West", "Thanet"), Key.TAG: ("offshore",)}

    def offers(self, text: str) -> list[str]:
        return list(completion(text, len(text), self.KNOWN).offers)

    def test_keys(self) -> None:
        assert self.offers("sit") == ["site:"]
        assert self.offers("down -CP") == ["cpu>"]
        assert self.offers("") == []
        assert self.offers("barrow") == []

    def test_values_that_there_are(self) -> None:
        assert self.offers("site:") == ["Barrow", '"North West"', "Thanet"]
        assert self.offers("site:t") == ["Thanet", '"North West"']
        assert self.offers("site:Barrow,no") == ['"North West"']
        assert self.offers('up site:"north w') == ['"North West"']
        assert self.offers("state:") == list(STATES)

    def test_what_is_complete_is_not_offered(self) -> None:
        assert self.offers("tag:offshore") == []

    @given(_TYPED, st.integers(0, 40))
    def test_it_offers_something_or_nothing(self, text: str, cursor: int) -> None:
        at = min(cursor, len(text))
        assert completion(text, at, self.KNOWN).start <= at


def test_nothing_asked_is_no_filter() -> None:
    assert not NO_FILTER
    assert str(NO_FILTER) == ""
