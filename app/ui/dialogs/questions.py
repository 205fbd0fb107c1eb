"""What a device asks of somebody who logs in: its words, and a field for each answer."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.models.secret import Secret
from app.ui import theme
from app.ui.theme import Text
from app.ui.widgets.secret_edit import SecretEdit
from app.ui.widgets.text import Label

if TYPE_CHECKING:
    from app.services.enrolment import Prompt, Question


class QuestionsDialog(QDialog):
    """Open it with `open()`; once accepted, `take()` gives the answers. They are hidden unless the device lets them be seen."""

    def __init__(self, question: "Question", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = self.tr("{0} asks {1}").format(question.target, question.user)
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.MESSAGE_WIDTH)
        self.edits = [self._edit(prompt) for prompt in question.prompts]
        self.answer_button = QPushButton(self.tr("Answer"))
        self.answer_button.setProperty("kind", "main")
        self.answer_button.setDefault(True)
        self.answer_button.clicked.connect(self.accept)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self._lay_out(title, question)
        self.edits[0].setFocus()

    def take(self) -> list[Secret]:
        """The answers, in the order of the prompts; the dialog forgets them."""
        answers = [Secret(edit.text()) for edit in self.edits]
        self._forget()
        return answers

    def reject(self) -> None:
        self._forget()
        super().reject()

    def _forget(self) -> None:
        for edit in self.edits:
            edit.clear()

    def _edit(self, prompt: "Prompt") -> QLineEdit:
        edit = QLineEdit() if prompt.is_shown else SecretEdit()
        edit.setAccessibleName(prompt.text or self.tr("Answer"))
        return edit

    def _lay_out(self, title: str, question: "Question") -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_WIDE)
        rows.setSpacing(theme.GAP)
        rows.addWidget(Label(title, Text.SECTION, wrap=True))
        for text in (question.title, question.instructions):
            if text:
                rows.addWidget(Label(text, wrap=True))
        for prompt, edit in zip(question.prompts, self.edits, strict=True):
            rows.addWidget(Label(prompt.text or self.tr("Answer"), Text.STRONG, wrap=True))
            rows.addWidget(edit)
        note = self.tr("These words are the device's. Your answers go to it alone and are kept nowhere.")
        rows.addWidget(Label(note, Text.LABEL, muted=True, wrap=True))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP_SMALL)
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.answer_button)
        rows.addLayout(buttons)
