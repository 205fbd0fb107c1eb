"""What happens at a device is noted, and bounded whatever the device says."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.models.bulk import Failure, ItemState
from app.models.run_log import FIRST_KEPT, LAST_KEPT, LONGEST, LogNote, bounded
from app.services.bulk.device_log import Notebook, end_texts, texts_of
from app.services.progress import LogLine, StepAdvanced, StepFailed, StepFinished, StepStarted

_MOST = FIRST_KEPT + 1 + LAST_KEPT


class Step(StrEnum):
    HOST_KEY = "host_key"


def notes(count: int, first: int = 1) -> list[LogNote]:
    begin = datetime(2026, 11, 22, tzinfo=UTC)
    return [LogNote(begin + timedelta(seconds=number), f"line {number}") for number in range(first, first + count)]


def test_what_is_short_stays_whole() -> None:
    assert bounded(notes(_MOST)) == notes(_MOST)


def test_of_what_is_long_the_beginning_and_the_end_stay() -> None:
    kept = bounded(notes(1000))
    assert len(kept) == _MOST
    assert kept[:FIRST_KEPT] == notes(FIRST_KEPT)
    assert kept[FIRST_KEPT].text == f"… lines left out: {1000 - FIRST_KEPT - LAST_KEPT}"
    assert kept[-LAST_KEPT:] == notes(1000)[-LAST_KEPT:]


def test_what_was_left_out_before_is_counted() -> None:
    kept = bounded([*bounded(notes(1000)), *notes(500, first=1001)])
    assert len(kept) == _MOST
    assert kept[FIRST_KEPT].text == f"… lines left out: {1500 - FIRST_KEPT - LAST_KEPT}"
    assert kept[-1].text == "line 1500"


def test_events_as_lines() -> None:
    assert texts_of(StepStarted(Step.HOST_KEY)) == ["host key …"]
    assert texts_of(StepFinished(Step.HOST_KEY, 0.26, "SHA256:x", "jump")) == ["host key jump ✓ 0.3 s SHA256:x"]
    assert texts_of(StepFailed(Step.HOST_KEY, 1)) == ["host key ✗ 1.0 s"]
    assert texts_of(LogLine("one\ntwo")) == ["one", "two"]
    assert texts_of(StepAdvanced(Step.HOST_KEY, 1, 2)) == []


def test_the_end_tells_why() -> None:
    failure = Failure("X", "It refuses.", "Permission denied\n(publickey)", "Try another.")
    told = ["failed: It refuses.", "Permission denied", "(publickey)", "Try another."]
    assert end_texts(ItemState.FAILED, "", failure) == told
    assert end_texts(ItemState.DONE, "as it was", None) == ["done: as it was"]
    assert end_texts(ItemState.CANCELLED, "", None) == ["cancelled"]


def test_a_flood_is_bounded_before_it_is_written_down() -> None:
    book = Notebook()
    for _ in range(20):
        book.note(1, [f"{'x' * 10_000}"] * 1000)
    taken = book.take(1)
    assert len(taken) <= 2 * _MOST
    assert {len(note.text) for note in taken if note.text.startswith("x")} == {LONGEST}
    assert book.take(1) == []


def test_only_devices_that_take_their_time_are_written_down_on_the_way() -> None:
    book = Notebook()
    book.note(1, ["now"])
    assert book.take_due() == {}
    old = [LogNote(datetime.now(UTC) - timedelta(seconds=5), "then")]
    book.give_back({1: old, 2: old})
    due = book.take_due()
    assert {number: [note.text for note in found] for number, found in due.items()} == {1: ["then", "now"], 2: ["then"]}
    assert book.take_due() == {}
