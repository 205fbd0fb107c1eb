"""Prometheus and Alertmanager of the fleet: Debian's programs with the flags, the configuration and the rules that the product deploys."""

import socket
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import requests
import yaml

from app.models.certificate import Identity
from app.models.secret import Secret
from app.models.stack import ServiceName, StackOptions
from app.paths import stack_file
from app.services.stack.compose import read_compose
from app.services.stack.configuration import USER, Configuration, Passwords, render, variables
from tests.lab.debian import unpacked
from tests.lab.fleet.programs import Program
from tests.lab.places import Places

# Debian's Alertmanager reads its templates from where the package would install them: let it, and nobody else, find them there.
_WITH_SHARE = ("unshare", "--map-root-user", "--mount", "sh", "-c", 'mount --bind "$0" /usr/share && exec "$@"')
_PROGRAMS = {ServiceName.PROMETHEUS: "prometheus", ServiceName.ALERTMANAGER: "prometheus-alertmanager"}


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def folder_of(root: Path, service: ServiceName) -> Path:
    """The service's configuration below the fleet's `root`."""
    return root / service.value


def data_of(root: Path, service: ServiceName) -> Path:
    """What the service stores."""
    return root / f"{service.value}-data"


def configure(root: Path, options: StackOptions, password: Secret) -> None:
    """Write what the product would deliver, with the few changes that programs without containers and without TLS need."""
    passwords = Passwords(password, password, password, password)
    rendered = render(stack_file(), options, passwords, Identity("", Secret(""), ""))
    for service in _PROGRAMS:
        _write(folder_of(root, service), rendered[service])
    file = folder_of(root, ServiceName.PROMETHEUS) / "prometheus.yml"
    document = yaml.safe_load(file.read_text())
    _adapt(document, options)
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    (folder_of(root, ServiceName.PROMETHEUS) / "targets").mkdir()


def _write(folder: Path, configuration: Configuration) -> None:
    for file in configuration.files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(file.content())


def _adapt(document: dict[str, Any], options: StackOptions) -> None:
    """The services are at ports of this machine, there is no Grafana, and exporters speak plain HTTP."""
    own = {
        "prometheus": f"127.0.0.1:{options.prometheus_port}",
        "alertmanager": f"127.0.0.1:{options.alertmanager_port}",
    }
    document["scrape_configs"] = [job for job in document["scrape_configs"] if job["job_name"] != "grafana"]
    for job in document["scrape_configs"]:
        job.pop("tls_config", None)
        if where := own.get(job["job_name"]):
            job["static_configs"] = [{"targets": [where], "labels": {"instance": job["job_name"]}}]
    document["alerting"]["alertmanagers"][0]["static_configs"] = [{"targets": [own["alertmanager"]]}]


def programs(
    places: Places, root: Path, options: StackOptions, password: Secret, *, lookback: str = ""
) -> Mapping[ServiceName, Program]:
    """Both, not started. `lookback`: how long Prometheus takes a sample for the present value, if not its usual five minutes."""
    ports = {ServiceName.PROMETHEUS: options.prometheus_port, ServiceName.ALERTMANAGER: options.alertmanager_port}
    definition = read_compose(stack_file("compose.yaml").read_text("utf-8"), variables(options))
    found = {}
    for service, name in _PROGRAMS.items():
        unpacked_there = unpacked(places, name)
        listen = f"127.0.0.1:{ports[service]}"
        command = next(each.command for each in definition.services if each.name == service)
        flags = [_placed(flag, root, service) for flag in command]
        argv = [str(unpacked_there / "usr/bin" / name), *flags, f"--web.listen-address={listen}"]
        if service is ServiceName.ALERTMANAGER:
            argv = [*_WITH_SHARE, str(unpacked_there / "usr/share"), *argv]
        elif lookback:
            argv.append(f"--query.lookback-delta={lookback}")
        found[service] = Program(
            argv,
            name=name,
            marker=f"--config.file={folder_of(root, service)}/",
            log=root / f"{service.value}.log",
            is_ready=partial(_answers, f"http://{listen}/-/ready", password),
        )
    return found


def _placed(flag: str, root: Path, service: ServiceName) -> str:
    """A flag of the container with the paths of this machine."""
    name, equals, value = flag.partition("=")
    if value.startswith(f"/etc/{service.value}"):
        value = value.replace(f"/etc/{service.value}", str(folder_of(root, service)), 1)
    elif value == f"/{service.value}":
        value = str(data_of(root, service))
    return f"{name}{equals}{value}"


def _answers(url: str, password: Secret) -> bool:
    try:
        return requests.get(url, auth=(USER, password.reveal()), timeout=2).ok
    except requests.RequestException:
        return False
