"""The operator's side of the fleet: a data directory whose inventory has every turbine enrolled, made through the product's own services."""

import base64
import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.models.certificate import Certificate
from app.models.device import Facts, InitSystem, Privilege, Receipt
from app.models.endpoint import EndpointDraft, HostKey, Lifecycle
from app.models.stack import StackOptions, TargetGroup
from app.paths import DataPaths
from app.services.inventory import Inventory
from app.settings import Settings, save
from tests.lab.fleet.exporters import PORT, address
from tests.lab.fleet.farms import Turbine

#: More than the month of history.
RETENTION_DAYS = 45
SCRAPE_SECONDS = 15
_EXPORTER = "1.12.1"
#: Of so many certificates one ends soon.
_ENDS_SOON_EVERY = 500
_MEMORY = Path("/dev/shm")


def create(folder: Path, turbines: Sequence[Turbine], octet: int, options: StackOptions) -> list[TargetGroup]:
    """Make the data directory `folder`, with `options` in its settings; returns what Prometheus is to scrape."""
    # Each record is a transaction of its own: on a disk, waiting for it would take most of the time.
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None, prefix="plantwatch-fleet-") as scratch:
        paths = DataPaths.locate(Path(scratch) / "data")
        save(paths, Settings(stack=options), environment={})
        with Inventory.open(paths) as inventory:
            for turbine in turbines:
                _enrol(inventory, turbine, address(octet, turbine.number))
            targets = inventory.targets()
        shutil.copytree(paths.root, folder)
    return targets


def without_scheme(groups: Sequence[TargetGroup]) -> list[TargetGroup]:
    """The same targets without TLS, which simulated exporters do not speak. No series has a label less for it."""
    return [
        TargetGroup(group.target, {name: value for name, value in group.labels.items() if name != "__scheme__"})
        for group in groups
    ]


def _enrol(inventory: Inventory, turbine: Turbine, where: str) -> None:
    draft = EndpointDraft(
        name=turbine.name,
        address=where,
        site=turbine.farm.name,
        region=turbine.farm.region,
        tags=turbine.tags,
        exporter_port=PORT,
    )
    endpoint = inventory.add(draft, lifecycle=Lifecycle.ENROLLING, host_key=_host_key(turbine.name))
    receipt = Receipt(exporter_version=_EXPORTER, architecture="amd64")
    inventory.set_installed(endpoint.id, _facts(turbine), receipt, _certificate(turbine, where))
    inventory.set_lifecycle(endpoint.id, Lifecycle.MONITORED)


def _facts(turbine: Turbine) -> Facts:
    return Facts(
        hostname=turbine.name,
        os_id="debian",
        os_name="Debian GNU/Linux",
        os_version="12",
        kernel="6.1.0-32-amd64",
        machine="x86_64",
        architecture="amd64",
        init=InitSystem.SYSTEMD,
        privilege=Privilege.SUDO,
        cpu_count=4,
        memory_bytes=4 << 30,
        free_bytes=10 << 30,
        installed_version=_EXPORTER,
        machine_id=_digest("machine", turbine.name),
    )


def _certificate(turbine: Turbine, where: str) -> Certificate:
    now = datetime.now(UTC)
    days = 20 if turbine.number % _ENDS_SOON_EVERY == 0 else 300
    return Certificate(
        serial=_digest("serial", turbine.name)[:32],
        fingerprint=_digest("certificate", turbine.name),
        names=(where,),
        begins_at=now - timedelta(days=60),
        ends_at=now + timedelta(days=days),
        authority=_digest("authority"),
    )


def _host_key(name: str) -> HostKey:
    kind = b"ssh-ed25519"
    key = bytes.fromhex(_digest("host key", name))
    blob = len(kind).to_bytes(4, "big") + kind + len(key).to_bytes(4, "big") + key
    return HostKey(kind.decode(), base64.b64encode(blob).decode())


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
