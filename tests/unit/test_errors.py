"""The errors' texts: complete, bounded, and distinct for scripts."""

import inspect
import string

import pytest

from app import errors
from app.errors import AppError, Cancelled, DuplicateError, HostError, InputError, NotFoundError

FAMILIES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, AppError) and kind is not AppError
]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("kind", [kind for kind in FAMILIES if not issubclass(kind, InputError)])
def test_title_and_hint_are_filled_from_the_details(kind: type[AppError]) -> None:
    details = {name: f"<{name}>" for name in fields(kind.title) | fields(kind.hint)}
    error = kind("seen", **details)
    assert all(value in error.message + error.advice for value in details.values())
    assert str(error) == error.message
    assert error.evidence == "seen"
    assert error.details == details


def test_braces_in_a_detail_are_text() -> None:
    error = HostError(host="{oops}", reason="said {}.", what_to_do="Try {again}.")
    assert error.message == "The Docker host {oops} said {}."
    assert error.advice == "Try {again}."


def test_evidence_is_bounded_and_keeps_its_end() -> None:
    error = NotFoundError("x" * 10_000 + "the end\n", kind="endpoint", name="T", command="list")
    assert len(error.evidence) == 2000
    assert error.evidence.endswith("the end")


def test_families_have_exit_statuses_of_their_own() -> None:
    statuses = [kind.exit_status for kind in FAMILIES if kind is not DuplicateError]
    assert len(set(statuses)) == len(statuses)
    assert not {0, 1} & set(statuses)
    assert DuplicateError.exit_status == InputError.exit_status


def test_input_errors_name_the_field() -> None:
    error = InputError("scrape_address", "Not an address.", hint="Write one.")
    assert (error.field, error.message, error.advice) == (
        "scrape_address",
        "Scrape address: Not an address.",
        "Write one.",
    )
    assert InputError("x", "Bad.", label="Anschluss").message == "Anschluss: Bad."


def test_duplicates_name_the_other() -> None:
    error = DuplicateError("name", "t-17", "T-17")
    assert (error.field, error.other) == ("name", "T-17")
    assert "t-17 is already used by the endpoint T-17" in error.message
    assert "T-17" in error.advice


def test_cancelling_is_not_an_error() -> None:
    assert not issubclass(Cancelled, AppError)
