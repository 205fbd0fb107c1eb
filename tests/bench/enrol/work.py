"""What every way has to do on a device: three files in their places with owners and modes, their sum compared, the exporter's version asked."""

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.enrol.devices import INSTALL_PLACE, LoopbackDevice
from tests.bench.enrol.kit import exporter_binary

BINARY, UNIT, WEB = "node_exporter", "bench-node-exporter.service", "web.yml"
_RESOURCES = Path(__file__).parents[3] / "resources" / "remote"
_FOLDER = f"/{INSTALL_PLACE}"
_UNITS = "/etc/systemd/system"


@dataclass(frozen=True)
class Payload:
    """The files in a folder of this machine, as one tar, and the digest of the binary."""

    folder: Path
    sha256: str

    @property
    def tar(self) -> Path:
        return self.folder / "payload.tar"

    @classmethod
    def make(cls, folder: Path) -> "Payload":
        folder.mkdir()
        binary = exporter_binary().read_bytes()
        content = {
            BINARY: (f"{_FOLDER}/{BINARY}", 0o755, binary),
            UNIT: (f"{_UNITS}/{UNIT}", 0o644, (_RESOURCES / "plantwatch-node-exporter.service").read_bytes()),
            WEB: (f"{_FOLDER}/{WEB}", 0o644, (_RESOURCES / "plantwatch-web.yml").read_bytes()),
        }
        made = cls(folder, hashlib.sha256(binary).hexdigest())
        with tarfile.open(made.tar, "w", format=tarfile.USTAR_FORMAT) as tar:
            for name, (place, mode, text) in content.items():
                (folder / name).write_bytes(text)
                entry = tarfile.TarInfo(place.lstrip("/"))
                entry.mode, entry.size = mode, len(text)
                tar.addfile(entry, io.BytesIO(text))
        return made

    @property
    def from_tar(self) -> str:
        """The shell's commands on a device, the tar on standard input. No single quotes in it."""
        return f"set -e; umask 022; mkdir -p {_FOLDER}; tar -xf - -C / --no-same-owner; {self.finish}"

    @property
    def finish(self) -> str:
        """The rest of it, once the files are in their places."""
        places = f"{_FOLDER}/{BINARY} {_FOLDER}/{WEB} {_UNITS}/{UNIT}"
        return (
            f"chown 0:0 {places}; chmod 755 {_FOLDER}/{BINARY}; chmod 644 {_FOLDER}/{WEB} {_UNITS}/{UNIT}; "
            f"echo {self.sha256} {_FOLDER}/{BINARY} | sha256sum -c --quiet -; {_FOLDER}/{BINARY} --version 2>&1 | head -n 1"
        )

    def check(self, device: LoopbackDevice) -> None:
        """Raises AssertionError when it is not done on `device`."""
        for place, mode in ((f"{_FOLDER}/{BINARY}", 0o755), (f"{_FOLDER}/{WEB}", 0o644), (f"{_UNITS}/{UNIT}", 0o644)):
            made = (device.root / place.lstrip("/")).stat()
            assert (made.st_uid, made.st_gid, made.st_mode & 0o7777) == (0, 0, mode), f"{device.address}{place}"
        size = (device.root / INSTALL_PLACE / BINARY).stat().st_size
        assert size == (self.folder / BINARY).stat().st_size, f"{device.address}: {size} bytes"
