"""The line in which the fleet is searched and filtered: offers what could come next, and keeps the last filter that could be read."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QStringListModel, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QListView, QWidget

from app.models.fleet_filter import NO_FILTER, FilterError, FleetFilter, Key, parse_filter
from app.models.fleet_filter_completion import Completion, completion
from app.ui.widgets.search_line import SearchLine

_TYPING_MILLISECONDS = 120
_OFFERS_SHOWN = 12


class FilterLine(SearchLine):
    """A `FleetFilter` as text. Down and Up choose among the offers, Enter takes one, Esc puts them away."""

    filter_changed = Signal()
    """`wanted` is another one."""
    complaint_changed = Signal(object)
    """The FilterError for what is written; None: it can be read."""

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__(what, parent)
        self.wanted: FleetFilter = NO_FILTER
        """The last filter that could be read."""
        self.complaint: FilterError | None = None
        self._known: Mapping[Key, Sequence[str]] = {}
        self._offered = Completion(0, ())
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MILLISECONDS)
        self._typing.timeout.connect(self.read)
        self._texts = QStringListModel(self)
        # Not the line's own completer, which would put an offer in the place of the whole text.
        self._completer = QCompleter(self._texts, self)
        self._completer.setWidget(self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(_OFFERS_SHOWN)
        self.offers = QListView()
        self.offers.setProperty("kind", "offers")
        """The list of what could come next; hidden when there is nothing."""
        self.offers.setAccessibleName(self.tr("What can be asked"))
        self._completer.setPopup(self.offers)
        self._completer.activated.connect(self._take_offer)
        self.textChanged.connect(lambda _text: self._typing.start())
        self.textEdited.connect(lambda _text: self._offer())
        self.editingFinished.connect(self._finish)

    def know(self, values: Mapping[Key, Sequence[str]]) -> None:
        """What is offered after each key."""
        self._known = values

    def write(self, wanted: FleetFilter) -> None:
        """Show `wanted`, and have it wanted at once."""
        self.setText(str(wanted))
        self.read()

    def read(self) -> None:
        """Have what is written wanted now. What cannot be read is complained of, unless more typing may mend it."""
        self._read(is_finished=not self.hasFocus())

    def _finish(self) -> None:
        self._read(is_finished=True)

    def _read(self, *, is_finished: bool) -> None:
        self._typing.stop()
        try:
            wanted = parse_filter(self.text())
        except FilterError as error:
            self._complain(error if is_finished or not error.is_unfinished else None)
            return
        self._complain(None)
        if wanted != self.wanted:
            self.wanted = wanted
            self.filter_changed.emit()

    def _complain(self, error: FilterError | None) -> None:
        if error is None and self.complaint is None:
            return
        self.complaint = error
        self.setAccessibleDescription(f"{error.message} {error.advice}" if error else "")
        self.complaint_changed.emit(error)

    def _offer(self) -> None:
        self._offered = completion(self.text(), self.cursorPosition(), self._known)
        if not self._offered.offers:
            self.offers.hide()
            return
        self._texts.setStringList(list(self._offered.offers))
        self._completer.complete()
        self.offers.setCurrentIndex(QModelIndex())

    def _take_offer(self, offer: str) -> None:
        text, cursor = self.text(), self.cursorPosition()
        before = text[: self._offered.start] + offer
        self.setText(before + text[cursor:])
        self.setCursorPosition(len(before))
        if offer.endswith(":"):
            # The values come next; the list has yet to close when this is called.
            QTimer.singleShot(0, self, self._offer)
