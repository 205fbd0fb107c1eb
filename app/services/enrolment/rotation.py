"""A new certificate authority under a running fleet: nobody is without a certificate that the other side trusts at any moment."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.errors import AppError, Cancelled
from app.models.activity import Result
from app.models.endpoint import Endpoint, Lifecycle
from app.services.enrolment.failures import RotationIncompleteError
from app.services.enrolment.parts import Parts
from app.services.progress import CancelToken, LogLine, Report, StepAdvanced, ignore, step

ROTATE = "rotate authority"


class RotateStep(StrEnum):
    """In order. Each may be repeated: what is done already is found so, and passed over."""

    AUTHORITY = "authority"
    TRUST_BOTH = "trust both"
    RENEW = "renew"
    TRUST_NEW = "trust the new one"
    FORGET_OLD = "forget the old one"


class ScraperKeeper(Protocol):
    """Whoever gives Prometheus its certificate and the authorities it trusts."""

    def deliver_scraper_identity(self) -> None:
        """Bring both in step with the inventory, without a restart. Raises StackError, HostError."""
        ...


@dataclass(frozen=True)
class RotationRun:
    """`renew` gives one endpoint a certificate of the current authority, with what is trusted now."""

    parts: Parts
    scraper: ScraperKeeper
    renew: Callable[[Endpoint, Report, CancelToken], Endpoint]
    report: Report
    token: CancelToken

    def execute(self) -> None:
        """Begin, or go on with, a rotation. Where it stands follows from the inventory, so that it may be cut off anywhere.

        First everybody learns to trust both authorities; only then the old one goes. Raises RotationIncompleteError when endpoints could
        not be reached: both authorities stay trusted, nothing is lost, and the next call goes on with these.
        """
        try:
            self._rotate()
        except (AppError, Cancelled) as error:
            result = Result.CANCELLED if isinstance(error, Cancelled) else Result.FAILED
            self.parts.log(ROTATE, "", result, str(error))
            raise
        current = self.parts.authorities.current()
        self.parts.log(ROTATE, "", Result.DONE, f"now {current.fingerprint}")

    def _rotate(self) -> None:
        authorities = self.parts.authorities
        with step(self.report, self.token, RotateStep.AUTHORITY) as handle:
            goes_on = len(authorities.trusted()) > 1 and authorities.can_sign()
            current = authorities.current() if goes_on else authorities.begin_rotation()
            handle.detail = current.fingerprint[:16]
        with step(self.report, self.token, RotateStep.TRUST_BOTH):
            self.scraper.deliver_scraper_identity()
        self._renew_all(RotateStep.RENEW)
        with step(self.report, self.token, RotateStep.TRUST_NEW):
            for authority in authorities.trusted():
                if not authority.is_current:
                    authorities.retire(authority)
            self.scraper.deliver_scraper_identity()
        self._renew_all(RotateStep.FORGET_OLD)

    def _renew_all(self, name: RotateStep) -> None:
        """Until every endpoint has a certificate of the current authority and lets in the clients of exactly the trusted ones."""
        behind = [endpoint for endpoint in self.parts.inventory.endpoints() if self._is_behind(endpoint)]
        failed: list[str] = []
        with step(self.report, self.token, name) as handle:
            for number, endpoint in enumerate(behind):
                self.token.check()
                self.report(StepAdvanced(name, number, len(behind), endpoint.name))
                try:
                    self.renew(endpoint, ignore, self.token)
                except AppError as error:
                    failed.append(f"{endpoint.name}: {error.message}")
                    self.report(LogLine(failed[-1]))
            if failed:
                raise RotationIncompleteError("\n".join(failed), count=len(failed), total=len(behind))
            handle.detail = f"{len(behind)} endpoints"

    def _is_behind(self, endpoint: Endpoint) -> bool:
        if endpoint.lifecycle is not Lifecycle.MONITORED:
            return False
        made = endpoint.certificate
        trusted = {authority.fingerprint for authority in self.parts.authorities.trusted()}
        current = self.parts.authorities.current().fingerprint
        return made is None or made.authority != current or set(made.trusts) != trusted
