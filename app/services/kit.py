"""The kit: exporter builds kept on this machine, so that devices never need internet.

Filled from a release address or a mirror of it, `{url}/v{version}/node_exporter-{version}.linux-{architecture}.tar.gz` with
`sha256sums.txt` beside; an archive counts only when its sum is right. On disk: `{folder}/{version}/{architecture}/node_exporter` and
`build.json`, which is written last, so that a folder without it does not exist.
"""

import hashlib
import json
import re
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Protocol

import requests

from app.errors import InputError, KitError
from app.services.progress import CancelToken, LogLine, Report, StepAdvanced, step

ARCHITECTURES = (
    "386", "amd64", "arm64", "armv5", "armv6", "armv7", "mips", "mipsle", "mips64", "mips64le", "ppc64", "ppc64le", "riscv64", "s390x",
)  # fmt: skip

_TIMEOUT = (10.0, 30.0)
_PIECE = 256 * 1024
_SUMS_LIMIT = 64 * 1024
_ARCHIVE_LIMIT = 200 * 1024 * 1024
_BINARY_LIMIT = 300 * 1024 * 1024
_VERSION = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,5}){1,3}(?:-[a-z0-9.]{1,20})?")
_SUM_LINE = re.compile(r"([0-9a-f]{64})[ \t]+\*?(\S+)")
_MISSING_STATUS = {403, 404, 410}


@dataclass(frozen=True, slots=True)
class KitBuild:
    """One exporter build at hand. `sha256` (hex) and `size` (bytes) are of the binary at `path`."""

    version: str
    architecture: str
    sha256: str
    size: int
    path: Path


class FetchStep(StrEnum):
    """What `Kit.fetch` reports. ARCHIVE comes once an architecture, which is the event's subject; it advances in bytes."""

    SUMS = "sums"
    ARCHIVE = "archive"


class Kit:
    """The builds in `folder`. Several processes may use one folder. Safe to use from several threads."""

    def __init__(self, folder: Path, session: Callable[[], requests.Session] = requests.Session) -> None:
        self._folder = folder
        self._session = session
        self._lock = threading.Lock()
        self._read: tuple[KitBuild, bytes] | None = None

    def builds(self) -> list[KitBuild]:
        """What is at hand, newest version first, then by architecture. Folders that are not whole are passed over."""
        found = [build for file in self._folder.glob("*/*/build.json") if (build := _described(file))]
        by_architecture = sorted(found, key=lambda build: build.architecture)
        return sorted(by_architecture, key=lambda build: newness(build.version), reverse=True)

    def choose(self, architecture: str) -> KitBuild:
        """The newest build for an architecture. Raises KitError."""
        builds = self.builds()
        for build in builds:
            if build.architecture == architecture:
                return build
        at_hand = ", ".join(sorted({build.architecture for build in builds})) or "none"
        raise KitError(
            f"At hand: {at_hand}",
            reason=f"There is no exporter build for {architecture} in the kit.",
            what_to_do="Get it while there is a network: plantwatch kit fetch",
        )

    def newer_than(self, version: str, architecture: str) -> KitBuild | None:
        """The build that `choose` would give, if it is newer than `version`."""
        for build in self.builds():
            if build.architecture == architecture:
                return build if newness(build.version) > newness(version) else None
        return None

    def read(self, build: KitBuild) -> bytes:
        """The binary, checked against its sum. The last one read is kept in memory. Raises KitError when it is damaged or gone."""
        with self._lock:
            if self._read and self._read[0] == build:
                return self._read[1]
            try:
                content = build.path.read_bytes()
            except OSError as error:
                raise _damaged(build, str(error.strerror)) from error
            if hashlib.sha256(content).hexdigest() != build.sha256:
                raise _damaged(build, "its checksum is wrong")
            self._read = (build, content)
            return content

    def fetch(
        self,
        url: str,
        version: str,
        architectures: Iterable[str] | None = None,
        *,
        report: Report,
        token: CancelToken,
    ) -> list[KitBuild]:
        """Get the builds of `version` (all architectures, or some) from a release address; those at hand already are only returned.

        An architecture that the source does not have is reported as a LogLine, and is no error unless nothing at all was found.
        Raises InputError for a bad version or architecture, KitError, Cancelled. Nothing half-done is left.
        """
        wanted = tuple(architectures) if architectures is not None else ARCHITECTURES
        _check_wanted(version, wanted)
        base = f"{url.rstrip('/')}/v{version}"
        source = _Source(self._session(), base, token)
        found = []
        with source:
            with step(report, token, FetchStep.SUMS):
                sums = source.sums()
            for architecture in wanted:
                archive = f"node_exporter-{version}.linux-{architecture}.tar.gz"
                if archive not in sums:
                    report(LogLine(f"{base} has no build for {architecture}."))
                    continue
                with step(report, token, FetchStep.ARCHIVE, architecture) as handle:
                    build = self._one(source, _Wanted(version, architecture, archive, sums[archive]), report)
                    found.append(build)
                    handle.detail = f"{build.size / 1e6:.1f} MB"
        if not found:
            raise KitError(
                f"{base}/sha256sums.txt names none of: {', '.join(wanted)}",
                reason=f"The source has no exporter {version} for what was asked.",
                what_to_do="Check the version and the address of the kit in the settings.",
            )
        return found

    def _one(self, source: "_Source", wanted: "_Wanted", report: Report) -> KitBuild:
        """One build: what is at hand if it is right, else fetched into a folder of its own and moved into place."""
        place = self._folder / wanted.version / wanted.architecture
        present = _described(place / "build.json")
        if present and _sum_recorded(place) == wanted.sha256 and _is_whole(present):
            return present

        def progress(done: int, total: int) -> None:
            report(StepAdvanced(FetchStep.ARCHIVE, done, total, wanted.architecture))

        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=self._folder) as made:
            packed = Path(made, "archive")
            source.download(wanted.archive, packed, wanted.sha256, progress)
            fresh = Path(made, "build")
            fresh.mkdir()
            digest = _unpack(packed, wanted.archive, fresh / "node_exporter")
            facts = {
                "sha256": digest,
                "size": (fresh / "node_exporter").stat().st_size,
                "archive_sha256": wanted.sha256,
            }
            (fresh / "build.json").write_text(json.dumps(facts))
            _replace(fresh, place)
        build = _described(place / "build.json")
        if build is None:
            raise KitError(reason=f"{place} cannot be read back.", what_to_do="Check the disk of this machine.")
        return build


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One archive of a release, and its sum."""

    version: str
    architecture: str
    archive: str
    sha256: str


class _Source:
    """One release on a server."""

    def __init__(self, session: requests.Session, base: str, token: CancelToken) -> None:
        self._session = session
        self._base = base
        self._token = token

    def __enter__(self) -> "_Source":
        return self

    def __exit__(self, *_details: object) -> None:
        self._session.close()

    def sums(self) -> dict[str, str]:
        """SHA-256 (hex) by file name."""
        collected = bytearray()
        self._get("sha256sums.txt", _SUMS_LIMIT, lambda piece, _total: collected.extend(piece))
        lines = collected.decode("utf-8", "replace").splitlines()
        found = {match[2]: match[1] for line in lines if (match := _SUM_LINE.fullmatch(line.strip()))}
        if not found:
            raise self._trouble("has no list of checksums that can be read.", "sha256sums.txt")
        return found

    def download(self, name: str, to: Path, expected: str, progress: Callable[[int, int], None]) -> None:
        """Into a file; raises KitError when its sum is not `expected`."""
        digest = hashlib.sha256()
        done = 0
        with to.open("wb") as file:

            def write(piece: bytes, total: int) -> None:
                nonlocal done
                file.write(piece)
                digest.update(piece)
                done += len(piece)
                progress(done, total)

            self._get(name, _ARCHIVE_LIMIT, write)
        self._token.check()
        if digest.hexdigest() != expected:
            raise self._trouble("sent a file with a wrong checksum.", f"{name}: {digest.hexdigest()} is not {expected}")

    def _get(self, name: str, limit: int, write: Callable[[bytes, int], None]) -> None:
        try:
            with self._session.get(f"{self._base}/{name}", stream=True, timeout=_TIMEOUT) as answer:
                if answer.status_code in _MISSING_STATUS:
                    raise self._trouble("does not have this release.", f"{name}: status {answer.status_code}")
                if not answer.ok:
                    raise self._trouble("does not serve the release.", f"{name}: status {answer.status_code}")
                total = int(answer.headers.get("Content-Length", "0"))
                received = 0
                for piece in answer.iter_content(_PIECE):
                    self._token.check()
                    received += len(piece)
                    if received > limit:
                        raise self._trouble("sends more than a release can be.", name)
                    write(piece, total)
        except (requests.RequestException, ValueError) as error:
            raise self._trouble("cannot be reached.", f"{name}: {error}") from error

    def _trouble(self, reason: str, evidence: str) -> KitError:
        return KitError(
            evidence,
            reason=f"The kit's source {self._base} {reason}",
            what_to_do="Check the address and the version of the kit in the settings, and the network; or use a mirror.",
        )


def _check_wanted(version: str, architectures: tuple[str, ...]) -> None:
    if not _VERSION.fullmatch(version):
        raise InputError("kit_version", f"“{version}” is not a version. One looks like 1.12.1.")
    for architecture in architectures:
        if architecture not in ARCHITECTURES:
            raise InputError("architecture", f"“{architecture}” is none of {', '.join(ARCHITECTURES)}.")


class _Writable(Protocol):
    def write(self, data: bytes, /) -> int: ...


def _unpack(packed: Path, archive: str, to: Path) -> str:
    """Take the one member that is wanted, by its exact name, and nothing else. Returns its SHA-256."""
    member = f"{archive.removesuffix('.tar.gz')}/node_exporter"
    digest = hashlib.sha256()
    try:
        with tarfile.open(packed, "r:gz") as tar:
            for entry in tar:
                if entry.name.removeprefix("./") == member and entry.isreg() and 0 < entry.size <= _BINARY_LIMIT:
                    with to.open("wb") as file:
                        _copy(tar.extractfile(entry), file, digest.update)
                    to.chmod(0o755)
                    return digest.hexdigest()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise KitError(
            f"{archive}: {error}", reason="An archive of the kit cannot be unpacked.", what_to_do="Fetch it again."
        ) from error
    raise KitError(archive, reason=f"An archive of the kit has no {member}.", what_to_do="Check the kit's source.")


def _copy(source: IO[bytes] | None, file: _Writable, update: Callable[[bytes], None]) -> None:
    while source and (piece := source.read(_PIECE)):
        file.write(piece)
        update(piece)


def _replace(fresh: Path, place: Path) -> None:
    """A folder cannot be renamed over another: the old one loses its description first, and so stops to count."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        (place / "build.json").unlink(missing_ok=True)
        shutil.rmtree(place)
    try:
        fresh.rename(place)
    except OSError as error:
        if not (place / "build.json").exists():  # else another process has brought the same in this moment
            raise KitError(
                str(error), reason=f"{place} cannot be written.", what_to_do="Check the disk of this machine."
            ) from error


def _described(file: Path) -> KitBuild | None:
    """The build beside a description; None when it is not one."""
    try:
        facts = json.loads(file.read_text())
        binary = file.parent / "node_exporter"
        build = KitBuild(
            file.parent.parent.name, file.parent.name, str(facts["sha256"]), int(facts["size"]), binary
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return build if binary.is_file() else None


def _sum_recorded(place: Path) -> str:
    facts: dict[str, object] = json.loads((place / "build.json").read_text())
    return str(facts.get("archive_sha256", ""))


def _is_whole(build: KitBuild) -> bool:
    with build.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == build.sha256


def newness(version: str) -> tuple[tuple[int, ...], bool]:
    """By which versions are ordered: their numbers; a release is newer than its candidates."""
    numbers, _, candidate = version.partition("-")
    return tuple(int(number) for number in numbers.split(".") if number.isdigit()), not candidate


def _damaged(build: KitBuild, why: str) -> KitError:
    return KitError(
        f"{build.path}: {why}",
        reason=f"The exporter build {build.version} for {build.architecture} in the kit is damaged.",
        what_to_do="Fetch it again: plantwatch kit fetch",
    )
