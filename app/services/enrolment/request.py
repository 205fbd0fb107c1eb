"""What an enrolment is asked for."""

from dataclasses import dataclass
from enum import StrEnum

from app.models.endpoint import EndpointDraft, HostKey, Login
from app.models.own_key import OwnKeyWish
from app.services.enrolment.jumps import Hop
from app.services.enrolment.parts import Place
from app.services.enrolment.steps import EnrolStep, KeyStep
from app.services.inventory import Inventory


@dataclass(frozen=True)
class EnrolmentRequest:
    """What the operator gave: the record to be, the way in, and the host key that was verified."""

    draft: EndpointDraft
    login: Login
    host_key: HostKey
    hops: tuple[Hop, ...] = ()
    """The jump hosts on the way to the device, each verified like the device itself."""
    accepts_clone: bool = False
    """The operator said that it is another device, though an endpoint's has the same machine-id or the same host key."""
    keep_as: str = ""
    """The name by which the new login is to be kept as a profile, once it is enrolled. Empty: it is the endpoint's own."""
    own_key: OwnKeyWish | None = None
    """Install a key of Plantwatch's own, and forget `login` for it. None: `login` is kept."""

    def check_free(self, inventory: Inventory) -> None:
        """Raises InputError (DuplicateError) when a name, or the address, belongs to another one."""
        inventory.check_free(self.draft)
        if self.keep_as:
            inventory.check_profile_free(self.keep_as)

    @property
    def place(self) -> Place:
        draft = self.draft
        return Place(draft.address, draft.port, draft.exporter_port, self.host_key, draft.listen_address, self.hops)

    @property
    def steps(self) -> tuple[StrEnum, ...]:
        """What the enrolment will report, in order."""
        if self.own_key is None:
            return tuple(EnrolStep)
        at = list(EnrolStep).index(EnrolStep.TRANSFER)
        looks, works = tuple(EnrolStep)[:at], tuple(EnrolStep)[at:]
        return (*looks, KeyStep.INSTALL_KEY, KeyStep.TRY_KEY, *works, KeyStep.KEEP_KEY)
