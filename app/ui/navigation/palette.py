"""Ctrl+K: find an endpoint, a page or an action by a few letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QDialog, QLabel, QListView, QVBoxLayout, QWidget

from app.ui import icons, theme
from app.ui.widgets.search_line import SearchLine

_WIDTH, _HEIGHT = 560, 400
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to go to or to do. `detail` is searched too."""

    text: str
    detail: str
    icon: str
    run: Callable[[], None]


def matching(entries: Sequence[Entry], text: str) -> list[Entry]:
    """Entries that hold every word of `text`; those that begin with it first, then in their given order."""
    words = text.casefold().split()

    def rank(entry: Entry) -> int:
        name = entry.text.casefold()
        if not words or name.startswith(words[0]):
            return 0
        return 1 if words[0] in name else 2

    found = [entry for entry in entries if all(word in f"{entry.text} {entry.detail}".casefold() for word in words)]
    return sorted(found, key=rank)


class CommandPalette(QDialog):
    """One line to type in, and what matches."""

    def __init__(self, entries: Sequence[Entry], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(self.tr("Find endpoints, pages and actions"))
        self._entries = list(entries)
        self._found: list[Entry] = []
        self.search = SearchLine(self.accessibleName())
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self._model = QStandardItemModel(self)
        self.list = QListView(uniformItemSizes=True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setIconSize(QSize(theme.ICON_SMALL, theme.ICON_SMALL))
        self.list.setModel(self._model)
        self.list.setAccessibleName(self.tr("What was found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(self._run)
        self._nothing = QLabel(self.tr("Nothing matches."), alignment=Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_SMALL, theme.GAP_SMALL, theme.GAP_SMALL, theme.GAP_SMALL)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self._nothing, 1)
        self.resize(_WIDTH, _HEIGHT)
        self._filter("")

    def open_over(self, window: QWidget) -> None:
        """Show in the upper middle of `window`."""
        top = window.mapToGlobal(window.rect().topLeft())
        self.move(top.x() + (window.width() - self.width()) // 2, top.y() + window.height() // 8)
        self.show()
        self.search.setFocus()

    def add(self, entries: Sequence[Entry]) -> None:
        """More to find, known only now. What is marked stays marked."""
        marked = self.list.currentIndex().row()
        chosen = self._found[marked] if marked > 0 else None
        self._entries.extend(entries)
        self._filter(self.search.text())
        if chosen in self._found:
            self.list.setCurrentIndex(self._model.index(self._found.index(chosen), 0))

    def found(self) -> list[str]:
        """What the list offers now."""
        return [entry.text for entry in self._found]

    def _filter(self, text: str) -> None:
        self._found = matching(self._entries, text)[:_SHOWN]
        self._model.clear()
        for entry in self._found:
            label = f"{entry.text}   {entry.detail}" if entry.detail else entry.text
            item = QStandardItem(icons.icon(entry.icon), label)
            item.setSizeHint(QSize(0, theme.CONTROL_HEIGHT))
            self._model.appendRow(item)
        self.list.setVisible(bool(self._found))
        self._nothing.setVisible(not self._found)
        if self._found:
            self.list.setCurrentIndex(self._model.index(0, 0))

    def _run(self, index: QModelIndex) -> None:
        entry = self._found[index.row()]
        self.close()
        entry.run()

    def eventFilter(self, watched: QObject, happened: QEvent) -> bool:
        if isinstance(happened, QKeyEvent) and happened.type() is QEvent.Type.KeyPress:
            row = self.list.currentIndex().row()
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(happened.key()))
            if step is not None and self._found:
                self.list.setCurrentIndex(self._model.index((row + step) % len(self._found), 0))
                return True
            if happened.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self._found:
                    self._run(self.list.currentIndex())
                return True
        return super().eventFilter(watched, happened)
