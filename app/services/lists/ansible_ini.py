"""Ansible inventories in INI."""

import re
import shlex
from collections.abc import Sequence

from app.errors import InputError
from app.models.device_list import Form, Table
from app.services.lists.ansible import Inventory, notes_of, put_all
from app.services.lists.structured import line_of, structured

_LONGEST = 5000
_QUOTED = re.compile(r"['\"\\#]")
_SECTION = re.compile(r"\s*\[\s*(?P<group>[^\]\[:\s]+)\s*(?::\s*(?P<kind>children|vars|hosts)\s*)?\]\s*(?:[#;].*)?")
_VARIABLE = re.compile(r"(?:^|\s)ansible_\w+\s*=")
_PORT = re.compile(r"(?P<host>[^:\s]+|\[[^\]]+\]):(?P<port>\d{1,6})")


def is_ansible_ini(lines: Sequence[str]) -> bool:
    """Whether there is a section, or a variable of Ansible's."""
    told = [line for line in lines[:2000] if line.strip() and not line.lstrip().startswith(("#", ";"))]
    return any(_SECTION.fullmatch(line) or _VARIABLE.search(line) for line in told)


def read_ansible_ini(lines: Sequence[str], written_as: str) -> Table:
    """The table of an inventory."""
    inventory = Inventory()
    group, kind = "ungrouped", "hosts"
    for number, text in enumerate(lines, start=1):
        bare = text.strip()
        if not bare or bare.startswith(("#", ";")):
            inventory.others.append(line_of(number, skipped="A comment." if bare else "The row is empty."))
        elif found := _SECTION.fullmatch(text):
            group, kind = found["group"], found["kind"] or "hosts"
            inventory.group(group)
            inventory.others.append(line_of(number, skipped="The head of a group."))
        elif kind == "children":
            child = bare.split("#")[0].strip()
            inventory.group(child).parents.append(group)
            inventory.others.append(line_of(number, skipped="The name of a group within another."))
        elif kind == "vars":
            name, _, value = bare.partition("=")
            inventory.put(inventory.group(group).variables, name.strip(), value.strip().strip("'\""))
            inventory.others.append(line_of(number, skipped="A variable of a group."))
        else:
            _host(inventory, number, bare, group)
    made, why = inventory.lines()
    return structured(Form.ANSIBLE_INI, made, why=why, written_as=written_as, notes=list(notes_of(inventory)))


def _host(inventory: Inventory, number: int, text: str, group: str) -> None:
    if len(text) > _LONGEST:
        inventory.others.append(line_of(number, problem=f"The line has more than {_LONGEST:,} letters."))
        return
    try:
        # shlex goes letter by letter; most lines do not need it.
        words = shlex.split(text, comments=True) if _QUOTED.search(text) else text.split()
    except ValueError:
        inventory.others.append(line_of(number, problem="A quote in this line has no end."))
        return
    if not words:
        inventory.others.append(line_of(number, skipped="A comment."))
        return
    first, rest = words[0], words[1:]
    pairs = [(name, value) for name, sign, value in (word.partition("=") for word in rest) if sign]
    if len(pairs) < len(rest):
        # What stands there is not repeated: it may be a password.
        inventory.others.append(
            line_of(number, problem="Behind the name only NAME=VALUE may stand in an Ansible inventory.")
        )
        return
    if (found := _PORT.fullmatch(first)) is not None:
        first = found["host"]
        pairs.insert(0, ("ansible_port", found["port"]))
    try:
        names = inventory.names(first)
    except InputError as error:
        inventory.others.append(line_of(number, problem=str(error.details["reason"])))
        return
    if all(name in inventory.hosts for name in names):
        before = inventory.hosts[names[0]].line
        inventory.others.append(line_of(number, skipped=f"The host of line {before} again; one more of its groups."))
    for name in names:
        host = inventory.add_host(name, number, group)
        put_all(inventory, host.variables, pairs)
