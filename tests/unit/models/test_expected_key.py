"""What an operator may paste, compared with the key that a device shows."""

import pytest

from app.errors import InputError
from app.models.expected_key import ExpectedKey, algorithm, check_command
from tests.unit.models.test_known_hosts import ECDSA, HASHED, HASHED_2222, KEY

AT = ("10.20.0.11", 22)
ED25519_PRINT, ECDSA_PRINT = (
    "SHA256:rRjcpm+AiBjFwutGU5LR6Est/eM3O84W/YGyCoWMqOY",
    "SHA256:9lHAL4M1DRGbFJ7+iMTUrSniAOWUkpJJ9pSuLjZARr4",
)
OTHER = "SHA256:" + "A" * 43


@pytest.mark.parametrize(
    "pasted",
    [
        ED25519_PRINT,
        f"  {ED25519_PRINT}  ",
        f"256 {ED25519_PRINT} root@wtg-01 (ED25519)",
        f"256 {ECDSA_PRINT} root@wtg-01 (ECDSA)\n256 {ED25519_PRINT} root@wtg-01 (ED25519)",
        str(KEY),
        f"{KEY} root@wtg-01",
        f"10.20.0.11 {KEY}",
        f"wtg-01,10.20.0.11 {KEY} a comment",
        HASHED,
        f"# 10.20.0.11:22 SSH-2.0-OpenSSH_9.2p1\n10.20.0.11 {ECDSA}\n10.20.0.11 {KEY}",
        f"10.20.0.99 {ECDSA}\n10.20.0.11 {KEY}",
        f"@revoked 10.20.0.11 {ECDSA}\n10.20.0.11 {KEY}",
        f"@cert-authority * {ECDSA}\n10.20.0.11 {KEY}",
    ],
)
def test_what_is_the_same(pasted: str) -> None:
    assert ExpectedKey.parse(pasted).agrees(KEY, *AT)


def test_the_port_belongs_to_the_name() -> None:
    assert ExpectedKey.parse(f"[10.20.0.11]:2222 {KEY}").agrees(KEY, "10.20.0.11", 2222)
    assert ExpectedKey.parse(HASHED_2222).agrees(KEY, "10.20.0.11", 2222)
    for line in (f"10.20.0.11 {KEY}", HASHED):
        with pytest.raises(InputError, match=r"not for \[10\.20\.0\.11\]:2222"):
            ExpectedKey.parse(line).agrees(KEY, "10.20.0.11", 2222)


@pytest.mark.parametrize(
    "pasted", [OTHER, f"{OTHER} {OTHER}", f"256 {OTHER} x (ED25519)", f"{KEY.kind} {KEY.blob[:-4]}AAAA", ECDSA_PRINT]
)
def test_what_is_another_key(pasted: str) -> None:
    assert not ExpectedKey.parse(pasted).agrees(KEY, *AT)


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        (f"256 {ECDSA_PRINT} root@wtg-01 (ECDSA)", "the device's ecdsa key, but it showed its ed25519 key"),
        (str(ECDSA), "compare ssh_host_ed25519_key.pub"),
        (f"10.20.0.12 {KEY}", "is for 10.20.0.12, not for 10.20.0.11"),
        (HASHED_2222, "hashed line is not for 10.20.0.11"),
        (f"@revoked * {KEY}", "this key is revoked"),
        (f"10.20.0.11 {KEY}\n@revoked * {KEY}", "this key is revoked"),
        (f"@revoked * {ECDSA}", "name none that is right"),
    ],
)
def test_what_says_nothing_good_about_the_key(pasted: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        ExpectedKey.parse(pasted).agrees(KEY, *AT)
    assert caught.value.field == "host_key"


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("", "This is not a fingerprint"),
        ("yes", "This is not a fingerprint"),
        (ED25519_PRINT[:-1], "This is not a fingerprint"),
        (ED25519_PRINT + "x", "This is not a fingerprint"),
        ("256 MD5:aa:bb:cc root@x (ED25519)", "MD5"),
        (f"@cert-authority * {KEY}", "authority that signs host keys"),
    ],
)
def test_what_is_no_key(pasted: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        ExpectedKey.parse(pasted)


def test_a_whole_key_needs_no_question_to_the_device() -> None:
    assert ExpectedKey.parse(str(KEY)).sole_key(*AT) == KEY
    assert ExpectedKey.parse(f"10.20.0.11 {KEY}").sole_key(*AT) == KEY
    for unclear in (ED25519_PRINT, f"{KEY}\n{ECDSA}", f"{KEY}\n@revoked * {KEY}", f"@revoked 10.20.0.11 {KEY}"):
        assert ExpectedKey.parse(unclear).sole_key(*AT) is None
    with pytest.raises(InputError):
        ExpectedKey.parse(f"10.20.0.12 {KEY}").sole_key(*AT)


def test_the_file_on_the_device() -> None:
    assert check_command(ECDSA) == "ssh-keygen -lf /etc/ssh/ssh_host_ecdsa_key.pub"
    assert [algorithm(kind) for kind in ("ssh-rsa", "sk-ssh-ed25519@openssh.com")] == ["rsa", "ed25519@openssh.com"]
