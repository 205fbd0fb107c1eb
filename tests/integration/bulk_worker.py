"""The application working on a run, killed when so many devices are done: `python -m tests.integration.bulk_worker FOLDER KIT COUNT`.

Reads what to enrol, a JSON list of `EnrolOrder`, from standard input.
"""

import os
import signal
import sys
import threading
from pathlib import Path

import msgspec

from app.models.bulk import EnrolOrder, ItemState
from app.services.bulk.events import BulkEvent, ItemChanged
from app.services.bulk.pace import Pace
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.services.progress import CancelToken
from tests.integration.enrolments import World


def main() -> None:
    folder, kit, count = sys.argv[1:]
    orders = msgspec.json.decode(sys.stdin.buffer.read(), type=list[EnrolOrder])
    left = [int(count)]
    lock = threading.Lock()

    def report(event: BulkEvent) -> None:
        if isinstance(event, ItemChanged) and event.item.state is ItemState.DONE:
            with lock:
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)

    world = World(Path(folder), Path(kit))
    bulk = BulkService(world.inventory, world.service, CredentialService(world.inventory, world.secrets))
    run = bulk.enrol(orders)
    bulk.runner(run.id, report, token=CancelToken(), pace=Pace(start=3, most=3)).execute(CancelToken())
    world.close()


if __name__ == "__main__":
    main()
