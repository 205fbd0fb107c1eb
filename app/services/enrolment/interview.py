"""keyboard-interactive (RFC 4256): the server asks, and the thread that logs in answers."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import paramiko
from paramiko.auth_handler import AuthHandler
from paramiko.common import cMSG_USERAUTH_INFO_RESPONSE

from app.models.secret import Secret
from app.services.enrolment.program import plain
from app.services.enrolment.questions import Prompt
from app.services.progress import CancelToken

_POLL_SECONDS = 0.05
_PROMPTS = 10
_ROUNDS = 20
_TEXT = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """One round of a server's questions; see `Question`."""

    title: str
    instructions: str
    prompts: tuple[Prompt, ...]


class Interview(AuthHandler):
    """One login by answering questions.

    Paramiko would call back on its own thread, which nothing can interrupt, and would read as many prompts as the server claims. Here they
    are counted, and wait for the thread that called `hold`.
    """

    def __init__(self, transport: paramiko.Transport) -> None:
        super().__init__(transport)
        self._rounds = 0
        self._asked: queue.SimpleQueue[Asked] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[list[Secret] | None] = queue.SimpleQueue()

    def hold(
        self, user: str, answer: Callable[[Asked], list[Secret]], *, seconds: float, token: CancelToken
    ) -> list[str]:
        """Log in, and return what the server demands in addition. The server may take `seconds` between two steps; an answer, any time.

        Raises what Paramiko raises, and what `answer` raises.
        """
        done = threading.Event()
        self.transport.auth_handler = self
        self.auth_interactive(user, lambda _title, _instructions, _prompts: [], done)
        try:
            deadline = time.monotonic() + seconds
            while not done.is_set() and self.transport.is_active():
                token.check()
                try:
                    asked = self._asked.get(timeout=_POLL_SECONDS)
                except queue.Empty:
                    if time.monotonic() > deadline:
                        raise paramiko.AuthenticationException("Authentication timeout.") from None
                    continue
                self._answers.put(answer(asked))
                deadline = time.monotonic() + seconds
        finally:
            self._answers.put(None)  # ends a round that waits
        return self.wait_for_response(done)

    def _parse_userauth_info_request(self, message: paramiko.Message) -> None:
        """On the library's thread."""
        self._rounds += 1
        title, instructions = _read(message), _read(message)
        message.get_string()  # language, deprecated
        count = message.get_int()
        if count > _PROMPTS or self._rounds > _ROUNDS:
            raise paramiko.SSHException("It asks too many questions.")
        prompts = tuple(Prompt(_read(message), message.get_boolean()) for _ in range(count))
        answers: list[Secret] | None = []
        if prompts:
            self._asked.put(Asked(title, instructions, prompts))
            answers = self._answers.get()
        if answers is None:
            raise paramiko.SSHException("Nobody answers.")
        reply = paramiko.Message()
        reply.add_byte(cMSG_USERAUTH_INFO_RESPONSE)
        reply.add_int(len(answers))
        for each in answers:
            reply.add_string(each.reveal())
        self.transport._send_message(reply)  # type: ignore[attr-defined] # missing from the stubs


def _read(message: paramiko.Message) -> str:
    return plain(message.get_string().decode("utf-8", "replace"))[:_TEXT]
