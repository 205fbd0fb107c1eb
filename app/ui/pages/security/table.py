"""The table of endpoints: what a stranger gets as shape and word, columns that share the room there is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from app.models.security import DeviceState, EndpointSecurity, Verdict
from app.ui.models.security import SecurityColumn, SecurityModel
from app.ui.theme import Meaning
from app.ui.widgets.mark_delegate import Index, MarkDelegate
from app.ui.widgets.rows import make_rows

_WIDTHS = {
    SecurityColumn.ENDPOINT: 100,
    SecurityColumn.SITE: 84,
    SecurityColumn.VERDICT: 138,
    SecurityColumn.DEVICE: 138,
    SecurityColumn.CERTIFICATE: 116,
    SecurityColumn.HOST_KEY: 78,
    SecurityColumn.LOGIN: 132,
    SecurityColumn.SYSTEM: 78,
    SecurityColumn.EXPORTER: 74,
    SecurityColumn.CHECKED: 78,
}
#: Who gets how much of the room that is left over, in tenths: those whose texts are long.
_SHARES = {
    SecurityColumn.ENDPOINT: 1,
    SecurityColumn.SITE: 1,
    SecurityColumn.HOST_KEY: 4,
    SecurityColumn.LOGIN: 1,
    SecurityColumn.SYSTEM: 3,
}
_MEANINGS = {
    Verdict.OPEN: Meaning.DOWN,
    Verdict.UNENCRYPTED: Meaning.ATTENTION,
    Verdict.PROTECTED: Meaning.UP,
    Verdict.NOT_REACHED: Meaning.STALE,
    Verdict.UNCLEAR: Meaning.UNKNOWN,
}

DEVICE_MEANINGS = {
    DeviceState.AS_IT_WAS: Meaning.UP,
    DeviceState.ALTERED: Meaning.ATTENTION,
    DeviceState.ANOTHER: Meaning.ATTENTION,
    DeviceState.NOT_SEEN: Meaning.STALE,
}


class SecurityDelegate(MarkDelegate):
    """The verdict, and what the last check of the device found, with their marks."""

    def meaning_of(self, index: Index) -> Meaning | None:
        row: EndpointSecurity = index.data(SecurityModel.EndpointRole)
        if index.column() == SecurityColumn.DEVICE:
            return DEVICE_MEANINGS[row.device_check.state] if row.device_check else None
        if index.column() != SecurityColumn.VERDICT:
            return None
        return _MEANINGS[row.exposure.verdict] if row.exposure else None


class SecurityTable(QTableView):
    """Sorted by a click on a column's head; Enter opens the endpoint."""

    def __init__(self, model: SecurityModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(SecurityDelegate(self))
        self.setAccessibleName(self.tr("Security of the endpoints"))
        make_rows(self)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        columns = self.horizontalHeader()
        columns.setStretchLastSection(True)
        columns.setSortIndicator(SecurityColumn.ENDPOINT, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        spare = max(0, self.viewport().width() - sum(_WIDTHS.values()))
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width + spare * _SHARES.get(column, 0) // 10)
