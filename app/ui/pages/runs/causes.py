"""Why devices of a run failed: a line a cause, with the one press that mends all of them."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.services.bulk.causes import Cause, Fix
from app.ui import theme
from app.ui.run_words import cause_detail, cause_title
from app.ui.theme import Meaning, Text
from app.ui.widgets.marks import Mark
from app.ui.widgets.states import Banner
from app.ui.widgets.text import Label

_SHOWN = 3


class CauseRow(Banner):
    """One cause."""

    def __init__(self, cause: Cause, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(Meaning.DOWN, parent)
        self.cause = cause
        texts = QWidget()
        column = QVBoxLayout(texts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_TINY)
        title = Label(cause_title(cause), Text.STRONG, wrap=True, selectable=True)
        column.addWidget(title)
        if detail := cause_detail(cause):
            column.addWidget(Label(detail, muted=True, wrap=True, selectable=True))
        self.show_button = QPushButton(self.tr("Select them") if cause.count > 1 else self.tr("Select it"))
        self.show_button.setAccessibleName(self.tr("Select the devices: {cause}").format(cause=cause_title(cause)))
        self.fix_button = QPushButton(verb)
        self.fix_button.setProperty("kind", "main")
        self.fix_button.setAccessibleName(f"{verb}: {cause_title(cause)}")
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP_SMALL)
        row.addWidget(self.show_button)
        row.addWidget(self.fix_button)
        self.hold(Mark(Meaning.DOWN), texts, buttons)
        self.give_room_to(texts)
        self.setAccessibleName(cause_title(cause))


class CauseList(QWidget):
    """The causes, the most frequent first; beyond three on demand. Hidden while there are none."""

    fix_wanted = Signal(object)
    """The `Cause` that is to be mended."""
    shown_wanted = Signal(object)
    """The `Cause` whose devices are to be seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._causes: list[Cause] = []
        self._shows_all = False
        self.rows: list[CauseRow] = []
        self.more_button = QPushButton()
        self.more_button.setProperty("kind", "link")
        self.more_button.clicked.connect(self._show_all)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.GAP_TINY)
        self._column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_causes(self, causes: Sequence[Cause]) -> None:
        """Show these instead of those before."""
        if list(causes) != self._causes:
            self._causes = list(causes)
            self._rebuild()

    def _show_all(self) -> None:
        self._shows_all = True
        self._rebuild()

    def _rebuild(self) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        shown = self._causes if self._shows_all else self._causes[:_SHOWN]
        self.rows = [CauseRow(cause, self.verb(cause)) for cause in shown]
        for at, row in enumerate(self.rows):
            row.fix_button.clicked.connect(partial(self._emit_fix, row.cause))
            row.show_button.clicked.connect(partial(self._emit_shown, row.cause))
            self._column.insertWidget(at, row)
        hidden = len(self._causes) - len(shown)
        self.more_button.setText(self.tr("Show all {n} causes").format(n=len(self._causes)))
        self.more_button.setVisible(hidden > 0)
        self.setVisible(bool(self._causes))

    def _emit_fix(self, cause: Cause, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - the signature of clicked
        self.fix_wanted.emit(cause)

    def _emit_shown(self, cause: Cause, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - as above
        self.shown_wanted.emit(cause)

    def verb(self, cause: Cause) -> str:
        """What the button says that mends it."""
        match cause.fix:
            case Fix.LOGIN:
                return self.tr("Change the login…")
            case Fix.HOST_KEYS:
                return self.tr("Compare…")
            case Fix.PORT:
                return self.tr("Use port {port}").format(port=next_port(cause.port))
            case Fix.STACK:
                return self.tr("Go to the stack")
            case Fix.KIT:
                return self.tr("Go to the builds")
            case Fix.RETRY:
                return self.tr("Try them again") if cause.count > 1 else self.tr("Try it again")


def next_port(port: int) -> int:
    """The port to try when `port` is taken."""
    return port + 1 if port < 65535 else port - 1
