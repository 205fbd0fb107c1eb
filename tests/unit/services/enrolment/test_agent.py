"""Agents that do not do what an agent does."""

from collections.abc import Callable

import paramiko
import pytest

from app.services.enrolment.agent import Agent
from app.services.enrolment.failures import AgentFailedError

_KEY = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20" + b"k" * 32


class Talk:
    """A line to an agent that answers each request in this way; nothing at all is the end of the conversation."""

    def __init__(self, answers: Callable[[bytes], bytes]) -> None:
        self._answers = answers
        self._waiting = b""

    def send(self, data: bytes) -> None:
        self._waiting = self._answers(data)

    def recv(self, size: int) -> bytes:
        piece, self._waiting = self._waiting[:size], self._waiting[size:]
        return piece

    def close(self) -> None: ...


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


def identities(count: int) -> bytes:
    return framed(b"\x0c" + count.to_bytes(4, "big") + framed(_KEY) + framed(b"a comment"))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "ended"),
        (framed(b"\x05"), "does not tell its keys"),
        (b"\xff\xff\xff\xff", "not one of an agent"),
        (identities(4_000_000_000), "claims to have 4000000000 keys"),
    ],
)
def test_what_is_no_list_of_keys(answer: bytes, why: str) -> None:
    with pytest.raises(AgentFailedError, match=why):
        Agent(Talk(lambda _request: answer)).keys()


def test_an_agent_that_refuses_to_sign() -> None:
    agent = Agent(Talk(lambda request: framed(b"\x05") if request[4] == 13 else identities(1)))
    (key,) = agent.keys()
    assert key.get_name() == "ssh-ed25519"
    with pytest.raises(paramiko.SSHException):
        key.sign_ssh_data(b"data", "ssh-ed25519")
    assert "refuses to sign" in agent.problem
