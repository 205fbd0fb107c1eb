"""Which login it was that no longer works: of the device, or of a jump host on the way to it."""

from collections.abc import Callable

from app.errors import AppError
from app.models.endpoint import Credential, Endpoint
from app.services.enrolment import failures

#: What another login may mend.
REFUSALS = (
    failures.WrongPasswordError,
    failures.PasswordNotAllowedError,
    failures.KeyRefusedError,
    failures.OwnKeyRefusedError,
    failures.KeyUnreadableError,
    failures.KeyNeedsPassphraseError,
    failures.WrongPassphraseError,
    failures.SecondFactorError,
    failures.QuestionsNotAllowedError,
    failures.AgentMissingError,
    failures.AgentEmptyError,
    failures.AgentLacksKeyError,
    failures.AgentFailedError,
    failures.AgentRefusedError,
    failures.NoRootRightsError,
    failures.SudoPasswordWrongError,
    failures.SudoPasswordMissingError,
    failures.DoasNeedsTerminalError,
    failures.NoWayInError,
)


def is_refusal(error: AppError) -> bool:
    """Whether `error` says that a login does not work (any more)."""
    return isinstance(error, REFUSALS)


def refused_credential(endpoint: Endpoint, error: AppError, read: Callable[[int], Credential]) -> int | None:
    """The number of the credential that `error` is about, met on the way to the device of `endpoint`; None when that has no login.

    By the host that refused it; else by the key file; else it is that of the device.
    """
    for jump in endpoint.jumps:
        if error.details.get("target") == jump.target:
            return jump.credential_id
    if "target" not in error.details and (file := error.details.get("file")):
        for jump in endpoint.jumps:
            if read(jump.credential_id).key_file == file:
                return jump.credential_id
    return endpoint.credential_id
