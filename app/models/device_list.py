"""Lists of devices as they come in: a table of cells, what its columns mean, and what is thought of each row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from app.models.endpoint import EndpointDraft, HostKey
from app.models.expected_key import ExpectedKey


class Field(StrEnum):
    """What a column of a list can mean. There is none for passwords, on purpose: they are not read from lists."""

    NAME = "name"
    ADDRESS = "address"
    """May hold USER@HOST:PORT, a range or a network too: see `app.services.lists.addresses`."""
    PORT = "port"
    USER = "user"
    SITE = "site"
    REGION = "region"
    TAGS = "tags"
    NOTES = "notes"
    SCRAPE_ADDRESS = "scrape_address"
    EXPORTER_PORT = "exporter_port"
    LISTEN_ADDRESS = "listen_address"
    HOST_KEY = "host_key"
    """Anything that `ExpectedKey.parse` takes."""
    JUMPS = "jumps"
    """USER@HOST[:PORT], in the order of the way."""
    SEEN_KEY = "seen_key"
    """The host key that a scan saw, "TYPE BASE64". Nobody has compared it, so nothing is trusted for it: another key only raises doubt."""


class Form(StrEnum):
    """How a list is written."""

    TABLE = "table"
    SPREADSHEET = "spreadsheet"
    PLAIN = "plain list"
    ANSIBLE_INI = "Ansible inventory (INI)"
    ANSIBLE_YAML = "Ansible inventory (YAML)"
    KNOWN_HOSTS = "known_hosts"
    SSH_CONFIG = "ssh_config"


class Confidence(StrEnum):
    """How much speaks for the meaning of a column."""

    GIVEN = "given"
    """The operator said so."""
    SURE = "sure"
    """The header or the form of the list says so."""
    LIKELY = "likely"
    """The values, or part of the header, say so."""
    GUESS = "guess"
    """It is what is left; worth a look."""
    NONE = "none"
    """Nothing is known; the column is not used."""


class Verdict(StrEnum):
    GOOD = "good"
    BAD = "bad"
    """Something in it has to be mended first."""
    DUPLICATE = "duplicate"
    """Another row of the list is the same device, or has its name."""
    KNOWN = "known"
    """The inventory has it, or its name."""
    SKIPPED = "skipped"
    """No device: a header, a comment, a total, an empty line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list as it was written; `number` is its line in the text or its row in the sheet, from 1."""

    number: int
    cells: tuple[str, ...]
    skipped: str = ""
    """Why nothing is made of it, as a sentence; empty when something is."""
    problem: str = ""
    """Why it could not be read as a whole, as a sentence. It is taken for mended once any of its values was corrected by hand."""
    part: int = 0
    """From 1, where several devices stand on one line from the beginning."""
    faults: Mapping[int, str] = field(default_factory=dict)
    """Why the value of a column cannot be taken as it stands (a formula without a result), by the column's place."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column was taken for. `field` None: it is not used."""

    field: Field | None
    confidence: Confidence
    why: str
    """A sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list, its header as it is written ("" without one), and what it was taken for."""

    place: int
    title: str
    meaning: Meaning
    is_secret: bool = False
    """It was headed as passwords are: its values were dropped while reading, and no meaning can be given to it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A list, read. Every row of the input is a `Line`. Values of columns in `secret` are empty: they were not kept."""

    form: Form
    lines: tuple[Line, ...]
    titles: tuple[str, ...]
    """One for each column; all empty when there is no header."""
    header: int = 0
    """The number of the header's line; 0: there is none."""
    meanings: Mapping[int, Meaning] = field(default_factory=dict)
    """By place, for forms whose columns are known."""
    secret: frozenset[int] = frozenset()
    written_as: str = ""
    """What was found out about the writing: encoding, delimiter."""
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    notes: tuple[str, ...] = ()
    """What the operator should know about the list as a whole, as sentences."""


class RowId(NamedTuple):
    """A row of the preview: the line that it comes from, and its part of that line: 0, or from 1 when a range became several devices."""

    line: int
    part: int = 0

    def __str__(self) -> str:
        return f"{self.line}.{self.part}" if self.part else str(self.line)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in which field (None: the row as a whole), in a sentence a technician understands."""

    field: Field | None
    reason: str


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """What a list says about one device: valid, and ready to be enrolled but for its login."""

    draft: EndpointDraft
    user: str = ""
    expected_key: ExpectedKey | None = None
    jumps: tuple[tuple[str, str, int], ...] = ()
    """User, address and port of each jump host, in the order of the way."""
    seen_key: HostKey | None = None
    """What a scan saw at its address: no reason to trust it."""

    @property
    def target(self) -> str:
        """host:port for people; IPv6 in brackets."""
        host = f"[{self.draft.address}]" if ":" in self.draft.address else self.draft.address
        return f"{host}:{self.draft.port}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the preview. `values` are the cells as they count now: split, expanded, corrected by hand."""

    id: RowId
    values: Mapping[Field, str]
    verdict: Verdict
    problems: tuple[Problem, ...] = ()
    """Why the verdict is not GOOD: never empty then."""
    device: ListedDevice | None = None
    """Set unless the row is BAD or SKIPPED."""
    twin: str = ""
    """For a DUPLICATE the id of the other row, for a KNOWN one the name of the endpoint."""

    @property
    def reason(self) -> str:
        """All problems in one line."""
        return " ".join(
            f"{each.field.replace('_', ' ').capitalize()}: {each.reason}" if each.field else each.reason
            for each in self.problems
        )
