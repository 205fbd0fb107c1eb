"""How the severity of an alert is worded and marked, wherever alerts are told of."""

from PySide6.QtCore import QCoreApplication

from app.models.alert import Severity
from app.ui.theme import Meaning

_MEANINGS = {Severity.CRITICAL: Meaning.DOWN, Severity.WARNING: Meaning.ATTENTION, Severity.INFO: Meaning.INFO}

translate = QCoreApplication.translate


def severity_meaning(severity: Severity) -> Meaning:
    """Its shape and colour."""
    return _MEANINGS[severity]


def severity_word(severity: Severity) -> str:
    return {
        Severity.CRITICAL: translate("Severity", "Critical"),
        Severity.WARNING: translate("Severity", "Warning"),
        Severity.INFO: translate("Severity", "Information"),
    }[severity]
