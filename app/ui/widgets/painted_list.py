"""A list whose delegate paints every entry: one view, not a widget an entry."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QWidget


class PaintingDelegate(QStyledItemDelegate):
    """Paints entries, greyed while `is_stale`: what is shown is old."""

    is_stale = False


class PaintedList(QListView):
    """Arrow keys go between the entries; Enter or a click opens one. Lies on the ground of the page."""

    #: Where the keyboard begins.
    first_row = 0

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painting: PaintingDelegate | None = None
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self.open_entry)

    def paint_by(self, delegate: PaintingDelegate) -> None:
        """Have it paint the entries."""
        self._painting = delegate
        self.setItemDelegate(delegate)

    def open_entry(self, index: QModelIndex) -> None:
        """Enter was pressed on it, or it was clicked."""
        raise NotImplementedError

    def set_stale(self, *, stale: bool) -> None:
        """Grey what is shown: it is old."""
        if self._painting is not None and stale != self._painting.is_stale:
            self._painting.is_stale = stale
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.open_entry(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount() > self.first_row:
            self.setCurrentIndex(self.model().index(self.first_row, 0))
