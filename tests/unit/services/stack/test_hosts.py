"""Where a Docker host is, and what is refused before anything is sent."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from app.errors import HostError, StackError
from app.models.stack import DockerHost, StackOptions
from app.services.stack.hosts import Location, list_hosts, locate
from app.services.stack.reach import check_reachable

# The SDK opens a context's file without closing it; the interpreter does, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:.*meta.json:pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No docker configuration and no variables but those of the test."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / ".docker"))
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text("{}")
    return tmp_path


def add_context(home: Path, name: str, host: str) -> None:
    folder = home / ".docker" / "contexts" / "meta" / sha256(name.encode()).hexdigest()
    folder.mkdir(parents=True)
    document = {"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": False}}}
    (folder / "meta.json").write_text(json.dumps(document))


def test_the_local_engine_follows_docker_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///somewhere.sock")
    assert locate(DockerHost()).url == "unix:///somewhere.sock"


def test_contexts_are_listed_and_found(own_home: Path) -> None:
    add_context(own_home, "plant", "ssh://op@plant.example")
    assert list_hosts() == [DockerHost(), DockerHost(context="plant")]
    location = locate(DockerHost(context="plant"))
    assert location.url == "ssh://op@plant.example"
    assert location.is_ssh
    assert not location.is_local


def test_a_damaged_context_is_a_clear_error(own_home: Path) -> None:
    add_context(own_home, "plant", "ssh://op@plant.example")
    (meta,) = (own_home / ".docker" / "contexts" / "meta").glob("*/meta.json")
    meta.write_text("{")
    with pytest.raises(HostError):
        list_hosts()
    with pytest.raises(HostError):
        locate(DockerHost(context="plant"))


def test_an_unknown_context_is_a_clear_error() -> None:
    with pytest.raises(HostError, match="nowhere is not a docker context"):
        locate(DockerHost(context="nowhere"))


@pytest.mark.parametrize("url", ["ftp://host", "host", "ssh://u:secret@host", "tcp://192.0.2.1:2375"])
def test_urls_that_cannot_be_used_safely_are_refused(url: str) -> None:
    with pytest.raises(HostError) as caught:
        locate(DockerHost(url=url))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("unix:///var/run/docker.sock", True),
        ("npipe:////./pipe/docker_engine", True),
        ("tcp://127.0.0.1:2375", True),
        ("tcp://[::1]:2375", True),
        ("tcp://localhost:2375", True),
        ("ssh://root@localhost", False),
        ("tcp://192.0.2.1:2376", False),
    ],
)
def test_what_counts_as_local(url: str, *, local: bool) -> None:
    assert Location("x", url).is_local is local


def test_passwords_never_cross_a_network_in_plain_text() -> None:
    ssh, tcp, unix = (Location("x", url) for url in ("ssh://u@h", "tcp://192.0.2.1:2376", "unix:///s"))
    here, everywhere = StackOptions(), StackOptions(publish_address="0.0.0.0")
    check_reachable(unix, here)
    check_reachable(unix, everywhere)
    check_reachable(ssh, here)
    for location, options in ((ssh, everywhere), (tcp, here), (tcp, everywhere)):
        with pytest.raises(StackError, match="plain text"):
            check_reachable(location, options)
