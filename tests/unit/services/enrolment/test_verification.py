"""Which key is trusted for a device, and when the device is asked."""

import pytest

from app.errors import InputError
from app.models.endpoint import HostKey
from app.models.expected_key import ExpectedKey
from app.services.enrolment.failures import UnexpectedHostKeyError
from app.services.enrolment.verification import verified_key
from tests.unit.models.test_known_hosts import ECDSA, KEY


class Shown:
    """A device that shows `key`, and remembers that it was asked."""

    def __init__(self, key: HostKey) -> None:
        self._key = key
        self.asked: list[tuple[str, int]] = []

    def __call__(self, address: str, port: int) -> HostKey:
        self.asked.append((address, port))
        return self._key


def test_a_whole_key_is_taken_without_asking() -> None:
    device = Shown(ECDSA)
    assert verified_key(ExpectedKey.parse(str(KEY)), "10.20.0.11", 22, fetch=device) == KEY
    assert device.asked == []


def test_a_fingerprint_is_compared_with_what_the_device_shows() -> None:
    device = Shown(KEY)
    assert verified_key(ExpectedKey.parse(KEY.fingerprint), "10.20.0.11", 2222, fetch=device) == KEY
    assert device.asked == [("10.20.0.11", 2222)]


@pytest.mark.parametrize("expected", [KEY.fingerprint, f"{KEY}\n{ECDSA}"])
def test_another_key_is_refused_with_both_fingerprints(expected: str) -> None:
    other = HostKey.parse(f"{KEY.kind} {KEY.blob[:-4]}AAAA")
    with pytest.raises(UnexpectedHostKeyError) as caught:
        verified_key(ExpectedKey.parse(expected), "fe80::1", 2222, fetch=Shown(other))
    assert caught.value.message == "[fe80::1]:2222 shows another host key than the expected one."
    assert KEY.fingerprint in caught.value.evidence
    assert other.fingerprint in caught.value.evidence
    assert "ssh_host_ed25519_key.pub" in caught.value.advice


def test_what_is_about_another_type_of_key_says_so() -> None:
    with pytest.raises(InputError, match="its ecdsa key"):
        verified_key(ExpectedKey.parse(f"256 {KEY.fingerprint} x (ED25519)"), "10.20.0.11", 22, fetch=Shown(ECDSA))
