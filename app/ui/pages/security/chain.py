"""The state of the activity log's chain in one line, with the button that walks it."""

from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.models.activity import ChainCheck, ChainFault, FaultKind
from app.ui import theme, wording
from app.ui.icons import icon
from app.ui.theme import Meaning
from app.ui.widgets.text import Label


class ChainStrip(QFrame):
    """What is known of the activity log: nothing yet, that it is whole, or where it was tampered with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.told = Label(self.tr("Whether the activity log is whole was not checked yet."), wrap=True, selectable=True)
        self.head = Label(muted=True, selectable=True, monospaced=True, wrap=True)
        self.head.setToolTip(
            self.tr(
                "Note this hash where nobody who may write the inventory can change it: it proves every line up to now."
            )
        )
        self.verify_button = QPushButton(icon("list-checks"), self.tr("Verify log"))
        self.head.hide()
        words = QVBoxLayout()
        words.setSpacing(theme.GAP_TINY)
        words.addWidget(self.told)
        words.addWidget(self.head)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.GAP_SMALL, theme.GAP_SMALL, theme.GAP_SMALL)
        row.setSpacing(theme.GAP)
        row.addLayout(words, 1)
        row.addWidget(self.verify_button)

    def show_check(self, check: ChainCheck, at: datetime) -> None:
        """The result of a walk that ended at `at`."""
        whole = self.tr("The activity log is whole: {0} lines. Checked at {1}.")
        broken = self.tr("The activity log was tampered with. {0} Checked at {1}.")
        moment = wording.clock_time(at)
        if check.is_whole:
            self.told.setText(whole.format(check.lines, moment))
        else:
            self.told.setText(broken.format(" ".join(map(self._worded, check.faults)), moment))
        self.told.set_meaning(Meaning.UP if check.is_whole else Meaning.DOWN)
        self.head.setText(self.tr("newest hash {0}").format(check.head))
        self.head.setVisible(bool(check.head))

    def _worded(self, fault: ChainFault) -> str:
        match fault.kind:
            case FaultKind.ALTERED:
                return self.tr("Line {0} is not as it was written.").format(fault.line)
            case FaultKind.MISSING:
                return self.tr("Lines between {0} and {1} are missing.").format(fault.after, fault.line)
            case FaultKind.CUT_OFF:
                return self.tr("The newest lines, after line {0}, are missing or replaced.").format(fault.after)
            case FaultKind.FOREIGN:
                return self.tr("Newest lines, up to {0}, were not written by Plantwatch.").format(fault.after)
