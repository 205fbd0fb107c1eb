"""The key with which machine-ids are hashed on devices."""

import hashlib
import hmac

#: Plantwatch's own, and for ever: with another one, no device would be recognised.
_APPLICATION_ID = bytes.fromhex("b07e785983f345dda9f1429bb5ed0529")
_BLOCK_BYTES = 64


def hashed(machine_id: str) -> str:
    """HMAC-SHA256 of a machine-id (32 hexadecimal digits), as a device answers it."""
    return hmac.new(_APPLICATION_ID, machine_id.encode("ascii"), hashlib.sha256).hexdigest()


def pads() -> dict[str, str]:
    """HMAC's two padded keys as octal escapes for the device's printf: it has sha256sum, but nothing for HMAC."""
    key = _APPLICATION_ID.ljust(_BLOCK_BYTES, b"\0")
    return {
        name: "".join(f"\\{byte ^ mask:03o}" for byte in key)
        for name, mask in (("PW_INNER_PAD", 0x36), ("PW_OUTER_PAD", 0x5C))
    }
