"""The steps that the operator sees, and steps that follow each other within one call."""

from contextlib import ExitStack
from enum import StrEnum
from types import TracebackType
from typing import Self

from app.services.progress import CancelToken, Report, step


class EnrolStep(StrEnum):
    """In order. Up to CHOOSE_BUILD nothing is changed on the device."""

    CONNECT = "connect"
    HOST_KEY = "host_key"
    LOG_IN = "log_in"
    FACTS = "facts"
    CHOOSE_BUILD = "choose_build"
    TRANSFER = "transfer"
    INSTALL = "install"
    START = "start"
    METRICS = "metrics"
    REGISTER = "register"
    FIRST_SCRAPE = "first_scrape"


class RemoveStep(StrEnum):
    """In order. From UNINSTALL on it cannot be cancelled."""

    UNREGISTER = "unregister"
    CONNECT = "connect"
    HOST_KEY = "host_key"
    LOG_IN = "log_in"
    UNINSTALL = "uninstall"
    VERIFY = "verify"
    FORGET = "forget"


class RenewStep(StrEnum):
    """In order. Up to LOG_IN nothing is changed; REGISTER is for an exporter that answered in plain HTTP before."""

    CONNECT = "connect"
    HOST_KEY = "host_key"
    LOG_IN = "log_in"
    CERTIFICATE = "certificate"
    METRICS = "metrics"
    REGISTER = "register"
    KEEP = "keep"


class UpgradeStep(StrEnum):
    """Of what changes the exporter on a device, in order: in the place of RenewStep.CERTIFICATE. The first changes nothing."""

    CHOOSE_BUILD = "choose_build"
    EXPORTER = "exporter"


class MetricsStep(StrEnum):
    """Of what has an exporter read other metrics: in the place of RenewStep.CERTIFICATE."""

    CHOICE = "choice"


class KeyStep(StrEnum):
    """Of what puts a key of Plantwatch's own on a device; in order."""

    INSTALL_KEY = "install_key"
    TRY_KEY = "try_key"
    KEEP_KEY = "keep_key"


class StepLine:
    """Reports steps of which each begins when the one before ends: for a call that does several, and tells when."""

    def __init__(self, report: Report, token: CancelToken) -> None:
        self._report = report
        self._token = token
        self._open = ExitStack()
        self.current: StrEnum | None = None

    def begin(self, name: StrEnum) -> None:
        """Report `name` as started. Raises `Cancelled`."""
        self._handle = self._open.enter_context(step(self._report, self._token, name))
        self.current = name

    def end(self, detail: str = "") -> None:
        """Report the current step as finished."""
        self._handle.detail = detail
        self._open.close()
        self.current = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)
