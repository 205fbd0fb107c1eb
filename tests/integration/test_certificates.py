"""Exporters in TLS on real devices: from the first second to the last, renewed, moved from plain HTTP, and under a new authority."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import Cancelled
from app.models.activity import Result
from app.services.enrolment import RenewStep, failures
from app.services.progress import CancelToken, Event, StepStarted, ignore
from tests.integration.enrolment_worker import run_until_killed
from tests.integration.enrolments import Events, World, changed, request_for
from tests.integration.prober import Patrol, Prober
from tests.lab import Device, Lab, Snapshot
from tests.lab.system import wait_until

_TLS = "/usr/local/lib/plantwatch/tls"
_TO_PLAIN_HTTP = """
cd /usr/local/lib/plantwatch
unit=/etc/systemd/system/plantwatch-node-exporter.service
receipt=/var/lib/plantwatch/receipt
sed -i "/web.config.file/d" $unit
rm -rf web.yml tls
sed -i "/\\/tls/d; /web.yml/d" $receipt
sed -i "s,^file $unit .*,file $unit $(sha256sum <$unit | cut -d ' ' -f 1)," $receipt
systemctl daemon-reload
systemctl restart plantwatch-node-exporter.service
"""


@pytest.fixture(scope="module")
def shared(lab: Lab) -> Iterator[tuple[Device, Snapshot]]:
    """A device and what it is; each test finds it so and leaves it so."""
    device = lab.new_device()
    yield device, device.snapshot()
    device.remove()


@pytest.fixture
def device(shared: tuple[Device, Snapshot], world: World) -> Iterator[Device]:
    """The device; enrolled endpoints are removed at the end, and nothing may be left."""
    device, before = shared
    yield device
    for endpoint in world.inventory.endpoints():
        world.remove(endpoint.name)
    assert changed(before, device) == []


@pytest.fixture
def with_openssl(lab: Lab) -> Iterator[Device]:
    """A device that has this machine's OpenSSL with its libraries: the program and what it is linked to, in a folder of their own."""
    device = lab.new_device()
    program = shutil.which("openssl")
    assert program is not None
    linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    for library in re.findall(r"=> (/\S+/lib(?:ssl|crypto)\.so\S*)", linked):
        device.put_file(f"/opt/openssl/{Path(library).name}", Path(library).read_bytes(), mode=0o755)
    device.put_file("/opt/openssl/openssl", Path(program).read_bytes(), mode=0o755)
    wrapper = '#!/bin/sh\nLD_LIBRARY_PATH=/opt/openssl exec /opt/openssl/openssl "$@"\n'
    device.put_file("/usr/bin/openssl", wrapper, mode=0o755)
    yield device
    device.remove()


def said(device: Device, *argv: str) -> str:
    done = device.exec(list(argv))
    assert done.code == 0, done
    return done.out.strip()


def process_of(device: Device) -> str:
    return said(device, "systemctl", "show", "-p", "MainPID", "plantwatch-node-exporter.service")


def renew(world: World, name: str = "wtg-01") -> Events:
    events = Events([])
    world.service.renew(name, report=events.report, token=CancelToken())
    return events


def is_up(world: World, name: str = "wtg-01") -> bool:
    """Whether somebody with Prometheus' rights reads metrics, verifying the certificate that the record names."""
    since = world.inventory.endpoint(name).created_at
    return world.fleet.wait_until_up(name, since=since, timeout=5, token=CancelToken()).health.value == "up"


def plain_http(device: Device, world: World) -> None:
    """The device and the record as the version before certificates left them."""
    said(device, "sh", "-ec", _TO_PLAIN_HTTP)
    world.inventory.set_certificate(world.inventory.endpoint("wtg-01").id, None)
    world.targets.write_targets(world.inventory.targets())


def test_no_one_else_is_let_in_from_the_first_second_to_the_last(world: World, device: Device, patrol: Patrol) -> None:
    visits = patrol.visits
    with Prober(device.address).asking() as prober:
        world.enrol(request_for(device))
        renew(world)
        assert is_up(world)
        world.remove("wtg-01")
    assert prober.let_in == []
    assert prober.answered >= 5
    assert patrol.visits > visits, "as during every test of a device"


@pytest.mark.open_exporter("the control: it has to be found")
def test_the_prober_finds_an_open_exporter(world: World, device: Device, patrol: Patrol) -> None:
    world.enrol(request_for(device))
    plain_http(device, world)
    prober = Prober(device.address)
    device.exec(["sh", "-c", "until ss -ltn | grep -q :9100; do sleep 0.05; done"])
    prober.probe()
    assert prober.let_in == ["plain HTTP"]
    found: list[str] = []

    def has_come_by() -> bool:
        found.extend(patrol.take())
        return bool(found)

    wait_until(has_come_by, seconds=10, what="the patrol to come by")
    assert set(found) == {f"{device.name}, port 9100: plain HTTP"}


def test_the_private_key_is_the_exporters_alone(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    listing = said(device, "sh", "-c", f"stat -c '%a %U %G %n' {_TLS}/* /usr/local/lib/plantwatch/web.yml")
    modes = {
        re.sub(r"[0-9a-f]{20,}", "SERIAL", line.rsplit("/", 1)[1]): line.rsplit(" ", 1)[0]
        for line in listing.splitlines()
    }
    assert modes == {
        "SERIAL.key": "440 root plantwatch-exporter",
        "SERIAL.pem": "444 root root",
        "SERIAL-clients.pem": "444 root root",
        "web.yml": "444 root root",
    }


def test_a_device_without_openssl_is_sent_its_key(world: World, device: Device) -> None:
    assert device.exec(["sh", "-c", "command -v openssl"]).code != 0, "the lab's devices have none"
    world.enrol(request_for(device))
    assert said(device, "sh", "-c", f"head -n 1 {_TLS}/*.key") == "-----BEGIN PRIVATE KEY-----"


def test_a_device_with_openssl_makes_its_own_key(world: World, with_openssl: Device) -> None:
    before = with_openssl.snapshot()
    world.enrol(request_for(with_openssl))
    key = said(with_openssl, "sh", "-c", f"cat {_TLS}/*.key")
    assert key.startswith("-----BEGIN EC PRIVATE KEY-----")
    assert is_up(world)
    renew(world)
    assert said(with_openssl, "sh", "-c", f"cat {_TLS}/*.key") != key
    assert is_up(world)
    world.remove("wtg-01")
    assert changed(before, with_openssl) == []


def test_renewing_takes_no_restart_and_leaves_nothing_of_the_old(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    before, process = world.inventory.endpoint("wtg-01").certificate, process_of(device)
    events = renew(world)
    after = world.inventory.endpoint("wtg-01").certificate
    assert events.started == [step.value for step in RenewStep if step is not RenewStep.REGISTER]
    assert before
    assert after
    assert after.serial != before.serial
    assert process_of(device) == process
    assert is_up(world)
    files = said(device, "ls", _TLS).split()
    assert sorted(files) == sorted(f"{after.serial}{ending}" for ending in (".pem", ".key", "-clients.pem"))
    entry = world.inventory.activities()[0]
    assert (entry.action, entry.result) == ("renew certificate", Result.DONE)
    assert f"certificate SHA256:{after.fingerprint}" in entry.fingerprints


def test_one_that_ends_before_long_is_renewed_by_itself(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    endpoint = world.inventory.endpoint("wtg-01")
    assert endpoint.certificate
    assert world.service.renew_due(token=CancelToken()) == []
    soon = replace(endpoint.certificate, ends_at=datetime.now(UTC) + timedelta(days=50))
    world.inventory.set_certificate(endpoint.id, soon)
    (told,) = world.service.renew_due(token=CancelToken())
    assert told.startswith("wtg-01 has a new certificate")
    after = world.inventory.endpoint("wtg-01").certificate
    assert after
    assert after.serial != soon.serial
    assert is_up(world)


@pytest.mark.open_exporter("the previous version left it in plain HTTP")
def test_an_endpoint_in_plain_http_is_moved_by_one_action(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    plain_http(device, world)
    assert "https" not in (world.folder / "targets.json").read_text()
    events = renew(world)
    assert "register" in events.started
    assert is_up(world)
    assert "https" in (world.folder / "targets.json").read_text()
    prober = Prober(device.address)
    prober.probe()
    assert (prober.let_in, prober.answered) == ([], 1)


@pytest.mark.parametrize(
    "moment",
    [
        "metrics",
        "keep",
        *(pytest.param(moment, marks=pytest.mark.full) for moment in ("connect", "host_key", "log_in", "certificate")),
    ],
)
def test_cancelled_or_killed_it_is_the_old_or_the_new_one(world: World, device: Device, lab: Lab, moment: str) -> None:
    world.enrol(request_for(device))
    old = world.inventory.endpoint("wtg-01").certificate
    token = CancelToken()

    def report(event: Event) -> None:
        if isinstance(event, StepStarted) and event.step == moment:
            token.cancel()

    if moment != "keep":
        with pytest.raises(Cancelled):
            world.service.renew("wtg-01", report=report, token=token)
        assert world.inventory.endpoint("wtg-01").certificate == old
        assert is_up(world)
    run_until_killed(world, lab, device, "renew", f"started {moment}")
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    assert "was interrupted" in sentence
    assert (world.inventory.endpoint("wtg-01").certificate != old) == (moment == "keep")
    assert is_up(world)
    renew(world)  # repeating ends well
    assert is_up(world)


@pytest.mark.open_exporter("the previous version left it in plain HTTP")
def test_killed_while_it_is_moved_to_tls(world: World, device: Device, lab: Lab) -> None:
    world.enrol(request_for(device))
    plain_http(device, world)
    run_until_killed(world, lab, device, "renew", "finished register")
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    assert "was interrupted" in sentence
    renew(world)
    assert is_up(world)


def test_an_exporter_that_is_gone(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    device.exec(["sh", "-c", "systemctl stop plantwatch-node-exporter; rm /usr/local/lib/plantwatch/node_exporter"])
    with pytest.raises(failures.ExporterMissingError) as caught:
        renew(world)
    assert "no exporter of Plantwatch" in caught.value.message
