"""The lab's addresses, its bridge, and the firewall rules that let its containers reach each other."""

import ipaddress
import json
import subprocess
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network

from tests.lab.errors import LabError
from tests.lab.places import Places
from tests.lab.system import run


@dataclass(frozen=True)
class Addresses:
    """How one lab divides its /16."""

    whole: IPv4Network

    @property
    def engine(self) -> IPv4Interface:
        """The private engine's default bridge: first address of the first /24."""
        return IPv4Interface(f"{self.whole[1]}/24")

    @property
    def plant(self) -> IPv4Network:
        """The devices' network: a /20."""
        return list(self.whole.subnets(new_prefix=20))[1]

    @property
    def devices(self) -> IPv4Network:
        """The half of the plant's addresses that the engine gives to devices."""
        return next(self.plant.subnets(prefixlen_diff=1))

    @property
    def nobody(self) -> str:
        """An address of the plant that no device ever has."""
        return str(self.plant[-2])

    @property
    def pool(self) -> IPv4Network:
        """From here the engine takes a /24 for every other network, such as the stack's."""
        return list(self.whole.subnets(new_prefix=17))[1]


def choose_addresses(places: Places) -> Addresses:
    """A /16 that no route of the machine overlaps. The same lab gets the same one as long as it is free."""
    routes = json.loads(run(["ip", "-json", "-4", "route", "show", "table", "all"]))
    used = [ipaddress.ip_network(r["dst"], strict=False) for r in routes if r.get("dst", "default") != "default"]
    start = int(places.id, 16)
    for step in range(100):
        candidate = IPv4Network(f"10.{128 + (start + step) % 100}.0.0/16")
        if not any(candidate.overlaps(network) for network in used if isinstance(network, IPv4Network)):
            return Addresses(candidate)
    raise LabError("no free /16 between 10.128.0.0 and 10.227.0.0 for the lab's networks")


def make_bridge(name: str, address: IPv4Interface) -> None:
    """The engine's default bridge. Of its own, because two engines on docker0 would delete each other's."""
    if _link_exists(name):
        return
    run(["ip", "link", "add", "name", name, "type", "bridge"])
    run(["ip", "address", "add", str(address), "dev", name])
    run(["ip", "link", "set", name, "up"])


def remove_bridges(names: list[str], addresses: Addresses | None) -> None:
    """Deletes the bridges with these names, and any other bridge that holds an address of the lab."""
    links = json.loads(run(["ip", "-json", "-4", "-details", "address", "show"]))
    for link in links:
        if link.get("linkinfo", {}).get("info_kind") != "bridge":
            continue
        local = [ipaddress.ip_address(info["local"]) for info in link["addr_info"]]
        if addresses and any(address in addresses.whole for address in local) and link["ifname"] not in names:
            names = [*names, link["ifname"]]
    for name in names:
        if _link_exists(name):
            run(["ip", "link", "delete", name])


def open_firewall(places: Places, subnet: IPv4Network) -> None:
    """Lets `subnet` talk across bridges in both directions, whatever another engine's rules say."""
    # DOCKER-USER comes before the isolation of another engine on this machine, and survives its restart.
    chain = "DOCKER-USER" if _succeeds("iptables", "-w", "-n", "-L", "DOCKER-USER") else "FORWARD"
    for direction in ("-s", "-d"):
        rule = [chain, direction, str(subnet), "-m", "comment", "--comment", places.name, "-j", "ACCEPT"]
        if not _succeeds("iptables", "-w", "-C", *rule):
            run(["iptables", "-w", "-I", *rule])


def close_firewall(places: Places) -> None:
    """Removes this lab's rules and no other."""
    for line in run(["iptables", "-w", "-S"]).splitlines():
        words = line.split()
        if words[0] == "-A" and "--comment" in words and words[words.index("--comment") + 1].strip('"') == places.name:
            run(["iptables", "-w", "-D", *(word.strip('"') for word in words[1:])])


def _link_exists(name: str) -> bool:
    return _succeeds("ip", "link", "show", name)


def _succeeds(*argv: str) -> bool:
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0
