"""A device's questions in the window: asked from a worker, answered in a dialog, kept nowhere."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.errors import Cancelled
from app.models.secret import Secret
from app.services.enrolment import Prompt, Question
from app.services.enrolment.failures import NotAnsweredError
from app.services.progress import CancelToken
from app.ui.asking import WindowAsker
from app.ui.dialogs.questions import QuestionsDialog
from tests.ui.hands import click, type_text

QUESTION = Question(
    "10.0.0.1:22", "ada", (Prompt("Password:"), Prompt("Colour?", is_shown=True)), instructions="<b>Welcome</b>"
)


class Worker:
    """A thread that asks."""

    def __init__(self, asker: WindowAsker) -> None:
        self.token = CancelToken()
        self.outcome: object = None
        self._asker = asker
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        try:
            self.outcome = self._asker(QUESTION, self.token)
        except (NotAnsweredError, Cancelled) as error:
            self.outcome = error

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def worker(window: QWidget) -> Iterator[Worker]:
    made = Worker(WindowAsker(window))
    yield made
    made.token.cancel()


def dialog_of(qtbot: QtBot, window: QWidget) -> QuestionsDialog:
    qtbot.waitUntil(lambda: bool(window.findChildren(QuestionsDialog)))
    (dialog,) = window.findChildren(QuestionsDialog)
    return dialog


def test_answers_reach_the_worker_and_stay_nowhere(qtbot: QtBot, window: QWidget, worker: Worker) -> None:
    dialog = dialog_of(qtbot, window)
    hidden, shown = dialog.edits
    assert hidden.echoMode() is QLineEdit.EchoMode.Password
    assert shown.echoMode() is QLineEdit.EchoMode.Normal
    type_text(hidden, "canary")
    type_text(shown, "blue")
    click(dialog.answer_button)
    qtbot.waitUntil(lambda: worker.is_over)
    assert worker.outcome == [Secret("canary"), Secret("blue")]
    qtbot.waitUntil(lambda: not window.findChildren(QuestionsDialog))


def test_a_dialog_forgets_what_was_typed(qtbot: QtBot) -> None:
    for end in (QuestionsDialog.take, QuestionsDialog.reject):
        dialog = QuestionsDialog(QUESTION)
        qtbot.addWidget(dialog)
        dialog.open()
        type_text(dialog.edits[0], "canary")
        end(dialog)
        assert [edit.text() for edit in dialog.edits] == ["", ""]


def test_a_closed_dialog_is_an_error_that_says_so(qtbot: QtBot, window: QWidget, worker: Worker) -> None:
    click(dialog_of(qtbot, window).cancel_button)
    qtbot.waitUntil(lambda: worker.is_over)
    assert isinstance(worker.outcome, NotAnsweredError)


def test_cancelled_work_takes_its_dialog_away(qtbot: QtBot, window: QWidget, worker: Worker) -> None:
    dialog = dialog_of(qtbot, window)
    assert dialog.isVisible()
    worker.token.cancel()
    qtbot.waitUntil(lambda: worker.is_over and not window.findChildren(QuestionsDialog))
    assert isinstance(worker.outcome, Cancelled)
