"""What a failed or cancelled enrolment did on the device is undone, over its own connection or a new one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import AppError, Cancelled
from app.services.enrolment.failures import ConnectionLostError, FloodedError, StalledError, TooSlowError
from app.services.enrolment.own_key import take_out_keys
from app.services.enrolment.parts import Parts, Session, open_session
from app.services.enrolment.request import EnrolmentRequest
from app.services.enrolment.steps import RemoveStep
from app.services.progress import CancelToken, LogLine, Report, ignore

#: Of a device that answers no more, or without end, nothing is to be hoped: one short try, the rest is for the recovery.
_HUNG = (StalledError, TooSlowError, FloodedError)
_HUNG_SECONDS = 10.0


def undo_on_device(
    parts: Parts,
    request: EnrolmentRequest,
    endpoint_id: int,
    session: Session | None,
    *,
    report: Report,
    after: BaseException,
) -> None:
    """Bring the device back to what it was before the enrolment that `after` ended. `session` is its connection, if there is one still.

    Raises DeviceError when that cannot be done now.
    """
    token, hung = CancelToken(), isinstance(after, _HUNG)

    def undo(over: Session) -> None:
        over.exporter.undo(token)
        take_out_keys(parts, over, endpoint_id)

    try:
        if session is None or hung:
            raise ConnectionLostError(target=request.place.target)
        undo(session)
    except AppError:
        report(LogLine("Connecting again to undo what was done on the device."))
        if session:
            session.shell.close()
        with (
            _at_most(_HUNG_SECONDS if hung else None, token, request.place.target),
            open_session(
                parts.connect, request.place, request.login, RemoveStep, report=ignore, token=token
            ) as another,
        ):
            another.exporter.identify(token)
            undo(another)


@contextmanager
def _at_most(seconds: float | None, token: CancelToken, target: str) -> Iterator[None]:
    """Cancels `token` after `seconds`, if there is a limit, and says so by StalledError."""
    if seconds is None:
        yield
        return
    timer = threading.Timer(seconds, token.cancel)
    timer.start()
    try:
        yield
    except Cancelled as error:
        raise StalledError(target=target, seconds=f"{seconds:g}") from error
    finally:
        timer.cancel()
        timer.join()
