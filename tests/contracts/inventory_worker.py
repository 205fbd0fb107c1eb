"""One of several processes that work on one inventory at once: `python -m tests.contracts.inventory_worker`.

Reads one JSON document from standard input (`Order`), says "ready", works after the next line, and prints what it did (`Deed`). Everybody
opens the database only then, so the first ones also make it at the same time.
"""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from app.errors import DuplicateError
from app.models.activity import Result
from app.models.device import Facts
from app.models.endpoint import EndpointDraft
from app.models.secret import Secret
from app.paths import DataPaths
from app.services.inventory import Inventory
from tests.unit.fakes import MemorySecretStore


@dataclass(frozen=True)
class Order:
    """What a worker is to do. `task` is "work" or "begin and hang"; `url` is empty for SQLite in `folder`."""

    folder: str
    url: str
    password: str
    worker: int
    rounds: int
    task: str = "work"


@dataclass(frozen=True)
class Deed:
    """What a worker did. `changes` counts the successful changes of endpoints, `won` the names that all wanted and this one got."""

    installation_id: str
    changes: int
    kept: list[str]
    won: list[str]
    lines: int


def main() -> None:
    order = Order(**json.loads(sys.stdin.readline()))
    say("ready")
    sys.stdin.readline()
    passwords = MemorySecretStore()
    passwords.put(order.url, Secret(order.password))
    with Inventory.open(DataPaths(Path(order.folder)), order.url, passwords=passwords) as inventory:
        if order.task == "work":
            say(json.dumps(asdict(work(inventory, order))))
        else:
            endpoint = inventory.add(EndpointDraft("T-17", "10.0.0.17"))
            inventory.advance_operation(inventory.begin_operation("enrol", endpoint.id), "install")
            say(str(endpoint.id))
            sys.stdin.readline()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def work(inventory: Inventory, order: Order) -> Deed:
    """Add, change and remove endpoints of its own, and run for names that all workers want."""
    changes, lines = 0, 0
    kept, won = [], []
    for number in range(order.rounds):
        name, address = f"W{order.worker}-{number}", f"10.{order.worker}.0.{number + 1}"
        endpoint = inventory.add(EndpointDraft(name, address))
        inventory.set_facts(endpoint.id, Facts(hostname=name))
        inventory.change(endpoint.id, EndpointDraft(name, address, site=f"site {order.worker}"))
        changes += 3
        if number % 3 == 0:
            inventory.remove(endpoint.id)
            changes += 1
        else:
            kept.append(name)
        inventory.log("change", name, Result.DONE)
        lines += 1
        try:
            inventory.add(EndpointDraft(f"Wanted {number}", f"10.99.{order.worker}.{number + 1}"))
        except DuplicateError:
            continue
        changes += 1
        won.append(f"Wanted {number}")
    return Deed(inventory.installation_id, changes, kept, won, lines)


if __name__ == "__main__":
    main()
