"""What fields, verdicts and forms of lists are called in the window."""

from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from app.models.device_list import Confidence, Field, Form, Row, Verdict
from app.services.lists import Preview

translate = QCoreApplication.translate


class RowKind(StrEnum):
    """Rows as the operator tells them apart, in the order in which they are told."""

    GOOD = "good"
    BAD = "bad"
    DUPLICATE = "duplicate"
    KNOWN = "known"
    SKIPPED = "skipped"
    LEFT_OUT = "left out"
    BEGUN = "begun"

    @property
    def wants_mending(self) -> bool:
        return self in (RowKind.BAD, RowKind.DUPLICATE)

    @property
    def is_device(self) -> bool:
        """Whether the row may be corrected: it says something of a device, and nothing has begun with that."""
        return self not in (RowKind.SKIPPED, RowKind.BEGUN)


_BY_VERDICT = {
    Verdict.GOOD: RowKind.GOOD,
    Verdict.BAD: RowKind.BAD,
    Verdict.DUPLICATE: RowKind.DUPLICATE,
    Verdict.KNOWN: RowKind.KNOWN,
    Verdict.SKIPPED: RowKind.SKIPPED,
}


def kind_of(row: Row, preview: Preview) -> RowKind:
    """What kind of row of `preview` it is."""
    if row.verdict is Verdict.SKIPPED:
        if row.id in preview.apart.begun:
            return RowKind.BEGUN
        if row.id in preview.apart.left_out:
            return RowKind.LEFT_OUT
    return _BY_VERDICT[row.verdict]


def kind_word(kind: RowKind) -> str:
    """One word for the column of verdicts."""
    return {
        RowKind.GOOD: translate("Lists", "good"),
        RowKind.BAD: translate("Lists", "bad"),
        RowKind.DUPLICATE: translate("Lists", "duplicate"),
        RowKind.KNOWN: translate("Lists", "enrolled"),
        RowKind.SKIPPED: translate("Lists", "skipped"),
        RowKind.LEFT_OUT: translate("Lists", "left out"),
        RowKind.BEGUN: translate("Lists", "begun"),
    }[kind]


def counted_kind(kind: RowKind, count: int) -> str:
    """How many rows are of that kind: "56 good", "1 is enrolled already"."""
    text = {
        RowKind.GOOD: translate("Lists", "{n} good"),
        RowKind.BAD: translate("Lists", "{n} bad"),
        RowKind.DUPLICATE: translate("Lists", "{n} duplicate"),
        RowKind.KNOWN: translate("Lists", "{n} enrolled already"),
        RowKind.SKIPPED: translate("Lists", "{n} skipped"),
        RowKind.LEFT_OUT: translate("Lists", "{n} left out"),
        RowKind.BEGUN: translate("Lists", "{n} begun"),
    }
    return text[kind].format(n=count)


def field_word(field: Field) -> str:
    """What a column means, as its heading."""
    return {
        Field.NAME: translate("Lists", "Name"),
        Field.ADDRESS: translate("Lists", "Address"),
        Field.PORT: translate("Lists", "SSH port"),
        Field.USER: translate("Lists", "User"),
        Field.SITE: translate("Lists", "Site"),
        Field.REGION: translate("Lists", "Region"),
        Field.TAGS: translate("Lists", "Tags"),
        Field.NOTES: translate("Lists", "Notes"),
        Field.SCRAPE_ADDRESS: translate("Lists", "Scrape address"),
        Field.EXPORTER_PORT: translate("Lists", "Exporter port"),
        Field.LISTEN_ADDRESS: translate("Lists", "Listening address"),
        Field.HOST_KEY: translate("Lists", "Host key"),
        Field.JUMPS: translate("Lists", "Jump hosts"),
        Field.SEEN_KEY: translate("Lists", "Seen key"),
    }[field]


def confidence_word(confidence: Confidence) -> str:
    """How sure the meaning of a column is."""
    return {
        Confidence.GIVEN: translate("Lists", "as you said"),
        Confidence.SURE: translate("Lists", "sure"),
        Confidence.LIKELY: translate("Lists", "likely"),
        Confidence.GUESS: translate("Lists", "a guess: have a look"),
        Confidence.NONE: translate("Lists", "not used"),
    }[confidence]


def form_word(form: Form) -> str:
    """How a list is written."""
    return {
        Form.TABLE: translate("Lists", "Table"),
        Form.SPREADSHEET: translate("Lists", "Spreadsheet"),
        Form.PLAIN: translate("Lists", "Plain list"),
        Form.ANSIBLE_INI: translate("Lists", "Ansible inventory (INI)"),
        Form.ANSIBLE_YAML: translate("Lists", "Ansible inventory (YAML)"),
        Form.KNOWN_HOSTS: "known_hosts",
        Form.SSH_CONFIG: "ssh_config",
    }[form]
