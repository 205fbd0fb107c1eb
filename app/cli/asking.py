"""What a device asks at a login, put to whoever sits at the terminal."""

import getpass
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.cli.output import printable
from app.errors import Cancelled
from app.models.secret import Secret
from app.services.enrolment import Prompt, Question, nobody
from app.services.progress import CancelToken


def ask_on_terminal(question: Question, token: CancelToken) -> list[Secret]:
    """An `Asker`. What is typed is not shown unless the device allows it. Ctrl+C and the end of the input cancel."""
    if not sys.stdin.isatty():
        return nobody(question, token)
    told = (f"{question.target} asks {question.user}:", question.title, question.instructions)
    sys.stderr.write("\n" + "".join(f"{printable(line)}\n" for line in told if line))
    try:
        with _interruptible():
            return [_answer(prompt) for prompt in question.prompts]
    except (EOFError, KeyboardInterrupt):
        sys.stderr.write("\n")
        token.cancel()
        raise Cancelled from None


def _answer(prompt: Prompt) -> Secret:
    text = f"{printable(prompt.text)} "
    if not prompt.is_shown:
        return Secret(getpass.getpass(text))
    sys.stderr.write(text)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return Secret(line.rstrip("\r\n"))


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl+C ends the waiting for a line, which the work's own handler does not."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
