"""A scan of loopback addresses: what is found, how gently, and that nothing is left of it."""

import threading
from dataclasses import replace

import pytest

from app.errors import Cancelled
from app.models.discovery import ExporterWay, Hit, ScanRequest, ScanSummary, Standing
from app.models.endpoint import Endpoint, HostKey
from app.services.discovery import scanning
from app.services.discovery.judging import Register
from app.services.discovery.knocking import Answer, Knocks
from app.services.discovery.looking import SeenServer
from app.services.discovery.pacing import Throttle
from app.services.discovery.scanning import Scan
from app.services.enrolment.network import TunedSocket
from app.services.progress import CancelToken
from tests import corpus
from tests.unit.services.discovery.scenery import FakeLook, doors
from tests.unit.services.discovery.test_judging import ONE, TWO

pytestmark = pytest.mark.usefixtures("loopback")

NET = [f"127.77.0.{number}" for number in range(1, 41)]
OPEN = NET[3], NET[17]


def scan(
    request: ScanRequest, look: FakeLook, *, endpoints: list[Endpoint] | None = None, token: CancelToken | None = None
) -> tuple[list[Hit], ScanSummary, list[int]]:
    hits: list[Hit] = []
    progress: list[int] = []
    made = Scan(
        request,
        Register(endpoints or []),
        look,
        Throttle(request.rate),
        on_hit=hits.append,
        on_progress=progress.append,
        token=token or CancelToken(),
    )
    return hits, made.run(), progress


def asking(*ports: int, exporters: tuple[int, ...] = (), rate: float = 1000.0, names: bool = False) -> ScanRequest:
    return ScanRequest(tuple(NET), ports, exporters, rate, names)


def test_servers_are_found_and_known() -> None:
    with doors(OPEN) as there:
        moved = replace(corpus.known(), address="10.0.0.1", host_key=ONE)
        hits, summary, progress = scan(asking(there.port), FakeLook(ONE), endpoints=[moved])
    assert sorted(hit.address for hit in hits) == sorted(OPEN)
    assert {(hit.port, hit.host_key, hit.banner) for hit in hits} == {(there.port, ONE, "SSH-2.0-door")}
    assert {hit.known.standing for hit in hits} == {Standing.ELSEWHERE}
    assert summary == ScanSummary(len(NET), len(NET), len(NET), 0)
    assert progress == list(range(1, len(NET) + 1))


def test_the_kind_of_the_known_key_is_wanted_at_the_place_of_an_endpoint() -> None:
    with doors(OPEN) as there:
        look = FakeLook(TWO)
        known = replace(corpus.known(), address=OPEN[0], port=there.port, host_key=ONE)
        hits, _, _ = scan(asking(there.port), look, endpoints=[known])
    assert set(look.likes) == {ONE, None}
    assert {hit.known.standing for hit in hits} == {Standing.ANOTHER_KEY, Standing.NEW}


def test_an_address_never_has_two_connections_at_a_time() -> None:
    with doors(OPEN) as first, doors(OPEN) as second, doors(OPEN) as third:
        hits, summary, _ = scan(asking(first.port, second.port, exporters=(third.port,)), FakeLook(ONE, seconds=0.05))
    assert len(hits) == 4
    for hit in hits:
        assert [exporter.port for exporter in hit.exporters] == [third.port]
    assert max(first.most, second.most, third.most) == 1
    assert summary.connections == 3 * len(NET)


def test_what_may_be_a_printer_is_sent_nothing() -> None:
    with doors(OPEN) as exporter:
        look = FakeLook(ONE)
        hits, _, _ = scan(asking(1, exporters=(exporter.port,)), look)
        assert [(hit.port, hit.exporters[0].way) for hit in hits] == [(0, ExporterWay.NOT_ASKED)] * 2
        assert look.asked_exporters == []
        own = replace(corpus.known(), address=OPEN[0], exporter_port=exporter.port)
        scan(asking(1, exporters=(exporter.port,)), look, endpoints=[own])
        assert look.asked_exporters == [(OPEN[0], exporter.port)]
    with doors(OPEN) as ssh, doors(OPEN) as exporter:
        not_ssh = FakeLook(None)
        hits, _, _ = scan(asking(ssh.port, exporters=(exporter.port,)), not_ssh)
        assert not_ssh.asked_exporters == []
        assert not any(hit.is_listable for hit in hits)


def test_the_rate_is_kept_by_all_connections_together() -> None:
    """Counted, not timed: each connection waited for the throttle."""
    with doors(OPEN) as there:
        throttle = Throttle(1000)
        look = FakeLook(ONE)
        request = asking(there.port, exporters=(1,))
        Scan(
            request,
            Register([]),
            look,
            throttle,
            on_hit=lambda _hit: None,
            on_progress=lambda _done: None,
            token=CancelToken(),
        ).run()
    assert throttle.count == 2 * len(NET)
    assert sum(there.visits.values()) == len(OPEN)


def test_names_are_asked_of_hits_only_and_only_on_request() -> None:
    with doors(OPEN) as there:
        look = FakeLook(ONE, name="wtg-07.example")
        hits, _, _ = scan(asking(there.port), look)
        assert look.asked_names == []
        assert {hit.name for hit in hits} == {""}
        hits, _, _ = scan(asking(there.port, names=True), look)
        assert sorted(look.asked_names) == sorted(OPEN)
        assert {hit.name for hit in hits} == {"wtg-07.example"}


def test_a_name_server_that_is_away_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_NAME_SECONDS", 0.01)
    monkeypatch.setattr(scanning, "_LOOKS_AT_ONCE", 1)
    with doors(NET[:6]) as there:
        look = FakeLook(ONE)
        look.name_seconds = 0.05
        hits, _, _ = scan(asking(there.port, names=True), look)
    assert len(hits) == 6
    assert len(look.asked_names) == 1


class Stopping(FakeLook):
    """The operator stops the scan while an SSH server is being looked at."""

    def ssh(
        self, connected: TunedSocket, address: str, port: int, like: HostKey | None, token: CancelToken
    ) -> SeenServer:
        token.cancel()
        return super().ssh(connected, address, port, like, token)


@pytest.mark.parametrize("when", ["before", "at the first progress", "in a look"])
def test_a_stopped_scan_leaves_nothing(when: str) -> None:
    token = CancelToken()
    if when == "before":
        token.cancel()
    with doors(NET) as there:
        made = Scan(
            asking(there.port),
            Register([]),
            Stopping(ONE) if when == "in a look" else FakeLook(ONE),
            Throttle(1000),
            on_hit=lambda _hit: None,
            on_progress=lambda _done: token.cancel(),
            token=token,
        )
        with pytest.raises(Cancelled):
            made.run()
        assert [each.name for each in threading.enumerate() if each.name.startswith("scan")] == []
        there.wait_until_empty()


def test_a_look_that_breaks_ends_the_scan_and_leaves_nothing() -> None:
    class Broken(FakeLook):
        def name(self, address: str) -> str:
            raise RuntimeError("broken")

    with doors(OPEN) as there, pytest.raises(RuntimeError, match="broken"):
        scan(asking(there.port, names=True), Broken(ONE))


def test_no_more_files_is_waited_for_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(Knocks, "begin", full)
    with pytest.raises(scanning.OpenFilesError, match="open no more connections"):
        scan(asking(22), FakeLook(ONE))


def test_answers_are_told_apart() -> None:
    with doors(OPEN[:1]) as there, Knocks[str]() as knocks:
        knocks.begin("open", OPEN[0], there.port, seconds=5)
        knocks.begin("refused", OPEN[1], there.port, seconds=5)
        answers = {}
        while len(knocks):
            for knock in knocks.ended(1):
                answers[knock.subject] = knock.answer
                if knock.connected is not None:
                    knock.connected.close()
        assert answers == {"open": Answer.OPEN, "refused": Answer.REFUSED}
        assert knocks.ended(0) == []
