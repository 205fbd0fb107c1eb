"""The application against hostile devices, in a process of its own: `python -m tests.integration.hostile.play`.

Reads an `Order` as JSON from standard input and prints a `Report`. All tries go through one service with one inventory, several at a time, as
the window does; what they cost in memory is counted for all together.
"""

import json
import resource
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.errors import AppError
from app.models.device import Change, ChangeKind, Receipt
from app.models.endpoint import EndpointDraft, HostKey, Lifecycle, Login, LoginKind
from app.models.metrics import EndpointHealth, Health
from app.models.secret import Secret
from app.models.stack import TargetGroup
from app.paths import DataPaths
from app.services.enrolment import EnrolmentRequest, EnrolmentService, fetch_host_key
from app.services.enrolment.parts import Parts
from app.services.enrolment.ssh import SshConnector
from app.services.enrolment.ssh_stream import StreamLimits
from app.services.inventory import Inventory
from app.services.kit import Kit
from app.services.pki import AuthorityService
from app.services.progress import CancelToken, Event, LogLine, StepFinished
from tests.integration.hostile.case import ENROL, FETCH, PREVIEW, WELL
from tests.integration.hostile.server import PASSWORD, USER

#: Short enough that a suite of them is run gladly; the product's own are for `patient` orders.
_QUICK = SshConnector(
    connect_seconds=3.0,
    greeting_seconds=1.5,
    exchange_seconds=3.0,
    login_seconds=3.0,
    channel_seconds=2.0,
    retry_waits=(0.1,),
    stream=StreamLimits(silence_seconds=2.0, longest_seconds=10.0),
)
_ADDRESS_SPACE = 4 << 30
_AT_A_TIME = 12


@dataclass(frozen=True)
class Try:
    """One thing tried against one device; see `serve.Place`."""

    case: str
    what: str
    address: str
    port: int
    host_key: str
    user: str = USER
    password: str = PASSWORD


@dataclass(frozen=True)
class Order:
    """`patient`: with the product's own limits."""

    folder: str
    kit: str
    tries: list[dict[str, Any]]
    patient: bool = False


@dataclass
class Outcome:
    """How one try ended: WELL or the error's class, what was told, and what is left of it here."""

    case: str
    what: str
    end: str = WELL
    seconds: float = 0.0
    told: list[str] = field(default_factory=list)
    advice: str = ""
    left: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)


@dataclass
class Report:
    """`megabytes` is the peak of the whole process, `before` what it had before the first try; `threads` are those left at the end."""

    outcomes: list[dict[str, Any]]
    before: float
    megabytes: float
    threads: list[str]
    left: list[str]


class MemorySecrets:
    """A `SecretStore`."""

    def __init__(self) -> None:
        self.all: dict[str, Secret] = {}

    def get(self, name: str) -> Secret | None:
        return self.all.get(name)

    def put(self, name: str, value: Secret) -> None:
        self.all[name] = value

    def delete(self, name: str) -> None:
        self.all.pop(name, None)


class MemoryTargets:
    """A `TargetWriter`."""

    def __init__(self) -> None:
        self.all: list[TargetGroup] = []

    def write_targets(self, groups: list[TargetGroup]) -> None:
        self.all = groups


class Pleased:
    """A `FleetProbe` that sees all as up."""

    def wait_until_up(
        self, endpoint_name: str, *, since: datetime, timeout: float, token: CancelToken
    ) -> EndpointHealth:
        return EndpointHealth(Health.UP, since, since)


class Player:
    """Tries things, from several threads."""

    def __init__(self, order: Order) -> None:
        self.inventory = Inventory.open(DataPaths.locate(Path(order.folder)))
        self.secrets = MemorySecrets()
        self.targets = MemoryTargets()
        self.connect = SshConnector() if order.patient else _QUICK
        self.patient = order.patient
        authorities = AuthorityService(self.inventory, self.secrets)
        self.parts = Parts(
            self.inventory, authorities, self.secrets, Kit(Path(order.kit)), self.targets, Pleased(), self.connect, 5.0
        )
        self.service = EnrolmentService(
            self.inventory, self.secrets, self.parts.kit, self.targets, self.parts.fleet, connect=self.connect
        )

    def one(self, tried: Try, number: int) -> Outcome:
        """Try it, and clear away what may rightly be left."""
        outcome = Outcome(tried.case, tried.what)
        name = f"wtg-{number}"
        begun = time.monotonic()
        try:
            self._act(tried, name, outcome)
        except AppError as error:
            outcome.end = type(error).__name__
            outcome.told += [error.message, error.advice, *error.evidence.splitlines(), repr(error), str(error)]
            outcome.advice = error.advice
        outcome.seconds = time.monotonic() - begun
        self._settle(tried, name, outcome)
        return outcome

    def _act(self, tried: Try, name: str, outcome: Outcome) -> None:
        token = CancelToken()

        def report(event: Event) -> None:
            if isinstance(event, LogLine):
                outcome.told.append(event.text)
            elif isinstance(event, StepFinished):
                outcome.told.append(event.detail)

        key = HostKey.parse(tried.host_key)
        if tried.what == FETCH:
            if self.patient:
                fetch_host_key(tried.address, tried.port)
            else:
                self.connect(tried.address, tried.port, expected=None, token=token).close()
            return
        draft = EndpointDraft(name, tried.address, tried.port)
        login = Login(tried.user, LoginKind.PASSWORD, secret=Secret(tried.password))
        request = EnrolmentRequest(draft, login, key)
        if tried.what == PREVIEW:
            plan = self.service.preview(request, report=report, token=token)
            outcome.told += [*plan.lines, *(str(value) for value in asdict(plan.facts).values())]
        elif tried.what == ENROL:
            endpoint = self.service.enrol(request, report=report, token=token)
            outcome.told += [str(value) for value in asdict(endpoint.facts).values()] if endpoint.facts else []
            outcome.changes = (
                [f"{change.kind} {change.name}" for change in endpoint.receipt.changes] if endpoint.receipt else []
            )
        else:
            self._enrolled(draft, login, key)
            self.service.remove(name, report=report, token=token)

    def _enrolled(self, draft: EndpointDraft, login: Login, key: HostKey) -> None:
        """As if it had been enrolled when it still was honest."""
        endpoint = self.inventory.add(draft, lifecycle=Lifecycle.MONITORED, host_key=key)
        self.parts.keep_login(endpoint.id, login)
        change = Change(ChangeKind.FILE, "/usr/local/lib/plantwatch/node_exporter", "0" * 64)
        self.inventory.set_receipt(endpoint.id, Receipt("1.5.0", "amd64", (change,)))

    def _settle(self, tried: Try, name: str, outcome: Outcome) -> None:
        """What a try may leave, by design, is a record that somebody can still act on; nobody needs the device to forget it."""
        found = [endpoint for endpoint in self.inventory.endpoints() if endpoint.name == name]
        outcome.left = [endpoint.lifecycle.value for endpoint in found]
        for endpoint in found:
            self.service.remove(endpoint.name, forget_only=True, report=lambda _event: None, token=CancelToken())

    def left(self) -> list[str]:
        """What is here at the end and must not be."""
        found = [f"endpoint {endpoint.name}" for endpoint in self.inventory.endpoints()]
        # The authority is the installation's.
        found += [f"secret {name}" for name in self.secrets.all if not name.startswith("authority/")]
        found += [f"target {group.target}" for group in self.targets.all]
        return found + [f"operation {operation.kind}" for operation in self.inventory.interrupted_operations()]


def peak() -> float:
    """Megabytes that this process had in memory at most. getrusage() would count what its parent had, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    order = Order(**json.load(sys.stdin))
    player = Player(order)
    known = set(threading.enumerate())
    before = peak()
    tries = [Try(**each) for each in order.tries]
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        outcomes = list(pool.map(player.one, tries, range(len(tries))))
    report = Report(
        [asdict(outcome) for outcome in outcomes],
        before,
        peak(),
        [thread.name for thread in threading.enumerate() if thread not in known],
        player.left(),
    )
    player.inventory.close()
    print(json.dumps(asdict(report)), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
