"""One move: an endpoint's device is reached at another address, by another way, from now on."""

from contextlib import suppress

from app.errors import SecretStoreError
from app.models.endpoint import Endpoint, EndpointDraft, Jump
from app.models.operation import Operation
from app.services.credentials import secrets_of
from app.services.endpoints import EndpointService
from app.services.enrolment.jumps import Hop
from app.services.enrolment.parts import Parts

MOVE = "move"


class MovingRun:
    """Runs once, within an operation that its caller began. The device is not contacted.

    The operation's step names the logins involved, new and old: whoever finishes it forgets those that no endpoint mentions.
    """

    def __init__(self, parts: Parts, operation: Operation) -> None:
        self._parts = parts
        self._operation = operation
        self._involved: list[int] = []

    def execute(self, endpoint: Endpoint, draft: EndpointDraft, hops: tuple[Hop, ...]) -> Endpoint:
        """Write `draft` and the way over `hops` into the record, all at once. Raises AppError, and all is then as before."""
        try:
            self._involve(*(jump.credential_id for jump in endpoint.jumps))
            self._parts.check_keyring()
            jumps = tuple(self._kept(hop) for hop in hops)
            service = EndpointService(self._parts.inventory, self._parts.targets)
            return service.change(endpoint.id, draft, jumps=jumps)
        finally:
            with suppress(SecretStoreError):  # what is being told, or has been done, counts more
                self._parts.forget_unmentioned(self._involved)
            self._parts.inventory.end_operation(self._operation)

    def _kept(self, hop: Hop) -> Jump:
        login = hop.login
        if login.credential_id is not None:  # read from a profile, and shared
            return Jump(hop.address, hop.port, hop.host_key, login.credential_id)
        credential = self._parts.inventory.add_credential(login.user, login.kind, login.key_file)
        self._involve(credential.id)
        for name, value in secrets_of(credential, login):
            self._parts.secrets.put(name, value)
        return Jump(hop.address, hop.port, hop.host_key, credential.id)

    def _involve(self, *credential_ids: int) -> None:
        self._involved += credential_ids
        self._parts.inventory.advance_operation(self._operation, " ".join(map(str, self._involved)))


def involved_in(operation: Operation) -> list[int]:
    """The credentials that an interrupted move was about."""
    return [int(number) for number in operation.step.split()]
