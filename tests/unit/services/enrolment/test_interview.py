"""What servers ask: bounded, plain, and answered on the thread that logs in."""

import paramiko
import pytest

from app.models.secret import Secret
from app.services.enrolment.failures import NobodyToAskError
from app.services.enrolment.interview import Interview
from app.services.enrolment.questions import Prompt, Question, nobody
from app.services.progress import CancelToken


class Line:
    """Stands for a transport: keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def _send_message(self, message: paramiko.Message) -> None:
        self.sent.append(message.asbytes())


def round_of(count: int, *prompts: str, title: str = "") -> paramiko.Message:
    made = paramiko.Message()
    for text in (title, "instructions", ""):
        made.add_string(text)
    made.add_int(count)
    for text in prompts:
        made.add_string(text)
        made.add_boolean(False)
    made.rewind()
    return made


def test_a_round_without_prompts_is_answered_at_once() -> None:
    line = Line()  # the library holds it weakly
    interview = Interview(line)  # type: ignore[arg-type] # stands for one
    interview._parse_userauth_info_request(round_of(0))
    assert line.sent == [b"\x3d\x00\x00\x00\x00"]


def test_a_server_that_asks_without_end() -> None:
    line = Line()  # the library holds it weakly
    interview = Interview(line)  # type: ignore[arg-type] # stands for one
    with pytest.raises(paramiko.SSHException, match="too many"):
        interview._parse_userauth_info_request(round_of(4_000_000_000))
    for _ in range(19):
        interview._parse_userauth_info_request(round_of(0))
    with pytest.raises(paramiko.SSHException, match="too many"):
        interview._parse_userauth_info_request(round_of(0))


def test_a_servers_words_are_made_plain() -> None:
    line = Line()  # the library holds it weakly
    interview = Interview(line)  # type: ignore[arg-type] # stands for one
    interview._answers.put([Secret("answer")])
    interview._parse_userauth_info_request(round_of(1, "\x1b[2JPassword:\n" + "x" * 5000, title="a\x07b"))
    asked = interview._asked.get_nowait()
    assert asked.title == "a b"
    (prompt,) = asked.prompts
    assert prompt.text.startswith("[2JPassword: xxx")
    assert len(prompt.text) == 300


def test_nobody_says_what_was_asked() -> None:
    question = Question("10.0.0.1:22", "ada", (Prompt("Code:"), Prompt("Colour?", is_shown=True)))
    with pytest.raises(NobodyToAskError) as caught:
        nobody(question, CancelToken())
    assert caught.value.evidence == "It asks: Code:; Colour?"
