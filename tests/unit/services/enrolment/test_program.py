"""How the remote program is carried, and how its answers are read."""

import shutil
import subprocess

import pytest

from app.models.device import Privilege
from app.models.endpoint import Login, LoginKind
from app.models.secret import Secret
from app.services.enrolment import failures
from app.services.enrolment.program import (
    AnswerReader,
    Mode,
    RemoteProgram,
    bootstrap,
    plain,
    program_text,
    with_header,
)
from app.services.enrolment.shell import LOOPBACK, Connector, Ended, Expected, Outbox
from app.services.progress import CancelToken

_SHELLS = [["sh"], ["bash"], ["dash"], ["busybox", "sh"]]
_PAYLOAD = b"\x00\xff\n'binary' payload\n\n\n" * 1000


@pytest.fixture(params=_SHELLS, ids=" ".join)
def login_shell(request: pytest.FixtureRequest) -> list[str]:
    shell: list[str] = request.param
    if not shutil.which(shell[0]):
        pytest.skip(f"no {shell[0]} here")
    return shell


def test_the_bootstrap_reads_its_program_and_not_a_byte_more(login_shell: list[str]) -> None:
    text = b"echo from the program; cat; exit 3\n"
    command = bootstrap("0123", len(text))
    ended = subprocess.run([*login_shell, "-c", command], input=text + _PAYLOAD, capture_output=True, check=False)
    assert ended.stdout == b"\n@0123 ready\nfrom the program\n" + _PAYLOAD
    assert ended.returncode == 3


def test_the_bootstrap_waits_for_what_comes_in_drops(login_shell: list[str]) -> None:
    text = b"echo whole; cat\n"
    command = bootstrap("0123", len(text))
    with subprocess.Popen([*login_shell, "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for byte in text + b"rest":
            process.stdin.write(bytes([byte]))
            process.stdin.flush()
        process.stdin.close()
        assert process.stdout.read() == b"\n@0123 ready\nwhole\nrest"


def test_a_bootstrap_without_its_program_ends(login_shell: list[str]) -> None:
    command = bootstrap("0123", 100)
    ended = subprocess.run([*login_shell, "-c", command], input=b"echo cut", capture_output=True, check=False)
    assert ended.returncode == 9
    assert b"cut" not in ended.stdout


def test_the_command_line_means_the_same_to_every_login_shell() -> None:
    command = bootstrap("0123456789abcdef", 20000)
    assert command.count("'") == 2
    assert command.startswith("sh -c '")
    assert command.endswith("'")
    assert not set("\\!\n`") & set(command)


@pytest.mark.parametrize("value", ["it's", '"$(reboot)"', "a\nb", "`id`; $HOME \\ & | > #", "", "-n"])
def test_arguments_reach_the_program_as_they_are(login_shell: list[str], value: str) -> None:
    text = with_header(Mode.CHECK, "0123", {"PW_UNIT": value}).split(b"#!/bin/sh")[0]
    script = text + b'printf %s "$PW_UNIT"\n'
    ended = subprocess.run([*login_shell, "-c", script.decode()], capture_output=True, check=True)
    assert ended.stdout.decode() == value


def test_arguments_that_are_none() -> None:
    for name, value in (("PW_UNIT", "naïve"), ("PW_UNIT", "a\0b"), ("PATH", "/tmp"), ("PW_X;reboot", "")):
        with pytest.raises(ValueError, match="not an argument"):
            with_header(Mode.CHECK, "0123", {name: value})


def test_the_program_is_ascii_and_runs_with_facts_here(login_shell: list[str]) -> None:
    assert program_text().isascii()
    text = with_header(Mode.FACTS, "0123", {"PW_PORT": 9100})
    command = bootstrap("0123", len(text))
    ended = subprocess.run([*login_shell, "-c", command], input=text, capture_output=True, check=False)
    lines = ended.stdout.decode().splitlines()
    assert lines[1] == "@0123 ready"
    assert lines[-1] == "@0123 done"
    assert "@0123 protocol 1" in lines


def test_only_our_lines_count() -> None:
    heard: list[tuple[str, str]] = []
    reader = AnswerReader("77", lambda key, value: heard.append((key, value)), "10.0.0.1:22")
    for line in (
        "Welcome!", "@78 done", " @77 done", "@77 Bad-Key x", "@77", "@77 log \x1b[31mred\x07", "@77 free_kib  12", "@77 done",
    ):  # fmt: skip
        reader.read(line)
    assert heard == [("log", "[31mred"), ("free_kib", "12")]
    assert reader.answers.is_complete
    assert "Welcome!" in reader.noise


def test_values_are_plain_and_bounded() -> None:
    assert plain("a\tb\u202ec\x00d") == "a b c d"
    assert len(plain("x" * 100_000)) == 1000


class ScriptedShell:
    """A `RemoteShell` that answers lines, and takes what it is sent."""

    def __init__(self, *lines: str, errors: str = "", status: int | None = 0) -> None:
        self._lines = lines
        self._ended = Ended(status, errors)
        self.command = ""
        self.sent = b""

    def run(self, command: str, outbox: Outbox, **how: object) -> Ended:
        self.command = command
        nonce = command.split("@")[1].split(" ", maxsplit=1)[0]
        on_line, on_errors = how["on_line"], how["on_errors"]
        assert callable(on_line)
        assert callable(on_errors)
        self._drain(outbox)
        on_errors(self._ended.errors)
        for line in self._lines:
            on_line(line.replace("@", f"@{nonce} ", 1))
            self._drain(outbox)
        assert outbox.is_finished
        return self._ended

    def _drain(self, outbox: Outbox) -> None:
        while not outbox.is_empty:
            self.sent += outbox.take(100)

    def https_get(
        self, port: int, path: str, tls: Expected, *, timeout: float, limit: int, address: str = LOOPBACK
    ) -> bytes | None:
        raise NotImplementedError

    def onward(self) -> Connector:
        raise NotImplementedError

    def close(self) -> None: ...


def program(
    shell: ScriptedShell, privilege: Privilege | None = Privilege.SUDO, *, password: str = "pass", sudo: str = ""
) -> RemoteProgram:
    made = RemoteProgram(
        shell, "10.0.0.1:22", Login("ada", LoginKind.PASSWORD, secret=Secret(password), sudo_password=Secret(sudo))
    )
    made.privilege = privilege
    return made


def test_a_password_goes_alone_and_first() -> None:
    refused = ScriptedShell(errors="Sorry, try again.\nsudo: no password was provided", status=1)
    with pytest.raises(failures.SudoPasswordWrongError):
        program(refused, Privilege.SUDO_PASSWORD).run(Mode.UNDO, {}, token=CancelToken())
    assert refused.sent == b"pass\n", "the program is not offered as further guesses"
    assert "pass" not in refused.command

    accepted = ScriptedShell("@ready", "@done")
    program(accepted, Privilege.SUDO_PASSWORD, sudo="other").run(Mode.UNDO, {}, payload=b"binary", token=CancelToken())
    assert accepted.sent.startswith(b"other\nPW_MODE=undo\n")
    assert accepted.sent.endswith(b"binary")


def test_doas_gets_no_password() -> None:
    shell = ScriptedShell("@ready", "@done")
    program(shell, Privilege.DOAS).run(Mode.UNDO, {}, token=CancelToken())
    assert shell.command.startswith("doas -n sh -c '")
    assert shell.sent.startswith(b"PW_MODE=undo\n")


def test_progress_counts_the_payload_only() -> None:
    class Counting(ScriptedShell):
        def run(self, command: str, outbox: Outbox, **how: object) -> Ended:
            on_sent = how["on_sent"]
            assert callable(on_sent)
            on_sent(10)
            on_sent(len(with_header(Mode.UNDO, "0" * 16, {})) + 6)
            return super().run(command, outbox, **how)

    sent: list[int] = []
    program(Counting("@ready", "@done")).run(Mode.UNDO, {}, payload=b"binary", on_sent=sent.append, token=CancelToken())
    assert sent == [0, 6]


@pytest.mark.parametrize(
    ("shell", "privilege", "expected"),
    [
        (ScriptedShell(), Privilege.NONE, failures.NoRootRightsError),
        (ScriptedShell(), Privilege.DOAS_PASSWORD, failures.DoasNeedsTerminalError),
        (ScriptedShell(errors="ada is not in the sudoers file.", status=1), Privilege.SUDO, failures.NoRootRightsError),
        (
            ScriptedShell(errors="This account is currently not available.", status=1),
            Privilege.ROOT,
            failures.NoAnswerError,
        ),
        (ScriptedShell("@ready", status=None), Privilege.ROOT, failures.ConnectionLostError),
        (ScriptedShell("@ready", status=2), Privilege.ROOT, failures.NoAnswerError),
    ],
)
def test_why_there_is_no_answer(shell: ScriptedShell, privilege: Privilege, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        program(shell, privilege).run(Mode.CHECK, {}, token=CancelToken())


def test_a_key_without_a_sudo_password() -> None:
    made = RemoteProgram(
        ScriptedShell(), "10.0.0.1:22", Login("ada", LoginKind.KEY_FILE, key_file="key", secret=Secret("phrase"))
    )
    made.privilege = Privilege.SUDO_PASSWORD
    with pytest.raises(failures.SudoPasswordMissingError):
        made.run(Mode.CHECK, {}, token=CancelToken())
