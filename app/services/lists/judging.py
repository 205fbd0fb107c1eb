"""One row of a list to a device, or to all that is wrong with it. What is valid is decided by `EndpointDraft` and its parts alone."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from app.errors import InputError
from app.models.device_list import Field, ListedDevice, Problem
from app.models.endpoint import (
    EndpointDraft,
    HostKey,
    parse_address,
    parse_group,
    parse_jump,
    parse_listen_address,
    parse_name,
    parse_notes,
    parse_port,
    parse_tags,
)
from app.models.expected_key import ExpectedKey
from app.services.lists.addresses import target_of, zone_of

SSH_PORT = 22
EXPORTER_PORT = 9100
_T = TypeVar("_T")
_BETWEEN_TAGS = re.compile(r"[\s,;|]+")
_BETWEEN_JUMPS = re.compile(r"[\s,;]+")
_FIELDS = {"jump": Field.JUMPS}
"""Where the field of an InputError is called otherwise."""


def taken_apart(values: Mapping[Field, str]) -> tuple[dict[Field, str], list[Problem]]:
    """`values` with the user and the port of USER@HOST:PORT in their own fields. A contradiction is a problem."""
    apart = dict(values)
    problems: list[Problem] = []
    for address, port in ((Field.ADDRESS, Field.PORT), (Field.SCRAPE_ADDRESS, Field.EXPORTER_PORT)):
        found = target_of(values.get(address, ""))
        if not found.user and not found.port:
            continue
        parts = [(port, found.port)]
        if address is Field.ADDRESS:
            parts.append((Field.USER, found.user))
        elif found.user:
            continue
        apart[address] = found.host
        for field, said in parts:
            other = values.get(field, "")
            if said and other and said != other:
                reason = f"The address says {said}, its own column {other}. Which is right?"
                problems.append(Problem(field, reason))
            elif said:
                apart[field] = said
    return apart, problems


def judged(values: Mapping[Field, str]) -> tuple[ListedDevice | None, list[Problem]]:
    """The device that `values` (taken apart) describe, or None and what is wrong with each field."""
    problems = [*_zones(values)]
    draft = None
    try:
        draft = _draft(values)
    except InputError as error:
        problems += _all_problems(values) or [_problem(error)]
    user = values.get(Field.USER, "")
    if user and (user.startswith("-") or not user.isprintable() or " " in user):
        problems.append(Problem(Field.USER, "A user name has no blanks and does not begin with a dash."))
    jumps = (
        _checked(problems, lambda: tuple(map(parse_jump, _split(_BETWEEN_JUMPS, values.get(Field.JUMPS, ""))))) or ()
    )
    expected = _checked(problems, lambda: _expected_key(values, draft))
    seen = _checked(problems, lambda: _seen_key(values))
    if problems or draft is None:
        return None, _once(problems)
    return ListedDevice(draft, user, expected, jumps, seen), []


def _draft(values: Mapping[Field, str]) -> EndpointDraft:
    return EndpointDraft(
        name=values.get(Field.NAME, ""),
        address=values.get(Field.ADDRESS, ""),
        port=parse_port(values.get(Field.PORT, "") or SSH_PORT),
        site=values.get(Field.SITE, ""),
        region=values.get(Field.REGION, ""),
        tags=_split(_BETWEEN_TAGS, values.get(Field.TAGS, "")),
        notes=values.get(Field.NOTES, ""),
        scrape_address=values.get(Field.SCRAPE_ADDRESS, ""),
        exporter_port=parse_port(values.get(Field.EXPORTER_PORT, "") or EXPORTER_PORT, field_name="exporter_port"),
        listen_address=values.get(Field.LISTEN_ADDRESS, ""),
    )


def _all_problems(values: Mapping[Field, str]) -> list[Problem]:
    """The draft stops at the first; a person wants to mend all at once. These are the checks that the draft makes of its fields."""
    problems: list[Problem] = []
    checks: Mapping[Field, Callable[[str], object]] = {
        Field.NAME: parse_name,
        Field.ADDRESS: parse_address,
        Field.PORT: lambda text: parse_port(text or SSH_PORT),
        Field.SITE: lambda text: parse_group(text, field_name="site"),
        Field.REGION: lambda text: parse_group(text, field_name="region"),
        Field.TAGS: lambda text: parse_tags(_split(_BETWEEN_TAGS, text)),
        Field.NOTES: parse_notes,
        Field.SCRAPE_ADDRESS: lambda text: text and parse_address(text, field_name="scrape_address"),
        Field.EXPORTER_PORT: lambda text: parse_port(text or EXPORTER_PORT, field_name="exporter_port"),
        Field.LISTEN_ADDRESS: parse_listen_address,
    }
    for field, check in checks.items():
        _checked(problems, partial(check, values.get(field, "")))
    return problems


def _zones(values: Mapping[Field, str]) -> list[Problem]:
    """A zone is a name on one computer: valid as an address, and of no use to any other."""
    return [
        Problem(
            field,
            f"Leave out the zone (%{zone}): it names a network card of one computer, and means nothing to the Docker host. "
            "Addresses that begin with fe80 reach no further than their own cable; give another one.",
        )
        for field in (Field.ADDRESS, Field.SCRAPE_ADDRESS)
        if (zone := zone_of(values.get(field, "")))
    ]


def _expected_key(values: Mapping[Field, str], draft: EndpointDraft | None) -> ExpectedKey | None:
    text = values.get(Field.HOST_KEY, "")
    if not text:
        return None
    expected = ExpectedKey.parse(text)
    if draft is not None:
        expected.sole_key(draft.address, draft.port)  # raises for the line of another address
    return expected


def _seen_key(values: Mapping[Field, str]) -> HostKey | None:
    text = values.get(Field.SEEN_KEY, "")
    if not text:
        return None
    try:
        return HostKey.parse(text)
    except InputError:
        raise InputError(
            "seen_key", "This is not a key as a scan writes it. Empty the cell, or scan the address again."
        ) from None


def _checked(problems: list[Problem], check: Callable[[], _T]) -> _T | None:
    try:
        return check()
    except InputError as error:
        problems.append(_problem(error))
    return None


def _problem(error: InputError) -> Problem:
    field = _FIELDS.get(error.field) or (Field(error.field) if error.field in set(Field) else None)
    reason = str(error.details["reason"])
    return Problem(field, f"{reason} {error.advice}".strip() if field in (Field.HOST_KEY, Field.JUMPS) else reason)


def _once(problems: list[Problem]) -> list[Problem]:
    """The first of each field: a zone, for one, makes an address wrong in two ways."""
    first: dict[Field | None, Problem] = {}
    for problem in problems:
        first.setdefault(problem.field, problem)
    return list(first.values())


def _split(between: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(part for part in between.split(text) if part)
