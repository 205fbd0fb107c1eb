"""Alerts: what fires now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """Worst first."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Alert:
    """One firing alert. `instance` and `site` are empty when it is about the stack or a whole site. `since` is aware, in UTC."""

    name: str
    severity: Severity
    instance: str
    site: str
    region: str
    summary: str
    description: str
    action: str
    since: datetime
    silenced: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    inhibited: bool = False
    """Held back by Alertmanager because a worse one says it all: the alerts of single endpoints while their whole site is dead."""
