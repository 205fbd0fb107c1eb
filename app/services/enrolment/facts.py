"""From the program's answers to `Facts`. Whatever is missing or strange becomes unknown, never an error."""

import ipaddress
import re
import time
from collections.abc import Iterable

from app.models.device import Facts, InitSystem, Privilege
from app.services.enrolment.program import Answers

#: The longest that is honest has some sixty characters.
_TEXT_LENGTH = 200

UNKNOWN_HOLDER = "an unknown process"

_PRIVILEGES = {
    "root": Privilege.ROOT,
    "sudo": Privilege.SUDO,
    "sudo_password": Privilege.SUDO_PASSWORD,
    "doas": Privilege.DOAS,
    "doas_password": Privilege.DOAS_PASSWORD,
    "none": Privilege.NONE,
}
#: Of a 64-bit kernel, with 64-bit and with 32-bit programs on it.
_BY_WIDTH = {"x86_64": ("amd64", "386"), "aarch64": ("arm64", "armv7"), "arm64": ("arm64", "armv7")}
_BY_NAME = {
    "i386": "386",
    "i486": "386",
    "i586": "386",
    "i686": "386",
    "armv8l": "armv7",
    "armv7l": "armv7",
    "armv6l": "armv6",
    "armv5tel": "armv5",
    "armv5tejl": "armv5",
    "ppc64": "ppc64",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}
#: Magic, width, byte order.
_ELF_HEAD = re.compile(r"7f454c460[12]0[12]")
_LITTLE_ENDIAN = 1
_HASH = re.compile(r"[0-9a-f]{64}")
_IPV6_DIGITS = re.compile(r"[0-9a-f]{32}")
#: A container host may have thousands.
_ADDRESSES_KEPT = 64


def parse_facts(answers: Answers, *, asked_at: float, answered_at: float) -> Facts:
    """`asked_at` and `answered_at` are Unix times of this machine, around the device's reading of its clock."""
    host, kernel, machine = [_text(word) for word in [*answers.get("uname").split(), "", "", ""][:3]]
    release = {key: _text(value) for key, value in parse_os_release(answers.all("os_release")).items()}
    device_time = _number(answers.get("clock"))
    # The device reads its clock last, so the answer is nearer to the end; its resolution is a second.
    offset = device_time + 0.5 - (asked_at + answered_at) / 2 if device_time else 0.0
    return Facts(
        hostname=host,
        os_id=release.get("ID", ""),
        os_name=release.get("PRETTY_NAME", ""),
        os_version=release.get("VERSION_ID", ""),
        kernel=kernel,
        machine=machine,
        architecture=architecture(machine, answers.get("elf")),
        init=_init(answers.get("init")),
        privilege=_PRIVILEGES.get(answers.get("privilege"), Privilege.NONE),
        cpu_count=_number(answers.get("cpus")),
        memory_bytes=_number(answers.get("memory_kib")) * 1024,
        free_bytes=_number(answers.get("free_kib")) * 1024,
        port_holder=(_text(answers.get("port_holder")) or UNKNOWN_HOLDER) if answers.has("port_holder") else "",
        installed_version=_text(answers.get("installed_version")),
        clock_offset_seconds=round(offset, 1),
        addresses=_addresses(answers.all("address")),
        machine_id=machine_id if _HASH.fullmatch(machine_id := answers.get("machine_id")) else "",
    )


def clock_now() -> float:
    """Unix time of this machine."""
    return time.time()


def architecture(machine: str, elf: str) -> str:
    """The exporter's release name for a device. `machine` is uname's; `elf` the first 20 bytes of a program of its userland, in hex.

    The userland counts: a 64-bit kernel may carry 32-bit programs, and MIPS does not tell its byte order in its name. Empty: none.
    """
    head = "".join(elf.split())
    known = _ELF_HEAD.match(head) is not None
    is_32_bit = known and int(head[8:10], 16) == 1
    if machine in _BY_WIDTH:
        return _BY_WIDTH[machine][is_32_bit]
    if machine in ("mips", "mips64"):
        if not known:
            return ""
        order = "le" if int(head[10:12], 16) == _LITTLE_ENDIAN else ""
        return ("mips" if is_32_bit else machine) + order
    return _BY_NAME.get(machine, "")


def parse_os_release(lines: Iterable[str]) -> dict[str, str]:
    """Lines KEY=value of os-release, with the quotes of the shell taken off and nothing run."""
    found = {}
    for line in lines:
        key, separator, value = line.partition("=")
        if not separator:
            continue
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        found[key.strip()] = value.replace('\\"', '"').replace("\\$", "$").replace("\\\\", "\\")
    return found


def _addresses(texts: Iterable[str]) -> tuple[str, ...]:
    """Without loopback and link-local ones. Those of IPv6 come as 32 digits."""
    found = set()
    for text in texts:
        try:
            is_digits = _IPV6_DIGITS.fullmatch(text) is not None
            address = ipaddress.IPv6Address(int(text, 16)) if is_digits else ipaddress.IPv4Address(text)
        except ValueError:
            continue
        if not (address.is_loopback or address.is_link_local or address.is_unspecified):
            found.add(address)
    ordered = sorted(found, key=lambda address: (address.version, address.packed))
    return tuple(str(address) for address in ordered[:_ADDRESSES_KEPT])


def _init(name: str) -> InitSystem:
    return next((init for init in InitSystem if init.value == name), InitSystem.UNKNOWN)


def _text(value: str) -> str:
    return value[:_TEXT_LENGTH].strip()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0
