"""The sentences of the Overview."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.errors import MonitoringError
from app.models.metrics import Health
from app.models.overview import HostCapacity, Overview, SiteStatus
from app.ui import overview_words
from app.ui.fleet_subject import FleetSubject
from app.ui.models.overview import LineKind, pictured
from app.ui.theme import Meaning

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC).astimezone()
AT = overview_words.clock(NOW, NOW)
AWAY = MonitoringError(service="Prometheus", reason="does not answer.", what_to_do="Look.")


def site(name: str, counts: Mapping[Health, int], *, since: datetime | None = None, busy: int = 0) -> SiteStatus:
    return SiteStatus(name, "", counts, busy, next(iter(counts), Health.ENROLLING), since)


WELL = site("Barrow", {Health.UP: 55})


@pytest.mark.parametrize(
    ("sites", "sentence", "meaning"),
    [
        ([WELL], "All 55 endpoints are well.", Meaning.UP),
        ([site("Barrow", {Health.UP: 1})], "The endpoint is well.", Meaning.UP),
        (
            [site("Thanet", {Health.DOWN: 2, Health.UP: 2}, since=NOW), WELL],
            f"57 of 59 endpoints are well; Thanet: 2 down since {AT}.",
            Meaning.DOWN,
        ),
        (
            [site(name, {Health.DOWN: 1}) for name in ("A", "B", "C")] + [site("D", {Health.ATTENTION: 1})],
            "0 of 4 endpoints are well; A: 1 down; B: 1 down; and 2 more.",
            Meaning.DOWN,
        ),
        (
            [site("", {Health.ATTENTION: 1, Health.UP: 1})],
            "1 of 2 endpoints are well; No site: 1 attention.",
            Meaning.ATTENTION,
        ),
        (
            [site("Quiet", {Health.STALE: 1}), WELL],
            "55 of 56 endpoints are well; Quiet: 1 stale.",
            Meaning.STALE,
        ),
        ([site("A", {Health.UNKNOWN: 3})], "Nothing is known of the 3 endpoints.", Meaning.UNKNOWN),
        ([site("A", {}, busy=2)], "No endpoint is watched yet; being enrolled or removed: 2.", Meaning.INFO),
    ],
)
def test_one_sentence_says_where_and_since_when(sites: list[SiteStatus], sentence: str, meaning: Meaning) -> None:
    assert overview_words.headline(Overview(NOW, tuple(sites)), NOW) == (sentence, meaning)


def test_what_was_known_is_not_said_as_if_it_were_so() -> None:
    overview = Overview(NOW, (WELL,), error=AWAY, away_since=NOW)
    assert overview_words.headline(overview, NOW) == (f"As of {AT}: All 55 endpoints are well.", Meaning.UNKNOWN)
    assert overview_words.silence(overview, NOW) == f"No answer since {AT}."
    assert overview_words.silence(Overview(NOW, (WELL,))) == ""


def test_a_time_of_another_day_says_which() -> None:
    assert overview_words.clock(NOW - timedelta(days=1), NOW) == f"21 Nov, {AT}"
    assert overview_words.clock(NOW - timedelta(days=365), NOW) == f"22 Nov 2025, {AT}"


def test_since_tells_its_doubt() -> None:
    bound = SiteStatus("A", "", {Health.DOWN: 2}, 0, Health.DOWN, NOW, is_bound=True)
    assert overview_words.trouble(bound, NOW) == f"2 down since {AT} or earlier"


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100 %"), (0.9999, "99.9 %"), (0.9951, "99.5 %"), (0.97, "97 %"), (0.004, "<1 %"), (0.0, "0 %")],
)
def test_nearly_all_is_not_all(share: float, text: str) -> None:
    assert overview_words.percent(share) == text


def test_a_card_says_everything_to_a_screen_reader() -> None:
    counts = {Health.DOWN: 2, Health.ATTENTION: 1, Health.UP: 54}
    status = SiteStatus("Thanet", "South East", counts, 1, Health.DOWN, NOW, trend=np.array([1.0, 0.5]))
    assert overview_words.site_sentence(status, NOW) == (
        f"Thanet, South East, 2 down since {AT}, 1 attention, 54 well, 1 coming or going, 75 % up in the last 24 h"
    )


def test_a_name_from_right_to_left_does_not_take_the_figures_along() -> None:
    name = "תחנת רוח"
    sentence, _ = overview_words.headline(Overview(NOW, (site(name, {Health.DOWN: 2}), WELL)), NOW)
    assert sentence.endswith(f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}: 2 down.")
    assert overview_words.isolated("Thanet") == "Thanet"


def test_gaps_stay_gaps_and_calm_stays_high() -> None:
    trend = np.array([1.0, np.nan, np.nan, 0.95, 1.0])
    (card,) = pictured(Overview(NOW, (SiteStatus("A", "", {Health.UP: 1}, 0, Health.UP, trend=trend),))).cards
    assert card.curve is not None
    np.testing.assert_allclose(card.curve, [1, np.nan, np.nan, 0.5, 1], atol=1e-6)
    assert card.gaps == ((0.0, 0.75),)


def test_capacity_leaves_out_what_is_not_known() -> None:
    lines = overview_words.capacity_lines(HostCapacity(history_bytes=2.3e9), 15)
    assert lines == [("History on disk", "2.3 GB"), ("Kept for", "15 days")]
    assert overview_words.capacity_lines(HostCapacity(host="srv", host_disk=math.nan), 0)[0][1] == "–"


def test_unknown_alerts_are_not_silence() -> None:
    lines = pictured(Overview(NOW, (WELL,), severities=None)).lines
    assert [each.text for each in lines[:2]] == ["Alerts", "Not known"]
    calm = pictured(Overview(NOW, (WELL,))).lines
    assert [each.text for each in calm if each.kind is LineKind.FIGURE][:2] == ["Nothing fires", "None does"]


@pytest.mark.parametrize(
    "subject",
    [
        FleetSubject(site="Thanet"),
        FleetSubject(site=""),
        FleetSubject(names=frozenset({"T 1", "ü"}), title='"Quoted"'),
        FleetSubject(names=frozenset(), title="None"),
    ],
)
def test_a_subject_of_the_fleet_comes_out_as_it_went_in(subject: FleetSubject) -> None:
    assert FleetSubject.read(subject.written()) == subject


@pytest.mark.parametrize("name", ["BAR-T001", "show me", ""])
def test_the_name_of_an_endpoint_is_no_such_subject(name: str) -> None:
    assert FleetSubject.read(name) is None
