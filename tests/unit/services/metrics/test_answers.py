"""Prometheus' answers, as recorded and as they must not be."""

import gc
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from app.services.metrics import answers

RECORDED = Path(__file__).parent / "recorded"
_START = 1795351947


def _recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


def _matrix(*series: str) -> bytes:
    items = ",".join(f'{{"metric":{{"n":"{number}"}},{text}}}' for number, text in enumerate(series))
    return f'{{"status":"success","data":{{"resultType":"matrix","result":[{items}]}}}}'.encode()


def test_a_range_is_put_on_its_grid() -> None:
    found = answers.on_grid(_recorded("range"), _START, 60, 11)
    assert found.times.tolist() == [_START + 60 * n for n in range(11)]
    assert found.values.shape == (3, 11)
    rows = dict(zip((labels.get("part", "up") for labels in found.labels), found.values, strict=True))
    assert rows["up"].tolist() == [1.0] * 11
    assert np.isposinf(rows["inf"]).all()
    assert np.isnan(rows["nan"]).all()


def test_gaps_stay_gaps() -> None:
    body = _matrix('"values":[[1000,"1"],[1030,"-2.5e-3"]]', '"values":[]', '"values":[[1015.0,"+Inf"],[1030,"NaN"]]')
    found = answers.on_grid(body, 1000, 15, 3)
    expected = [[1, np.nan, -0.0025], [np.nan] * 3, [np.nan, np.inf, np.nan]]
    np.testing.assert_array_equal(found.values, expected)
    assert [labels["n"] for labels in found.labels] == ["0", "1", "2"]


def test_times_between_milliseconds_find_their_place() -> None:
    found = answers.on_grid(_matrix('"values":[[1000.333,"1"],[1000.667,"2"]]'), 1000.0, 1 / 3, 3)
    np.testing.assert_array_equal(found.values, [[np.nan, 1, 2]])


def test_native_histograms_have_no_values() -> None:
    found = answers.on_grid(_matrix('"histograms":[[1000,{"count":"1","sum":"2","buckets":[]}]]'), 1000, 1, 2)
    assert np.isnan(found.values).all()


def test_no_series_make_an_empty_matrix() -> None:
    found = answers.on_grid(_matrix(), 1000, 15, 4)
    assert (found.values.shape, found.times.shape, found.labels) == ((0, 4), (4,), [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"not json",
        _recorded("scalar"),
        _recorded("bad_query"),
        _matrix('"values":[[999,"1"]]'),
        _matrix('"values":[[1060,"1"]]'),
        _matrix('"values":[[1000,"one"]]'),
        _matrix('"values":[[1000,"1",2]]'),
        _matrix('"values":[[1000]]'),
        _matrix('"values":"surprise"'),
        _matrix('"values":[[1000,"1"],[[1015,"2"]]]'),
    ],
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises((msgspec.MsgspecError, ValueError)):
        answers.on_grid(body, 1000, 15, 4)
    assert gc.isenabled()


def test_the_collector_is_let_go_by_the_last_holder_only() -> None:
    hold = answers.CollectorHold()
    with hold():
        with hold():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()
    try:
        with hold():
            pass
        assert not gc.isenabled(), "it was not ours to enable"
    finally:
        gc.enable()


def test_instant_answers() -> None:
    (clock,) = answers.samples(_recorded("scalar"))
    assert (clock.labels, clock.value == pytest.approx(clock.time, abs=1)) == ({}, True)
    vector = answers.samples(_recorded("vector"))
    assert {sample.labels["instance"]: round(sample.value) % 2 for sample in vector} == {"BAR-T001": 1, "BAR T.002": 0}


@pytest.mark.parametrize("kind", ["matrix", "string"])
def test_an_instant_answer_of_another_kind_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match=kind):
        answers.samples(f'{{"status":"success","data":{{"resultType":"{kind}","result":[]}}}}'.encode())


def test_raw_samples_keep_their_own_times() -> None:
    found = answers.series(_recorded("raw_samples"))
    assert [series.labels["instance"] for series in found] == ["BAR T.002", "BAR-T001"]
    for series, outcome in zip(found, (0.0, 1.0), strict=True):
        assert 2 <= len(series.times) == len(series.values) <= 3
        assert set(series.values.tolist()) == {outcome}
        assert np.allclose(np.diff(series.times), 1.0, atol=0.01)


def test_targets_tell_why_a_scrape_failed() -> None:
    down, up = sorted(answers.targets(_recorded("targets")), key=lambda target: target.health)
    assert (up.labels["instance"], up.health, up.last_error) == ("BAR-T001", "up", "")
    assert (down.labels["instance"], down.health) == ("BAR T.002", "down")
    assert down.last_error.endswith("connect: connection refused")
    assert down.url == "http://127.0.0.1:19199/metrics"
    assert down.last_scrape is not None
    assert down.last_scrape.tzinfo is not None


def test_a_target_that_was_never_scraped_has_no_time() -> None:
    body = _recorded("targets").replace(b'"lastScrape":"2026', b'"lastScrape":"0001')
    body = body.replace(b'"lastScrape":"0001-11-22T', b'"lastScrape":"0001-01-01T')
    assert [target.last_scrape for target in answers.targets(body)] == [None, None]


def test_alerts_of_the_rules() -> None:
    endpoint, stack = answers.alerts(_recorded("alerts"))
    assert (endpoint.labels["alertname"], endpoint.state) == ("EndpointDown", "firing")
    assert endpoint.since == datetime(2026, 11, 22, 12, 47, 56, 41131, tzinfo=UTC)
    assert stack.annotations["summary"] == "The monitoring server does not see itself"


def test_a_failure_names_its_kind() -> None:
    assert answers.failure(_recorded("timeout")) == ("timeout", "query timed out in query queue")
    kind, message = answers.failure(_recorded("bad_query"))
    assert kind == "bad_data"
    assert "expected type range vector" in message
