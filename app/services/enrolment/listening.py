"""Where an exporter listens: one address of its device, or all of them."""

import ipaddress
import struct

#: In /proc/net/tcp and tcp6: any address, and the two that stand for all.
_ANYTHING = "[0-9A-F]+"
_ALL_IPV4, _ALL_IPV6 = "0" * 8, "0" * 32


def listen_argument(address: str, port: int) -> str:
    """For the exporter's --web.listen-address; an empty `address` means all."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def socket_pattern(address: str) -> str:
    """An extended regular expression for the local addresses, in /proc/net/tcp, of sockets that keep others off `address`.

    The kernel writes each word of an address in the byte order of its processor, which is not known here: both are accepted.
    """
    if not address:
        return _ANYTHING
    packed = ipaddress.ip_address(address).packed
    if len(packed) == 4:
        # Also where an IPv6 socket was bound to an IPv4 address.
        written = [*_written(packed), *_written(b"\0" * 10 + b"\xff\xff" + packed), _ALL_IPV4, _ALL_IPV6]
    else:
        written = [*_written(packed), _ALL_IPV6]
    return "|".join(dict.fromkeys(written))


def _written(packed: bytes) -> list[str]:
    count = len(packed) // 4
    return ["".join(f"{word:08X}" for word in struct.unpack(f"{order}{count}I", packed)) for order in "<>"]
