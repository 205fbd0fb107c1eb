"""What one press can mend about a failed enrolment."""

from dataclasses import dataclass
from enum import StrEnum, auto

from PySide6.QtCore import QCoreApplication

from app.errors import AppError, HostError, InputError, KitError, StackError
from app.services.enrolment import failures


class Remedy(StrEnum):
    """Where the wizard can take the operator."""

    SUDO_PASSWORD = auto()
    PASSWORD = auto()
    LOGIN = auto()
    ADDRESS = auto()
    HOST_KEY = auto()
    EXPORTER_PORT = auto()
    LISTEN_ADDRESS = auto()
    MOVE = auto()
    CLONE = auto()
    NO_OWN_KEY = auto()
    STACK = auto()
    KIT = auto()


@dataclass(frozen=True, slots=True)
class Mending:
    """A remedy and what its button says."""

    remedy: Remedy
    text: str


_BY_ERROR: dict[type[AppError], Remedy] = {
    failures.SudoPasswordMissingError: Remedy.SUDO_PASSWORD,
    failures.SudoPasswordWrongError: Remedy.SUDO_PASSWORD,
    failures.WrongPasswordError: Remedy.PASSWORD,
    failures.WrongPassphraseError: Remedy.PASSWORD,
    failures.KeyNeedsPassphraseError: Remedy.PASSWORD,
    failures.PasswordNotAllowedError: Remedy.LOGIN,
    failures.KeyRefusedError: Remedy.LOGIN,
    failures.KeyUnreadableError: Remedy.LOGIN,
    failures.SecondFactorError: Remedy.LOGIN,
    failures.QuestionsNotAllowedError: Remedy.LOGIN,
    failures.AgentMissingError: Remedy.LOGIN,
    failures.AgentEmptyError: Remedy.LOGIN,
    failures.AgentLacksKeyError: Remedy.LOGIN,
    failures.AgentFailedError: Remedy.LOGIN,
    failures.AgentRefusedError: Remedy.LOGIN,
    failures.NoRootRightsError: Remedy.LOGIN,
    failures.DoasNeedsTerminalError: Remedy.LOGIN,
    failures.NoAnswerError: Remedy.LOGIN,
    failures.NameUnknownError: Remedy.ADDRESS,
    failures.UnreachableError: Remedy.ADDRESS,
    failures.PortClosedError: Remedy.ADDRESS,
    failures.JumpForbiddenError: Remedy.ADDRESS,
    failures.JumpFailedError: Remedy.ADDRESS,
    failures.NotAnSshServerError: Remedy.ADDRESS,
    failures.SilentError: Remedy.ADDRESS,
    failures.NotScrapedError: Remedy.ADDRESS,
    failures.HostKeyChangedError: Remedy.HOST_KEY,
    failures.ListenAddressError: Remedy.LISTEN_ADDRESS,
    failures.AlreadyKnownError: Remedy.MOVE,
    failures.ClonedDeviceError: Remedy.CLONE,
    failures.OwnKeyForbiddenError: Remedy.NO_OWN_KEY,
    failures.OwnKeyPlaceError: Remedy.NO_OWN_KEY,
    failures.OwnKeySourceError: Remedy.NO_OWN_KEY,
    failures.PortTakenError: Remedy.EXPORTER_PORT,
    failures.MetricsWrongError: Remedy.EXPORTER_PORT,
    StackError: Remedy.STACK,
    HostError: Remedy.STACK,
    KitError: Remedy.KIT,
}
_LOGIN_FIELDS = ("user", "password", "key_file")


def mending_of(error: AppError, exporter_port: int) -> Mending | None:
    """The remedy for `error`, if the wizard has one. `exporter_port` is the one that was tried."""
    remedy = _remedy_of(error)
    if remedy is None:
        return None
    text = {
        Remedy.SUDO_PASSWORD: _tr("Ask for the sudo password"),
        Remedy.PASSWORD: _tr("Change the password"),
        Remedy.LOGIN: _tr("Change the login"),
        Remedy.ADDRESS: _tr("Correct the address"),
        Remedy.HOST_KEY: _tr("Compare the host key again"),
        Remedy.EXPORTER_PORT: _tr("Use port {0}").format(next_port(exporter_port)),
        Remedy.LISTEN_ADDRESS: _tr("Correct the listening address"),
        Remedy.MOVE: _tr("Move {0} to this address").format(error.details.get("name", "")),
        Remedy.CLONE: _tr("It is another device: go on"),
        Remedy.NO_OWN_KEY: _tr("Go on without such a key"),
        Remedy.STACK: _tr("Deploy the stack first"),
        Remedy.KIT: _tr("Get the exporter builds"),
    }[remedy]
    return Mending(remedy, text)


def next_port(port: int) -> int:
    """The port to try when `port` is taken."""
    return port + 1 if port < 65535 else port - 1


def _remedy_of(error: AppError) -> Remedy | None:
    if isinstance(error, InputError):
        if error.field == "host_key":
            return Remedy.HOST_KEY
        return Remedy.LOGIN if error.field in _LOGIN_FIELDS else Remedy.ADDRESS
    return next((_BY_ERROR[kind] for kind in type(error).__mro__ if kind in _BY_ERROR), None)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Mending", text)
