"""What is sent to Prometheus, and what its failures are called."""

import pytest

from app.errors import MonitoringError
from app.services.metrics.prometheus import PrometheusClient
from tests.unit.services.answering import AnsweringAdapter, Reply, answering
from tests.unit.services.metrics.prometheus_fake import ACCESS, RECORDED


def _client(reply: Reply, timeout: float = 10.0) -> tuple[PrometheusClient, AnsweringAdapter]:
    session, adapter = answering(lambda _: reply)
    return PrometheusClient(ACCESS, session, timeout), adapter


def _recorded(name: str, status: int = 200) -> Reply:
    return Reply(status, (RECORDED / f"{name}.json").read_bytes())


def test_queries_are_sent_as_forms_so_that_their_length_does_not_matter() -> None:
    client, adapter = _client(_recorded("vector"), timeout=20)
    client.query("up" + " " * 100_000, at=1795352547.6474)
    (request,) = adapter.requests
    assert (request.method, request.path) == ("POST", "/api/v1/query")
    assert request.fields["time"] == "1795352547.647"
    assert request.fields["timeout"] == "18.000"
    assert len(request.url) < 100


def test_a_range_is_asked_on_whole_milliseconds() -> None:
    client, adapter = _client(Reply(body=b'{"status":"success","data":{"resultType":"matrix","result":[]}}'))
    found = client.query_range("up", 1000.00049, 1010, 3)
    assert found.times.tolist() == [1000, 1003, 1006, 1009]
    fields = adapter.requests[0].fields
    assert (fields["start"], fields["end"], fields["step"]) == ("1000.000", "1009.000", "3.000")


@pytest.mark.parametrize(("start", "end", "step"), [(0, 11_000, 1), (10, 0, 1)])
def test_a_range_that_prometheus_would_refuse_is_a_fault_of_the_caller(start: float, end: float, step: float) -> None:
    client, adapter = _client(Reply())
    with pytest.raises(ValueError, match="points"):
        client.query_range("up", start, end, step)
    assert not adapter.requests


def test_only_the_targets_of_endpoints_are_asked_for() -> None:
    client, adapter = _client(_recorded("targets"))
    assert len(client.targets()) == 2
    assert adapter.requests[0].fields == {"state": "active", "scrapePool": "node"}


@pytest.mark.parametrize(
    ("reply", "message", "evidence"),
    [
        (_recorded("bad_query", 400), "Prometheus cannot answer: invalid parameter", "rate(up)"),
        (_recorded("timeout", 503), "Prometheus gave up on a query that took too long.", "query timed out"),
        (Reply(401, b"Unauthorized\n"), "Prometheus refuses Plantwatch's password.", "Unauthorized"),
        (Reply(404, b"404 page not found"), "Prometheus answered with status 404", "page not found"),
        (Reply(200, b"<html>"), "Prometheus gave an answer at http://127.0.0.1:9090 that", "<html>"),
        (Reply(200, b'{"status":"success","data":{}}'), "Prometheus gave an answer at", "resultType"),
        (Reply(200, b'{"status":"success","data":\xff'), "Prometheus gave an answer at", "success"),
    ],
)
def test_each_failure_is_told(reply: Reply, message: str, evidence: str) -> None:
    client, _ = _client(reply)
    with pytest.raises(MonitoringError) as caught:
        client.query("rate(up)")
    assert caught.value.message.startswith(message)
    assert evidence in caught.value.evidence
    assert caught.value.advice
    assert "canary" not in f"{caught.value!r}{caught.value.evidence}"


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False)])
def test_starting_up_is_not_an_error(status: int, *, ready: bool) -> None:
    client, _ = _client(Reply(status))
    assert client.ready() is ready
