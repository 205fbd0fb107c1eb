"""Logging in: the ways that SSH knows, until the server is content."""

import re
from collections.abc import Callable

import paramiko
from paramiko.ssh_exception import BadAuthenticationType

from app.errors import Cancelled, DeviceError
from app.models.endpoint import Login, LoginKind
from app.models.secret import Secret
from app.services.enrolment import failures
from app.services.enrolment.agent import Agent, AgentKey
from app.services.enrolment.interview import Asked, Interview
from app.services.enrolment.keys import load_private_key, own_key
from app.services.enrolment.network import Wire
from app.services.enrolment.questions import Asker, Prompt, Question
from app.services.progress import CancelToken

#: How many proofs in a row are given: a server that never has enough is not worth more.
_PROOFS = 5
_INTERACTIVE, _PASSWORD = "keyboard-interactive", "password"
#: Questions for more than the password. Other hidden ones are for it, in whatever language.
_NOT_THE_PASSWORD = re.compile(r"\bcode\b|token|\botp\b|one[- ]time|verif|\bpin\b|challenge|passcode|new |2fa", re.I)


class LogIn:
    """One login on one transport, whose host key has been compared."""

    def __init__(
        self,
        transport: paramiko.Transport,
        connected: Wire,
        login: Login,
        target: str,
        *,
        ask: Asker,
        seconds: float,
        token: CancelToken,
    ) -> None:
        self._transport = transport
        self._socket = connected
        self._login = login
        self._target = target
        self._ask = ask
        self._seconds = seconds
        self._token = token
        self._password_is_given = False
        self._has_asked = False
        self._keys_offered = 0

    def run(self) -> None:
        """Raises one of the failures of logging in, StalledError or ConnectionLostError; Cancelled."""
        self._transport.auth_timeout = self._seconds
        way = {
            LoginKind.PASSWORD: self._by_password,
            LoginKind.KEY_FILE: self._by_key_file,
            LoginKind.AGENT: self._by_agent,
            LoginKind.QUESTIONS: self._by_questions,
            LoginKind.OWN_KEY: self._by_own_key,
        }[self._login.kind]
        further = self._translated(way)
        for _ in range(_PROOFS):
            if not further:
                return
            demanded = further
            further = self._translated(lambda: self._in_addition(demanded))  # noqa: B023 - called at once
        raise failures.SecondFactorError(", ".join(further), **self._told)

    @property
    def _told(self) -> dict[str, str]:
        return {"target": self._target, "user": self._login.user}

    def _translated(self, way: Callable[[], list[str]]) -> list[str]:
        """What the server demands in addition."""
        try:
            with self._token.on_cancel(self._socket.interrupt):
                return way()
        except (DeviceError, Cancelled):
            raise
        except Exception as error:  # the library raises nearly anything; all of it is translated
            self._token.check()
            raise self._failure(error) from error

    # The ways

    def _by_password(self) -> list[str]:
        try:
            further = self._transport.auth_password(self._login.user, self._login.secret.reveal(), fallback=False)
        except BadAuthenticationType as error:
            if _INTERACTIVE not in error.allowed_types:
                raise
            return self._by_questions()
        self._password_is_given = True
        return further

    def _by_key_file(self) -> list[str]:
        key = load_private_key(self._login.key_file, self._login.secret)
        return self._transport.auth_publickey(self._login.user, key)

    def _by_own_key(self) -> list[str]:
        further = self._transport.auth_publickey(self._login.user, own_key(self._login.secret))
        if further:
            # It is there so that nobody has to be asked.
            raise failures.SecondFactorError(", ".join(further), **self._told)
        return further

    def _by_agent(self) -> list[str]:
        """Key after key, until one is taken or the server has had enough."""
        agent = Agent()
        try:
            with self._token.on_cancel(agent.close):
                return self._by_one_of(agent, agent.keys(self._login.key_file))
        finally:
            agent.close()

    def _by_one_of(self, agent: Agent, keys: list[AgentKey]) -> list[str]:
        self._keys_offered = len(keys)
        for tried, key in enumerate(keys, start=1):
            try:
                return self._transport.auth_publickey(self._login.user, key)
            except BadAuthenticationType:
                raise
            except paramiko.SSHException as error:
                if agent.problem:
                    raise failures.AgentFailedError(why=agent.problem) from error
                if not isinstance(error, paramiko.AuthenticationException) or _is_timeout(error):
                    raise
                if not self._transport.is_active():
                    seen = f"It ended the connection after {tried} of them." if tried < len(keys) else ""
                    raise failures.AgentRefusedError(seen, count=len(keys), **self._told) from error
        raise failures.AgentRefusedError(count=len(keys), **self._told)

    def _by_questions(self) -> list[str]:
        interview = Interview(self._transport)
        return interview.hold(self._login.user, self._answer, seconds=self._seconds, token=self._token)

    def _in_addition(self, demanded: list[str]) -> list[str]:
        """A further proof, of the kinds that the server demands."""
        if _INTERACTIVE in demanded:
            return self._by_questions()
        if _PASSWORD in demanded and not self._password_is_given:
            self._password_is_given = True
            (password,) = self._asked(Question(prompts=(Prompt("Password:"),), **self._told))
            return self._transport.auth_password(self._login.user, password.reveal(), fallback=False)
        raise failures.SecondFactorError(", ".join(demanded), **self._told)

    def _answer(self, asked: Asked) -> list[Secret]:
        """With the login's password when it is asked for, once; else by the operator."""
        if self._is_for_password(asked.prompts):
            self._password_is_given = True
            return [self._login.secret]
        return self._asked(
            Question(prompts=asked.prompts, title=asked.title, instructions=asked.instructions, **self._told)
        )

    def _asked(self, question: Question) -> list[Secret]:
        answers = self._ask(question, self._token)
        self._has_asked = True
        if len(answers) != len(question.prompts):
            raise failures.NotAnsweredError(**self._told)
        return answers

    def _is_for_password(self, prompts: tuple[Prompt, ...]) -> bool:
        if self._login.kind is not LoginKind.PASSWORD or self._password_is_given or len(prompts) != 1:
            return False
        return not prompts[0].is_shown and not _NOT_THE_PASSWORD.search(prompts[0].text)

    # What went wrong

    def _failure(self, error: Exception) -> DeviceError:
        if isinstance(error, BadAuthenticationType):
            return self._not_allowed(error)
        if isinstance(error, paramiko.AuthenticationException):
            if _is_timeout(error):
                return failures.StalledError(target=self._target, seconds=f"{self._seconds:g}")
            if not self._transport.is_active():
                return failures.ConnectionLostError(str(error), target=self._target)
            return self._refused(str(error))
        told = f"{type(error).__name__}: {error}"
        if self._socket.ended or isinstance(error, (OSError, EOFError)):
            return failures.ConnectionLostError(told, target=self._target)
        return failures.ProtocolBrokenError(told, target=self._target)

    def _not_allowed(self, error: BadAuthenticationType) -> DeviceError:
        allowed = f"It allows: {', '.join(error.allowed_types)}"
        match self._login.kind:
            case LoginKind.PASSWORD:
                return failures.PasswordNotAllowedError(allowed, **self._told)
            case LoginKind.QUESTIONS:
                return failures.QuestionsNotAllowedError(allowed, **self._told)
            case _:
                return self._refused(allowed)

    def _refused(self, evidence: str) -> DeviceError:
        if self._has_asked:
            return failures.WrongAnswerError(evidence, **self._told)
        match self._login.kind:
            case LoginKind.KEY_FILE:
                return failures.KeyRefusedError(evidence, file=self._login.key_file, **self._told)
            case LoginKind.OWN_KEY:
                return failures.OwnKeyRefusedError(evidence, **self._told)
            case LoginKind.AGENT:
                return failures.AgentRefusedError(evidence, count=self._keys_offered, **self._told)
            case LoginKind.QUESTIONS:
                return failures.WrongAnswerError(evidence, **self._told)
            case _:
                return failures.WrongPasswordError(evidence, **self._told)


def _is_timeout(error: Exception) -> bool:
    return "timeout" in str(error).lower()
