"""What the columns of a table mean: by their headers, and where these say nothing, by what stands in them.

Every guess says how sure it is and why, and the operator can replace it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from app.models.device_list import Column, Confidence, Field, Meaning, Table
from app.services.lists.looks import ADDRESSES, Look, look_of
from app.services.lists.words import fields_titled, fields_within

_SAMPLE = 300
_MOSTLY = 0.6
_SECRET = Meaning(
    None,
    Confidence.SURE,
    "The header says that passwords are in it. Plantwatch reads none from lists: the values were dropped.",
)
_UNUSED = Meaning(None, Confidence.NONE, "Nothing says what is in it; it is not used.")
_SEVERAL = frozenset({Field.TAGS})
"""Fields that several columns may give together."""
_BY_LOOK: Sequence[tuple[tuple[Look, ...], Field, str]] = (
    (ADDRESSES, Field.ADDRESS, "addresses"),
    ((Look.HOST_KEY,), Field.HOST_KEY, "host keys or fingerprints"),
    ((Look.EXPORTER_PORT,), Field.EXPORTER_PORT, "ports as exporters have them"),
    ((Look.PORT,), Field.PORT, "ports as SSH servers have them"),
    ((Look.USER,), Field.USER, "usual names of users"),
)


def guessed_columns(table: Table) -> tuple[Column, ...]:
    """A meaning for every column; each field is given once, but tags."""
    values = _values(table)
    meanings: dict[int, Meaning] = dict.fromkeys(table.secret, _SECRET)
    if table.meanings:
        meanings |= {place: each for place, each in table.meanings.items() if any(values.get(place, ()))}
        unused = Meaning(None, Confidence.NONE, "The list says nothing of it.")
        meanings |= {place: unused for place in range(len(table.titles)) if place not in meanings}
    else:
        _by_title(table, values, meanings)
        _by_contents(table, values, meanings)
    return tuple(
        Column(place, title, meanings.get(place, _UNUSED), place in table.secret)
        for place, title in enumerate(table.titles)
    )


def _values(table: Table) -> dict[int, list[str]]:
    """The first values of each column, empty ones too."""
    sample = [line for line in table.lines if not line.skipped][:_SAMPLE]
    return {
        place: [line.cells[place] if place < len(line.cells) else "" for line in sample]
        for place in range(len(table.titles))
    }


def _by_title(table: Table, values: Mapping[int, list[str]], meanings: dict[int, Meaning]) -> None:
    """Headers that say one thing first, then those that may say several, then those of which a part is known."""
    known = {place: fields_titled(title) for place, title in enumerate(table.titles) if title}
    for several in (False, True):
        for place, fields in known.items():
            if (len(fields) > 1) is several and place not in meanings:
                _give(place, _free(fields, meanings, values[place]), table.titles[place], Confidence.SURE, meanings)
    for place, title in enumerate(table.titles):
        if title and place not in meanings and not known[place]:
            possible = [field for field in fields_within(title) if _is_possible(field, values[place])]
            _give(place, _free(possible, meanings, values[place]), title, Confidence.LIKELY, meanings)
    for place, fields in known.items():
        if fields and place not in meanings:
            other = next((at for at, each in meanings.items() if each.field in fields), None)
            if other is not None:
                why = f"The column “{table.titles[other]}” has the {_worded(fields[0])} already."
                meanings[place] = Meaning(None, Confidence.NONE, why)


def _free(fields: Sequence[Field], meanings: Mapping[int, Meaning], values: Sequence[str]) -> Field | None:
    """The first of `fields` that no column has yet; an address only where the values could be addresses."""
    taken = {each.field for each in meanings.values()} - _SEVERAL
    for field in fields:
        if field not in taken and (field is not Field.ADDRESS or len(fields) == 1 or _may_be_addresses(values)):
            return field
    return None


def _is_possible(field: Field, values: Sequence[str]) -> bool:
    """Whether values could be of that field where only a part of the header says so: "turbine_mw" is a number, and no name."""
    numbers = sum(1 for value in values if value.replace(".", "", 1).replace(",", "", 1).isdigit())
    are_numbers = numbers > _MOSTLY * max(sum(map(bool, values)), 1)
    return are_numbers if field in (Field.PORT, Field.EXPORTER_PORT) else not are_numbers


def _may_be_addresses(values: Sequence[str]) -> bool:
    used = [value for value in values if value]
    fitting = sum(1 for value in used if look_of(value) in (*ADDRESSES, Look.HOST_NAME))
    return not used or fitting >= _MOSTLY * len(used)


def _give(place: int, field: Field | None, title: str, confidence: Confidence, meanings: dict[int, Meaning]) -> None:
    if field is not None:
        part = "A part of the header" if confidence is Confidence.LIKELY else "The header"
        meanings[place] = Meaning(field, confidence, f"{part} “{title}” means {_worded(field)}.")


def _by_contents(table: Table, values: Mapping[int, list[str]], meanings: dict[int, Meaning]) -> None:
    looks = {place: Counter(map(look_of, each)) for place, each in values.items()}
    for kinds, field, told in _BY_LOOK:
        if any(each.field is field for each in meanings.values()):
            continue
        best, best_share = -1, _MOSTLY
        for place, counts in looks.items():
            used = counts.total() - counts[Look.EMPTY]
            fitting = sum(counts[kind] for kind in kinds)
            if place not in meanings and used and fitting / used > best_share - (best < 0) * 0.001:
                best, best_share = place, fitting / used
        if best >= 0:
            used = looks[best].total() - looks[best][Look.EMPTY]
            fitting = sum(looks[best][kind] for kind in kinds)
            why = f"{fitting} of {used} values are {told}."
            meanings[best] = Meaning(field, Confidence.LIKELY, why)
    if not table.header:
        _what_is_left(values, looks, meanings)


def _what_is_left(
    values: Mapping[int, list[str]], looks: Mapping[int, Counter[Look]], meanings: dict[int, Meaning]
) -> None:
    """Without a header: words that all differ are names, few that come again are a site. The rest is not used."""
    words = {
        place: [value for value in each if value]
        for place, each in values.items()
        if place not in meanings
        and looks[place][Look.HOST_NAME] + looks[place][Look.TEXT] > _MOSTLY * sum(map(bool, each))
    }
    taken = {each.field for each in meanings.values()}
    names = [place for place, each in words.items() if each and len({value.casefold() for value in each}) == len(each)]
    hosts = [place for place in names if looks[place][Look.HOST_NAME] >= _MOSTLY * len(words[place])]
    if names and Field.NAME not in taken:
        place = (hosts or names)[0]
        meanings[place] = Meaning(Field.NAME, Confidence.GUESS, "Words that all differ.")
    rest = [place for place in words if place not in meanings and words[place] and place not in names]
    if rest and Field.SITE not in taken:
        why = "Words that come again: taken for the site."
        meanings[rest[0]] = Meaning(Field.SITE, Confidence.GUESS, why)


def _worded(field: Field) -> str:
    return field.replace("_", " ")
