"""The kit without a network: what a source may get wrong, and what is on disk then."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from app.errors import Cancelled, InputError, KitError
from app.services.kit import ARCHITECTURES, Kit
from app.services.progress import CancelToken, Event, LogLine, StepAdvanced, ignore
from tests.unit.services.answering import Answer, Reply, Request, answering

_URL = "http://mirror.example/kit"
_BINARY = b"\x7fELF" + b"metrics" * 1000


def archive(*members: tuple[str, bytes], version: str = "1.2.3", links: tuple[str, ...] = ()) -> bytes:
    """A .tar.gz with these members, named below its usual folder unless absolute or climbing."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in links:
            link = tarfile.TarInfo(f"node_exporter-{version}.linux-amd64/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(link)
        for name, content in members:
            entry = tarfile.TarInfo(
                name if name.startswith((".", "/")) else f"node_exporter-{version}.linux-amd64/{name}"
            )
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def release(packed: bytes, *, listed: str = "", version: str = "1.2.3") -> Answer:
    """A source that has one amd64 archive, with its true sum or the one in `listed`."""
    name = f"node_exporter-{version}.linux-amd64.tar.gz"
    sums = f"{listed or hashlib.sha256(packed).hexdigest()}  {name}\n"

    def answer(request: Request) -> Reply:
        if request.path == f"/kit/v{version}/sha256sums.txt":
            return Reply(200, sums.encode())
        if request.path == f"/kit/v{version}/{name}":
            return Reply(200, packed, {"Content-Length": str(len(packed))})
        return Reply(404)

    return answer


def kit_at(folder: Path, answer: Answer) -> Kit:
    return Kit(folder, lambda: answering(answer)[0])


def test_a_build_is_taken_from_its_archive(tmp_path: Path) -> None:
    events: list[Event] = []
    packed = archive(("LICENSE", b"text"), ("node_exporter", _BINARY))
    kit = kit_at(tmp_path, release(packed))
    (build,) = kit.fetch(_URL + "/", "1.2.3", report=events.append, token=CancelToken())
    assert (build.version, build.architecture, build.size) == ("1.2.3", "amd64", len(_BINARY))
    assert build.sha256 == hashlib.sha256(_BINARY).hexdigest()
    assert kit.read(kit.choose("amd64")) == _BINARY
    assert len([event for event in events if isinstance(event, LogLine)]) == len(ARCHITECTURES) - 1
    assert StepAdvanced in {type(event) for event in events}


@pytest.mark.parametrize(
    ("packed", "listed", "word"),
    [
        (archive(("node_exporter", _BINARY)), "0" * 64, "wrong checksum"),
        (archive(("other", _BINARY)), "", "has no"),
        (archive(("../node_exporter", _BINARY), ("/node_exporter", _BINARY)), "", "has no"),
        (archive(links=("node_exporter",)), "", "has no"),
        (archive(("node_exporter", _BINARY))[:-100], "", "cannot be unpacked"),
        (b"not an archive", "", "cannot be unpacked"),
    ],
    ids=["sum", "other", "climbing", "link", "cut", "none"],
)
def test_what_is_not_right_is_not_kept(tmp_path: Path, packed: bytes, listed: str, word: str) -> None:
    kit = kit_at(tmp_path / "kit", release(packed, listed=listed))
    with pytest.raises(KitError) as caught:
        kit.fetch(_URL, "1.2.3", ["amd64"], report=ignore, token=CancelToken())
    assert word in caught.value.message
    assert caught.value.advice
    assert kit.builds() == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("status", [404, 403, 500])
def test_a_source_without_the_release(tmp_path: Path, status: int) -> None:
    kit = kit_at(tmp_path, lambda _request: Reply(status))
    with pytest.raises(KitError) as caught:
        kit.fetch(_URL, "1.2.3", report=ignore, token=CancelToken())
    assert f"{_URL}/v1.2.3" in caught.value.message
    assert str(status) in caught.value.evidence


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    token = CancelToken()

    def report(event: Event) -> None:
        if isinstance(event, StepAdvanced):
            token.cancel()

    kit = kit_at(tmp_path, release(archive(("node_exporter", _BINARY * 100))))
    with pytest.raises(Cancelled):
        kit.fetch(_URL, "1.2.3", ["amd64"], report=report, token=token)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("version", ["", "latest", "../1.2.3", "1.2.3/../x", "v1.2.3", "1"])
def test_bad_versions_ask_nobody(tmp_path: Path, version: str) -> None:
    with pytest.raises(InputError, match="version"):
        kit_at(tmp_path, lambda request: pytest.fail(request.url)).fetch(
            _URL, version, report=ignore, token=CancelToken()
        )


def test_bad_architecture(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="z80"):
        kit_at(tmp_path, lambda request: pytest.fail(request.url)).fetch(
            _URL, "1.2.3", ["z80"], report=ignore, token=CancelToken()
        )


def test_the_newest_is_chosen(tmp_path: Path) -> None:
    for version in ("1.5.0", "1.12.1", "1.12.0", "1.12.1-rc.1", "1.9.9"):
        put(tmp_path, version)
    put(tmp_path, "2.0.0", architecture="arm64")
    kit = Kit(tmp_path)
    assert kit.choose("amd64").version == "1.12.1"
    assert [build.version for build in kit.builds()][:3] == ["2.0.0", "1.12.1", "1.12.1-rc.1"]
    with pytest.raises(KitError) as caught:
        kit.choose("s390x")
    assert "s390x" in caught.value.message
    assert "amd64, arm64" in caught.value.evidence


def test_damage_is_noticed(tmp_path: Path) -> None:
    put(tmp_path, "1.5.0")
    build = Kit(tmp_path).choose("amd64")
    build.path.write_bytes(b"\x7fELF" + b"X" * (build.size - 4))
    with pytest.raises(KitError, match="damaged"):
        Kit(tmp_path).read(build)
    build.path.unlink()
    with pytest.raises(KitError, match="damaged"):
        Kit(tmp_path).read(build)
    assert Kit(tmp_path).builds() == []


def test_folders_that_are_not_whole_are_passed_over(tmp_path: Path) -> None:
    for content in ("", "[]", "{}", '{"sha256": 1, "size": "x"}'):
        (tmp_path / "1.5.0" / "amd64").mkdir(parents=True, exist_ok=True)
        (tmp_path / "1.5.0" / "amd64" / "build.json").write_text(content)
        assert Kit(tmp_path).builds() == []


def put(folder: Path, version: str, *, architecture: str = "amd64") -> None:
    place = folder / version / architecture
    place.mkdir(parents=True)
    (place / "node_exporter").write_bytes(_BINARY)
    facts = {"sha256": hashlib.sha256(_BINARY).hexdigest(), "size": len(_BINARY), "archive_sha256": ""}
    (place / "build.json").write_text(json.dumps(facts))
