"""Scans of real devices, of hostile ones, and of a network where nearly nobody is."""

import ipaddress
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from zeroconf import ServiceInfo, Zeroconf
from zeroconf._dns import DNSPointer
from zeroconf._protocol.outgoing import DNSOutgoing
from zeroconf.const import _CLASS_IN, _FLAGS_AA, _FLAGS_QR_RESPONSE, _TYPE_PTR

from app.errors import Cancelled
from app.models.discovery import Announcement, ExporterWay, Hit, ScanRequest, Standing
from app.models.endpoint import EndpointDraft, HostKey
from app.services.discovery import DiscoveryService, hits_as_csv, scan_request
from app.services.discovery.announcing import announcements
from app.services.enrolment import EnrolmentRequest
from app.services.lists import preview_of, read_list
from app.services.progress import CancelToken, ignore
from tests.integration.cli_session import Shell
from tests.integration.enrolments import World, login
from tests.integration.hostile.case import Case
from tests.integration.hostile.early import EARLY, KEYS
from tests.integration.hostile.serve import play
from tests.integration.hostile.server import Script
from tests.integration.monitoring import wait_for
from tests.lab import Device

_SECONDS = 90.0


def scanned(world: World, request: ScanRequest) -> list[Hit]:
    hits: list[Hit] = []
    DiscoveryService(world.inventory).scan(request, on_hit=hits.append, report=ignore, token=CancelToken())
    return hits


def around(address: str) -> str:
    """The address between some of its neighbours, of whom most are nobody."""
    network, _, number = address.rpartition(".")
    return f"{network}.{max(int(number) - 4, 1)}-{min(int(number) + 4, 254)}"


def test_a_device_is_found_and_nobody_tries_to_log_in(world: World, device: Device) -> None:
    """The log of its sshd, at its most talkative, knows of a key exchange and of nothing after it."""
    device.put_file("/etc/ssh/sshd_config.d/loud.conf", "LogLevel DEBUG3\n", mode=0o644)
    assert device.exec(["systemctl", "restart", "ssh"]).code == 0
    wait_for(lambda: any(port == 22 for _, port in device.listening), what="sshd to listen again")
    hits = scanned(world, scan_request(around(device.address), exporter_ports=[9100]))
    found = {hit.address: hit for hit in hits}
    assert device.address in found, found
    hit = found[device.address]
    assert hit.host_key == HostKey.parse(device.host_key)
    assert hit.banner.startswith("SSH-2.0-OpenSSH_")
    assert (hit.problem, hit.exporters, hit.known.standing) == ("", (), Standing.NEW)

    def log() -> str:
        return device.exec(["journalctl", "-u", "ssh", "--no-pager", "-o", "cat"]).out

    wait_for(lambda: "preauth" in log() and "onnection closed" in log(), what="sshd to have seen the end")
    told = log()
    assert "kex: algorithm" in told
    assert told.count("Connection from") == 1
    for sign in (
        "userauth",
        "Failed",
        "Invalid user",
        "Authentications",
        "service-request",
        "SSH2_MSG_SERVICE_REQUEST",
    ):
        assert sign not in told, sign


def test_what_is_enrolled_is_known_by_key_and_place(world: World, device: Device) -> None:
    key = HostKey.parse(device.host_key)
    world.enrol(EnrolmentRequest(EndpointDraft("wtg-01", device.address), login(), key))
    request = scan_request(device.address, exporter_ports=DiscoveryService(world.inventory).exporter_ports())
    (hit,) = scanned(world, request)
    assert (hit.known.standing, hit.known.at) == (Standing.ENROLLED, "wtg-01")
    assert [(exporter.port, exporter.way) for exporter in hit.exporters] == [(9100, ExporterWay.REFUSES)]
    device.restart_with_new_host_key()
    (hit,) = scanned(world, request)
    assert (hit.known.standing, hit.known.at) == (Standing.ANOTHER_KEY, "wtg-01")
    assert hit.host_key == HostKey.parse(device.host_key)
    (row,) = preview_of(read_list(hits_as_csv([hit]))).good
    assert row.device is not None
    assert (row.device.seen_key, row.device.expected_key) == (hit.host_key, None)


# Hostile ones


@contextmanager
def hostile(cases: list[Case], prefix: str) -> Iterator[int]:
    """The port at which all of these listen, each at an address of its own."""
    port = 0
    listeners = []

    def serve(listener: socket.socket, case: Case) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=play, args=(case, connection), daemon=True).start()

    try:
        for number, case in enumerate(cases, 1):
            listener = socket.create_server((f"{prefix}.{number}", port))
            port = listener.getsockname()[1]
            listeners.append(listener)
            threading.Thread(target=serve, args=(listener, case), daemon=True).start()
        yield port
    finally:
        for listener in listeners:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()


def test_hostile_servers_cost_a_bounded_time_and_are_told_as_plain_text(world: World) -> None:
    cases = [*EARLY, *KEYS, Case("honest", Script(), (), ())]
    begun = time.monotonic()
    with hostile(cases, "127.78.1") as port:
        request = scan_request(f"127.78.1.1-{len(cases)}", ports=[port], rate=1000)
        hits = scanned(world, request)
    assert time.monotonic() - begun < _SECONDS
    assert len(hits) == len(cases)
    with_keys = [cases[int(hit.address.rpartition(".")[2]) - 1].name for hit in hits if hit.host_key]
    assert with_keys == ["honest"]
    for hit in hits:
        assert bool(hit.host_key) != bool(hit.problem)
        assert len(hit.banner) <= 200
        assert len(hit.problem) < 300
        assert hit.banner.isprintable()
        assert hit.problem.isprintable()
    assert scanning_threads() == []


# Hardly anybody


def scanning_threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("scan")]


def test_a_network_with_few_servers_and_a_stop_in_the_middle(world: World) -> None:
    honest = [Case("honest", Script(), (), ())] * 5
    world.inventory.endpoints()  # its files are open from now on
    files = len(os.listdir("/proc/self/fd"))
    with hostile(honest, "127.78.2") as port:
        inside = len(os.listdir("/proc/self/fd"))
        hits = scanned(world, scan_request("127.78.2.0/24", ports=[port], rate=1000))
        assert sorted(hit.address for hit in hits) == [f"127.78.2.{number}" for number in range(1, 6)]
        assert len({hit.host_key for hit in hits}) == 5
        token = CancelToken()
        found: list[Hit] = []

        def stop(hit: Hit) -> None:
            found.append(hit)
            if len(found) == 2:
                token.cancel()

        with pytest.raises(Cancelled):
            DiscoveryService(world.inventory).scan(
                scan_request("127.78.2.0/24", ports=[port], rate=1000), on_hit=stop, report=ignore, token=token
            )
        assert 2 <= len(found) < 5
        assert scanning_threads() == []
        mine = [each for each in psutil.Process().net_connections("inet") if each.raddr[1:] == (port,)]
        assert mine == []
        # The ends of the servers go when they see that nobody is there any more.
        wait_for(lambda: len(os.listdir("/proc/self/fd")) <= inside, what="all sockets to be closed")
    wait_for(lambda: len(os.listdir("/proc/self/fd")) <= files, what="all listeners to be closed")


def test_addresses_that_nobody_has_cost_a_wait_together(world: World, device: Device) -> None:
    """Not one after the other: 254 of them take far less than 254 times the wait for one."""
    begun = time.monotonic()
    network = ipaddress.ip_network(f"{device.address}/24", strict=False)
    hits = scanned(world, scan_request(str(network), rate=200))
    assert device.address in {hit.address for hit in hits}
    assert time.monotonic() - begun < 60


# Announcements


def test_what_is_announced_on_the_link_is_heard(world: World) -> None:
    """By another responder on the loopback's link."""
    services = [
        ServiceInfo(
            f"_{kind}._tcp.local.",
            f"{host}._{kind}._tcp.local.",
            port,
            parsed_addresses=[address],
            server=f"{host}.local.",
        )
        for kind, host, port, address in (
            ("ssh", "wtg-07", 2222, "10.20.0.7"),
            ("workstation", "wtg-07", 9, "10.20.0.7"),
            ("workstation", "hmi-01", 9, "10.20.0.8"),
        )
    ]
    responder = Zeroconf(interfaces=["127.0.0.1"])
    try:
        for service in services:
            responder.register_service(service)
        threads = set(threading.enumerate())
        found = announcements(token=CancelToken(), interfaces=["127.0.0.1"])
        assert set(found) == {Announcement("10.20.0.7", 2222, "wtg-07"), Announcement("10.20.0.8", 0, "hmi-01")}
        assert set(threading.enumerate()) <= threads
        token = CancelToken()
        token.cancel()
        with pytest.raises(Cancelled):
            announcements(token=token, interfaces=["127.0.0.1"])
        assert set(threading.enumerate()) <= threads
    finally:
        responder.close()


@pytest.mark.parametrize("flood", [0, 2_000])
def test_names_that_mean_harm_are_left_out(world: World, flood: int) -> None:
    """Escapes in names, names without a host; a flood of them may hide others, and costs no more than that."""
    names = [f"x{number}\x1b[2J._ssh._tcp.local." for number in range(20)]
    names += [f"nobody-{number}._ssh._tcp.local." for number in range(flood)]
    responder = Zeroconf(interfaces=["127.0.0.1"])
    good = ServiceInfo(
        "_ssh._tcp.local.", "wtg-07._ssh._tcp.local.", 22, parsed_addresses=["10.20.0.7"], server="wtg-07.local."
    )
    try:
        responder.register_service(good)
        with ThreadPoolExecutor(1) as pool:
            begun = time.monotonic()
            found = pool.submit(announcements, token=CancelToken(), interfaces=["127.0.0.1"])
            while not found.done():
                for first in range(0, len(names), 20):
                    responder.send(pointers(names[first : first + 20]))
                found_soon, _ = wait([found], 0.2)
                assert time.monotonic() - begun < 30 or found_soon
        heard = {Announcement("10.20.0.7", 22, "wtg-07")}
        assert set(found.result()) <= heard if flood else set(found.result()) == heard
    finally:
        responder.close()


def pointers(names: list[str]) -> DNSOutgoing:
    """An answer that says that these offer SSH."""
    answer = DNSOutgoing(_FLAGS_QR_RESPONSE | _FLAGS_AA)
    for name in names:
        answer.add_answer_at_time(DNSPointer("_ssh._tcp.local.", _TYPE_PTR, _CLASS_IN, 120, name), 0)
    return answer


# The command


def test_the_command_streams_writes_a_list_and_stops(alone: Shell, device: Device, tmp_path: Path) -> None:
    file = tmp_path / "found.csv"
    found = alone("scan", device.address, "!10.255.255.1", "--to", str(file))
    assert found.status == 0
    assert HostKey.parse(device.host_key).fingerprint in found.out
    assert "1 address, port 22" in found.err
    checked = alone("lists", "check", str(file))
    assert checked.status == 0
    assert "1 good" in checked.out
    again = alone("scan", device.address, "--to", str(file))
    assert again.status == 2
    assert "exists already" in again.err
    process = alone.start(
        "scan", "10.255.255.0/24", device.address, "--rate", "1", "--json", "--to", str(tmp_path / "part.csv")
    )
    assert process.stdout is not None
    assert '"event": "begin"' in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert '"stopped": true' in out
    assert "stopping" in err
    assert (tmp_path / "part.csv").exists()
