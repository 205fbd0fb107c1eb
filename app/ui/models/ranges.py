"""The spans of time that charts can show."""

from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True, slots=True)
class Range:
    """The last `span` until now; `key` is what is remembered."""

    key: str
    span: timedelta

    @property
    def title(self) -> str:
        def tr(text: str) -> str:
            return QCoreApplication.translate("Range", text)

        return {
            "15m": tr("Last 15 minutes"),
            "1h": tr("Last hour"),
            "6h": tr("Last 6 hours"),
            "24h": tr("Last 24 hours"),
            "7d": tr("Last 7 days"),
            "30d": tr("Last 30 days"),
        }[self.key]


RANGES = (
    Range("15m", timedelta(minutes=15)),
    Range("1h", timedelta(hours=1)),
    Range("6h", timedelta(hours=6)),
    Range("24h", timedelta(hours=24)),
    Range("7d", timedelta(days=7)),
    Range("30d", timedelta(days=30)),
)
DEFAULT_RANGE = RANGES[1]
