"""The simulated fleet as a whole: for tests and benchmarks `simulated_fleet`, for people tests.lab.fleet.__main__."""

import json
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TypedDict

from app.models.endpoint import Endpoint
from app.models.secret import Secret
from app.models.stack import ServiceAccess, ServiceName, StackOptions
from app.paths import DataPaths
from app.services.inventory import Inventory
from app.services.stack.configuration import USER
from tests.lab.errors import LabError
from tests.lab.fleet import inventory, monitoring
from tests.lab.fleet.exporters import PORT, Plan, Request, address
from tests.lab.fleet.farms import Turbine, choose
from tests.lab.fleet.faults import Fault
from tests.lab.fleet.history import LOOKBACK, History, Making, fill
from tests.lab.fleet.programs import Program
from tests.lab.fleet.stack import FleetStack, write_targets
from tests.lab.places import Places
from tests.lab.system import say

_REPOSITORY = Path(__file__).parents[3]
_FIRST_OCTET, _OCTETS = 32, 192


class Document(TypedDict):
    """What is told of a running fleet, on one line."""

    data_dir: str
    prometheus_url: str
    alertmanager_url: str
    user: str
    password_file: str
    endpoints: int
    sites: int


@dataclass(frozen=True, slots=True)
class _Options:
    """What a fleet was started with, as its folder remembers it."""

    count: int
    history: str
    is_faulty: bool
    scrape_seconds: int
    octet: int
    prometheus_port: int
    alertmanager_port: int


class SimulatedFleet:
    """A fleet in the folder `root`. Every process may have its own of the same folder; `start` makes it, `stop` leaves nothing."""

    def __init__(self, root: Path, places: Places | None = None) -> None:
        self.root = root.resolve()
        self._places = places or Places.from_environment()

    def start(
        self, count: int, history: History, *, faulty: bool, scrape_seconds: int = inventory.SCRAPE_SECONDS
    ) -> None:
        """Make everything and wait until it is ready; the first scrapes of all take one interval more. `root` must not exist."""
        self.root.mkdir(mode=0o700, parents=True)
        prometheus, alertmanager = monitoring.free_ports(2)
        options = _Options(
            count, history.value, faulty, scrape_seconds, _free_octet(self.root), prometheus, alertmanager
        )
        self._file.write_text(json.dumps(_as_dict(options)))
        say(f"enrolling {count} endpoints")
        targets = inventory.create(self.data_dir, self.turbines, options.octet, self._stack_options)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe())
        monitoring.configure(self.root, self._stack_options, self._password)
        write_targets(self._targets, targets)
        self._plan.write_text(json.dumps(self._planned()))
        self.exporters.start()
        self.alertmanager.start()
        # The last of what takes time: until Prometheus runs, nobody writes down what happens.
        making = Making(count, history, faulty)
        fill(self._places, making, int(time.time()), monitoring.data_of(self.root, ServiceName.PROMETHEUS))
        self.prometheus.start()

    def stop(self) -> None:
        """Leave no process and no file; safe on one that was half started."""
        if not self._file.exists():
            shutil.rmtree(self.root, ignore_errors=True)
            return
        for program in (self.prometheus, self.alertmanager, self.exporters):
            program.stop()
        shutil.rmtree(self.root)

    @property
    def is_running(self) -> bool:
        """Whether it was started and Prometheus lives."""
        return self._file.exists() and bool(self.prometheus.pids)

    # What runs

    @cached_property
    def exporters(self) -> Program:
        """All exporters, in one process."""
        argv = ["env", f"PYTHONPATH={_REPOSITORY}", sys.executable, "-m", "tests.lab.fleet.exporters", str(self._plan)]
        return Program(
            argv,
            name=Path(sys.executable).name,
            marker=str(self._plan),
            log=self.root / "exporters.log",
            is_ready=self._answers_control,
        )

    @property
    def prometheus(self) -> Program:
        """For tests that stop, freeze or kill it and let it come back."""
        return self._programs[ServiceName.PROMETHEUS]

    @property
    def alertmanager(self) -> Program:
        return self._programs[ServiceName.ALERTMANAGER]

    # What is known of it

    @property
    def document(self) -> Document:
        """Raises LabError when there is none."""
        return Document(
            data_dir=str(self.data_dir),
            prometheus_url=self.access(ServiceName.PROMETHEUS).url,
            alertmanager_url=self.access(ServiceName.ALERTMANAGER).url,
            user=USER,
            password_file=str(self._password_file),
            endpoints=len(self.turbines),
            sites=len({turbine.farm for turbine in self.turbines}),
        )

    @property
    def data_dir(self) -> Path:
        """For `plantwatch --data-dir`, and what else works on an inventory."""
        return self.root / "data"

    @cached_property
    def turbines(self) -> tuple[Turbine, ...]:
        """All, by site and place."""
        return choose(self._options.count)

    def endpoints(self) -> list[Endpoint]:
        """As the inventory has them now."""
        with Inventory.open(DataPaths(self.data_dir)) as opened:
            return opened.endpoints()

    def access(self, service: ServiceName) -> ServiceAccess:
        """What the services of the application take. Raises KeyError for Grafana."""
        return self._accesses[service]

    @property
    def make_stack(self) -> Callable[..., FleetStack]:
        """For `build_services`: the stack of the services, which then work on this fleet without a Docker host."""
        return partial(FleetStack, accesses=self._accesses, targets=self._targets)

    # What goes wrong

    def break_down(self, fault: Fault, names: Iterable[str]) -> None:
        """These endpoints have the fault from now on, until it is mended."""
        self._change(Request(fault=fault.value, names=list(names), mended=False))

    def mend(self, fault: Fault, names: Iterable[str]) -> None:
        """What `break_down` did to these is over; scheduled faults take their course."""
        self._change(Request(fault=fault.value, names=list(names), mended=True))

    def names_at(self, site: str) -> list[str]:
        """The endpoints of a site."""
        return [turbine.name for turbine in self.turbines if turbine.farm.name == site]

    def _change(self, request: Request) -> None:
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(10)
            control.connect(str(self._control))
            control.sendall(json.dumps(request).encode() + b"\n")
            if control.recv(1) != b"\n":
                raise LabError(f"the exporters did not take {request}; see {self.root / 'exporters.log'}")

    # ---------------------------------------------------------------------------------------------------------------------------------

    @property
    def _file(self) -> Path:
        return self.root / "fleet.json"

    @property
    def _plan(self) -> Path:
        return self.root / "exporters.json"

    @property
    def _control(self) -> Path:
        return self.root / "control"

    @property
    def _password_file(self) -> Path:
        return self.root / "password"

    @property
    def _targets(self) -> Path:
        return monitoring.folder_of(self.root, ServiceName.PROMETHEUS) / "targets/fleet.json"

    @property
    def _password(self) -> Secret:
        return Secret(self._password_file.read_text())

    @cached_property
    def _options(self) -> _Options:
        try:
            return _Options(**json.loads(self._file.read_text()))
        except FileNotFoundError:
            raise LabError("no simulated fleet runs here; start one with: make fleet N=2292") from None

    @property
    def _stack_options(self) -> StackOptions:
        return StackOptions(
            prometheus_port=self._options.prometheus_port,
            alertmanager_port=self._options.alertmanager_port,
            scrape_interval_seconds=self._options.scrape_seconds,
            retention_days=inventory.RETENTION_DAYS,
        )

    @cached_property
    def _accesses(self) -> dict[ServiceName, ServiceAccess]:
        ports = {
            ServiceName.PROMETHEUS: self._options.prometheus_port,
            ServiceName.ALERTMANAGER: self._options.alertmanager_port,
        }
        return {name: ServiceAccess(f"http://127.0.0.1:{port}", USER, self._password) for name, port in ports.items()}

    @cached_property
    def _programs(self) -> dict[ServiceName, Program]:
        lookback = "" if self._options.history == History.NONE else LOOKBACK
        password = self._password
        return dict(monitoring.programs(self._places, self.root, self._stack_options, password, lookback=lookback))

    def _planned(self) -> Plan:
        options = self._options
        return Plan(count=options.count, octet=options.octet, is_faulty=options.is_faulty, control=str(self._control))

    def _answers_control(self) -> bool:
        with socket.socket(socket.AF_UNIX) as control:
            try:
                control.connect(str(self._control))
            except OSError:
                return False
        return True


@contextmanager
def simulated_fleet(
    *,
    n: int,
    history: History | str = History.NONE,
    faulty: bool = True,
    scrape_seconds: int = inventory.SCRAPE_SECONDS,
) -> Iterator[SimulatedFleet]:
    """A fleet of `n` turbines for the time of a `with` block. `faulty`: things go wrong by themselves, as faults.py schedules it.

    Ready means that everything answers; the first scrapes of all take up to one interval more.
    """
    with tempfile.TemporaryDirectory(prefix="plantwatch-fleet-") as scratch:
        fleet = SimulatedFleet(Path(scratch) / "fleet")
        try:
            fleet.start(n, History(history), faulty=faulty, scrape_seconds=scrape_seconds)
            yield fleet
        finally:
            fleet.stop()


def _free_octet(root: Path) -> int:
    """127.`octet`.x.y, where no other fleet's exporters are. The same folder gets the same one as long as it is free."""
    start = sum(str(root).encode()) % _OCTETS
    for step in range(_OCTETS):
        octet = _FIRST_OCTET + (start + step) % _OCTETS
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address(octet, 0), PORT))
            except OSError:
                continue
            return octet
    raise LabError("every loopback address is taken by exporters of other fleets")


def _as_dict(options: _Options) -> dict[str, object]:
    return {name: getattr(options, name) for name in options.__slots__}
