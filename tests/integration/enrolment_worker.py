"""The application in a process of its own, killed at a chosen moment."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from app.models.bulk_parameters import MetricsChange
from app.models.endpoint import EndpointDraft, HostKey
from app.models.metric_groups import MetricGroup
from app.models.own_key import OwnKeyWish
from app.services.enrolment import EnrolmentRequest
from app.services.progress import CancelToken, Event, StepAdvanced, StepFinished, StepStarted
from tests.integration.enrolments import World, kit_folder, login
from tests.integration.forked import forked
from tests.lab import Device, Lab

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


def run_until_killed(
    world: World,
    lab: Lab,
    device: Device,
    action: str,
    moment: str,
    *,
    kit: Path | None = None,
    user: str = "iiot",
    own_key: bool = False,
) -> None:
    """The application in a process of its own, which ends by SIGKILL at `moment`."""
    kit = kit or kit_folder(lab)
    order = Order(
        str(world.folder), str(kit), action, device.address, device.host_key, moment, user=user, own_key=own_key
    )
    assert forked(carry_out, order) == -signal.SIGKILL, f"{action} never came to {moment!r}"


def carry_out(order: Order) -> None:
    """Enrol, renew a certificate or a key, upgrade, switch the metrics of the network off, or remove."""

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
