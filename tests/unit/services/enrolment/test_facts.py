"""Facts from what devices answered; whatever is missing or strange is unknown."""

import pytest

from app.models.device import Facts, InitSystem, Privilege
from app.services.enrolment.facts import architecture, parse_facts, parse_os_release
from app.services.enrolment.program import Answers

_ELF64_LE = "7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00 03 00 3e 00"
_ELF32_LE = "7f 45 4c 46 01 01 01 00 00 00 00 00 00 00 00 00 03 00 28 00"
_ELF32_BE = "7f 45 4c 46 01 02 01 00 00 00 00 00 00 00 00 00 00 02 00 08"
_ELF64_BE = "7f454c4602020100000000000000000000020008"

_RASPBERRY = """uname wtg-17 6.1.21-v8+ aarch64
os_release PRETTY_NAME="Raspbian GNU/Linux 11 (bullseye)"
os_release VERSION_ID="11"
os_release ID=raspbian
elf 7f 45 4c 46 01 01 01 00 00 00 00 00 00 00 00 00 02 00 28 00
init systemd
cpus 4
memory_kib 945512
free_kib 21384100
root
port_free
privilege sudo
clock 1700000100"""
_OPENWRT = """uname router 5.15.150 mips
os_release ID="openwrt"
os_release PRETTY_NAME="OpenWrt 23.05.3"
elf 7f454c4601020100000000000000000000020008
privilege root
port_holder
free_kib 3120"""


def answers(text: str) -> Answers:
    pairs = [line.partition(" ")[::2] for line in text.splitlines()]
    return Answers(pairs=[(key, value) for key, value in pairs])


def test_a_32_bit_raspberry_pi_with_a_64_bit_kernel() -> None:
    facts = parse_facts(answers(_RASPBERRY), asked_at=1700000000.0, answered_at=1700000001.0)
    assert facts == Facts(
        hostname="wtg-17", os_id="raspbian", os_name="Raspbian GNU/Linux 11 (bullseye)", os_version="11",
        kernel="6.1.21-v8+", machine="aarch64", architecture="armv7", init=InitSystem.SYSTEMD, privilege=Privilege.SUDO,
        cpu_count=4, memory_bytes=968204288, free_bytes=21897318400, clock_offset_seconds=100.0,
    )  # fmt: skip


def test_a_router_that_lacks_most_tools() -> None:
    facts = parse_facts(answers(_OPENWRT), asked_at=0, answered_at=0)
    assert (facts.os_id, facts.architecture, facts.init) == ("openwrt", "mips", InitSystem.UNKNOWN)
    assert facts.port_holder == "an unknown process"
    assert facts.clock_offset_seconds == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "uname",
        "uname a",
        "cpus many\nmemory_kib -5\nfree_kib 9999999999999999999",
        "elf 7f454c46zz",
        "init \u0663\nclock \u0663",
    ],
)
def test_nothing_known_is_no_error(text: str) -> None:
    facts = parse_facts(answers(text), asked_at=0, answered_at=0)
    assert facts.architecture == ""
    assert facts.cpu_count == facts.memory_bytes == facts.free_bytes == 0
    assert facts.privilege is Privilege.NONE


@pytest.mark.parametrize(
    ("machine", "elf", "expected"),
    [
        ("x86_64", _ELF64_LE, "amd64"), ("x86_64", _ELF32_LE, "386"), ("x86_64", "", "amd64"), ("i686", _ELF32_LE, "386"),
        ("aarch64", _ELF64_LE, "arm64"), ("aarch64", _ELF32_LE, "armv7"), ("armv7l", _ELF32_LE, "armv7"),
        ("armv6l", _ELF32_LE, "armv6"), ("armv5tel", "", "armv5"), ("mips", _ELF32_BE, "mips"), ("mips", _ELF32_LE, "mipsle"),
        ("mips64", _ELF64_BE, "mips64"), ("mips64", _ELF64_LE, "mips64le"), ("mips64", _ELF32_LE, "mipsle"), ("mips", "", ""),
        ("ppc64le", _ELF64_LE, "ppc64le"), ("riscv64", _ELF64_LE, "riscv64"), ("s390x", _ELF64_BE, "s390x"),
        ("loongarch64", _ELF64_LE, ""), ("", "", ""),
    ],
)  # fmt: skip
def test_architecture(machine: str, elf: str, expected: str) -> None:
    assert architecture(machine, elf) == expected


def test_os_release_is_read_and_not_run() -> None:
    assert parse_os_release(
        ["ID='debian'", 'PRETTY_NAME="A \\"B\\" \\$C"', "VERSION_ID=$(reboot)", "# comment", ""]
    ) == {"ID": "debian", "PRETTY_NAME": 'A "B" $C', "VERSION_ID": "$(reboot)"}


def test_addresses_are_those_by_which_others_reach_it() -> None:
    said = answers(
        """address 127.0.0.1
address 10.147.16.2
address 9.1.1.1
address 169.254.3.4
address 00000000000000000000000000000001
address 20010db8000000000000000000000007
address fe80000000000000024211fffe931002
address nonsense
address 2001:db8::8%eth0
address 999.1.1.1"""
    )
    facts = parse_facts(said, asked_at=0, answered_at=0)
    assert facts.addresses == ("9.1.1.1", "10.147.16.2", "2001:db8::7")
