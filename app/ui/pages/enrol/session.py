"""What the wizard knows so far, and the steps' common shape."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.models.endpoint import Credential, Endpoint, EndpointDraft, HostKey, Login
from app.models.own_key import OwnKeyWish
from app.services.enrolment import EnrolmentRequest, Hop, WantedHop


@dataclass(slots=True)
class Session:
    """One enrolment being prepared. The login lives here, not in the fields, from the moment the operator goes on until it is not needed."""

    draft: EndpointDraft | None = None
    login: Login | None = None
    hops: tuple[Hop, ...] = ()
    """The jump hosts on the way, with their logins."""
    wanted_hops: tuple[WantedHop, ...] = ()
    """The same as the operator described them, before their host keys were compared."""
    keep_as: str = ""
    """The name under which others are to share the login; empty: it is the endpoint's own, or shared already."""
    shown_key: HostKey | None = None
    """What the device showed; nothing is trusted by it."""
    shown_by: str = ""
    """Address and port that showed it."""
    trusted_key: HostKey | None = None
    """What the operator confirmed."""
    accepts_clone: bool = False
    """The operator said that it is another device, in spite of a machine-id or host key that an endpoint's device has too."""

    own_key: OwnKeyWish | None = None
    """A key of Plantwatch's own is to take the login's place."""

    def request(self) -> EnrolmentRequest:
        """All that the engine needs. Only once every step before has been accepted."""
        if self.draft is None or self.login is None or self.trusted_key is None:
            raise RuntimeError("The wizard went on without an answer.")
        return EnrolmentRequest(
            self.draft,
            self.login,
            self.trusted_key,
            hops=self.hops,
            accepts_clone=self.accepts_clone,
            keep_as=self.keep_as,
            own_key=self.own_key,
        )

    def take_way(self, hops: tuple[Hop, ...]) -> None:
        """Go by `hops`. Who answers at an address depends on the way: after another one the key is asked for anew."""
        if [hop.target for hop in hops] != [hop.target for hop in self.hops]:
            self.shown_key = self.trusted_key = None
        self.hops = hops

    def forget(self) -> None:
        """Drop everything, the secrets first of all."""
        self.draft = self.login = self.shown_key = self.trusted_key = None
        self.hops = self.wanted_hops = ()
        self.shown_by = self.keep_as = ""
        self.accepts_clone = False
        self.own_key = None


class Records(Protocol):
    """Who knows what was enrolled before."""

    def endpoints(self) -> list[Endpoint]: ...

    def credential(self, credential_id: int) -> Credential: ...


@dataclass(frozen=True, slots=True)
class LastUsed:
    """Where the newest endpoint is, and who logged in there, or by which shared login; empty for none."""

    site: str = ""
    user: str = ""
    profile: str = ""


def last_used(records: Records) -> LastUsed:
    """What the next enrolment most likely has in common with the last one."""
    newest = max(records.endpoints(), key=lambda endpoint: endpoint.created_at, default=None)
    if newest is None:
        return LastUsed()
    if newest.credential_id is None:
        return LastUsed(newest.site)
    credential = records.credential(newest.credential_id)
    return LastUsed(newest.site, credential.user, credential.name)


class At(IntEnum):
    """Where in the wizard one is."""

    WHERE = 0
    LOGIN = 1
    VERIFY = 2
    PLAN = 3
    ENROL = 4
    DONE = 5


class WizardStep(QWidget):
    """One page of the wizard. `action` is what its button for going on says, empty for none."""

    action: str = ""
    go_on = Signal()
    """The operator asked to go on from within the step (Return in a field)."""
    waiting = Signal(str)
    """Why going on takes a moment; empty when it does not any more."""
    refused = Signal(str)
    """Why the wizard does not go on, when no field says so itself; empty to take it back."""

    def enter(self) -> None:
        """The step is shown."""

    def proceed(self, accepted: Callable[[], None]) -> None:
        """Check what was given. Calls `accepted` when the wizard may go on, at once or later; else shows why not."""
        accepted()
