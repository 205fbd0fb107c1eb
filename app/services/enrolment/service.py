"""Enrolment as the window and the command line use it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from app.errors import AppError, NotFoundError
from app.models.bulk_parameters import MetricsChange
from app.models.device import Facts, Privilege
from app.models.endpoint import Endpoint, EndpointDraft, HostKey, Jump, Login
from app.models.operation import Operation
from app.models.own_key import HERE, OwnKeyWish
from app.services.endpoints import TargetWriter
from app.services.enrolment.checking import DeviceCheck, check_device
from app.services.enrolment.due import renew_due
from app.services.enrolment.enrol import EnrolmentRun, choose_build, warn_of_clock
from app.services.enrolment.exporter import ACCOUNT, INSTALL_PLACE, UNIT, DeviceState
from app.services.enrolment.identity import check_is_new, open_known
from app.services.enrolment.jumps import Hop, WantedHop, shown_beyond
from app.services.enrolment.key_change import RENEW_KEY, KeyRun
from app.services.enrolment.login_change import LoginRun
from app.services.enrolment.metrics_change import CHANGE_METRICS, MetricsRun
from app.services.enrolment.moving import MOVE, MovingRun
from app.services.enrolment.own_key import check_place_for_key, is_own_key
from app.services.enrolment.parts import FleetProbe, Parts, open_session
from app.services.enrolment.questions import Asker, nobody
from app.services.enrolment.recovery import Recovery
from app.services.enrolment.removal import FORGET, REMOVE, REMOVE_KEEPING_EXPORTER, RemovalRun
from app.services.enrolment.renewal import RENEW, RenewalRun
from app.services.enrolment.request import EnrolmentRequest
from app.services.enrolment.rotation import RotationRun, ScraperKeeper
from app.services.enrolment.shell import Connector
from app.services.enrolment.ssh import SshConnector
from app.services.enrolment.steps import EnrolStep
from app.services.enrolment.upgrade import UPGRADE, UpgradeRun
from app.services.enrolment.verification import verified_hops
from app.services.inventory import Inventory
from app.services.kit import Kit, KitBuild
from app.services.pki import AuthorityService
from app.services.progress import CancelToken, Report, ignore, step
from app.services.secrets import SecretStore

#: Prometheus may take some seconds to notice a target, and then an interval to scrape it.
SCRAPE_SECONDS = 60.0


@dataclass(frozen=True)
class EnrolmentPlan:
    """What was found, what would be installed, and, in sentences, what would happen."""

    facts: Facts
    build: KitBuild
    lines: tuple[str, ...]


class EnrolmentService:
    """Brings devices into monitoring and out of it. Its methods block; several threads may use one service."""

    def __init__(
        self,
        inventory: Inventory,
        secrets: SecretStore,
        kit: Kit,
        targets: TargetWriter,
        fleet: FleetProbe,
        *,
        ask: Asker = nobody,
        connect: Connector | None = None,
        scrape_seconds: float = SCRAPE_SECONDS,
    ) -> None:
        """`ask` answers what devices ask at a login, on the thread that calls the service."""
        authorities = AuthorityService(inventory, secrets)
        self._parts = Parts(
            inventory, authorities, secrets, kit, targets, fleet, connect or SshConnector(ask=ask), scrape_seconds
        )

    def host_key_at(self, address: str, port: int, hops: tuple[Hop, ...], token: CancelToken) -> HostKey:
        """The key that answers at an address beyond `hops`, to be shown to the operator; nothing is trusted by it.

        Raises HostKeyChangedError and all failures of connecting, and of logging in at a hop.
        """
        return shown_beyond(self._parts.connect, hops, address, port, expected=None, token=token)

    def verify_hops(self, wanted: Sequence[WantedHop], *, token: CancelToken) -> tuple[Hop, ...]:
        """The jump hosts with the keys to trust; one of which only a fingerprint is known is asked for its key. See `verified_hops`."""
        return verified_hops(wanted, fetch=partial(self.host_key_at, token=token))

    def preview(self, request: EnrolmentRequest, *, report: Report, token: CancelToken) -> EnrolmentPlan:
        """Look at the device and say what enrolling would do; changes nothing, here or there.

        Reports the steps up to CHOOSE_BUILD. Raises DuplicateError, DeviceError, KitError, Cancelled, as enrolling would.
        """
        request.check_free(self._parts.inventory)
        place = request.place
        with open_session(self._parts.connect, place, request.login, EnrolStep, report=report, token=token) as session:
            with step(report, token, EnrolStep.FACTS) as handle:
                state = session.exporter.look(token)
                handle.detail = state.facts.os_name
                warn_of_clock(state.facts, report)
                check_is_new(self._parts, place, state.facts, accepts_clone=request.accepts_clone, token=token)
            with step(report, token, EnrolStep.CHOOSE_BUILD) as handle:
                build = choose_build(self._parts, session, state, place.target)
                handle.detail = f"{build.version} {build.architecture}"
                if request.own_key:
                    check_place_for_key(self._parts, session, request.own_key, token)
        return EnrolmentPlan(state.facts, build, _lines(request, state, build))

    def enrol(self, request: EnrolmentRequest, *, report: Report, token: CancelToken) -> Endpoint:
        """Bring a device into monitoring, from connecting to the first successful scrape; reports EnrolStep events.

        A failure, or cancelling, at any step undoes what this run did, on the device, in the targets, in the inventory and in the
        keyring, and raises: InputError (DuplicateError), DeviceError, KitError, HostError, StackError, MonitoringError,
        SecretStoreError, InventoryError, Cancelled. NotCleanedError: the device went away before it could be undone there; the record
        stays ENROLLING, and `remove` or `recover` cleans it later.
        """
        return EnrolmentRun(self._parts, request, report, token).execute()

    def shown_key(self, name: str, *, token: CancelToken) -> HostKey:
        """The key that answers at an endpoint's address now, of the known one's type if the device has one. To be shown; trusts nothing.

        Raises NotFoundError, the failures on the way to a device, NoWayInError for a jump host on it, and Cancelled.
        """
        endpoint = self._parts.inventory.endpoint(name)
        hops, known = self._parts.hops_of(endpoint), endpoint.host_key
        return shown_beyond(self._parts.connect, hops, endpoint.address, endpoint.port, expected=known, token=token)

    def shown_jump_key(self, name: str, jump: Jump, *, token: CancelToken) -> HostKey:
        """The key that a jump host on the way to an endpoint shows now, beyond those before it, of the known one's type if it has one.

        To be shown; trusts nothing. Raises as `shown_key` does, and NotFoundError when the way does not lead over it any more.
        """
        endpoint = self._parts.inventory.endpoint(name)
        at = next((at for at, each in enumerate(endpoint.jumps) if each.is_same_host(jump)), None)
        if at is None:
            raise NotFoundError(kind="jump host", name=jump.target, command=f"plantwatch endpoints show {name}")
        hops = self._parts.hops_of(replace(endpoint, jumps=endpoint.jumps[:at]))
        return shown_beyond(self._parts.connect, hops, jump.address, jump.port, expected=jump.host_key, token=token)

    def shown_key_at(self, name: str, address: str, port: int, *, token: CancelToken) -> HostKey:
        """The key that answers at an address, where an endpoint's device is now or will be, beyond the endpoint's jump hosts.

        To be shown or compared; trusts nothing. Raises as `shown_key` does.
        """
        return self.host_key_at(address, port, self._parts.hops_of(self._parts.inventory.endpoint(name)), token)

    def move(self, name: str, draft: EndpointDraft, hops: tuple[Hop, ...]) -> Endpoint:
        """Write `draft` over an endpoint, and that its device is reached over `hops` from now on; the login on the device stays.

        Their logins are kept as at an enrolment, those of the way before forgotten. The device is not contacted. Raises NotFoundError,
        BusyError, SecretStoreError and what `EndpointService.change` raises; all is then as before.
        """
        endpoint = self._parts.inventory.endpoint(name)
        operation = self._parts.inventory.begin_operation(MOVE, endpoint.id)
        return MovingRun(self._parts, operation).execute(endpoint, draft, hops)

    def remove(
        self,
        name: str,
        *,
        keep_exporter: bool = False,
        forget_only: bool = False,
        report: Report,
        token: CancelToken,
    ) -> None:
        """Take an endpoint out of monitoring and put its device back as it was; reports RemoveStep events. Its history stays.

        `keep_exporter` leaves the device as it is. `forget_only` is for one that is gone: neither needs to reach the device. A failure
        puts the target back and leaves the endpoint as it was. Raises NotFoundError, BusyError, DeviceError, HostError, Cancelled (until
        uninstalling begins).
        """
        endpoint = self._parts.inventory.endpoint(name)
        kind = FORGET if forget_only else REMOVE_KEEPING_EXPORTER if keep_exporter else REMOVE
        operation = self._parts.inventory.begin_operation(kind, endpoint.id)
        RemovalRun(self._parts, operation, report, token).execute(endpoint)

    def renew(self, name: str, *, report: Report, token: CancelToken) -> Endpoint:
        """Give an endpoint's exporter a new certificate, without a restart and without a failed scrape; reports RenewStep events.

        One that still answers in plain HTTP is moved to TLS by this. A failure leaves the endpoint with what it had. Raises NotFoundError,
        BusyError, DeviceError, SecretStoreError, AuthorityKeyError, Cancelled; HostError and StackError when it is moved to TLS.
        """
        endpoint, operation = self._begin(RENEW, name)
        return RenewalRun(self._parts, operation, report, token).execute(endpoint)

    def upgrade(self, name: str, *, report: Report, token: CancelToken) -> Endpoint:
        """Put the kit's exporter in the place of an endpoint's: where it is there already, or a newer one, nothing is changed.

        It is restarted once; when the new one does not start or answer, the former comes back. Reports the steps up to logging in and from
        METRICS on of RenewStep, and UpgradeStep events. Raises as `renew` does, KitError, and what keeps a build off a device.
        """
        endpoint, operation = self._begin(UPGRADE, name)
        return UpgradeRun(self._parts, operation, report, token).execute(endpoint)

    def change_metrics(self, name: str, change: MetricsChange, *, report: Report, token: CancelToken) -> Endpoint:
        """Have an endpoint's exporter read other groups of metrics: it alone is restarted, once; where it has them already, nothing is done.

        When it does not start or answer, it reads what it did before. Reports the steps up to logging in and from METRICS on of RenewStep,
        and MetricsStep events. Raises as `renew` does.
        """
        endpoint, operation = self._begin(CHANGE_METRICS, name)
        return MetricsRun(self._parts, operation, change, report, token).execute(endpoint)

    def renew_due(self, *, token: CancelToken) -> list[str]:
        """Renew the certificates that end within 60 days. Returns sentences of what was done; see `due.renew_due`."""

        def renew(endpoint: Endpoint, token: CancelToken) -> Endpoint:
            return self.renew(endpoint.name, report=ignore, token=token)

        return renew_due(self._parts.inventory, renew, datetime.now(UTC), token)

    def renew_key(self, name: str, wish: OwnKeyWish | None, *, report: Report, token: CancelToken) -> Endpoint:
        """Log in to an endpoint's device with a new key of Plantwatch's own from now on; the login that it had is forgotten.

        Without a `wish` the key is accepted from where the present one is. Reports the steps up to logging in of RenewStep, and KeyStep
        events. A failure leaves the endpoint with what it had. Raises NotFoundError, BusyError, DeviceError, SecretStoreError, Cancelled.
        """
        endpoint = self._parts.inventory.endpoint(name)
        operation = self._parts.inventory.begin_operation(RENEW_KEY, endpoint.id)
        return KeyRun(self._parts, operation, report, token).execute(endpoint, wish)

    def change_login(self, name: str, login: Login, *, report: Report, token: CancelToken) -> Endpoint:
        """Log in to an endpoint's device by `login` from now on: tried first, all the way to root. One of a profile is shared, another kept
        as the endpoint's own; what it had is forgotten, and a key of Plantwatch's own taken off the device. Reports the steps up to logging
        in of RenewStep, and KeyStep.KEEP_KEY.

        A failure leaves the endpoint with what it had. Raises NotFoundError, BusyError, DeviceError, SecretStoreError, Cancelled.
        """
        endpoint = self._parts.inventory.endpoint(name)
        operation = self._parts.inventory.begin_operation(RENEW_KEY, endpoint.id)
        return LoginRun(self._parts, operation, report, token).execute(endpoint, login)

    def has_own_key(self, endpoint: Endpoint) -> bool:
        """Whether its device is opened by a key of Plantwatch's own, which has a line there. Raises NotFoundError."""
        return is_own_key(self._parts, endpoint.credential_id)

    def rotate_authority(self, scraper: ScraperKeeper, *, report: Report, token: CancelToken) -> None:
        """Put a new certificate authority in place of the present one, or go on with that; reports RotateStep events.

        See `RotationRun.execute`. Raises RotationIncompleteError, HostError, StackError, SecretStoreError, Cancelled.
        """

        def renew(endpoint: Endpoint, report: Report, token: CancelToken) -> Endpoint:
            return self.renew(endpoint.name, report=report, token=token)

        RotationRun(self._parts, scraper, renew, report, token).execute()

    def check(self, name: str, *, report: Report, token: CancelToken) -> DeviceCheck:
        """Contact an endpoint's device, see that it is the known one, and compare it with the receipt that it has; changes nothing on it.

        What was found is written down, as the endpoint's last check. Reports RemoveStep events. Raises NotFoundError, NoWayInError and
        DeviceError: DeviceSwappedError or HostKeyChangedError for another device, which also flags the endpoint; a good contact takes that
        flag away.
        """
        endpoint = self._parts.inventory.endpoint(name)
        return check_device(self._parts, endpoint, report=report, token=token)

    def try_login(self, name: str, credential_id: int, login: Login, *, report: Report, token: CancelToken) -> None:
        """Go all the way to root on an endpoint's device with `login` in the place of a credential, the device's or a jump host's.

        Keeps nothing of it, and changes nothing on the device. Reports RemoveStep events; raises as `check` does.
        """
        endpoint = self._parts.inventory.endpoint(name)
        parts = replace(self._parts, instead={credential_id: login})
        with open_known(parts, endpoint, report=report, token=token) as session:
            session.exporter.check(token)  # the least of what needs root

    def hops_by(self, name: str, jumps: Sequence[Jump]) -> tuple[Hop, ...]:
        """The way to `name`, which is to be enrolled, by jump hosts that others have: it shares their logins.

        Raises NoWayInError, SecretStoreError.
        """
        return self._parts.hops_by(jumps, name)

    def write_targets(self) -> None:
        """Bring Prometheus' targets in step with the inventory, once for all who ask meanwhile. Raises HostError, StackError."""
        self._parts.write_targets()

    def recover(self, *, report: Report, token: CancelToken) -> list[str]:
        """At start: undo the enrolments and finish the removals that a killed process left. Returns sentences of what was done.

        A device that cannot be reached keeps its record as it is, and the sentence says what to do. Raises InventoryError, Cancelled.
        """
        return Recovery(self._parts, report, token).execute()

    def _begin(self, kind: str, name: str) -> tuple[Endpoint, Operation]:
        """The operation, and the endpoint as it is from now on: until then another process may have changed what is installed there."""
        inventory = self._parts.inventory
        operation = inventory.begin_operation(kind, inventory.endpoint(name).id)
        try:
            return inventory.endpoint_by_id(operation.endpoint_id or 0), operation
        except AppError:
            inventory.end_operation(operation)
            raise


def _lines(request: EnrolmentRequest, state: DeviceState, build: KitBuild) -> tuple[str, ...]:
    draft = request.draft
    if state.installed_sha256 == build.sha256:
        binary = f"The exporter {build.version} in {INSTALL_PLACE} is there already and stays."
    else:
        size = build.size / 1e6
        binary = f"Put node_exporter {build.version} ({build.architecture}, {size:.1f} MB) into {INSTALL_PLACE}."
    where = f" of {draft.listen_address} only" if draft.listen_address else ""
    return (
        binary,
        f"Make the system user and group {ACCOUNT}, without a shell and a home.",
        f"Make, enable and start the service {UNIT}, which listens on port {draft.exporter_port}{where}.",
        "Give it a certificate; it answers in TLS only, and to Prometheus only.",
        f"Add {draft.scrape_target} to Prometheus' targets as {draft.name}.",
        *_key_lines(request, state),
    )


def _key_lines(request: EnrolmentRequest, state: DeviceState) -> tuple[str, ...]:
    if request.own_key is None:
        return ()
    sources = (
        "this computer's address only" if request.own_key.sources == (HERE,) else ", ".join(request.own_key.sources)
    )
    accepted = f", accepted from {sources}" if sources else ""
    stays = "; what sudo asks for stays in the keyring" if state.facts.privilege is Privilege.SUDO_PASSWORD else ""
    return (
        f"Put a key of Plantwatch's own into {request.login.user}'s authorized_keys{accepted}, and log in with it.",
        f"Forget the login that was given{stays}.",
    )
