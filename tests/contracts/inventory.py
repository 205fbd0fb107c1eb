"""What the inventory must do, on every database."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.errors import BusyError, DuplicateError, InventoryError, NotFoundError
from app.models.activity import Result
from app.models.device import Change, ChangeKind, DeviceChange, Facts, InitSystem, Privilege, Receipt
from app.models.endpoint import EndpointDraft, HostKey, Jump, Lifecycle, LoginKind
from app.models.security import CertificateSummary, Checks, DeviceCheckRecord, DeviceState, Exposure, Verdict
from app.models.stack import TargetGroup
from app.services.inventory import Inventory
from app.services.inventory.database import Database
from app.services.inventory.schema import activity, operations
from tests.contracts.activity_chain import ChainContract
from tests.contracts.authorities import AuthorityContract
from tests.contracts.credentials import CredentialContract
from tests.contracts.records import HOST_KEY, draft
from tests.contracts.runs import RunContract

Opener = Callable[[], Inventory]

OTHER_KEY = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBlvgEJqwVefXc38YrDef3MUyFC0igQ+MXwPOZJvv5YA")
NEW_KEY = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJNEuryflYItT8MORZDw+Q8w7OpOGjQcsbawBiXk/zjc")
FACTS = Facts(
    hostname="t-17",
    os_id="debian",
    init=InitSystem.SYSTEMD,
    privilege=Privilege.SUDO_PASSWORD,
    memory_bytes=2**40,
    clock_offset_seconds=-0.25,
)
RECEIPT = Receipt(
    "1.12.1", "armv7", (Change(ChangeKind.USER, "plantwatch"), Change(ChangeKind.FILE, "/opt/x", "ab" * 32))
)


class EndpointContract:
    """To be inherited by a class with the fixtures `opener`, which opens one and the same, at first empty, database, and `inventory`."""

    def test_an_endpoint_comes_back_as_it_went_in(self, inventory: Inventory) -> None:
        before = datetime.now(UTC)
        added = inventory.add(
            EndpointDraft(
                "Turbine 17",
                "2001:DB8::17",
                2222,
                site="London Array",
                region="Thames Estuary",
                tags=("v117", "offshore"),
                notes="Ladder on the left.\nÜber die Brücke.",
                scrape_address="gateway.example",
                exporter_port=9101,
                listen_address="2001:db8::18",
            ),
            lifecycle=Lifecycle.ENROLLING,
            host_key=HOST_KEY,
        )
        assert added == inventory.endpoint("turbine 17") == inventory.endpoint_by_id(added.id)
        assert inventory.endpoints() == [added]
        assert (added.address, added.port, added.tags) == ("2001:db8::17", 2222, ("offshore", "v117"))
        assert (added.notes, added.exporter_port) == ("Ladder on the left.\nÜber die Brücke.", 9101)
        assert added.listen_address == "2001:db8::18"
        assert (added.host_key, added.lifecycle) == (HOST_KEY, Lifecycle.ENROLLING)
        assert (added.facts, added.receipt, added.credential_id) == (None, None, None)
        assert added.created_at.tzinfo is UTC
        assert before <= added.created_at == added.changed_at <= datetime.now(UTC)

    def test_an_endpoint_and_the_work_on_it_are_written_down_together(self, inventory: Inventory) -> None:
        profile = inventory.add_credential("tech", LoginKind.KEY_FILE, "/k", name="site")
        endpoint, operation = inventory.add_under_way("enrol", draft(), host_key=HOST_KEY, credential_id=profile.id)
        assert (endpoint.lifecycle, endpoint.credential_id) == (Lifecycle.ENROLLING, profile.id)
        assert (operation.kind, operation.endpoint_id, operation.step) == ("enrol", endpoint.id, "")
        with pytest.raises(DuplicateError):
            inventory.add_under_way("enrol", draft(), host_key=HOST_KEY, credential_id=profile.id)
        with pytest.raises(NotFoundError):
            inventory.add_under_way("enrol", draft("T-18", "10.0.0.18"), host_key=HOST_KEY, credential_id=999)
        assert [each.name for each in inventory.endpoints()] == [endpoint.name]

    def test_those_that_resemble_a_device_are_found_by_its_key_or_its_id(self, inventory: Inventory) -> None:
        other_key = HostKey("ssh-rsa", "AAAAB3NzaC1yc2E=")
        by_key = inventory.add(draft("by key", "10.0.0.1"), host_key=HOST_KEY)
        by_id = inventory.add(draft("by id", "10.0.0.2"), host_key=other_key)
        inventory.set_facts(by_id.id, replace(FACTS, machine_id="a" * 64))
        inventory.add(draft("neither", "10.0.0.3"), host_key=other_key)
        assert [each.id for each in inventory.resembling(HOST_KEY, "a" * 64)] == [by_id.id, by_key.id]
        assert [each.id for each in inventory.resembling(HOST_KEY, "")] == [by_key.id]
        assert inventory.resembling(HOST_KEY, "b" * 64) == [inventory.endpoint("by key")]

    def test_a_flag_comes_back_and_goes(self, inventory: Inventory) -> None:
        endpoint = inventory.add(draft("T-17"))
        assert endpoint.device_change is None
        change = DeviceChange(datetime.now(UTC), fingerprint="SHA256:abc")
        inventory.set_device_change(endpoint.id, change)
        assert inventory.endpoint("T-17").device_change == change
        inventory.set_device_change(endpoint.id, None)
        assert inventory.endpoint("T-17").device_change is None

    def test_endpoints_come_by_name_without_regard_to_case(self, inventory: Inventory) -> None:
        for number, name in enumerate(["beta", "Alpha", "gamma", "alpha 2"]):
            inventory.add(draft(name, f"10.0.0.{number + 1}"))
        assert [endpoint.name for endpoint in inventory.endpoints()] == ["Alpha", "alpha 2", "beta", "gamma"]

    def test_changing_replaces_the_draft_and_keeps_the_rest(self, inventory: Inventory) -> None:
        endpoint = inventory.add(draft(), host_key=HOST_KEY)
        inventory.set_facts(endpoint.id, FACTS)
        changed = inventory.change(endpoint.id, EndpointDraft("T-18", "10.0.0.18", site="Thanet"))
        assert (changed.id, changed.name, changed.address, changed.site) == (endpoint.id, "T-18", "10.0.0.18", "Thanet")
        assert (changed.host_key, changed.facts, changed.created_at) == (HOST_KEY, FACTS, endpoint.created_at)
        assert changed.changed_at > endpoint.changed_at

    def test_an_endpoint_may_keep_its_own_name_and_address(self, inventory: Inventory) -> None:
        endpoint = inventory.add(draft())
        inventory.check_free(draft("t-17"), except_id=endpoint.id)
        assert inventory.change(endpoint.id, draft("t-17")).name == "t-17"

    @pytest.mark.parametrize(
        ("second", "field"),
        [
            (draft("t-17", "10.0.0.99"), "name"),
            (draft("T-99"), "address"),
            (draft(), "name"),
        ],
    )
    def test_a_duplicate_names_the_field_and_the_other(
        self, inventory: Inventory, second: EndpointDraft, field: str
    ) -> None:
        inventory.add(draft())
        third = inventory.add(draft("third", "10.0.0.3"))
        revision = inventory.revision()
        for attempt in (
            lambda: inventory.check_free(second),
            lambda: inventory.add(second),
            lambda: inventory.change(third.id, second),
        ):
            with pytest.raises(DuplicateError) as caught:
                attempt()
            assert (caught.value.field, caught.value.other) == (field, "T-17")
            assert "T-17" in caught.value.message
        assert (len(inventory.endpoints()), inventory.revision()) == (2, revision)

    def test_another_port_of_the_same_address_is_free(self, inventory: Inventory) -> None:
        inventory.add(draft())
        inventory.check_free(draft("T-99", port=2222))
        inventory.add(draft("T-99", port=2222))

    def test_names_that_differ_are_told_apart_in_patterns_of_sql(self, inventory: Inventory) -> None:
        inventory.add(draft("a_b", "10.0.0.1"))
        inventory.add(draft("axb", "10.0.0.2"))
        assert inventory.endpoint("a_b").address == "10.0.0.1"

    def test_what_the_app_finds_out_is_kept(self, inventory: Inventory, opener: Opener) -> None:
        credential = inventory.add_credential("tech", LoginKind.KEY_FILE, "/home/ada/.ssh/id_ed25519")
        endpoint = inventory.add(draft(), lifecycle=Lifecycle.ENROLLING)
        inventory.set_facts(endpoint.id, FACTS)
        inventory.set_receipt(endpoint.id, RECEIPT)
        inventory.set_host_key(endpoint.id, HOST_KEY)
        inventory.set_credential(endpoint.id, credential.id)
        jumps = (Jump("10.0.0.1", 22, HOST_KEY, credential.id), Jump("10.1.0.1", 2222, HOST_KEY, credential.id))
        inventory.set_jumps(endpoint.id, jumps)
        inventory.set_lifecycle(endpoint.id, Lifecycle.MONITORED)
        seen = opener().endpoint("T-17")
        assert seen.jumps == jumps
        assert (seen.facts, seen.receipt, seen.host_key) == (FACTS, RECEIPT, HOST_KEY)
        assert (seen.credential_id, seen.lifecycle) == (credential.id, Lifecycle.MONITORED)
        inventory.set_receipt(endpoint.id, None)
        assert inventory.endpoint("T-17").receipt is None

    def test_a_jump_host_s_key_is_replaced_on_every_way_over_it(self, inventory: Inventory) -> None:
        credential = inventory.add_credential("tech", LoginKind.AGENT)
        gate, inner = (Jump(address, 22, HOST_KEY, credential.id) for address in ("10.0.0.1", "10.1.0.1"))
        elsewhere = replace(gate, host_key=OTHER_KEY)
        for number, jumps in enumerate(((gate, inner), (gate,), (elsewhere,), ()), start=1):
            inventory.set_jumps(inventory.add(draft(f"T-{number}", f"10.2.0.{number}")).id, jumps)
        behind = inventory.replace_jump_key(gate, NEW_KEY)
        assert [each.name for each in behind] == ["T-1", "T-2"]
        assert [each.jumps for each in inventory.endpoints()] == [
            (replace(gate, host_key=NEW_KEY), inner),
            (replace(gate, host_key=NEW_KEY),),
            (elsewhere,),  # the same address, but another machine
            (),
        ]
        assert inventory.replace_jump_key(gate, NEW_KEY) == []

    def test_what_the_last_checks_found(self, inventory: Inventory, opener: Opener) -> None:
        first, second = inventory.add(draft()), inventory.add(draft("T-18", "10.0.0.18"))
        revision, at = inventory.revision(), datetime(2026, 3, 1, 12, tzinfo=UTC)
        shown = CertificateSummary("SHA256:" + "ab" * 32, at)
        exposure = Exposure("10.0.0.17:9100", at, Verdict.PROTECTED, serves_tls=True, certificate=shown)
        inventory.record_exposures({first.id: exposure, 4711: exposure})  # one was removed in the meantime
        inventory.record_check(first.id, DeviceCheckRecord(at, DeviceState.NOT_SEEN, "no answer"))
        inventory.record_check(first.id, DeviceCheckRecord(at, DeviceState.AS_IT_WAS))
        inventory.record_check(4711, DeviceCheckRecord(at, DeviceState.AS_IT_WAS))
        expected = Checks(exposure, DeviceCheckRecord(at, DeviceState.AS_IT_WAS))
        assert opener().checks() == {first.id: expected}
        assert opener().checks_of(first.id) == expected
        assert opener().checks_of(second.id) == Checks()
        assert inventory.revision() == revision  # looking changes nothing
        assert inventory.endpoint_by_id(first.id) == first
        inventory.remove(first.id)
        assert inventory.checks() == {}

    def test_removed_is_gone_and_its_number_is_not_given_again(self, inventory: Inventory) -> None:
        first = inventory.add(draft())
        inventory.remove(first.id)
        assert inventory.endpoints() == []
        assert inventory.add(draft()).id != first.id

    def test_what_does_not_exist_is_not_found(self, inventory: Inventory) -> None:
        for attempt in (
            lambda: inventory.endpoint("T-17"),
            lambda: inventory.endpoint_by_id(17),
            lambda: inventory.change(17, draft()),
            lambda: inventory.set_facts(17, FACTS),
            lambda: inventory.remove(17),
            lambda: inventory.begin_operation("enrol", 17),
        ):
            with pytest.raises(NotFoundError, match=r"endpoint named .*17"):
                attempt()

    def test_the_revision_grows_with_every_change_and_only_then(self, inventory: Inventory, opener: Opener) -> None:
        other = opener()
        revisions = [other.revision()]

        def noted() -> None:
            revisions.append(other.revision())

        endpoint = inventory.add(draft())
        noted()
        inventory.change(endpoint.id, draft("T-18"))
        noted()
        inventory.set_lifecycle(endpoint.id, Lifecycle.REMOVING)
        noted()
        inventory.remove(endpoint.id)
        noted()
        assert revisions == sorted(set(revisions))
        inventory.log("remove", "T-18", Result.DONE)
        inventory.endpoints()
        assert other.revision() == revisions[-1]

    def test_groups_are_those_in_use(self, inventory: Inventory) -> None:
        inventory.add(EndpointDraft("a", "10.0.0.1", site="Thanet", region="Kent", tags=("x", "y")))
        inventory.add(EndpointDraft("b", "10.0.0.2", site="Barrow", tags=("y",)))
        inventory.add(EndpointDraft("c", "10.0.0.3", site="Thanet"))
        assert inventory.sites() == ["Barrow", "Thanet"]
        assert inventory.regions() == ["Kent"]
        assert inventory.tags() == ["x", "y"]

    def test_monitored_endpoints_are_targets(self, inventory: Inventory) -> None:
        inventory.add(EndpointDraft("b", "10.0.0.2", site="Barrow", tags=("x", "y")))
        inventory.add(draft("a", "10.0.0.1"), lifecycle=Lifecycle.ENROLLING)
        assert inventory.targets() == [
            TargetGroup("10.0.0.2:9100", {"instance": "b", "site": "Barrow", "tags": ",x,y,"})
        ]

    def test_the_installation_has_one_name_for_ever(self, inventory: Inventory, opener: Opener) -> None:
        assert len(inventory.installation_id) == 36
        assert opener().installation_id == inventory.installation_id

    def test_threads_lose_nothing(self, inventory: Inventory) -> None:
        def add(number: int) -> None:
            endpoint = inventory.add(draft(f"T-{number}", f"10.0.1.{number}"))
            inventory.set_facts(endpoint.id, FACTS)

        before = inventory.revision()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(add, range(1, 25)))
        assert len(inventory.endpoints()) == 24
        assert inventory.revision() == before + 48

    def test_one_of_two_with_the_same_name_wins(self, inventory: Inventory, opener: Opener) -> None:
        def add(through: Inventory) -> str:
            try:
                through.add(draft())
            except DuplicateError as error:
                return error.other
            return "added"

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(add, [inventory, opener()])) == ["T-17", "added"]


class OperationContract:
    """As EndpointContract, with a fixture `database`: a second way into the same database, to play a dead process."""

    def test_only_one_works_on_an_endpoint(self, inventory: Inventory, opener: Opener) -> None:
        endpoint, other = inventory.add(draft()), inventory.add(draft("T-18", "10.0.0.18"))
        operation = inventory.begin_operation("enrol", endpoint.id)
        assert (operation.kind, operation.endpoint_id, operation.subject) == ("enrol", endpoint.id, "T-17")
        with pytest.raises(BusyError, match=r"T-17 is being changed .*process \d+"):
            opener().begin_operation("remove", endpoint.id)
        inventory.end_operation(inventory.begin_operation("remove", other.id))
        inventory.end_operation(operation)
        inventory.end_operation(operation)
        inventory.end_operation(opener().begin_operation("remove", endpoint.id))

    def test_only_one_works_on_the_stack(self, inventory: Inventory) -> None:
        operation = inventory.begin_operation("deploy", None)
        with pytest.raises(BusyError, match="the stack"):
            inventory.begin_operation("stack down", None)
        inventory.end_operation(operation)
        inventory.begin_operation("stack down", None)

    def test_a_living_process_is_not_interrupted(self, inventory: Inventory) -> None:
        operation = inventory.begin_operation("enrol", inventory.add(draft()).id)
        assert inventory.interrupted_operations() == []
        with pytest.raises(BusyError):
            inventory.resume_operation(operation)

    def test_what_a_dead_process_left_is_found_and_taken_over_once(
        self, inventory: Inventory, opener: Opener, database: Database
    ) -> None:
        endpoint = inventory.add(draft())
        operation = inventory.begin_operation("enrol", endpoint.id)
        inventory.advance_operation(operation, "install")
        pretend_dead(database)
        (left,) = opener().interrupted_operations()
        assert (left.id, left.kind, left.step, left.subject) == (operation.id, "enrol", "install", "T-17")
        assert left.begun_at == operation.begun_at
        mine = inventory.resume_operation(left)
        assert (mine.id, mine.step) == (left.id, "install")
        assert inventory.interrupted_operations() == []
        with pytest.raises(BusyError):
            opener().resume_operation(left)
        inventory.advance_operation(mine, "undo")
        inventory.end_operation(mine)
        with pytest.raises(BusyError):
            inventory.resume_operation(left)

    def test_it_outlives_its_endpoint(self, inventory: Inventory, database: Database) -> None:
        endpoint = inventory.add(draft())
        inventory.begin_operation("remove", endpoint.id)
        inventory.remove(endpoint.id)
        pretend_dead(database)
        (left,) = inventory.interrupted_operations()
        assert (left.subject, left.endpoint_id) == ("T-17", endpoint.id)

    def test_a_dead_process_does_not_block_a_new_operation(self, inventory: Inventory, database: Database) -> None:
        endpoint = inventory.add(draft())
        inventory.begin_operation("enrol", endpoint.id)
        pretend_dead(database)
        fresh = inventory.begin_operation("remove", endpoint.id)
        assert (fresh.kind, fresh.step, inventory.interrupted_operations()) == ("remove", "", [])

    def test_one_whose_operation_was_taken_over_learns_it(self, inventory: Inventory, database: Database) -> None:
        operation = inventory.begin_operation("enrol", inventory.add(draft()).id)
        pretend_dead(database)
        with pytest.raises(BusyError):
            inventory.advance_operation(operation, "install")
        inventory.end_operation(operation)
        assert len(inventory.interrupted_operations()) == 1


class ActivityContract:
    """As OperationContract."""

    def test_lines_come_newest_first_and_in_portions(self, inventory: Inventory) -> None:
        for number in range(5):
            inventory.log("enrol", f"T-{number}", Result.DONE, f"detail {number}")
        newest = inventory.activities(limit=2)
        assert [line.subject for line in newest] == ["T-4", "T-3"]
        older = inventory.activities(limit=2, before_id=newest[-1].id)
        assert [line.subject for line in older] == ["T-2", "T-1"]
        line = newest[0]
        assert (line.action, line.result, line.detail) == ("enrol", Result.DONE, "detail 4")
        assert "@" in line.operator
        assert timedelta(0) <= datetime.now(UTC) - line.at < timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("text", "found"),
        [("t-17", 1), ("FAILED", 1), ("100%", 1), ("10_", 0), ("deploy", 1), ("", 2), ("'; --", 0)],
    )
    def test_text_is_looked_for_as_it_stands_in_every_column(self, inventory: Inventory, text: str, found: int) -> None:
        inventory.log("enrol", "T-17", Result.FAILED, "disk 100% full")
        inventory.log("deploy", "plantwatch", Result.DONE)
        assert len(inventory.activities(text=text)) == found

    def test_what_a_device_said_cannot_break_it(self, inventory: Inventory) -> None:
        inventory.log("enrol", "T-17", Result.FAILED, "\0binary\0 " + "x" * 10_000)
        (line,) = inventory.activities()
        assert line.detail.startswith("binary ")
        assert len(line.detail) <= 4000

    @pytest.mark.parametrize("statement", [sa.delete(activity), sa.update(activity).values(result=Result.DONE)])
    def test_the_database_refuses_to_change_it(
        self, inventory: Inventory, database: Database, statement: sa.Delete | sa.Update
    ) -> None:
        inventory.log("enrol", "T-17", Result.FAILED)
        with pytest.raises(InventoryError) as caught, database.write() as connection:
            connection.execute(statement)
        assert "append-only" in caught.value.evidence
        assert [line.result for line in inventory.activities()] == [Result.FAILED]


class SchemaContract:
    """As OperationContract."""

    def test_facts_and_receipts_are_json(self, inventory: Inventory, database: Database) -> None:
        endpoint = inventory.add(draft())
        inventory.set_facts(endpoint.id, FACTS)
        inventory.set_receipt(endpoint.id, RECEIPT)
        with database.read() as connection:
            row = connection.execute(sa.text("SELECT CAST(facts AS TEXT), CAST(receipt AS TEXT) FROM endpoints")).one()
        facts, receipt = json.loads(row[0]), json.loads(row[1])
        assert (facts["hostname"], facts["init"]) == ("t-17", "systemd")
        assert receipt["changes"][0]["name"] == "plantwatch"

    def test_facts_of_another_version_are_read_as_far_as_known(self, inventory: Inventory, database: Database) -> None:
        inventory.add(draft())
        with database.write() as connection:
            connection.execute(sa.text("""UPDATE endpoints SET facts = '{"hostname": "t", "later": 1}'"""))
        assert inventory.endpoint("T-17").facts == Facts(hostname="t")

    def test_a_failed_change_leaves_nothing(self, inventory: Inventory, database: Database) -> None:
        inventory.add(draft())

        def fail_half_way() -> None:
            with database.write() as connection:
                connection.execute(sa.text("DELETE FROM endpoints"))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_half_way()
        assert len(inventory.endpoints()) == 1


class InventoryContract(
    EndpointContract,
    CredentialContract,
    AuthorityContract,
    OperationContract,
    ActivityContract,
    ChainContract,
    RunContract,
    SchemaContract,
):
    """All of it."""


def pretend_dead(database: Database) -> None:
    """As if the operations under way had been begun by a process that is gone: its number is another process's now."""
    with database.write() as connection:
        connection.execute(sa.update(operations).values(process_start=operations.c.process_start - 3600))
