"""What devices ask while the app logs in, put to the operator in a dialog above the window."""

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.models.secret import Secret
from app.services.progress import CancelToken
from app.ui.dialogs.questions import QuestionsDialog

if TYPE_CHECKING:  # the window paints before the library for SSH is loaded
    from app.services.enrolment import Question


class _Pending:
    """A question on its way to the operator and back. `answers` stays None when it was not answered."""

    def __init__(self, question: "Question") -> None:
        self.question = question
        self.answers: list[Secret] | None = None
        self.is_over = threading.Event()


class WindowAsker(QObject):
    """An `Asker`. Workers wait here, each for its own dialog; it outlives them as the window does."""

    _wanted = Signal(object)
    _withdrawn = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._dialogs: dict[_Pending, QuestionsDialog] = {}
        self._wanted.connect(self._show)
        self._withdrawn.connect(self._withdraw)

    def __call__(self, question: "Question", token: CancelToken) -> list[Secret]:
        """On a worker. Raises NotAnsweredError when the operator closes the dialog, Cancelled when the work is cancelled."""
        from app.services.enrolment.failures import NotAnsweredError  # noqa: PLC0415 - loads the library for SSH

        pending = _Pending(question)
        with token.on_cancel(pending.is_over.set):
            self._wanted.emit(pending)
            pending.is_over.wait()
        answers, pending.answers = pending.answers, None
        if token.cancelled:
            self._withdrawn.emit(pending)
            token.check()
        if answers is None:
            raise NotAnsweredError(target=question.target, user=question.user)
        return answers

    @Slot(object)
    def _show(self, pending: _Pending) -> None:
        if pending.is_over.is_set():
            return
        dialog = self._dialogs[pending] = QuestionsDialog(pending.question, self._window)

        def over() -> None:
            if self._dialogs.pop(pending, None) is not None and dialog.result():
                pending.answers = dialog.take()
            pending.is_over.set()
            dialog.deleteLater()

        dialog.finished.connect(over)
        dialog.open()

    @Slot(object)
    def _withdraw(self, pending: _Pending) -> None:
        if (dialog := self._dialogs.pop(pending, None)) is not None:
            dialog.reject()
