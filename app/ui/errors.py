"""How an error looks: what happened, what to do, the evidence on demand, and a way to try again. Texts are translated by their templates."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui import icons, theme


def message_of(error: AppError) -> str:
    """What happened, in the operator's language."""
    return QCoreApplication.translate("AppError", type(error).title).format(**error.details)


def advice_of(error: AppError) -> str:
    """What to do, in the operator's language; may be empty."""
    template = type(error).hint
    return QCoreApplication.translate("AppError", template).format(**error.details) if template else error.advice


class InlineError(QWidget):
    """An error where it belongs, as part of the page."""

    def __init__(
        self,
        error: AppError,
        *,
        retry: Callable[[], None] | None = None,
        retry_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.error = error
        mark = QLabel()
        mark.setPixmap(
            icons.pixmap(
                "circle-alert",
                theme.ICON,
                theme.colours(self.palette()).of(theme.Meaning.DOWN),
                self.devicePixelRatioF(),
            )
        )
        mark.setAccessibleName(self.tr("Error"))
        words = QVBoxLayout()
        words.setSpacing(theme.GAP_TINY)
        words.addWidget(self._label(message_of(error), theme.Text.STRONG))
        if advice := advice_of(error):
            words.addWidget(self._label(advice, theme.Text.BODY))
        words.addLayout(self._buttons(retry, retry_text))
        self._details = self._evidence(error.evidence)
        words.addWidget(self._details)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.setAccessibleName(message_of(error))

    def _label(self, text: str, role: theme.Text) -> QLabel:
        label = QLabel(text, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        label.setFont(theme.font(role))
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        return label

    def _buttons(self, retry: Callable[[], None] | None, retry_text: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, theme.GAP_TINY, 0, 0)
        row.setSpacing(theme.GAP_SMALL)
        if retry is not None:
            self.retry_button = QPushButton(icons.icon("rotate-ccw"), retry_text or self.tr("Try again"))
            self.retry_button.clicked.connect(lambda _checked=False: retry())
            row.addWidget(self.retry_button)
        self.details_button = QPushButton(self.tr("Details"))
        self.details_button.setCheckable(True)
        self.details_button.setVisible(bool(self.error.evidence))
        self.details_button.setIcon(icons.icon("chevron-right"))
        self.details_button.toggled.connect(self._show_details)
        row.addWidget(self.details_button)
        self.copy_button = QPushButton(icons.icon("copy"), self.tr("Copy"))
        self.copy_button.setVisible(False)
        self.copy_button.setAccessibleName(self.tr("Copy the error with its details"))
        self.copy_button.clicked.connect(self._copy)
        row.addWidget(self.copy_button)
        row.addStretch(1)
        return row

    def _evidence(self, text: str) -> QPlainTextEdit:
        details = QPlainTextEdit(text, readOnly=True)
        details.setVisible(False)
        details.setFont(theme.font(theme.Text.LABEL, monospaced=True))
        lines = min(10, max(2, text.count("\n") + 1 + len(text) // 90))
        details.setFixedHeight(QFontMetrics(details.font()).lineSpacing() * lines + 4 * theme.GAP_TINY)
        details.setTabChangesFocus(True)
        details.setAccessibleName(self.tr("Evidence"))
        return details

    def _show_details(self, shown: bool) -> None:  # noqa: FBT001 - the signature of toggled
        self._details.setVisible(shown)
        self.copy_button.setVisible(shown)
        self.details_button.setIcon(icons.icon("chevron-down" if shown else "chevron-right"))

    def _copy(self) -> None:
        parts = (message_of(self.error), advice_of(self.error), self.error.evidence)
        QApplication.clipboard().setText("\n\n".join(part for part in parts if part))
