"""Ansible inventories in YAML. Every value is text, no tag is obeyed, and what aliases can multiply is bounded."""

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from app.errors import InputError
from app.models.device_list import Form, Table
from app.services.lists.ansible import Inventory, notes_of, put_all
from app.services.lists.failures import ListError
from app.services.lists.structured import line_of, structured

# Text only, so that 22 stays 22, no stays no, and !!python/object stays nothing.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_DEEPEST = 40
_MOST_ALIASES = 200
_MOST_EVENTS = 4_000_000
_MOST_VISITS = 500_000
_SECTIONS = frozenset({"hosts", "children", "vars"})


def is_ansible_yaml(lines: Sequence[str]) -> bool:
    """Whether it looks like groups with "hosts:" or "children:" in them."""
    told = [line.rstrip() for line in lines[:2000] if line.strip() and not line.lstrip().startswith("#")]
    keys = {line.strip() for line in told}
    return bool(told) and not keys.isdisjoint({"hosts:", "children:"}) and told[0].endswith((":", "---"))


def read_ansible_yaml(text: str, written_as: str) -> Table:
    """The table of an inventory. Raises ListError for what is no YAML, or goes too deep."""
    content = _loaded(text)
    if not isinstance(content, dict):
        raise ListError("it is YAML, but no inventory of Ansible.", "Its top level has to name groups.")
    inventory = Inventory()
    walk = _Walk(inventory, _Lines(text))
    for name, body in content.items():
        walk.group(str(name), body, 0)
    made, why = inventory.lines()
    return structured(Form.ANSIBLE_YAML, made, why=why, written_as=written_as, notes=list(notes_of(inventory)))


def _loaded(text: str) -> Any:
    depth = aliases = 0
    try:
        # First flat, without building anything: loading goes as deep as the text does.
        for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            aliases += isinstance(event, yaml.AliasEvent)
            if depth > _DEEPEST or aliases > _MOST_ALIASES or count > _MOST_EVENTS:
                raise ListError("its YAML goes too deep, or has too many aliases.")
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 - BaseLoader makes text, lists and mappings only
    except yaml.MarkedYAMLError as error:
        where = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise ListError(f"it is not valid YAML{where}.", "Look at the indentation of that line.") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise ListError("it is not valid YAML.") from None


class _Lines:
    """Where hosts are named: YAML's mappings do not tell, and a search that goes on where the last one ended is right for all but oddities."""

    def __init__(self, text: str) -> None:
        self._of: dict[str, Iterator[int]] = {}
        self._places: dict[str, list[int]] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            key = line.strip().partition(": ")[0].removesuffix(":").strip("'\"")
            self._places.setdefault(key, []).append(number)
        self._last = 1

    def next(self, name: str) -> int:
        if name not in self._of:
            self._of[name] = iter(self._places.get(name, ()))
        self._last = next(self._of[name], self._last)
        return self._last


class _Walk:
    """Goes through the groups; what aliases repeat is counted each time, and has an end."""

    def __init__(self, inventory: Inventory, lines: _Lines) -> None:
        self._inventory = inventory
        self._lines = lines
        self._visits = 0

    def group(self, name: str, body: Any, depth: int) -> None:
        self._visit(depth)
        group = self._inventory.group(name)
        if not isinstance(body, dict):
            return
        put_all(self._inventory, group.variables, _pairs(body.get("vars")))
        hosts, children = body.get("hosts"), body.get("children")
        for host, variables in hosts.items() if isinstance(hosts, dict) else ():
            self._visit(depth)
            self._host(str(host), variables, name)
        for child, inner in children.items() if isinstance(children, dict) else ():
            self._inventory.group(str(child)).parents.append(name)
            self.group(str(child), inner, depth + 1)

    def _visit(self, depth: int) -> None:
        self._visits += 1
        if depth > _DEEPEST or self._visits > _MOST_VISITS:
            raise ListError("its groups hold each other, or are too many.")

    def _host(self, written: str, variables: Any, group: str) -> None:
        line = self._lines.next(written)
        try:
            names = self._inventory.names(written)
        except InputError as error:
            self._inventory.others.append(line_of(line, problem=str(error.details["reason"])))
            return
        for name in names:
            host = self._inventory.add_host(name, line, group)
            put_all(self._inventory, host.variables, _pairs(variables))


def _pairs(variables: Any) -> list[tuple[str, str]]:
    """Variables that are plain text; lists and mappings mean nothing here."""
    if not isinstance(variables, dict):
        return []
    return [(str(name), value) for name, value in variables.items() if isinstance(value, str)]
