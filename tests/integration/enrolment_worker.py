"""The application, killed at a chosen moment: `python -m tests.integration.enrolment_worker`.

Reads one JSON document (`Order`) from standard input, enrols, renews a certificate or a key, upgrades, switches the metrics of the network
off, or removes, and ends itself with SIGKILL when the event comes.
"""

import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from app.models.bulk_parameters import MetricsChange
from app.models.endpoint import EndpointDraft, HostKey
from app.models.metric_groups import MetricGroup
from app.models.own_key import OwnKeyWish
from app.services.enrolment import EnrolmentRequest
from app.services.progress import CancelToken, Event, StepAdvanced, StepFinished, StepStarted
from tests.integration.enrolments import World, login

#: What "change metrics" does.
WITHOUT_NETWORK = MetricsChange(off=(MetricGroup.NETWORK,))
_KINDS = {StepStarted: "started", StepAdvanced: "advanced", StepFinished: "finished"}


@dataclass(frozen=True)
class Order:
    """`moment` is "started STEP", "advanced STEP" or "finished STEP"; empty: never."""

    folder: str
    kit: str
    action: str
    address: str
    host_key: str
    moment: str
    name: str = "wtg-01"
    user: str = "iiot"
    own_key: bool = False

    def text(self) -> str:
        return json.dumps(asdict(self))


def main() -> None:
    order = Order(**json.load(sys.stdin))

    def report(event: Event) -> None:
        kind = _KINDS.get(type(event))
        if kind and f"{kind} {getattr(event, 'step', '')}" == order.moment:
            os.kill(os.getpid(), signal.SIGKILL)

    world = World(Path(order.folder), Path(order.kit))
    if order.action == "enrol":
        draft = EndpointDraft(order.name, order.address)
        wish = OwnKeyWish() if order.own_key else None
        request = EnrolmentRequest(draft, login(order.user), HostKey.parse(order.host_key), own_key=wish)
        world.service.enrol(request, report=report, token=CancelToken())
    elif order.action == "renew key":
        world.service.renew_key(order.name, None, report=report, token=CancelToken())
    elif order.action == "renew":
        world.service.renew(order.name, report=report, token=CancelToken())
    elif order.action == "upgrade":
        world.service.upgrade(order.name, report=report, token=CancelToken())
    elif order.action == "change metrics":
        world.service.change_metrics(order.name, WITHOUT_NETWORK, report=report, token=CancelToken())
    else:
        world.service.remove(order.name, report=report, token=CancelToken())
    world.close()


if __name__ == "__main__":
    main()
