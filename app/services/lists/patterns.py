"""Patterns for names: "{site}-wtg-{n:03}".

Only the fields below mean something. Python's own formatting is never used on what a list says: it would follow attributes and make
text of any length.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.errors import InputError
from app.models.device_list import Field

_PIECE = re.compile(r"\{(?P<field>site|region|address|host|user|n)(?::0?(?P<width>[1-9]))?\}")
_KNOWN = "{site}, {region}, {address}, {host}, {user}, {n} and {n:03}"


def is_pattern(text: str) -> bool:
    """Whether it has a brace, and so has to be a pattern: no name has one."""
    return "{" in text or "}" in text


def check_pattern(text: str) -> str:
    """`text` again. Raises InputError("name") for a brace that is not of a known field."""
    if is_pattern(_PIECE.sub("", text)):
        raise InputError("name", f"A pattern for names knows {_KNOWN}.")
    if len(text) > 200:
        raise InputError("name", "A pattern for names has at most 200 characters.")
    return text


@dataclass(slots=True)
class Numbering:
    """Gives out {n}: from 1, and for each site anew where the pattern names the site."""

    _given: Counter[str] = field(default_factory=Counter)

    def name(self, pattern: str, values: Mapping[Field, str]) -> str:
        """The name that `pattern` makes of a row. Raises InputError("name")."""
        known = {
            "site": values.get(Field.SITE, ""),
            "region": values.get(Field.REGION, ""),
            "user": values.get(Field.USER, ""),
            "address": values.get(Field.ADDRESS, ""),
            "host": _host(values.get(Field.ADDRESS, "")),
        }
        # Without formatting, and in one pass: a value with braces in it stays as it is.
        others = _PIECE.sub(
            lambda found: found[0] if found["field"] == "n" else known[found["field"]], check_pattern(pattern)
        )
        if "{n" not in pattern:
            return others
        self._given[others] += 1
        number = self._given[others]
        return _PIECE.sub(
            lambda found: f"{number:0{int(found['width'] or 1)}}" if found["field"] == "n" else known[found["field"]],
            pattern,
        )


def _host(address: str) -> str:
    """The first label of a host's name; of an IP address all of it, with dashes for colons."""
    if ":" in address:
        return address.replace(":", "-").strip("-")
    return address if address.replace(".", "").isdigit() else address.partition(".")[0]
