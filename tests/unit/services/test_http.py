"""How services are asked: what is sent, what is bounded, and what each failure is called."""

import pytest
import requests

from app.errors import MonitoringError
from app.models.secret import NO_SECRET, Secret
from app.models.stack import ServiceAccess, ServiceName
from app.services.http import ServiceApi
from tests.unit.services.answering import Answer, Reply, answering

ACCESS = ServiceAccess("http://plant.example:9090/", "plantwatch", Secret("canary"))


def _api(answer: Answer, *, largest: int = 1 << 20, access: ServiceAccess = ACCESS) -> ServiceApi:
    session, _ = answering(answer)
    return ServiceApi(ServiceName.PROMETHEUS, access, session, timeout=7, largest=largest)


def test_the_password_goes_with_each_request_and_time_is_bounded() -> None:
    session, adapter = answering(lambda _: Reply(body=b"fine"))
    assert ServiceApi(ServiceName.PROMETHEUS, ACCESS, session, timeout=7).read("GET", "/-/ready") == b"fine"
    (request,) = adapter.requests
    assert request.url == "http://plant.example:9090/-/ready"
    assert request.headers["Authorization"].startswith("Basic ")
    assert request.timeout == (5.0, 7)


def test_nothing_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    assert _api(lambda _: Reply()).read("GET", "/") == b""


@pytest.mark.parametrize(
    ("url", "encoding"),
    [
        ("http://127.0.0.1:9090", "identity"),
        ("http://[::1]:9090", "identity"),
        ("http://localhost:9090", "identity"),
        ("http://10.0.0.4:9090", "gzip"),
        ("http://plant.example", "gzip"),
    ],
)
def test_answers_are_compressed_only_where_they_leave_the_machine(url: str, encoding: str) -> None:
    session, adapter = answering(lambda _: Reply())
    ServiceApi(ServiceName.PROMETHEUS, ServiceAccess(url, "", NO_SECRET), session).read("GET", "/")
    assert adapter.requests[0].headers["Accept-Encoding"] == encoding
    assert "Authorization" not in adapter.requests[0].headers


def test_a_cookie_is_told_and_not_kept() -> None:
    session, adapter = answering(lambda _: Reply(headers={"Set-Cookie": "grafana_session=abc; Path=/; HttpOnly"}))
    api = ServiceApi(ServiceName.GRAFANA, ACCESS, session)
    assert api.exchange("POST", "/login", json={}, authenticate=False).cookies == {"grafana_session": Secret("abc")}
    api.exchange("GET", "/api/search")
    login, search = adapter.requests
    assert "Authorization" not in login.headers
    assert "Cookie" not in search.headers


def _raising(error: Exception) -> Answer:
    def answer(_: object) -> Reply:
        raise error

    return answer


@pytest.mark.parametrize(
    ("answer", "reason", "hint"),
    [
        (_raising(requests.ConnectTimeout("slow")), "did not answer within 7 seconds.", "Try again"),
        (_raising(requests.ReadTimeout("slow")), "did not answer within 7 seconds.", "Try again"),
        (_raising(requests.ConnectionError("refused")), "does not answer at http://plant.example:9090.", "Stack page"),
        (_raising(requests.exceptions.ChunkedEncodingError("cut")), "does not answer at", "Stack page"),
        (_raising(requests.exceptions.InvalidURL("bad")), "cannot be asked at", "port"),
        (lambda _: Reply(401, b"Unauthorized"), "refuses Plantwatch's password.", "Deploy the stack again"),
        (lambda _: Reply(403), "refuses Plantwatch's password.", "Deploy the stack again"),
        (lambda _: Reply(500, b"boom"), "answered with status 500", "port"),
        (lambda _: Reply(302, headers={"Location": "http://evil.example/"}), "answered with status 302", "port"),
        (lambda _: Reply(200, b"x" * ((1 << 20) + 1)), "sent more than 1 MiB in one answer.", "shorter"),
    ],
)
def test_each_failure_has_a_sentence_and_a_hint(answer: Answer, reason: str, hint: str) -> None:
    with pytest.raises(MonitoringError) as caught:
        _api(answer).read("GET", "/api")
    assert caught.value.message.startswith("Prometheus ")
    assert reason in caught.value.message
    assert hint in caught.value.advice
    assert "canary" not in f"{caught.value!r}{caught.value.evidence}{caught.value.advice}"


def test_an_endless_trickle_ends() -> None:
    session, _ = answering(lambda _: Reply(body=b"x" * 500_000))
    ticks = iter((0.0, 10.0, 20.0, 30.0))
    api = ServiceApi(ServiceName.PROMETHEUS, ACCESS, session, timeout=7, clock=lambda: next(ticks))
    with pytest.raises(MonitoringError, match="did not answer within 7 seconds"):
        api.read("GET", "/")


def test_what_a_stranger_sends_is_shown_as_one_plain_line() -> None:
    api = _api(lambda _: Reply(500, b"<b>\x1b[31m\n\n red"))
    with pytest.raises(MonitoringError) as caught:
        api.read("GET", "/")
    assert caught.value.evidence == "<b> [31m red"


def test_a_redirect_is_not_followed() -> None:
    session, adapter = answering(lambda _: Reply(302, headers={"Location": "http://evil.example/"}))
    answer = ServiceApi(ServiceName.GRAFANA, ACCESS, session).exchange("GET", "/")
    assert answer.status == 302
    assert len(adapter.requests) == 1
