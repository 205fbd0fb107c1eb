"""What Ansible inventories of both kinds share: hosts in groups of groups, variables, and what both mean here.

Nothing is evaluated: templates ({{ … }}) stay text and are judged as such, and variables that hold passwords are passed over unseen.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.models.device_list import Confidence, Field, Line, Meaning
from app.services.lists.addresses import numbered
from app.services.lists.failures import MOST_ROWS
from app.services.lists.structured import line_of
from app.services.lists.words import is_secret_title

_IMPLIED = frozenset({"all", "ungrouped"})
_DEEPEST = 30
_MOST_ABOVE = 50
_VARIABLES: Mapping[str, Field] = {
    "ansible_host": Field.ADDRESS,
    "ansible_ssh_host": Field.ADDRESS,
    "ansible_port": Field.PORT,
    "ansible_ssh_port": Field.PORT,
    "ansible_user": Field.USER,
    "ansible_ssh_user": Field.USER,
    "site": Field.SITE,
    "location": Field.SITE,
    "region": Field.REGION,
    "notes": Field.NOTES,
    "description": Field.NOTES,
    "scrape_address": Field.SCRAPE_ADDRESS,
    "exporter_port": Field.EXPORTER_PORT,
    "node_exporter_port": Field.EXPORTER_PORT,
    "listen_address": Field.LISTEN_ADDRESS,
    "host_key": Field.HOST_KEY,
    "jumps": Field.JUMPS,
}
_JUMP = re.compile(r"(?:-J\s*|ProxyJump[=\s])\s*['\"]?([^\s'\"]+)")
PASSWORDS = "The inventory holds passwords or the like in variables: they were not read, and are kept nowhere."


@dataclass(slots=True)
class Group:
    """A group: its parents by name, and its variables."""

    parents: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Host:
    """A host: the line that named it first, its groups in the order of the file, and its own variables."""

    line: int
    groups: dict[str, None] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Inventory:
    """An Ansible inventory as far as it matters here. `others` are lines that are no hosts."""

    groups: dict[str, Group] = field(default_factory=dict)
    hosts: dict[str, Host] = field(default_factory=dict)
    others: list[Line] = field(default_factory=list)
    had_passwords: bool = False
    named: int = 0
    """How many hosts were named, some of them again."""
    ancestors: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def group(self, name: str) -> Group:
        return self.groups.setdefault(name, Group())

    def add_host(self, name: str, line: int, group: str) -> Host:
        """The host of that name, in one more group."""
        host = self.hosts.setdefault(name, Host(line))
        if group not in _IMPLIED:
            host.groups[group] = None
            self.group(group)
        return host

    def names(self, written: str) -> list[str]:
        """The hosts that "wtg[01:59]" stands for. Raises InputError, also when all such ranges together are too many."""
        names = numbered(written, most=max(2 * MOST_ROWS - self.named, 0))
        self.named += len(names)
        return names

    def put(self, variables: dict[str, str], name: str, value: str) -> None:
        """Keep a variable that means something here."""
        if is_secret_title(name):
            self.had_passwords = True
        elif name in _VARIABLES or name in ("ansible_ssh_common_args", "ansible_connection"):
            variables[name] = value

    def lines(self) -> tuple[list[Line], dict[Field, Meaning]]:
        """A line for each host, in the order of the file, and why sites, regions and tags are what they are."""
        guess = _Groups(self)
        made: list[Line] = []
        sharing = Counter(host.line for host in self.hosts.values())
        parts: Counter[int] = Counter()
        for name, host in self.hosts.items():
            parts[host.line] += 1
            made.append(self._line(name, host, parts[host.line] if sharing[host.line] > 1 else 0, guess))
        return sorted([*made, *self.others], key=lambda line: (line.number, line.part)), guess.meanings

    def _line(self, name: str, host: Host, part: int, guess: "_Groups") -> Line:
        variables = self._variables(host)
        if variables.get("ansible_connection") == "local":
            return line_of(host.line, part=part, skipped="The computer itself that runs Ansible.")
        values = {means: variables[key] for key, means in reversed(list(_VARIABLES.items())) if variables.get(key)}
        site, region, tags = guess.of(host)
        values = {Field.NAME: name, Field.ADDRESS: name, Field.SITE: site, Field.REGION: region, **values}
        values[Field.TAGS] = " ".join(tags)
        if found := _JUMP.search(variables.get("ansible_ssh_common_args", "")):
            values.setdefault(Field.JUMPS, found[1])
        return line_of(host.line, values, part=part)

    def _variables(self, host: Host) -> dict[str, str]:
        """The nearest counts: the host's own, its groups', those of the groups above, those of all."""
        found: dict[str, str] = dict(self.groups["all"].variables) if "all" in self.groups else {}
        for group in reversed(list(host.groups)):
            for above in reversed(self.above(group)):
                found |= self.groups[above].variables
        for group in host.groups:
            found |= self.groups[group].variables
        return found | host.variables

    def above(self, group: str) -> tuple[str, ...]:
        """All groups that hold `group`, nearest first, each once even where groups hold each other."""
        if group not in self.ancestors:
            found: dict[str, None] = {}
            level = [group]
            for _ in range(_DEEPEST):
                level = [
                    parent
                    for name in level
                    for parent in self.group(name).parents
                    if parent not in _IMPLIED and parent not in found and parent != group
                ]
                found |= dict.fromkeys(level)
                if len(found) > _MOST_ABOVE:
                    break
            self.ancestors[group] = tuple(found)
        return self.ancestors[group]


class _Groups:
    """The guess at what groups mean: where each host is in one group only, that is its site, and the one above it the region."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        grouped = [host for host in inventory.hosts.values() if host.groups]
        self._is_site = bool(grouped) and all(len(host.groups) == 1 for host in grouped)
        sites = {group for host in grouped for group in host.groups}
        self._is_region = self._is_site and all(len(inventory.above(site)) <= 1 for site in sites)
        self.meanings = self._worded() if grouped else {}

    def of(self, host: Host) -> tuple[str, str, list[str]]:
        """Site, region and tags."""
        every = list(
            dict.fromkeys([*host.groups, *(up for group in host.groups for up in self._inventory.above(group))])
        )
        if not self._is_site or not host.groups:
            return "", "", every
        site = next(iter(host.groups))
        above = self._inventory.above(site)
        region = above[0] if self._is_region and above else ""
        return site, region, [each for each in every if each not in (site, region)]

    def _worded(self) -> dict[Field, Meaning]:
        if not self._is_site:
            why = "Hosts are in several groups each: these became tags."
            return {Field.TAGS: Meaning(Field.TAGS, Confidence.LIKELY, why)}
        found = {
            Field.SITE: Meaning(Field.SITE, Confidence.LIKELY, "Each host is in one group: taken for its site."),
            Field.TAGS: Meaning(Field.TAGS, Confidence.LIKELY, "The groups that are neither site nor region."),
        }
        if self._is_region:
            why = "The one group above that of the site."
            found[Field.REGION] = Meaning(Field.REGION, Confidence.LIKELY, why)
        return found


def notes_of(inventory: Inventory) -> Iterator[str]:
    if inventory.had_passwords:
        yield PASSWORDS


def put_all(inventory: Inventory, into: dict[str, str], pairs: Iterable[tuple[str, str]]) -> None:
    """Keep those of the variables that mean something here."""
    for name, value in pairs:
        inventory.put(into, name, value)
