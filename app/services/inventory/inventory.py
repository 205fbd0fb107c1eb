"""The inventory as the rest of the product sees it: every method is one transaction, and models come out."""

from collections.abc import Mapping
from functools import cached_property
from typing import Self

import sqlalchemy as sa

from app.errors import InputError
from app.models.activity import Activity, ChainCheck, Result
from app.models.bulk_parameters import LabelChange
from app.models.certificate import Authority, Certificate
from app.models.device import DeviceChange, Facts, Receipt
from app.models.endpoint import Credential, Endpoint, EndpointDraft, HostKey, Jump, Lifecycle, LoginKind
from app.models.metric_groups import Choice
from app.models.operation import Operation
from app.models.secret import NO_SECRET
from app.models.security import Checks, DeviceCheckRecord, Exposure
from app.models.stack import TargetGroup
from app.paths import DataPaths
from app.services.inventory import activity, authorities, chain, checks, credentials, endpoints, operations
from app.services.inventory.database import Database
from app.services.inventory.migration import bring_up_to_date
from app.services.inventory.runs import RunStore
from app.services.inventory.schema import installation
from app.services.metrics.targets import target_groups
from app.services.progress import CancelToken
from app.services.secrets import SecretStore


class Inventory:
    """The truth about endpoints. Safe to use from several threads; several processes on one database lose nothing.

    Every method may raise InventoryError: the database cannot be reached, is damaged, or has been locked for too long.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.runs = RunStore(database)

    @classmethod
    def open(cls, paths: DataPaths, url: str = "", *, passwords: SecretStore | None = None) -> Self:
        """The inventory in the data directory, or, when `url` is given, in a PostgreSQL database ("postgresql://user@server/name").

        The password of that database, if it asks for one, is looked up in `passwords` under the name `url`. Makes the schema when the
        database is empty; copies a SQLite file into `paths.copies` before migrating it. Raises InventoryError for one made by a newer
        version, and does not touch it.
        """
        password = passwords.get(url) if url and passwords else None
        database = Database.at_url(url, password or NO_SECRET) if url else Database.at_file(paths.database)
        try:
            bring_up_to_date(database, paths.copies)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Give the connections back. The inventory must not be used afterwards."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    @property
    def is_shared(self) -> bool:
        """Whether operators of other machines, each with a keyring of their own, may use it too."""
        return self._database.is_shared

    @cached_property
    def installation_id(self) -> str:
        """A UUID, made once with the database. Names this installation's entries in the keyring."""
        with self._database.read() as connection:
            return str(connection.execute(sa.select(installation.c.installation_id)).scalar_one())

    # Endpoints

    def endpoints(self) -> list[Endpoint]:
        """All, by name without regard to case."""
        with self._database.read() as connection:
            return endpoints.everything(connection)

    def endpoint(self, name: str) -> Endpoint:
        """By name, without regard to case. Raises NotFoundError."""
        with self._database.read() as connection:
            return endpoints.by_name(connection, name)

    def endpoint_by_id(self, endpoint_id: int) -> Endpoint:
        """Raises NotFoundError."""
        with self._database.read() as connection:
            return endpoints.by_id(connection, endpoint_id)

    def resembling(self, host_key: HostKey, machine_id: str) -> list[Endpoint]:
        """Those with this host key, or with this (hashed) machine-id unless it is empty; by name without regard to case."""
        with self._database.read() as connection:
            return endpoints.resembling(connection, host_key, machine_id)

    def check_free(self, draft: EndpointDraft, *, except_id: int | None = None) -> None:
        """Raises DuplicateError when another endpoint than `except_id` has the draft's name (without regard to case), or address and port."""
        with self._database.read() as connection:
            endpoints.check_free(connection, draft, except_id=except_id)

    def add(
        self,
        draft: EndpointDraft,
        *,
        lifecycle: Lifecycle = Lifecycle.MONITORED,
        host_key: HostKey | None = None,
        credential_id: int | None = None,
    ) -> Endpoint:
        """Raises DuplicateError, and NotFoundError for the credential."""
        with self._database.write() as connection:
            return endpoints.add(connection, draft, lifecycle=lifecycle, host_key=host_key, credential_id=credential_id)

    def add_under_way(
        self, kind: str, draft: EndpointDraft, *, host_key: HostKey, credential_id: int | None
    ) -> tuple[Endpoint, Operation]:
        """`add` as ENROLLING and `begin_operation` of that `kind` at once: the record is never without who works on it. Raises what they do."""
        with self._database.write() as connection:
            endpoint = endpoints.add(
                connection, draft, lifecycle=Lifecycle.ENROLLING, host_key=host_key, credential_id=credential_id
            )
            return endpoint, operations.begin(connection, kind, endpoint.id, shared=self._database.is_shared)

    def change(self, endpoint_id: int, draft: EndpointDraft, *, jumps: tuple[Jump, ...] | None = None) -> Endpoint:
        """Replace what the operator says about an endpoint and, unless None, the way to it; all else stays.

        Raises NotFoundError, for a credential of the way too, and DuplicateError.
        """
        with self._database.write() as connection:
            if jumps is not None:
                endpoints.set_jumps(connection, endpoint_id, jumps)
            return endpoints.change(connection, endpoint_id, draft)

    def relabel(self, endpoint_id: int, change: LabelChange) -> tuple[Endpoint, Endpoint]:
        """Change its labels only, as they are at this moment. Returns what it was and what it is. Raises NotFoundError."""
        with self._database.write() as connection:
            return endpoints.relabel(connection, endpoint_id, change)

    def set_lifecycle(self, endpoint_id: int, lifecycle: Lifecycle) -> None:
        """Raises NotFoundError."""
        with self._database.write() as connection:
            endpoints.set_lifecycle(connection, endpoint_id, lifecycle)

    def set_facts(self, endpoint_id: int, facts: Facts | None) -> None:
        """Raises NotFoundError."""
        with self._database.write() as connection:
            endpoints.set_facts(connection, endpoint_id, facts)

    def set_receipt(self, endpoint_id: int, receipt: Receipt | None) -> None:
        """Raises NotFoundError."""
        with self._database.write() as connection:
            endpoints.set_receipt(connection, endpoint_id, receipt)

    def set_installed(self, endpoint_id: int, facts: Facts, receipt: Receipt, certificate: Certificate) -> None:
        """What was found on the device, what was made there, and what its exporter serves with; all or nothing. Raises NotFoundError."""
        with self._database.write() as connection:
            endpoints.set_installed(connection, endpoint_id, facts, receipt, certificate)

    def set_certificate(self, endpoint_id: int, certificate: Certificate | None) -> None:
        """What the endpoint's exporter serves with; None: it answers in plain HTTP. Raises NotFoundError."""
        with self._database.write() as connection:
            endpoints.set_certificate(connection, endpoint_id, certificate)

    def set_host_key(self, endpoint_id: int, host_key: HostKey | None) -> None:
        """Raises NotFoundError."""
        with self._database.write() as connection:
            endpoints.set_host_key(connection, endpoint_id, host_key)

    def set_device_change(self, endpoint_id: int, change: DeviceChange | None) -> None:
        """Flag the endpoint, or take the flag away. Raises NotFoundError."""
        with self._database.write() as connection:
            endpoints.set_device_change(connection, endpoint_id, change)

    def set_credential(self, endpoint_id: int, credential_id: int | None) -> None:
        """Raises NotFoundError for the endpoint or for the credential."""
        with self._database.write() as connection:
            endpoints.set_credential(connection, endpoint_id, credential_id)

    def change_login(self, endpoint_id: int, credential_id: int, *, is_spare: bool) -> Endpoint:
        """That one counts from now on, and what counted until now is the standby, until it is forgotten. A spare one is kept by it.

        Raises NotFoundError for the endpoint or for the credential.
        """
        with self._database.write() as connection:
            if is_spare:
                credentials.keep(connection, credential_id)
            return endpoints.change_login(connection, endpoint_id, credential_id)

    def add_standby_credential(self, endpoint_id: int, user: str, kind: LoginKind) -> Credential:
        """A new credential as the endpoint's standby one, in one go: it is never without an endpoint. Raises NotFoundError."""
        with self._database.write() as connection:
            return endpoints.add_standby_credential(connection, endpoint_id, user, kind)

    def swap_credentials(self, endpoint_id: int) -> None:
        """The standby credential becomes the one that counts, and that becomes the standby. Raises NotFoundError."""
        with self._database.write() as connection:
            endpoints.swap_credentials(connection, endpoint_id)

    def unset_standby_credential(self, endpoint_id: int) -> None:
        """The endpoint has no standby credential any more; the credential itself stays. Raises NotFoundError."""
        with self._database.write() as connection:
            endpoints.unset_standby_credential(connection, endpoint_id)

    def set_jumps(self, endpoint_id: int, jumps: tuple[Jump, ...]) -> None:
        """The jump hosts on the way to it, in order. Raises NotFoundError for the endpoint or for a credential."""
        with self._database.write() as connection:
            endpoints.set_jumps(connection, endpoint_id, jumps)

    def replace_jump_key(self, jump: Jump, host_key: HostKey) -> list[Endpoint]:
        """Put `host_key` in place of that of `jump` on every way that leads over it, all at once. Returns the endpoints behind it."""
        with self._database.write() as connection:
            return endpoints.replace_jump_key(connection, jump, host_key)

    def checks(self) -> dict[int, Checks]:
        """What was found of endpoints when they were last looked at, by number; those that never were are not in it."""
        with self._database.read() as connection:
            return checks.everything(connection)

    def checks_of(self, endpoint_id: int) -> Checks:
        """What was found of one endpoint when it was last looked at."""
        with self._database.read() as connection:
            return checks.of_one(connection, endpoint_id)

    def record_exposures(self, found: Mapping[int, Exposure]) -> None:
        """What was found from outside, by the endpoint's number; takes the place of what was found before."""
        with self._database.write() as connection:
            checks.put_exposures(connection, found)

    def record_check(self, endpoint_id: int, found: DeviceCheckRecord) -> None:
        """What was found on the endpoint's device; takes the place of what was found before."""
        with self._database.write() as connection:
            checks.put_device(connection, endpoint_id, found)

    def remove(self, endpoint_id: int) -> None:
        """Forget the endpoint's record; its credential and its operation stay until they are removed and ended. Raises NotFoundError."""
        with self._database.write() as connection:
            checks.forget(connection, endpoint_id)
            endpoints.remove(connection, endpoint_id)

    def sites(self) -> list[str]:
        """The sites in use, sorted."""
        with self._database.read() as connection:
            return endpoints.sites(connection)

    def regions(self) -> list[str]:
        """The regions in use, sorted."""
        with self._database.read() as connection:
            return endpoints.regions(connection)

    def tags(self) -> list[str]:
        """The tags in use, sorted."""
        with self._database.read() as connection:
            return endpoints.tags(connection)

    def targets(self) -> list[TargetGroup]:
        """What Prometheus is to scrape: one group for each monitored endpoint, by name."""
        with self._database.read() as connection:
            return target_groups(endpoints.monitored(connection))

    def revision(self) -> int:
        """Grows with every change of endpoints by any process. Cheap enough to be asked every second."""
        with self._database.read() as connection:
            return endpoints.revision(connection)

    # Credentials

    def add_credential(
        self, user: str, kind: LoginKind, key_file: str = "", *, name: str = "", spare: bool = False
    ) -> Credential:
        """A new name for a secret; the secret itself goes to the keyring under `Credential.secret_name`.

        With a `name` it is a profile, for many endpoints. A `spare` one is nobody's: it is to take another one's place, or to be removed.
        Raises InputError("profile") when another has that name.
        """
        with self._database.write() as connection:
            return credentials.add(connection, user, kind, key_file, name=name, spare=spare)

    def credentials(self, *, spare: bool = False) -> list[Credential]:
        """All but the spare ones, or these only; by number."""
        with self._database.read() as connection:
            return credentials.everything(connection, spare=spare)

    def credential(self, credential_id: int) -> Credential:
        """Raises NotFoundError."""
        with self._database.read() as connection:
            return credentials.by_id(connection, credential_id)

    def profile(self, name: str) -> Credential:
        """The credential of that name, without regard to case. Raises NotFoundError."""
        with self._database.read() as connection:
            return credentials.by_name(connection, name)

    def check_profile_free(self, name: str) -> None:
        """Raises InputError("profile") when a credential has that name already, or it is no name."""
        with self._database.read() as connection:
            credentials.check_name_free(connection, name)

    def name_credential(self, credential_id: int, name: str) -> Credential:
        """Make it a profile, or give it another name. Raises NotFoundError, and InputError("profile") when another has that name."""
        with self._database.write() as connection:
            return credentials.rename(connection, credential_id, name)

    def keep_credential(self, credential_id: int, name: str) -> Credential:
        """Make a spare one a profile. Raises NotFoundError when it is none, and InputError("profile") when another has that name."""
        with self._database.write() as connection:
            return credentials.keep(connection, credential_id, name)

    def replace_credential(self, credential_id: int, successor_id: int) -> None:
        """Put the spare `successor_id` in its place: name and endpoints go over at once, and it is spare from then on.

        Raises NotFoundError when one of them is gone or another process has replaced it.
        """
        with self._database.write() as connection:
            credentials.take_place(connection, credential_id, successor_id)
            endpoints.replace_credential(connection, credential_id, successor_id)

    def separate_credential(self, endpoint_id: int, credential_id: int, successor_id: int) -> bool:
        """That endpoint alone needs the spare `successor_id` in the place of the other from now on, for its device and its jump hosts.

        Returns whether nobody needs the other one any more: it is spare then, and its secrets are to be deleted. Raises NotFoundError, and
        InputError("credential") when the endpoint does not need it.
        """
        with self._database.write() as connection:
            endpoint = endpoints.by_id(connection, endpoint_id)
            if endpoint.name not in credentials.users(connection, credential_id):
                raise InputError("credential", f"{endpoint.name} does not log in by it.")
            credentials.keep(connection, successor_id)
            endpoints.replace_credential(connection, credential_id, successor_id, only_id=endpoint_id)
            return credentials.retire_if_lone(connection, credential_id)

    def share_credential(self, endpoint_id: int, credential_id: int) -> int | None:
        """The endpoint's device is opened by that one from now on. Raises NotFoundError for either.

        Returns the number of the one that it had if nobody needs that any more: it is spare then, and its secrets are to be deleted.
        """
        with self._database.write() as connection:
            before = endpoints.by_id(connection, endpoint_id).credential_id
            endpoints.set_credential(connection, endpoint_id, credential_id)
            lone = before is not None and credentials.retire_if_lone(connection, before)
            return before if lone else None

    def retire_credential(self, credential_id: int) -> None:
        """It is spare from now on, and has no name. Raises InputError when endpoints still use it, and names them."""
        with self._database.write() as connection:
            credentials.retire(connection, credential_id)

    def remove_credential(self, credential_id: int) -> None:
        """No error when there is none. Nothing of it stays in the database's files. Raises InputError when an endpoint still uses it."""
        with self._database.write() as connection:
            credentials.remove(connection, credential_id)
        self._database.shed_log()

    # Certificate authorities

    def authorities(self) -> list[Authority]:
        """Those whose certificates are trusted, oldest first; at most one is current."""
        with self._database.read() as connection:
            return authorities.everything(connection)

    def make_authority_current(self, authority: Authority, *, replacing: str = "") -> Authority:
        """Add `authority` as the current one in place of that with the fingerprint `replacing` ("" for none), and return it.

        When another one is current by now, because another process was faster, nothing is added and that one is returned.
        """
        with self._database.write() as connection:
            return authorities.make_current(connection, authority, replacing=replacing)

    def set_client_certificate(self, fingerprint: str, certificate: str) -> None:
        """What Prometheus shows to the exporters that trust the authority (PEM)."""
        with self._database.write() as connection:
            authorities.set_client_certificate(connection, fingerprint, certificate)

    def remove_authority(self, fingerprint: str) -> None:
        """It is trusted no more. No error when there is none."""
        with self._database.write() as connection:
            authorities.remove(connection, fingerprint)

    # Operations

    def begin_operation(self, kind: str, endpoint_id: int | None) -> Operation:
        """Record that this process begins to change an endpoint, or, with None, the stack. What a dead process left there is replaced.

        Raises BusyError when a living process, this one included, works on it; NotFoundError when there is no such endpoint.
        """
        with self._database.write() as connection:
            return operations.begin(connection, kind, endpoint_id, shared=self._database.is_shared)

    def resume_operation(self, operation: Operation) -> Operation:
        """Take over an interrupted operation, so that only one process finishes or undoes it. Raises BusyError for the others."""
        with self._database.write() as connection:
            return operations.resume(connection, operation, shared=self._database.is_shared)

    def advance_operation(self, operation: Operation, step: str) -> None:
        """Record, before it begins, the step that is next. Raises BusyError when another process has taken the operation over."""
        with self._database.write() as connection:
            operations.advance(connection, operation, step)

    def record_installation(
        self,
        operation: Operation,
        endpoint_id: int,
        certificate: Certificate,
        receipt: Receipt,
        step: str,
        *,
        metrics: Choice,
    ) -> None:
        """`set_certificate`, `set_receipt`, the choice of metrics and `advance_operation` at once: a process that is killed leaves all or none.

        Raises NotFoundError, and BusyError when another process has taken the operation over.
        """
        with self._database.write() as connection:
            operations.advance(connection, operation, step)
            endpoints.set_installed_anew(connection, endpoint_id, certificate, receipt, metrics)

    def end_operation(self, operation: Operation) -> None:
        """The work has ended, well or undone. No error when the record is gone."""
        with self._database.write() as connection:
            operations.end(connection, operation)

    def interrupted_operations(self) -> list[Operation]:
        """Those whose process is gone, oldest first. One of another machine counts as gone after 30 minutes without a new step."""
        with self._database.read() as connection:
            return operations.interrupted(connection, shared=self._database.is_shared)

    # Activity

    def log(self, action: str, subject: str, result: Result, detail: str = "", *, fingerprints: str = "") -> None:
        """Append a line to the activity log; time, operator and hashes are filled in. All is plain text without secrets.

        `fingerprints` names the keys and certificates that the action was about: "host key SHA256:…; certificate SHA256:…".
        """
        with self._database.write() as connection:
            activity.log(connection, action, subject, result, detail, fingerprints=fingerprints)

    def activities(self, limit: int = 500, before_id: int | None = None, text: str = "") -> list[Activity]:
        """Newest first, at most `limit`; older than `before_id`; with `text` in any column, without regard to case."""
        with self._database.read() as connection:
            return activity.newest(connection, limit, before_id, text)

    def activities_after(self, line_id: int, limit: int = 500) -> list[Activity]:
        """Oldest first, at most `limit`; only lines newer than `line_id`."""
        with self._database.read() as connection:
            return activity.after(connection, line_id, limit)

    def verify_activity(self, *, noted: str = "", token: CancelToken | None = None) -> ChainCheck:
        """Walk the whole activity log and check its chain of hashes; with `noted`, also that a line with that hash is in it.

        Holds a portion of the log in memory at a time and keeps nobody from writing meanwhile. Raises Cancelled.
        """
        return chain.verify(self._database, noted=noted, token=token or CancelToken())
