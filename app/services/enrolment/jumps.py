"""Jump hosts: each is connected to through the one before, and has proved itself before anything secret is sent to it."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from app.models.endpoint import HostKey, Login
from app.models.expected_key import ExpectedKey, key_file
from app.services.enrolment.failures import HostKeyChangedError
from app.services.enrolment.shell import Connector
from app.services.enrolment.ssh import target_of
from app.services.progress import CancelToken


@dataclass(frozen=True, slots=True)
class Hop:
    """A jump host, with the way in: lives in memory for the time of the work only."""

    address: str
    port: int
    host_key: HostKey
    login: Login

    @property
    def target(self) -> str:
        return target_of(self.address, self.port)


@dataclass(frozen=True, slots=True)
class WantedHop:
    """A jump host as the operator described it: `expected` may be as little as a fingerprint. See `verified_hops`."""

    address: str
    port: int
    expected: ExpectedKey
    login: Login

    @property
    def target(self) -> str:
        return target_of(self.address, self.port)


class KeyReader(Protocol):
    """Whoever asks which host key answers at an address beyond some jump hosts. Trusts nothing."""

    def __call__(self, address: str, port: int, hops: tuple[Hop, ...]) -> HostKey: ...


def beyond(hops: Sequence[Hop], connect: Connector, ending: ExitStack, token: CancelToken) -> Connector:
    """A Connector whose connections start from the last hop; `connect` itself when there is none. `ending` closes what was opened.

    Raises what connecting, comparing the key and logging in raise; the errors name the hop.
    """
    for hop in hops:
        connection = connect(hop.address, hop.port, expected=hop.host_key, token=token)
        ending.callback(connection.close)
        check_key(hop.host_key, connection.host_key, hop.target)
        connect = connection.log_in(hop.login, token).onward()
    return connect


def shown_beyond(
    connect: Connector, hops: Sequence[Hop], address: str, port: int, *, expected: HostKey | None, token: CancelToken
) -> HostKey:
    """The host key that answers at an address beyond `hops`, of the type of `expected` if there is one. Nothing is trusted by it."""
    with ExitStack() as ending:
        connection = beyond(hops, connect, ending, token)(address, port, expected=expected, token=token)
        ending.callback(connection.close)
        return connection.host_key


def check_key(known: HostKey, shown: HostKey, target: str) -> None:
    """Raises HostKeyChangedError unless it is exactly the known one."""
    if shown == known:
        return
    raise HostKeyChangedError(
        f"Known: {known.fingerprint} ({known.kind})\nShown: {shown.fingerprint} ({shown.kind})",
        target=target,
        shown=shown.fingerprint,
        file=key_file(shown),
    )
