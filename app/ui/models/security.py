"""How safely each endpoint is reached, as a table that sorts itself."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QObject, Qt

from app.models.endpoint import LoginKind
from app.models.security import CertificateSummary, Demand, DeviceState, EndpointSecurity, Verdict
from app.ui import words
from app.ui.models.records import Index, RecordTable

#: The order in which they ask for attention.
_URGENCY: Final = (Verdict.OPEN, Verdict.UNENCRYPTED, Verdict.UNCLEAR, Verdict.NOT_REACHED, Verdict.PROTECTED)

_DEVICE_URGENCY: Final = (DeviceState.ANOTHER, DeviceState.ALTERED, DeviceState.NOT_SEEN, DeviceState.AS_IT_WAS)


class SecurityColumn(IntEnum):
    ENDPOINT = 0
    SITE = 1
    VERDICT = 2
    DEVICE = 3
    CERTIFICATE = 4
    HOST_KEY = 5
    LOGIN = 6
    SYSTEM = 7
    EXPORTER = 8
    CHECKED = 9


class SecurityModel(RecordTable):
    """Rows of `EndpointSecurity`. `EndpointRole` gives the row's record."""

    EndpointRole: Final = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[EndpointSecurity] = []
        self._heads = [
            self.tr("Endpoint"),
            self.tr("Site"),
            self.tr("From outside"),
            self.tr("Device"),
            self.tr("Certificate"),
            self.tr("Host key"),
            self.tr("Login"),
            self.tr("System"),
            self.tr("Exporter"),
            self.tr("Checked"),
        ]
        self._sorted_by = SecurityColumn.ENDPOINT
        self._order = Qt.SortOrder.AscendingOrder
        self._texts: dict[SecurityColumn, Callable[[EndpointSecurity], str]] = {
            SecurityColumn.ENDPOINT: lambda row: row.name,
            SecurityColumn.SITE: lambda row: row.site,
            SecurityColumn.VERDICT: self._verdict,
            SecurityColumn.CERTIFICATE: self._certificate,
            SecurityColumn.HOST_KEY: lambda row: row.host_key.fingerprint if row.host_key else "",
            SecurityColumn.LOGIN: self._login,
            SecurityColumn.SYSTEM: lambda row: row.system,
            SecurityColumn.EXPORTER: lambda row: row.exporter_version,
            SecurityColumn.CHECKED: lambda row: words.age(row.exposure.checked_at) if row.exposure else "",
            SecurityColumn.DEVICE: lambda row: self.device_word(row.device_check.state) if row.device_check else "",
        }

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, SecurityColumn(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._whole(row, SecurityColumn(index.column())) or None
        if role == self.EndpointRole:
            return row
        return None

    def show(self, rows: Sequence[EndpointSecurity]) -> None:
        """Replace all rows; what was selected stays selected where it still is."""
        if {row.id for row in rows} == {row.id for row in self._rows}:
            self._rearrange(rows)
            return
        self.beginResetModel()
        self._put(rows)
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by, self._order = SecurityColumn(column), order
        self._rearrange(self._rows)

    def verdict_word(self, verdict: Verdict) -> str:
        """What a stranger gets, in short."""
        return {
            Verdict.OPEN: self.tr("Open to anyone"),
            Verdict.UNENCRYPTED: self.tr("Not encrypted"),
            Verdict.PROTECTED: self.tr("Protected"),
            Verdict.NOT_REACHED: self.tr("Not reached"),
            Verdict.UNCLEAR: self.tr("Unclear"),
        }[verdict]

    def device_word(self, state: DeviceState) -> str:
        """What the last contact with the device found, in short."""
        return {
            DeviceState.AS_IT_WAS: self.tr("As it was"),
            DeviceState.ALTERED: self.tr("Altered"),
            DeviceState.ANOTHER: self.tr("Another device"),
            DeviceState.NOT_SEEN: self.tr("Not reached"),
        }[state]

    def _put(self, rows: Sequence[EndpointSecurity]) -> None:
        self._rows = sorted(rows, key=lambda row: row.name.casefold())
        self._rows.sort(key=_KEYS[self._sorted_by], reverse=self._order is Qt.SortOrder.DescendingOrder)

    def _rearrange(self, rows: Sequence[EndpointSecurity]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._rows[index.row()].id for index in before]
        self._put(rows)
        places = {row.id: number for number, row in enumerate(self._rows)}
        after = [self.index(places[each], index.column()) for each, index in zip(ids, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _text(self, row: EndpointSecurity, column: SecurityColumn) -> str:
        return self._texts[column](row) or words.NONE

    def _verdict(self, row: EndpointSecurity) -> str:
        return self.verdict_word(row.exposure.verdict) if row.exposure else self.tr("Not checked")

    def _login(self, row: EndpointSecurity) -> str:
        if row.login_kind is None:
            return ""
        kinds = {
            LoginKind.PASSWORD: self.tr("password"),
            LoginKind.KEY_FILE: self.tr("key file"),
            LoginKind.AGENT: self.tr("ssh-agent"),
            LoginKind.QUESTIONS: self.tr("questions"),
            LoginKind.OWN_KEY: self.tr("Plantwatch's own key"),
        }
        return f"{row.login_user} · {kinds[row.login_kind]}"

    def _certificate(self, row: EndpointSecurity) -> str:
        certificate = certificate_of(row)
        if certificate is None:
            return ""
        left = (certificate.ends_at - datetime.now(UTC)).total_seconds()
        if left <= 0:
            return self.tr("ended {0}").format(words.moment(certificate.ends_at))
        return self.tr("ends in {0}").format(words.duration(left))

    def _whole(self, row: EndpointSecurity, column: SecurityColumn) -> str:
        """What a cell has no room for."""
        match column:
            case SecurityColumn.ENDPOINT:
                return "\n".join(filter(None, (row.hostname, row.address)))
            case SecurityColumn.VERDICT if row.exposure is not None:
                demand = {
                    Demand.NOTHING: self.tr("It asks for nothing."),
                    Demand.PASSWORD: self.tr("It asks for a password."),
                    Demand.CLIENT_CERTIFICATE: self.tr("It asks for a client certificate."),
                    Demand.UNKNOWN: "",
                }[row.exposure.demand]
                return "\n".join(filter(None, (row.exposure.target, demand, row.exposure.evidence)))
            case SecurityColumn.CERTIFICATE:
                certificate = certificate_of(row)
                return f"{certificate.fingerprint}\n{words.moment(certificate.ends_at)}" if certificate else ""
            case SecurityColumn.CHECKED if row.exposure is not None:
                return words.moment(row.exposure.checked_at)
            case SecurityColumn.DEVICE if row.device_check is not None:
                return "\n".join(filter(None, (words.moment(row.device_check.checked_at), row.device_check.detail)))
            case SecurityColumn.HOST_KEY if row.host_key is not None:
                return f"{row.host_key.kind} {row.host_key.fingerprint}"
            case _:
                return self._texts[column](row)


def certificate_of(row: EndpointSecurity) -> CertificateSummary | None:
    """The one that the exporter showed; while nobody has looked, the recorded one."""
    return (row.exposure.certificate if row.exposure else None) or row.certificate


def _urgency(row: EndpointSecurity) -> int:
    return _URGENCY.index(row.exposure.verdict) if row.exposure else len(_URGENCY)


def _ends(row: EndpointSecurity) -> float:
    certificate = certificate_of(row)
    return certificate.ends_at.timestamp() if certificate else float("inf")


_KEYS: Final[dict[SecurityColumn, Callable[[EndpointSecurity], Any]]] = {
    SecurityColumn.ENDPOINT: lambda row: row.name.casefold(),
    SecurityColumn.SITE: lambda row: row.site.casefold(),
    SecurityColumn.VERDICT: _urgency,
    SecurityColumn.CERTIFICATE: _ends,
    SecurityColumn.HOST_KEY: lambda row: row.host_key.fingerprint if row.host_key else "",
    SecurityColumn.LOGIN: lambda row: (row.login_user, row.login_kind or ""),
    SecurityColumn.SYSTEM: lambda row: row.system.casefold(),
    SecurityColumn.EXPORTER: lambda row: [
        int(part) if part.isdecimal() else 0 for part in row.exporter_version.split(".")
    ],
    SecurityColumn.CHECKED: lambda row: row.exposure.checked_at.timestamp() if row.exposure else 0.0,
    SecurityColumn.DEVICE: lambda row: (
        _DEVICE_URGENCY.index(row.device_check.state) if row.device_check else len(_DEVICE_URGENCY)
    ),
}
