"""The hash of machine-ids: what a device computes from the pads is HMAC-SHA256."""

import hashlib
import re

from app.services.enrolment.machine_id import hashed, pads

_ID = "3d1219c7c4c5404aaa1f6d2a48adfda4"


def test_the_pads_make_the_same_hash() -> None:
    inner, outer = (_bytes(text) for text in pads().values())
    assert len(inner) == len(outer) == 64
    by_hand = hashlib.sha256(outer + hashlib.sha256(inner + _ID.encode()).digest()).hexdigest()
    assert by_hand == hashed(_ID)


def test_the_key_is_for_ever() -> None:
    """Stored identities are worth nothing under another key."""
    assert hashed(_ID) == "573989d9d903e4e7ca83ff8bcddb861f750c64cb4c1bdd3030b72fa4565be654"


def _bytes(escapes: str) -> bytes:
    assert re.fullmatch(r"(\\[0-3][0-7]{2})*", escapes)
    return bytes(int(octal, 8) for octal in escapes.split("\\")[1:])
