"""The kit source: exporter builds under upstream's file names, made from Debian's binary and served over loopback HTTP."""

import gzip
import hashlib
import io
import re
import sys
import tarfile
from pathlib import Path

import requests

from tests.lab.debian import cached, unpacked
from tests.lab.places import Places
from tests.lab.system import detach, end_processes, processes_of, run, wait_until

_SERVER = Path(__file__).with_name("kit_server.py")
# Debian's names of architectures, and upstream's.
_ARCHITECTURES = {"amd64": "amd64", "arm64": "arm64", "armhf": "armv7", "i386": "386"}
_NOTICE = (
    "Built by Debian; repacked by Plantwatch's test lab under the names of the Prometheus project's release files.\n"
)


class KitServer:
    """Serves `{url}/v{version}/node_exporter-{version}.linux-{arch}.tar.gz` and `{url}/v{version}/sha256sums.txt`."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._port = places.state / "kit.port"

    @property
    def url(self) -> str:
        """Where it listens; empty while it does not run."""
        return f"http://127.0.0.1:{self._port.read_text()}" if self.is_running() else ""

    def is_running(self) -> bool:
        """Whether the server lives and answers."""
        if not self._processes() or not self._port.exists():
            return False
        with requests.Session() as session:
            session.trust_env = False  # a proxy for the internet has no business here
            try:
                return session.get(f"http://127.0.0.1:{self._port.read_text()}/", timeout=5).ok
            except requests.RequestException:
                return False

    def start(self) -> str:
        """Serves the kit, building it first if the cache has none. Returns the version of the exporter."""
        directory = cached(
            self._places, "kit", _SERVER.with_name("kit.py").read_text(), lambda target: _build(self._places, target)
        )
        if not processes_of(_SERVER.name, str(directory)) or not self.is_running():
            self.stop()
            arguments = [sys.executable, str(_SERVER), str(directory), str(self._port)]
            detach(arguments, log=self._places.state / "kit.log")
            wait_until(self.is_running, seconds=15, what="the kit server to answer")
        (version,) = (path.name.removeprefix("v") for path in directory.iterdir())
        return version

    def stop(self) -> None:
        """Ends the server if it runs."""
        end_processes(self._processes())
        self._port.unlink(missing_ok=True)

    def _processes(self) -> list[int]:
        return processes_of(_SERVER.name, str(self._port))


def _build(places: Places, target: Path) -> None:
    packages = unpacked(places, "prometheus-node-exporter")
    binary = packages / "usr/bin/prometheus-node-exporter"
    found = re.search(r"version (\d+\.\d+\.\d+)", run([str(binary), "--version"]))
    assert found, "node_exporter --version names no version"
    version = found[1]
    architecture = _ARCHITECTURES[run(["dpkg", "--print-architecture"]).strip()]
    name = f"node_exporter-{version}.linux-{architecture}"
    archive = _archive(
        name,
        {
            "LICENSE": (Path("/usr/share/common-licenses/Apache-2.0").read_bytes(), 0o644),
            "NOTICE": (_NOTICE.encode(), 0o644),
            "node_exporter": (binary.read_bytes(), 0o755),
        },
    )
    directory = target / f"v{version}"
    directory.mkdir(parents=True)
    (directory / f"{name}.tar.gz").write_bytes(archive)
    (directory / "sha256sums.txt").write_text(f"{hashlib.sha256(archive).hexdigest()}  {name}.tar.gz\n")


def _archive(name: str, files: dict[str, tuple[bytes, int]]) -> bytes:
    """A release archive; the same input gives the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        top = tarfile.TarInfo(name)
        top.type, top.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(top)
        for path, (content, mode) in files.items():
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size, entry.mode = len(content), mode
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
