"""The question before something is lost: what, of whom, and a button that is the verb."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.theme import Meaning, Text
from app.ui.widgets.marks import Mark
from app.ui.widgets.text import Label


class DangerDialog(QDialog):
    """Says what will be lost. `option`, if given, is a box to tick that makes the loss larger; `option_verb` is the button's text then.

    Open it with `open()`; `accepted` tells the decision. Return and Esc both mean no.
    """

    def __init__(
        self,
        *,
        title: str,
        text: str,
        verb: str,
        option: str = "",
        option_verb: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.MESSAGE_WIDTH)
        self.text = Label(text, wrap=True)
        self.option = QCheckBox(option)
        self.option.setVisible(bool(option))
        self.do_button = QPushButton(verb)
        self.do_button.setProperty("kind", "danger")
        self.do_button.setAutoDefault(False)
        self.keep_button = QPushButton(self.tr("Cancel"))
        self.keep_button.setDefault(True)
        self.option.toggled.connect(lambda ticked: self.do_button.setText(option_verb if ticked else verb))
        self.do_button.clicked.connect(self.accept)
        self.keep_button.clicked.connect(self.reject)
        self._lay_out(title)
        self.keep_button.setFocus()

    def _lay_out(self, title: str) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GAP_SMALL)
        head.addWidget(Mark(Meaning.ATTENTION))
        head.addWidget(Label(title, Text.SECTION, wrap=True), 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP_SMALL)
        buttons.addStretch()
        buttons.addWidget(self.keep_button)
        buttons.addWidget(self.do_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_WIDE)
        rows.setSpacing(theme.GAP_WIDE)
        rows.addLayout(head)
        rows.addWidget(self.text)
        rows.addWidget(self.option)
        rows.addLayout(buttons)
