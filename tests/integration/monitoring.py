"""Prometheus, Alertmanager and node_exporter as child processes on free loopback ports, with the shipped rules and real passwords.

The programs are Debian's, from the lab's cache. Scrapes and rules run every second, so that tests need not wait for minutes; what
matters about the shipped alerting rules has tests of its own, so here a few rules without waiting time make alerts.
"""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import bcrypt
import requests
import yaml

from app.models.secret import Secret
from app.models.stack import ServiceAccess, ServiceName, TargetGroup
from tests.lab.debian import unpacked
from tests.lab.places import Places

T = TypeVar("T")

STACK = Path(__file__).parents[2] / "stack"
PASSWORD = "correct horse"
_STARTED_WITHIN = 30.0
_ENDED_WITHIN = 10.0

# Debian's Alertmanager reads its templates from where the package would install them: let it, and nobody else, find them there.
_WITH_SHARE = ("unshare", "--map-root-user", "--mount", "sh", "-c", 'mount --bind "$0" /usr/share && exec "$@"')

#: Alerts at once: one that fires while an endpoint named *-down is down, one for endpoints named *-hot, one about the site.
_RULES = {
    "groups": [
        {
            "name": "tests",
            "rules": [
                {
                    "alert": "EndpointDown",
                    "expr": 'up{job="node",instance=~".*-down"} == 0',
                    "labels": {"severity": "critical"},
                    "annotations": {"summary": "{{ $labels.instance }} does not answer", "action": "Check its power."},
                },
                {
                    "alert": "Hot",
                    "expr": 'up{job="node",instance=~".*-hot"} == 1',
                    "labels": {"severity": "warning"},
                    "annotations": {"summary": "{{ $labels.instance }} is hot", "description": "Very."},
                },
                {
                    "alert": "SiteDown",
                    "expr": 'count by (site, region) (up{job="node",site="Dead"} == 0) > 1',
                    "labels": {"severity": "critical", "scope": "site"},
                    "annotations": {"summary": "Nothing at {{ $labels.site }} answers"},
                },
            ],
        }
    ]
}


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], T | None], *, seconds: float = 20.0, what: str) -> T:
    """The first truthy answer of `condition`, asked every 50 ms. Fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {seconds:g} s: {what}. Last: {found!r}")
        time.sleep(0.05)


class Program:
    """One child process with its log in a file."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        url: str,
        auth: tuple[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command = list(command)
        self._environment = environment
        self._log = log
        self._url = url
        self._auth = auth
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers at its URL."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self._environment
            )
        wait_for(self._answers, seconds=_STARTED_WITHIN, what=f"{self._command[0]} answers; see {self._log}")

    def stop(self) -> None:
        """End it and wait for that; nothing if it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_ENDED_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_ENDED_WITHIN)

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"{self._command[0]} ended: {self._log.read_text(errors='replace')[-2000:]}")
        try:
            return requests.get(self._url, auth=self._auth, timeout=2).ok
        except requests.RequestException:
            return False


class Monitoring:
    """The running parts. `access(service)` is what the services of the app take."""

    def __init__(self, root: Path) -> None:
        self.root = root
        places = Places.from_environment()
        places.cache.mkdir(parents=True, exist_ok=True)
        self._bin = {
            name: unpacked(places, name) / "usr/bin" / name
            for name in ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter")
        }
        self._alertmanager_share = unpacked(places, "prometheus-alertmanager") / "usr/share"
        self.ports = {name: free_port() for name in ("prometheus", "alertmanager", "exporter")}
        self._write_configuration()
        self.exporter = self._exporter()
        self.alertmanager = self._alertmanager()
        self.prometheus = self._prometheus()

    def access(self, service: ServiceName) -> ServiceAccess:
        return ServiceAccess(f"http://127.0.0.1:{self.ports[service.value]}", "plantwatch", Secret(PASSWORD))

    @property
    def exporter_target(self) -> str:
        return f"127.0.0.1:{self.ports['exporter']}"

    def write_targets(self, groups: Sequence[TargetGroup]) -> None:
        """As the app does it: a new file in place of the old one."""
        document = [{"targets": [group.target], "labels": dict(group.labels)} for group in groups]
        fresh = self.root / "targets.new"
        fresh.write_text(json.dumps(document))
        os.replace(fresh, self.root / "targets" / "endpoints.json")

    def _write_configuration(self) -> None:
        digest = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        (self.root / "web.yml").write_text(yaml.safe_dump({"basic_auth_users": {"plantwatch": digest}}))
        (self.root / "rules.yml").write_text(yaml.safe_dump(_RULES))
        (self.root / "targets").mkdir()
        self.write_targets([])
        password = {"username": "plantwatch", "password": PASSWORD}
        configuration = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s", "external_labels": {"stack": "test"}},
            "rule_files": [str(STACK / "prometheus/rules/*.yaml"), str(self.root / "rules.yml")],
            "alerting": {
                "alertmanagers": [
                    {
                        "basic_auth": password,
                        "static_configs": [{"targets": [f"127.0.0.1:{self.ports['alertmanager']}"]}],
                    }
                ]
            },
            "scrape_configs": [
                {"job_name": "node", "file_sd_configs": [{"files": [str(self.root / "targets/*.json")]}]},
                {
                    "job_name": "prometheus",
                    "basic_auth": password,
                    "static_configs": [
                        {
                            "targets": [f"127.0.0.1:{self.ports['prometheus']}"],
                            "labels": {"instance": "prometheus"},
                        }
                    ],
                },
            ],
        }
        (self.root / "prometheus.yml").write_text(yaml.safe_dump(configuration))

    def _prometheus(self) -> Program:
        address = f"127.0.0.1:{self.ports['prometheus']}"
        return Program(
            [
                str(self._bin["prometheus"]),
                f"--config.file={self.root / 'prometheus.yml'}",
                f"--web.config.file={self.root / 'web.yml'}",
                f"--storage.tsdb.path={self.root / 'data'}",
                f"--web.listen-address={address}",
                f"--web.console.libraries={self.root}",
                f"--web.console.templates={self.root}",
            ],
            self.root / "prometheus.log",
            f"http://{address}/-/ready",
            ("plantwatch", PASSWORD),
        )

    def _alertmanager(self) -> Program:
        address = f"127.0.0.1:{self.ports['alertmanager']}"
        return Program(
            [
                *_WITH_SHARE,
                str(self._alertmanager_share),
                str(self._bin["prometheus-alertmanager"]),
                f"--config.file={STACK / 'alertmanager/alertmanager.yml'}",
                f"--web.config.file={self.root / 'web.yml'}",
                f"--storage.path={self.root / 'alertmanager'}",
                f"--web.listen-address={address}",
                "--cluster.listen-address=",
            ],
            self.root / "alertmanager.log",
            f"http://{address}/-/ready",
            ("plantwatch", PASSWORD),
        )

    def _exporter(self) -> Program:
        return Program(
            [str(self._bin["prometheus-node-exporter"]), f"--web.listen-address={self.exporter_target}"],
            self.root / "exporter.log",
            f"http://{self.exporter_target}/",
        )


@contextmanager
def running(root: Path) -> Iterator[Monitoring]:
    """All three running, and ended at the end."""
    monitoring = Monitoring(root)
    with ExitStack() as stack:
        for program in (monitoring.exporter, monitoring.alertmanager, monitoring.prometheus):
            stack.callback(program.stop)
            program.start()
        yield monitoring
