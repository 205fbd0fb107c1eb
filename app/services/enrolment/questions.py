"""What a server asks for while somebody logs in, and whoever answers. The questions are a stranger's words: plain and bounded."""

from dataclasses import dataclass
from typing import Protocol

from app.models.secret import Secret
from app.services.enrolment.failures import NobodyToAskError
from app.services.progress import CancelToken


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing asked for. Unless `is_shown`, the answer is a secret and must not be seen while it is typed."""

    text: str
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked at once, of whom. `title`, `instructions` and the prompts' texts are the server's, made plain; they may be empty."""

    target: str
    user: str
    prompts: tuple[Prompt, ...]
    title: str = ""
    instructions: str = ""


class Asker(Protocol):
    """Puts a question to the operator, on the thread that logs in."""

    def __call__(self, question: Question, token: CancelToken, /) -> list[Secret]:
        """One answer for each prompt, kept nowhere. Raises NobodyToAskError, NotAnsweredError, Cancelled."""
        ...


def nobody(question: Question, _token: CancelToken) -> list[Secret]:
    """The `Asker` of work that nobody watches."""
    raise NobodyToAskError(asked(question), target=question.target, user=question.user)


def asked(question: Question) -> str:
    """What was asked, for an error's evidence."""
    return "It asks: " + "; ".join(prompt.text for prompt in question.prompts)
