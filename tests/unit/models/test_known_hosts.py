"""known_hosts lines, compared with what OpenSSH's own tools write and find."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.errors import InputError
from app.models.endpoint import HostKey
from app.models.known_hosts import KnownHost, Marker, hashed, host_name, read_known_hosts

KEY = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBlvgEJqwVefXc38YrDef3MUyFC0igQ+MXwPOZJvv5YA")
ECDSA = HostKey.parse(
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGDu+jZnZVg4cPWFLH5qxeEi8SbNnzZYAXmpVn/jSxrrXeawXIY0SzZj/kluIW"
    "Cvw5ZX91F5FqzzuLH+phYeUS0="
)
#: Written by `ssh-keygen -H`.
HASHED = f"|1|FkmlGDQxjZJpRQIsVLz7KiK/Jnk=|iRV2vydT8uQtGaNlOAcCpdI1B6E= {KEY}"
HASHED_2222 = f"|1|sMpAOffzGUdiA6YA4WyqNE2Bwt8=|yrUs0I2kIzm2Peup4G6BJ+N8au8= {KEY}"


def only(text: str) -> KnownHost:
    (found,) = read_known_hosts(text)
    return found


@pytest.mark.parametrize(
    ("hosts", "address", "port", "is_for"),
    [
        ("10.20.0.11", "10.20.0.11", 22, True),
        ("10.20.0.11", "10.20.0.12", 22, False),
        ("10.20.0.11", "10.20.0.11", 2222, False),
        ("[10.20.0.11]:2222", "10.20.0.11", 2222, True),
        ("[10.20.0.11]:2222", "10.20.0.11", 22, False),
        ("wtg-01,10.20.0.11", "10.20.0.11", 22, True),
        ("WTG-01.Thanet.example", "wtg-01.thanet.example", 22, True),
        ("*.thanet.example", "wtg-01.thanet.example", 22, True),
        ("10.20.0.?", "10.20.0.7", 22, True),
        ("10.20.0.*,!10.20.0.11", "10.20.0.11", 22, False),
        ("10.20.0.*,!10.20.0.11", "10.20.0.12", 22, True),
        ("!10.20.0.11", "10.20.0.12", 22, False),
        ("[10.20.0.*]:2222", "10.20.0.12", 2222, True),
        ("fe80::1", "fe80:0::1", 22, True),
        ("[fe80::1]:2222", "fe80::1", 2222, True),
    ],
)
def test_hosts_are_matched_as_ssh_does(hosts: str, address: str, port: int, is_for: bool) -> None:
    assert only(f"{hosts} {KEY}").is_for(address, port) is is_for


def test_hashed_lines_are_checked_against_the_address() -> None:
    assert only(HASHED).is_hashed
    assert only(HASHED).is_for("10.20.0.11", 22)
    assert not only(HASHED).is_for("10.20.0.11", 2222)
    assert not only(HASHED).is_for("10.20.0.12", 22)
    assert only(HASHED_2222).is_for("10.20.0.11", 2222)
    assert not only(f"|1|???|!!! {KEY}").is_for("10.20.0.11", 22)
    assert not only(f"|1| {KEY}").is_for("", 22)


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH's tools are not installed")
def test_ssh_keygen_finds_what_is_written_here(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    names = [host_name("10.20.0.11", 22), host_name("10.20.0.12", 2222)]
    file.write_text("".join(f"{KnownHost(KEY, hashed(name))}\n" for name in names))
    for name in names:
        found = subprocess.run(["ssh-keygen", "-F", name, "-f", str(file)], capture_output=True, text=True, check=True)
        assert str(KEY) in found.stdout
    assert hashed("a") != hashed("a")


def test_markers_comments_and_files_of_many_lines() -> None:
    text = f"""\
# known_hosts of the site
10.20.0.11 {KEY} root@wtg-01

@cert-authority *.thanet.example {ECDSA}
@revoked * {KEY}
    # indented
{ECDSA} root@wtg-01
"""
    found = [(line.hosts, line.key, line.marker) for line in read_known_hosts(text)]
    assert found == [
        ("10.20.0.11", KEY, Marker.NONE),
        ("*.thanet.example", ECDSA, Marker.AUTHORITY),
        ("*", KEY, Marker.REVOKED),
        ("", ECDSA, Marker.NONE),
    ]
    assert [str(line) for line in read_known_hosts(text)][1] == f"@cert-authority *.thanet.example {ECDSA}"


def test_several_lines_pasted_into_one() -> None:
    text = f"10.20.0.11 {KEY} 10.20.0.12 {ECDSA}"
    assert [(line.hosts, line.key) for line in read_known_hosts(text)] == [("10.20.0.11", KEY), ("10.20.0.12", ECDSA)]
    text = f"{KEY} root@wtg-01 {ECDSA} root@wtg-01"
    assert [(line.hosts, line.key) for line in read_known_hosts(text)] == [("", KEY), ("", ECDSA)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("what is this", "Line 1 holds no SSH public key"),
        (f"a {KEY}\n10.20.0.11 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5!", "Line 2 holds no"),
        (f"10.20.0.11 ssh-rsa {KEY.blob}", "Line 1 is not a whole"),
        (f"10.20.0.11 ssh-ed25519 {KEY.blob[:-3]}", "Line 1 is not a whole"),
        (f"@trust-me 10.20.0.11 {KEY}", "@trust-me"),
    ],
)
def test_damaged_lines_are_named(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        read_known_hosts(text)
    assert caught.value.field == "host_key"
