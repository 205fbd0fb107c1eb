"""The head of the table: what each column of the list is called there, and what it was taken for, to be corrected."""

from functools import partial
from itertools import pairwise

from PySide6.QtCore import QRect, QSize, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHeaderView, QWidget

from app.models.device_list import Confidence, Field
from app.ui import theme, words
from app.ui.list_words import confidence_word, field_word
from app.ui.models.list_rows import ListModel
from app.ui.models.list_sheet import SheetColumn

_BOX_HEIGHT = 26
_TITLE_HEIGHT = 24
_AT_ONCE = 8


class MeaningChoice(QComboBox):
    """Chosen from the open list only: on the way to another meaning none is to be taken from its column."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the table."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.showPopup()
        else:
            # Not the combo box's own: letters would choose at once.
            event.ignore()


class ColumnHeader(QHeaderView):
    """Above, the column's own title; below it a choice of what it means. Tab walks along the choices."""

    meaning_chosen = Signal(int, object)
    """The place of a column of the list, and the `Field` that it means, or None."""

    def __init__(self, model: ListModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows = model
        self.boxes: dict[int, QComboBox] = {}
        """By section; only those that can be chosen for."""
        self._spare: list[QComboBox] = []
        # One for all of them: with items of its own each takes several milliseconds to make.
        self._meanings = QStringListModel([self.tr("not used"), *map(field_word, Field)], self)
        self._making = QTimer(self, singleShot=True, interval=0)
        self._making.timeout.connect(self._make_some)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(48)
        self.setStretchLastSection(True)
        self._placing = QTimer(self, singleShot=True, interval=0)
        self._placing.timeout.connect(self.place)
        self.sectionResized.connect(lambda *_sizes: self._placing.start())
        self.geometriesChanged.connect(self.place)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), _TITLE_HEIGHT + _BOX_HEIGHT + theme.GAP_TINY)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """The title in the upper part: the style knows the middle only, where the choice is."""
        shades = theme.colours(self.palette())
        painter.save()
        painter.fillRect(rect, shades.surface)
        painter.setPen(shades.border)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setPen(shades.muted)
        room = QRect(rect.left() + theme.GAP_SMALL, rect.top(), rect.width() - 2 * theme.GAP_SMALL, _TITLE_HEIGHT)
        title = str(self._rows.headerData(section, Qt.Orientation.Horizontal) or "")
        shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def show_columns(self) -> None:
        """Offer the choices for the columns of the model's sheet."""
        wanted = {section: column for section in range(self.count()) if (column := self._chosen_for(section))}
        for section in [each for each in self.boxes if each not in wanted]:
            box = self.boxes.pop(section)
            box.hide()
            self._spare.append(box)
        for section, box in self.boxes.items():
            self._fill(box, section, wanted[section])
        self._make_some()

    def _make_some(self) -> None:
        """The choices that are still missing, some at a time: those of a hundred columns together would hold the window."""
        missing = [each for each in range(self.count()) if each not in self.boxes and self._chosen_for(each)]
        for section in missing[:_AT_ONCE]:
            column = self._chosen_for(section)
            self.boxes[section] = box = self._spare.pop() if self._spare else self._box()
            if column is not None:
                self._fill(box, section, column)
        self._chain()
        self._placing.start()
        if len(missing) > _AT_ONCE:
            self._making.start()

    def _chain(self) -> None:
        """Tab walks along the choices, from left to right, and then into the rows."""
        boxes = [box for _, box in sorted(self.boxes.items())]
        for before, after in pairwise(boxes):
            QWidget.setTabOrder(before, after)
        if boxes and (table := self.parentWidget()) is not None:
            QWidget.setTabOrder(boxes[-1], table)

    def place(self) -> None:
        """Put each choice under its title."""
        for section, box in self.boxes.items():
            left = self.sectionViewportPosition(section)
            box.setGeometry(left + 2, _TITLE_HEIGHT, self.sectionSize(section) - 4, _BOX_HEIGHT)
            box.setVisible(not self.isSectionHidden(section))

    def _chosen_for(self, section: int) -> SheetColumn | None:
        column = self._rows.column(section)
        return column if column is not None and column.place is not None else None

    def _box(self) -> QComboBox:
        box = MeaningChoice(self.viewport())
        box.setProperty("kind", "cell")
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.setModel(self._meanings)
        box.activated.connect(partial(self._choose, box))
        return box

    def _fill(self, box: QComboBox, section: int, column: SheetColumn) -> None:
        box.setProperty("section", section)
        # Not findData: it compares texts, and None is one to it.
        box.setCurrentIndex(list(Field).index(column.field) + 1 if column.field else 0)
        box.setEnabled(not column.is_secret)
        title = column.title or self.tr("Column {n}").format(n=(column.place or 0) + 1)
        meaning = column.meaning
        sure = meaning.confidence if meaning is not None else Confidence.NONE
        said = f"{confidence_word(sure).capitalize()}. {meaning.why if meaning is not None else ''}".strip()
        box.setToolTip(words.tip(f"{title}\n{said}"))
        box.setAccessibleName(self.tr("What the column “{title}” means").format(title=title))
        box.setAccessibleDescription(said)
        is_doubtful = sure in (Confidence.GUESS, Confidence.LIKELY)
        if box.property("doubtful") != is_doubtful:
            box.setProperty("doubtful", is_doubtful)
            box.style().polish(box)

    def _choose(self, box: QComboBox, _index: int) -> None:
        column = self._rows.column(int(box.property("section")))
        field = list(Field)[box.currentIndex() - 1] if box.currentIndex() else None
        if column is not None and column.place is not None and field is not column.field:
            self.meaning_chosen.emit(column.place, field)
