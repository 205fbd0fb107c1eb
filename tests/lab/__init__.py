"""A plant on one machine: a Docker Engine, the stack's images, a kit source, and devices that boot systemd and sshd.

    lab = Lab()
    with lab.in_use(devices=3) as document: ...
    device = lab.new_device()

From a shell: `python -m tests.lab up|down|status|run`. Everything is real but for what its own text says; see each module.
"""

from tests.lab.device import Device, DeviceEntry, ExecResult
from tests.lab.errors import LabError
from tests.lab.lab import Document, Lab
from tests.lab.places import Places
from tests.lab.snapshot import Snapshot

__all__ = ["Device", "DeviceEntry", "Document", "ExecResult", "Lab", "LabError", "Places", "Snapshot"]
