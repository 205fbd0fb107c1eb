"""Several processes on one inventory, on both databases: nothing is lost, and what a killed one left is found."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from app.models.secret import Secret
from app.paths import DataPaths
from app.services.inventory import Inventory
from tests.contracts.inventory_worker import Deed, Order
from tests.integration.postgresql import Cluster, running_cluster
from tests.unit.fakes import MemorySecretStore

ROOT = Path(__file__).parents[2]
WORKERS = 4
ROUNDS = 12
SECONDS = 90


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def order(request: pytest.FixtureRequest, tmp_path: Path) -> Order:
    """An order for an empty database."""
    if request.param == "sqlite":
        return Order(str(tmp_path), "", "", 0, ROUNDS)
    cluster: Cluster = request.getfixturevalue("cluster")
    return Order(str(tmp_path), cluster.new_database(), cluster.password, 0, ROUNDS)


@pytest.fixture
def inventory(order: Order) -> Iterator[Inventory]:
    """Another way into the same database, to be asked for only when it may be made."""
    passwords = MemorySecretStore()
    passwords.put(order.url, Secret(order.password))
    with Inventory.open(DataPaths(Path(order.folder)), order.url, passwords=passwords) as inventory:
        yield inventory


class Worker:
    """A process that has started, and works when told."""

    def __init__(self, order: Order) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.contracts.inventory_worker"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.tell(json.dumps(asdict(order)))

    def tell(self, line: str = "") -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        """The next line; empty when the process has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_details: object) -> None:
        self.process.kill()
        self.process.communicate(timeout=SECONDS)


@pytest.fixture
def deeds(order: Order) -> list[Deed]:
    """What WORKERS processes say they did, all at once, to a database that none had made."""
    with ExitStack() as running:
        workers = [running.enter_context(Worker(replace(order, worker=number))) for number in range(WORKERS)]
        assert [worker.hear() for worker in workers] == ["ready"] * WORKERS
        for worker in workers:
            worker.tell()
        deeds = [Deed(**json.loads(worker.hear() or "{}")) for worker in workers]
        assert [worker.process.wait(SECONDS) for worker in workers] == [0] * WORKERS
    return deeds


def test_every_change_is_there_at_the_end(deeds: list[Deed], inventory: Inventory) -> None:
    endpoints = {endpoint.name: endpoint for endpoint in inventory.endpoints()}
    kept = {name for deed in deeds for name in deed.kept}
    won = [name for deed in deeds for name in deed.won]
    assert sorted(won) == sorted(f"Wanted {number}" for number in range(ROUNDS))
    assert set(endpoints) == kept | set(won)
    for name in kept:
        facts = endpoints[name].facts
        assert facts is not None
        assert (facts.hostname, endpoints[name].site) == (name, f"site {name[1]}")
    assert inventory.revision() == sum(deed.changes for deed in deeds)
    assert len(inventory.activities(limit=1000)) == sum(deed.lines for deed in deeds)
    assert {deed.installation_id for deed in deeds} == {inventory.installation_id}


def test_what_a_killed_process_left_is_found(order: Order, inventory: Inventory) -> None:
    with Worker(replace(order, task="begin and hang")) as worker:
        assert worker.hear() == "ready"
        worker.tell()
        endpoint_id = int(worker.hear())
        assert inventory.interrupted_operations() == []
        worker.process.kill()
        worker.process.wait(SECONDS)
    (left,) = inventory.interrupted_operations()
    assert (left.kind, left.endpoint_id, left.step) == ("enrol", endpoint_id, "install")
    inventory.end_operation(inventory.resume_operation(left))
    assert inventory.interrupted_operations() == []
