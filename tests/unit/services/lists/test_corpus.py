"""The corpus of ugly lists: what becomes of each stands beside it."""

import pytest

from app.models.device_list import Verdict
from tests import corpus

each_list = pytest.mark.parametrize("name", sorted({*corpus.names()} - corpus.HEAVY))


def test_there_are_enough_of_them() -> None:
    assert len(corpus.names()) >= 60


@each_list
def test_a_list_becomes_what_is_expected(name: str) -> None:
    assert corpus.outcome(name) == corpus.expected(name)
    assert corpus.PASSWORD not in corpus.expected(name)


@each_list
def test_every_row_has_its_reason_and_no_password_stays(name: str) -> None:
    if corpus.expected(name).startswith("refused"):
        return
    preview = corpus.preview(name)
    for row in preview.rows:
        assert (row.verdict is Verdict.GOOD) == (not row.problems)
        assert all(problem.reason.endswith((".", "?")) for problem in row.problems), row
        assert (row.device is None) == (row.verdict in (Verdict.BAD, Verdict.SKIPPED))
    assert {line.number for line in preview.table.lines} == {row.id.line for row in preview.rows}
    assert len({row.id for row in preview.rows}) == len(preview.rows)
    assert corpus.PASSWORD not in f"{preview!r}{preview.rows!r}"
