"""plantwatch-key.sh in the shells and with the tools that devices have, BusyBox's among them, on a home of its own."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.services.enrolment.program import Mode, program_text, with_header

_OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5Bq6Qp0hXo3bq0l2Z1Vt5QvUfEwC8y0m9oU2d5nY7k somebody@desk"
_KEY = "restrict ssh-ed25519 AAAA plantwatch:0b7e-11/{0} endpoint WTG 01"
_PATH = "PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"

Run = Callable[[Mode, int], str]


@pytest.fixture(params=["bash", "dash", "busybox"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Runs a mode with the line of that number and returns what was answered. The home is `tmp_path`/home."""
    kind: str = request.param
    if not shutil.which(kind):
        pytest.skip(f"no {kind} here")
    shell, tools = kind, _PATH
    if kind == "busybox":
        folder = tmp_path / "tools"
        folder.mkdir()
        subprocess.run(["busybox", "--install", "-s", folder], check=True)
        shell, tools = str(folder / "sh"), f"PATH={folder}"
    home = tmp_path / "home"
    home.mkdir()

    def run(mode: Mode, number: int) -> str:
        arguments = {"PW_TAG": f"plantwatch:0b7e-11/{number}", "PW_LINE": _KEY.format(number)}
        text = with_header(mode, "0123", arguments).decode()
        assert text.count(f"{_PATH}\n") == 1
        # Nobody has this name, so that it is the home in the environment that counts.
        environment = {
            "HOME": str(home),
            "LOGNAME": "plantwatch-nobody",
            "SSH_CONNECTION": "192.0.2.7 4711 192.0.2.8 22",
        }
        ended = subprocess.run(
            [shell, "-c", text.replace(_PATH, tools)], env=environment, capture_output=True, text=True, check=False
        )
        assert ended.stderr == ""
        return ended.stdout

    return run


def seen(folder: Path) -> dict[str, tuple[str, bytes]]:
    """All below a folder: modes and contents."""
    found = {}
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(folder))] = (oct(path.stat().st_mode), content)
    return found


def put(home: Path, content: str | None, *, folder_mode: int = 0o700, mode: int = 0o640) -> None:
    """A folder for keys, and a file in it unless there is no content."""
    (home / ".ssh").mkdir()
    (home / ".ssh").chmod(folder_mode)
    if content is not None:
        file = home / ".ssh/authorized_keys"
        file.write_bytes(content.encode())
        file.chmod(mode)


_CONTENTS = ["", _OTHER, f"{_OTHER}\n", f"\n\n# {_OTHER}\r\n\n\n", None]


@pytest.mark.parametrize("content", _CONTENTS)
@pytest.mark.parametrize("order", [(7,), (7, 8), (8, 7)])
def test_the_file_is_afterwards_as_it_was(
    run: Run, tmp_path: Path, content: str | None, order: tuple[int, ...]
) -> None:
    home = tmp_path / "home"
    put(home, content)
    before = seen(home)
    for number in sorted(order) * 2:  # either may be repeated
        assert run(Mode.KEY_ADD, number) == "@0123 done\n"
    lines = (home / ".ssh/authorized_keys").read_text().splitlines()
    assert [line.partition(" made:")[0] for line in lines[-len(order) :]] == [
        _KEY.format(each) for each in sorted(order)
    ]
    for number in order * 2:
        assert run(Mode.KEY_REMOVE, number) == "@0123 done\n"
    assert seen(home) == before


@pytest.mark.parametrize("order", [(7,), (7, 8), (8, 7)])
def test_the_folder_goes_with_the_last_key(run: Run, tmp_path: Path, order: tuple[int, ...]) -> None:
    home = tmp_path / "home"
    for number in sorted(order):
        run(Mode.KEY_ADD, number)
    assert (home / ".ssh").stat().st_mode & 0o777 == 0o700
    assert (home / ".ssh/authorized_keys").stat().st_mode & 0o777 == 0o600
    for number in order:
        run(Mode.KEY_REMOVE, number)
    assert seen(home) == {}


def test_what_others_put_there_stays(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(Mode.KEY_ADD, 7)
    (home / ".ssh/known_hosts").touch()
    with (home / ".ssh/authorized_keys").open("a") as file:
        file.write(_OTHER)
    run(Mode.KEY_REMOVE, 7)
    assert (home / ".ssh/authorized_keys").read_text() == _OTHER
    assert (home / ".ssh/known_hosts").exists()


def test_looking_tells_the_line_and_where_from(run: Run, tmp_path: Path) -> None:
    assert run(Mode.KEY_LOOK, 7) == "@0123 client 192.0.2.7\n@0123 done\n"
    assert seen(tmp_path / "home") == {}
    run(Mode.KEY_ADD, 7)
    assert f"@0123 line {_KEY.format(7)} made:folder,file\n" in run(Mode.KEY_LOOK, 7)
    assert "line" not in run(Mode.KEY_LOOK, 77)


def test_a_link_is_not_followed(run: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    os.symlink(elsewhere, tmp_path / "home/.ssh")
    for mode in (Mode.KEY_LOOK, Mode.KEY_ADD, Mode.KEY_REMOVE):
        assert run(mode, 7).startswith("@0123 failed key_place ")
    assert seen(elsewhere) == {}


def test_what_was_only_begun_is_swept_away(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "home", _OTHER)
    before = seen(tmp_path / "home")
    (tmp_path / "home/.ssh/authorized_keys.plantwatch-new").write_text("half a li")
    (tmp_path / "home/.ssh.plantwatch-new").mkdir()
    run(Mode.KEY_REMOVE, 7)
    assert seen(tmp_path / "home") == before


def test_it_is_plain_ascii() -> None:
    assert program_text("plantwatch-key.sh").isascii()
