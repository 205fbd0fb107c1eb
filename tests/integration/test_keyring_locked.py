"""A keyring that locks itself: what needs a secret says so before anything is begun, and works again as soon as it is unlocked."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.enrolments import kit_folder
from tests.integration.test_keyring import ROOT
from tests.lab import Device, Lab

_PROGRAM = (
    'printf %s "$KEYRING" | gnome-keyring-daemon --unlock --components=secrets >&2 '
    '&& unset KEYRING && exec "$PYTHON" -m tests.integration.keyring_worker'
)


def told(folder: Path, order: dict[str, Any]) -> dict[str, Any]:
    """What the worker tells, from a desktop session of its own with nobody to answer a prompt."""
    environment = {"PATH": os.defpath, "PYTHON": sys.executable, "KEYRING": order["keyring"]}
    for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"):
        (folder / name).mkdir(mode=0o700)
        environment[name] = str(folder / name)
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", _PROGRAM],
        cwd=ROOT, env=environment, input=json.dumps(order), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert "failed" not in document, document["failed"]
    return document


@pytest.mark.parametrize("forget_only", [False, True])
def test_locked_and_unlocked_again(lab: Lab, device: Device, tmp_path: Path, forget_only: bool) -> None:
    canary = f"canary-{secrets.token_hex(8)}"
    device.set_password("ask", canary)
    before = device.snapshot()
    order = {
        "folder": str(tmp_path),
        "kit": str(kit_folder(lab)),
        "address": device.address,
        "host_key": device.host_key,
        "password": canary,
        "keyring": "the keyring's own",
        "forget_only": forget_only,
    }
    story = told(tmp_path, order)
    for what in ("enrolling", "removing", "keeping", "forgetting"):
        message, advice, *steps = story[f"{what} while locked"]
        assert "it is locked" in message
        assert "password" in advice
        assert steps == []
    assert story["left by it"] == []
    assert story["kept"] == [f"credential/1/sudo={canary}", f"credential/1={canary}"]
    assert story["still"] == ["monitored", f"{device.address}:9100"]
    # The records, too: see the search below for what a database may still hold after a row is gone.
    assert (story["kept in the end"], story["left in the end"]) == ([], [])
    if not forget_only:
        assert before.difference(device.snapshot()) == []
    for file in (tmp_path / "data").rglob("*"):
        assert not file.is_file() or canary.encode() not in file.read_bytes(), file
