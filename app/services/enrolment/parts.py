"""What the runs of enrolment, removal and recovery share: the services that they work on, and records and sessions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from app.errors import AppError, NotFoundError, SecretStoreError
from app.models.activity import Result
from app.models.certificate import Certificate
from app.models.endpoint import Credential, Endpoint, HostKey, Jump, Login
from app.models.metric_groups import Choice
from app.models.metrics import EndpointHealth
from app.services.credentials import NEEDS_SECRET, delete_secrets, kept_login, secrets_of
from app.services.endpoints import TargetWriter, write_current_targets
from app.services.enrolment.exporter import DeviceExporter
from app.services.enrolment.failures import NoWayInError
from app.services.enrolment.jumps import Hop, beyond, check_key
from app.services.enrolment.program import RemoteProgram
from app.services.enrolment.shell import Connector, RemoteShell
from app.services.enrolment.ssh import target_of
from app.services.enrolment.steps import EnrolStep, RemoveStep, RenewStep
from app.services.grouped import GroupedWrite
from app.services.inventory import Inventory
from app.services.kit import Kit
from app.services.pki import AuthorityService
from app.services.progress import CancelToken, Report, step
from app.services.secrets import SecretStore, unlock


class FleetProbe(Protocol):
    """Whoever can tell what Prometheus saw."""

    def wait_until_up(
        self, endpoint_name: str, *, since: datetime, timeout: float, token: CancelToken
    ) -> EndpointHealth:
        """The outcome of the first scrape after `since`; see `FleetService`."""
        ...


@dataclass(frozen=True)
class Parts:
    """The services that a run works on. `scrape_seconds` is how long a first scrape may take."""

    inventory: Inventory
    authorities: AuthorityService
    secrets: SecretStore
    kit: Kit
    targets: TargetWriter
    fleet: FleetProbe
    connect: Connector
    scrape_seconds: float
    instead: Mapping[int, Login] = field(default_factory=dict)
    """Logins that are tried in the place of what is kept, by the number of the credential."""
    _registering: GroupedWrite = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        work = partial(write_current_targets, self.inventory, self.targets.write_targets)
        object.__setattr__(self, "_registering", GroupedWrite(work))

    def write_targets(self, *, unless_within: float = 0.0) -> None:
        """Bring Prometheus' targets in step with the inventory. Of many that want it at once, one does it for all.

        Does nothing when that went well less than `unless_within` seconds ago: for whoever only wants to know that it can be done.
        """
        if not self._registering.was_done_within(unless_within):
            self._registering.write()

    def log(
        self,
        action: str,
        subject: str,
        result: Result,
        detail: str = "",
        host_key: HostKey | None = None,
        *,
        certificate: Certificate | None = None,
        own_key: str = "",
    ) -> None:
        """Into the activity log, with the keys involved; when that fails, the error that is being told goes first."""
        involved = (
            f"host key {host_key.fingerprint}" if host_key else "",
            f"certificate SHA256:{certificate.fingerprint}" if certificate else "",
            f"own key {own_key}" if own_key else "",
        )
        with suppress(AppError):
            self.inventory.log(action, subject, result, detail, fingerprints=", ".join(filter(None, involved)))

    def check_keyring(self) -> None:
        """See `unlock`."""
        unlock(self.secrets)

    def keep_login(self, endpoint_id: int, login: Login) -> None:
        """Write down how to log in: a record, and the secrets in the keyring. The record first, so that no secret is ever without one.

        A login that was read from a profile is shared. Raises NotFoundError when that is gone by now.
        """
        if login.credential_id is not None:
            self.inventory.set_credential(endpoint_id, login.credential_id)
            return
        credential = self.inventory.add_credential(login.user, login.kind, login.key_file)
        self.inventory.set_credential(endpoint_id, credential.id)
        self._keep_secrets(credential, login, partial(self.inventory.set_credential, endpoint_id, None))

    def keep_hops(self, endpoint_id: int, hops: tuple[Hop, ...]) -> None:
        """Write down the way through jump hosts, as `keep_login` does with the device's own."""
        jumps: tuple[Jump, ...] = ()
        for hop in hops:
            if (shared := hop.login.credential_id) is not None:
                jumps = (*jumps, Jump(hop.address, hop.port, hop.host_key, shared))
                self.inventory.set_jumps(endpoint_id, jumps)
                continue
            credential = self.inventory.add_credential(hop.login.user, hop.login.kind, hop.login.key_file)
            before, jumps = jumps, (*jumps, Jump(hop.address, hop.port, hop.host_key, credential.id))
            self.inventory.set_jumps(endpoint_id, jumps)
            self._keep_secrets(credential, hop.login, partial(self.inventory.set_jumps, endpoint_id, before))

    def _keep_secrets(self, credential: Credential, login: Login, unmention: Callable[[], None]) -> None:
        """`unmention` takes the credential out of the endpoint's record again."""
        kept = False
        try:
            for name, value in secrets_of(credential, login):
                self.secrets.put(name, value)
                kept = True
        except SecretStoreError:
            if not kept:
                # Nothing is in the keyring: without a record, undoing needs no keyring, which is locked now.
                unmention()
                self.inventory.remove_credential(credential.id)
            raise

    def login_of(self, endpoint: Endpoint) -> Login:
        """How to log in to an endpoint's device. Raises NoWayInError when that is no longer known."""
        if endpoint.credential_id is None:
            raise NoWayInError(name=endpoint.name)
        return self._login_by(endpoint.credential_id, endpoint.name)

    def place_of(self, endpoint: Endpoint) -> "Place":
        """Where its device is, with the way there. Raises NoWayInError when that is not known: nothing is ever trusted at first sight."""
        if endpoint.host_key is None:
            raise NoWayInError("Its host key is not known.", name=endpoint.name)
        return Place(
            endpoint.address,
            endpoint.port,
            endpoint.exporter_port,
            endpoint.host_key,
            endpoint.listen_address,
            self.hops_of(endpoint),
            endpoint.metrics,
        )

    def hops_of(self, endpoint: Endpoint) -> tuple[Hop, ...]:
        """The jump hosts on the way to its device. Raises NoWayInError when the login of one is no longer known."""
        return tuple(
            Hop(jump.address, jump.port, jump.host_key, self._login_by(jump.credential_id, endpoint.name))
            for jump in endpoint.jumps
        )

    def hops_by(self, jumps: Iterable[Jump], name: str) -> tuple[Hop, ...]:
        """As `hops_of`, for a device that is not an endpoint yet: its jump hosts' logins are shared with what has them."""
        return tuple(
            Hop(
                jump.address,
                jump.port,
                jump.host_key,
                replace(self._login_by(jump.credential_id, name), credential_id=jump.credential_id),
            )
            for jump in jumps
        )

    def _login_by(self, credential_id: int, name: str) -> Login:
        if credential_id in self.instead:
            return self.instead[credential_id]
        try:
            credential = self.inventory.credential(credential_id)
        except NotFoundError as error:
            raise NoWayInError(name=name) from error
        login = kept_login(self.secrets, credential)
        if login is None:
            raise NoWayInError(f"The keyring has no {NEEDS_SECRET[credential.kind]} for it.", name=name)
        return login

    def forget(self, endpoint_id: int) -> None:
        """Take the record away, and the login and its secrets unless another endpoint has the same or it is a profile. May be repeated."""
        endpoint = self.inventory.endpoint_by_id(endpoint_id)
        others = [other for other in self.inventory.endpoints() if other.id != endpoint_id]
        needed = {number for other in others for number in _credentials(other)}
        alone = [number for number in _credentials(endpoint) if number not in needed]
        own = [number for number in alone if not self.inventory.credential(number).name]
        for number in own:
            self.delete_secrets_of(number)
        self.inventory.set_credential(endpoint_id, None)
        self.inventory.unset_standby_credential(endpoint_id)
        self.inventory.set_jumps(endpoint_id, ())
        for number in own:
            self.inventory.remove_credential(number)
        self.inventory.remove(endpoint_id)

    def forget_unmentioned(self, credential_ids: Iterable[int]) -> None:
        """Take away those of these logins, with their secrets, that no endpoint mentions, and that are no profile. May be repeated.

        Raises SecretStoreError.
        """
        needed = {number for endpoint in self.inventory.endpoints() for number in _credentials(endpoint)}
        for number in credential_ids:
            if number in needed:
                continue
            with suppress(NotFoundError):  # it was taken away already
                credential = self.inventory.credential(number)
                if not credential.name:
                    delete_secrets(self.secrets, credential)
                    self.inventory.remove_credential(number)

    def keep_standby(self, credential: Credential, login: Login) -> None:
        """Put the secrets of a login that has proved itself into the keyring. The secret itself comes last: where it is, all is."""
        if login.sudo_password:
            self.secrets.put(credential.sudo_secret_name, login.sudo_password)
        self.secrets.put(credential.secret_name, login.secret)

    def has_secret(self, credential_id: int) -> bool:
        """Whether the keyring has the secret of that credential."""
        return self.secrets.get(self.inventory.credential(credential_id).secret_name) is not None

    def drop_standby(self, endpoint_id: int) -> None:
        """Forget the endpoint's standby credential with its secrets, unless it is a profile or something else needs it. May be repeated."""
        endpoint = self.inventory.endpoint_by_id(endpoint_id)
        number = endpoint.standby_credential_id
        if number is None:
            return
        everybody = [replace(endpoint, standby_credential_id=None)]
        everybody += [other for other in self.inventory.endpoints() if other.id != endpoint_id]
        is_needed = bool(self.inventory.credential(number).name) or any(
            number in _credentials(each) for each in everybody
        )
        if not is_needed:
            self.delete_secrets_of(number)
        self.inventory.unset_standby_credential(endpoint_id)
        if not is_needed:
            self.inventory.remove_credential(number)

    def delete_secrets_of(self, credential_id: int) -> None:
        """No error when there are none."""
        delete_secrets(self.secrets, self.inventory.credential(credential_id))


def _credentials(endpoint: Endpoint) -> list[int]:
    numbers = [endpoint.credential_id, endpoint.standby_credential_id, *(jump.credential_id for jump in endpoint.jumps)]
    return [number for number in numbers if number is not None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device is, how it proves itself, and the jump hosts on the way."""

    address: str
    port: int
    exporter_port: int
    host_key: HostKey
    listen_address: str = ""
    hops: tuple[Hop, ...] = ()
    metrics: Choice = None
    """What its exporter reads."""

    @property
    def target(self) -> str:
        return target_of(self.address, self.port)


class Session:
    """Logged in on a device. A context manager that ends the connection."""

    def __init__(self, program: RemoteProgram, exporter: DeviceExporter) -> None:
        self.shell: RemoteShell = program.shell
        self.program = program
        self.exporter = exporter


@contextmanager
def open_session(
    connect: Connector,
    place: Place,
    login: Login,
    names: type[EnrolStep] | type[RemoveStep] | type[RenewStep],
    *,
    report: Report,
    token: CancelToken,
) -> Iterator[Session]:
    """Connect, compare the host key, log in; each reported as a step. Nothing but the key exchange goes to a device with another key.

    Raises HostKeyChangedError and all failures of connecting and logging in.
    """
    with ExitStack() as ending:
        with step(report, token, names.CONNECT) as handle:
            connect = beyond(place.hops, connect, ending, token)
            connection = connect(place.address, place.port, expected=place.host_key, token=token)
            ending.callback(connection.close)
            if place.hops:
                handle.detail = "through " + ", ".join(hop.target for hop in place.hops)
        with step(report, token, names.HOST_KEY) as handle:
            check_host_key(place, connection.host_key)
            handle.detail = place.host_key.fingerprint
        with step(report, token, names.LOG_IN) as handle:
            shell = connection.log_in(login, token)
            handle.detail = login.user
        program = RemoteProgram(shell, place.target, login)
        exporter = DeviceExporter(program, place.exporter_port, place.listen_address, place.metrics)
        yield Session(program, exporter)


def check_host_key(place: Place, shown: HostKey) -> None:
    """Raises HostKeyChangedError unless it is exactly the known one."""
    check_key(place.host_key, shown, place.target)
