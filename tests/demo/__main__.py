"""The main job, from nothing to a live fleet and back, through the same services that the window uses.

Runs inside `python -m tests.lab run` (see the Makefile), which provides the engine, the devices, the kit source and a throwaway keyring.
"""

import argparse
import math
import os
import shutil
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path

from app.__main__ import open_window
from app.cli.output import print_error, print_table, share
from app.cli.progress import progress_printer
from app.errors import AppError
from app.main import Services, build_services
from app.models.endpoint import EndpointDraft, HostKey, Login, LoginKind
from app.models.metrics import FleetMetric, Health
from app.models.secret import Secret
from app.models.stack import DockerHost, StackOptions
from app.services.enrolment import EnrolmentRequest
from app.services.progress import CancelToken
from tests.lab.device import Device, DeviceEntry
from tests.lab.lab import Document, Lab
from tests.lab.snapshot import Snapshot

BUILD = Path(__file__).resolve().parents[2] / "build"
SITES = (("Thanet", "South East", "wtg-01"), ("Thanet", "South East", "wtg-02"), ("Barrow", "North West", "substation"))
METRICS_WITHIN_SECONDS = 90


def say(text: str) -> None:
    sys.stderr.write(f"\n== {text}\n")


def free_port(preferred: int) -> int:
    """`preferred` if nothing listens on it on loopback, else any free one."""
    for candidate in (preferred, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no free port on loopback")


def deploy(services: Services, document: Document) -> None:
    options = StackOptions(
        project="plantwatch-demo",
        prometheus_port=free_port(9090),
        alertmanager_port=free_port(9093),
        grafana_port=free_port(3000),
        scrape_interval_seconds=5,
    )
    settings = replace(services.settings(), docker_host=DockerHost(url=document["docker_host"]), stack=options)
    services.save_settings(settings)
    report, token = progress_printer(quiet=False), CancelToken()
    say("Deploying the stack")
    services.stack.deploy(report=report, token=token)
    say("Filling the kit")
    services.kit.fetch(document["kit_url"], document["kit_version"], ["amd64"], report=report, token=token)


def enrol(services: Services, device: DeviceEntry, site: tuple[str, str, str]) -> None:
    place, region, name = site
    say(f"Enrolling {name} ({device['address']})")
    begun = time.monotonic()
    request = EnrolmentRequest(
        draft=EndpointDraft(
            name=name, address=device["address"], port=device["port"], site=place, region=region, tags=("demo",)
        ),
        login=Login(user=device["user"], kind=LoginKind.PASSWORD, secret=Secret(device["password"])),
        host_key=HostKey.parse(device["host_key"]),
    )
    services.enrolment.enrol(request, report=progress_printer(quiet=False), token=CancelToken())
    sys.stderr.write(f"{name}: first successful scrape after {time.monotonic() - begun:.1f} s\n")


def show_fleet(services: Services) -> None:
    """Print the endpoints with state, CPU, memory and disk as Prometheus has them, once it has them all."""
    names = [endpoint.name for endpoint in services.inventory.endpoints()]
    wanted = (FleetMetric.CPU, FleetMetric.MEMORY, FleetMetric.DISK)
    token, deadline = CancelToken(), time.monotonic() + METRICS_WITHIN_SECONDS
    while True:
        snapshot = services.fleet.snapshot(points=12, window_seconds=60)
        rows = []
        for name in names:
            trends = [snapshot.trends.get(metric, {}).get(name) for metric in wanted]
            rows.append((name, snapshot.health[name].health, [trend.last if trend else math.nan for trend in trends]))
        if all(health is Health.UP and not any(map(math.isnan, values)) for _, health, values in rows):
            break
        if time.monotonic() > deadline:
            raise RuntimeError(f"no complete metrics after {METRICS_WITHIN_SECONDS} s: {rows}")
        token.sleep(1)
    print_table(("endpoint", "state", "CPU", "memory", "disk"), ((n, h.value, *map(share, v)) for n, h, v in rows))


def remove_and_prove(services: Services, name: str, device: Device, before: Snapshot) -> None:
    say(f"Removing {name}")
    services.enrolment.remove(name, report=progress_printer(quiet=False), token=CancelToken())
    difference = before.difference(device.snapshot())
    if difference:
        raise RuntimeError(f"{name} is not as it was before:\n" + "\n".join(difference))
    print(f"{name}: removed; the device's files, users, groups and enabled units are as they were before")


def prepare_display(*, headless: bool) -> None:
    """Off screen without a display. The lab needs root, for whom Chromium's sandbox does not work: the demo shows the lab's pages only."""
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if sys.platform == "linux" and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")


def run(*, headless: bool, keep: bool) -> None:
    prepare_display(headless=headless)
    lab = Lab()
    data = BUILD / "demo-data"
    shutil.rmtree(data, ignore_errors=True)
    devices = sorted(lab.devices(), key=lambda device: device.name)[: len(SITES)]
    before = devices[0].snapshot()
    services = build_services(data)
    try:
        deploy(services, lab.document)
        for device, site in zip(devices, SITES, strict=True):
            enrol(services, device.entry, site)
        show_fleet(services)
        if headless:
            from tests.demo.pictures import picture_every_page  # noqa: PLC0415 - Qt only where a picture is wanted

            say("Taking a picture of every page")
            for picture in picture_every_page(services, BUILD / "screenshots"):
                print(picture.relative_to(BUILD.parent))
            remove_and_prove(services, SITES[0][2], devices[0], before)
        else:
            say("Opening the window; close it to end the demo")
            open_window(data)
    finally:
        if not keep:
            clean_up(services)
        services.close()


def clean_up(services: Services) -> None:
    """Take everything out again that the demo made on devices that may live on, and the stack with its data."""
    say("Cleaning up")
    for endpoint in services.inventory.endpoints():
        services.enrolment.remove(endpoint.name, report=progress_printer(quiet=True), token=CancelToken())
    services.stack.down(keep_data=False, report=progress_printer(quiet=True), token=CancelToken())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.demo")
    parser.add_argument("--headless", action="store_true", help="no window: pictures, a table, a removal with proof")
    parser.add_argument("--keep", action="store_true", help="leave the stack and the endpoints")
    arguments = parser.parse_args()
    try:
        run(headless=arguments.headless, keep=arguments.keep)
    except AppError as error:
        print_error(error)
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
