"""Jump hosts as options."""

import subprocess
from pathlib import Path

import pytest

from app.cli.jumps import hops_of, with_config
from app.errors import InputError
from app.models.endpoint import HostKey, Login, LoginKind, parse_jump
from app.models.secret import Secret
from app.services.enrolment import Hop, failures

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbVyrbpNcXDowPtdsd4+QAO5HXlvQhAxqrW5gw0Bw5E"


def unasked(address: str, port: int, hops: tuple[Hop, ...]) -> HostKey:
    raise AssertionError(f"{address}:{port} was asked")


def no_profile(name: str) -> Login:
    raise AssertionError(f"the profile {name} was read")


def unwanted(subject: str) -> Secret:
    raise AssertionError(f"a password of {subject} was asked for")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada@10.0.0.1", ("ada", "10.0.0.1", 22)),
        ("ada@Gate.example:2222", ("ada", "gate.example", 2222)),
        ("ada@[fe80::1]:22", ("ada", "fe80::1", 22)),
    ],
)
def test_where_it_is(text: str, expected: tuple[str, str, int]) -> None:
    assert parse_jump(text) == expected


@pytest.mark.parametrize("text", ["", "10.0.0.1", "ada@", "ada@10.0.0.1:0", "ada@a b", "ada@fe80::1:x"])
def test_what_is_no_jump_host(text: str) -> None:
    with pytest.raises(InputError):
        parse_jump(text)


def test_a_password_in_it_is_refused_and_not_repeated() -> None:
    with pytest.raises(InputError, match="does not belong here") as caught:
        parse_jump("ada:c4nary@10.0.0.1")
    assert "c4nary" not in f"{caught.value.message}{caught.value.advice}"


def test_what_is_left_open_is_asked_hop_after_hop() -> None:
    asked: list[tuple[str, int]] = []

    def host_key(address: str, port: int, hops: tuple[Hop, ...]) -> HostKey:
        asked.append((address, len(hops)))
        return HostKey.parse(KEY)

    hops = hops_of(
        ["ada@10.0.0.1", "bob@10.0.1.1", "cleo@10.0.2.1"],
        [],
        ["password", "key", "profile:Gates"],
        agent=False,
        shown_host_key=unasked,
        ask_host_key=host_key,
        ask_password=lambda subject: Secret(f"secret of {subject}"),
        read_profile=lambda name: Login(f"who {name} says", LoginKind.AGENT, credential_id=7),
    )
    assert asked == [("10.0.0.1", 0), ("10.0.1.1", 1), ("10.0.2.1", 2)]
    assert (hops[2].login.user, hops[2].login.credential_id) == ("who Gates says", 7)
    assert hops[0].login.secret == Secret("secret of ada@10.0.0.1")
    assert (hops[1].login.kind, hops[1].login.user) == (LoginKind.KEY_FILE, "bob")
    assert "secret of" not in repr(hops)


def test_options_of_the_way_come_once_for_each() -> None:
    with pytest.raises(InputError, match="2 jump hosts"):
        hops_of(
            ["a@10.0.0.1", "b@10.0.0.2"],
            [KEY],
            [],
            agent=True,
            shown_host_key=unasked,
            ask_host_key=lambda *_: HostKey.parse(KEY),
            ask_password=Secret,
            read_profile=lambda name: Login(name, LoginKind.AGENT),
        )


def test_a_host_key_in_every_form_that_a_device_s_may_have() -> None:
    key = HostKey.parse(KEY)
    asked: list[tuple[str, int]] = []

    def shown(address: str, port: int, hops: tuple[Hop, ...]) -> HostKey:
        asked.append((address, len(hops)))
        return key

    hops = hops_of(
        ["a@10.0.0.1", "b@10.0.0.2:2222", "c@10.0.0.3"],
        [KEY, f"[10.0.0.2]:2222 {KEY}", f"256 {key.fingerprint} root@gate (ED25519)"],
        ["agent"] * 3,
        agent=True,
        shown_host_key=shown,
        ask_host_key=unasked,
        ask_password=Secret,
        read_profile=no_profile,
    )
    assert [hop.host_key for hop in hops] == [key] * 3
    assert asked == [("10.0.0.3", 2)]  # a whole key needs no asking


def test_another_key_than_the_expected_one_at_a_jump_host() -> None:
    with pytest.raises(failures.UnexpectedHostKeyError) as caught:
        hops_of(
            ["a@10.0.0.1"],
            ["SHA256:" + "A" * 43],
            ["password"],
            agent=False,
            shown_host_key=lambda address, port, hops: HostKey.parse(KEY),
            ask_host_key=unasked,
            ask_password=unwanted,
            read_profile=no_profile,
        )
    assert caught.value.details["target"] == "10.0.0.1:22"


def test_a_line_of_known_hosts_has_to_be_for_the_jump_host() -> None:
    with pytest.raises(InputError, match=r"not for 10\.0\.0\.1"):
        hops_of(
            ["a@10.0.0.1"],
            [f"10.0.0.2 {KEY}"],
            ["agent"],
            agent=True,
            shown_host_key=unasked,
            ask_host_key=unasked,
            ask_password=Secret,
            read_profile=no_profile,
        )


def test_aliases_of_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    key = tmp_path / ".ssh" / "gate"
    key.write_text("a key")
    (tmp_path / ".ssh" / "config").write_text(
        f"Host gate\n  HostName 10.0.0.1\n  User ops\n  Port 2222\n  IdentityFile {tmp_path}/.ssh/gone\n  IdentityFile {key}\n"
    )
    jumps = ["gate", "ada@10.0.0.2:23", "[fe80::1]:24"]
    assert with_config(["fe80::1"], [], user="me", agent=False, use=True)[0] == ["me@[fe80::1]:22"]
    whole = ["ops@10.0.0.1:2222", "ada@10.0.0.2:23", "me@[fe80::1]:24"]
    assert with_config(jumps, [], user="me", agent=False, use=True) == (whole, [str(key), "password", "password"])
    assert with_config(jumps, ["agent"] * 3, user="me", agent=True, use=True) == (whole, ["agent"] * 3)
    assert with_config(jumps, [], user="me", agent=False, use=False) == (jumps, [])


@pytest.mark.parametrize("passphrase", ["", "of its own"])
def test_a_key_with_a_passphrase_is_asked_for_it(tmp_path: Path, passphrase: str) -> None:
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-a", "1", "-t", "ed25519", "-N", passphrase, "-f", file], check=True)
    asked: list[str] = []

    def ask(subject: str) -> Secret:
        asked.append(subject)
        return Secret(passphrase)

    (hop,) = hops_of(
        ["ada@10.0.0.1"],
        [KEY],
        [str(file)],
        agent=False,
        shown_host_key=unasked,
        ask_host_key=unasked,
        ask_password=ask,
        read_profile=no_profile,
    )
    assert (hop.login.key_file, hop.login.secret) == (str(file), Secret(passphrase))
    assert asked == ([f"the key {file}"] if passphrase else [])
