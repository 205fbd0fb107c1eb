"""Actions on many endpoints: on a real inventory in a file, with an enrolment in memory."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import HostError, InputError, NotFoundError, StackError
from app.models.bulk import BulkAction, BulkRun, EnrolOrder, ItemState
from app.models.bulk_parameters import LabelChange, MetricsChange, Parameters, RemovalWay
from app.models.endpoint import EndpointDraft, HostKey, Jump, Login, LoginKind
from app.models.metric_groups import EVERY_GROUP, MetricGroup
from app.models.own_key import OwnKeyWish
from app.models.secret import Secret
from app.paths import DataPaths
from app.services.bulk.actions import ACTIONS
from app.services.bulk.events import BulkEvent, ItemChanged
from app.services.bulk.pace import Pace
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.services.enrolment.failures import WrongPasswordError
from app.services.enrolment.known_ways import KnownWays
from app.services.inventory import Inventory
from app.services.progress import CancelToken
from tests.unit.fakes import MemorySecretStore
from tests.unit.models.test_known_hosts import KEY
from tests.unit.services.bulk.enrolment_fake import FakeEnrolment

_COUNT = 4
OTHER_KEY = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDyPIrW/R4Is/JbgGzNpo8GcLq5u7kBwnvmZE2oDF8qX")
_AWAY = HostError(host="lab", reason="cannot be reached.", what_to_do="")


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with Inventory.open(DataPaths.locate(tmp_path)) as made:
        for number in range(1, _COUNT + 1):
            draft = EndpointDraft(name(number), f"10.0.0.{number}", site="Thanet", tags=("wtg", "old"), notes="a note")
            made.add(draft)
        yield made


@pytest.fixture
def enrolment(inventory: Inventory) -> FakeEnrolment:
    return FakeEnrolment(inventory)


@pytest.fixture
def logins(inventory: Inventory) -> CredentialService:
    return CredentialService(inventory, MemorySecretStore())


@pytest.fixture
def bulk(inventory: Inventory, enrolment: FakeEnrolment, logins: CredentialService) -> BulkService:
    return BulkService(inventory, enrolment, logins)


def name(number: int) -> str:
    return f"wtg-{number:02}"


NAMES = [name(number) for number in range(1, _COUNT + 1)]


def login(password: str = "of-the-plant") -> Login:
    return Login("iiot", LoginKind.PASSWORD, secret=Secret(password))


def execute(bulk: BulkService, run: BulkRun) -> BulkRun:
    return bulk.runner(run.id, lambda _event: None, token=CancelToken()).execute(CancelToken())


def details(inventory: Inventory, run: BulkRun) -> list[str]:
    return [item.detail for item in inventory.runs.items(run.id)]


class TestLabels:
    CHANGE = Parameters(LabelChange(site="Barrow", added_tags=("offshore",), removed_tags=("old",)))

    def test_all_records_are_changed_and_prometheus_is_told_once(
        self, bulk: BulkService, inventory: Inventory, enrolment: FakeEnrolment
    ) -> None:
        run = execute(bulk, bulk.act(BulkAction.LABELS, NAMES, self.CHANGE))
        assert run.counts == {ItemState.DONE: _COUNT}
        assert run.parameters == self.CHANGE
        assert {(each.site, each.region, each.tags, each.notes) for each in inventory.endpoints()} == {
            ("Barrow", "", ("offshore", "wtg"), "a note")
        }
        assert enrolment.done == [("write targets",)]
        assert enrolment.targets == [f"{each} Barrow" for each in NAMES]
        assert details(inventory, run)[0] == "site: Thanet → Barrow; tags: old wtg → offshore wtg"
        (told,) = [each.detail for each in inventory.activities() if each.subject == "wtg-03"]
        assert told == details(inventory, run)[2]

    def test_done_again_it_changes_nothing(self, bulk: BulkService, inventory: Inventory) -> None:
        execute(bulk, bulk.act(BulkAction.LABELS, NAMES, self.CHANGE))
        before = inventory.endpoints()
        run = execute(bulk, bulk.act(BulkAction.LABELS, NAMES, self.CHANGE))
        assert {*details(inventory, run)} == {"as it was"}
        assert inventory.endpoints() == before

    def test_it_is_over_only_when_prometheus_knows(
        self, bulk: BulkService, inventory: Inventory, enrolment: FakeEnrolment
    ) -> None:
        run = bulk.act(BulkAction.LABELS, NAMES, self.CHANGE)
        enrolment.writing_error = _AWAY
        with pytest.raises(HostError):
            execute(bulk, run)
        assert inventory.runs.run(run.id).ended_at is None
        enrolment.writing_error = None
        assert execute(bulk, run).ended_at
        assert enrolment.targets == [f"{each} Barrow" for each in NAMES]

    def test_without_a_stack_there_is_nobody_to_tell(self, bulk: BulkService, enrolment: FakeEnrolment) -> None:
        enrolment.writing_error = StackError(reason="There is no stack.", what_to_do="")
        assert execute(bulk, bulk.act(BulkAction.LABELS, NAMES, self.CHANGE)).ended_at

    def test_cancelled_prometheus_is_told_of_what_was_done(self, bulk: BulkService, enrolment: FakeEnrolment) -> None:
        run = bulk.act(BulkAction.LABELS, NAMES, self.CHANGE)
        token = CancelToken()
        runner = bulk.runner(run.id, lambda _event: token.cancel(), token=CancelToken())
        assert runner.execute(token).ended_at is None
        assert enrolment.done == [("write targets",)]

    def test_an_endpoint_that_is_gone_keeps_none_of_the_others(self, bulk: BulkService, inventory: Inventory) -> None:
        run = bulk.act(BulkAction.LABELS, NAMES, self.CHANGE)
        inventory.remove(inventory.endpoint("wtg-03").id)
        assert execute(bulk, run).counts == {ItemState.DONE: _COUNT - 1, ItemState.FAILED: 1}

    def test_what_is_not_right_is_told_before_anything_is_written_down(
        self, bulk: BulkService, inventory: Inventory
    ) -> None:
        with pytest.raises(InputError, match="both given and taken"):
            LabelChange(added_tags=("a", "b"), removed_tags=("b",))
        with pytest.raises(InputError, match="Say which labels"):
            bulk.act(BulkAction.LABELS, NAMES)
        with pytest.raises(InputError, match="does not need all that was given: site Barrow, \\+offshore, -old"):
            bulk.act(BulkAction.CHECK, NAMES, self.CHANGE)
        with pytest.raises(InputError, match="comes from a list"):
            bulk.act(BulkAction.ENROL, NAMES)
        with pytest.raises(NotFoundError):
            bulk.act(BulkAction.LABELS, ["wtg-99"], self.CHANGE)
        assert inventory.runs.runs() == []


class TestCredentials:
    TO_PLANT = Parameters(profile="Plant")

    def test_each_is_tried_and_those_that_refuse_keep_what_they_have(
        self, bulk: BulkService, inventory: Inventory, enrolment: FakeEnrolment, logins: CredentialService
    ) -> None:
        made = logins.add("Plant", login())
        enrolment.refusals["wtg-03"] = WrongPasswordError(target="10.0.0.3:22", user="iiot")
        run = execute(bulk, bulk.act(BulkAction.CREDENTIALS, NAMES, self.TO_PLANT))
        assert run.counts == {ItemState.DONE: _COUNT - 1, ItemState.FAILED: 1}
        assert inventory.endpoint("wtg-03").credential_id is None
        assert {each.credential_id for each in inventory.endpoints()} == {None, made.id}
        assert ("change login", "wtg-01", "of-the-plant") in enrolment.done
        assert str(run.parameters) == "login Plant"
        # Once more, with the device mended: the others are left alone.
        enrolment.done, enrolment.refusals = [], {}
        execute(bulk, bulk.act(BulkAction.CREDENTIALS, NAMES, self.TO_PLANT))
        assert enrolment.done == [("change login", "wtg-03", "of-the-plant")]

    def test_a_login_that_there_is_not_is_told_at_once(self, bulk: BulkService, inventory: Inventory) -> None:
        with pytest.raises(InputError, match="Say which login"):
            bulk.act(BulkAction.CREDENTIALS, NAMES)
        with pytest.raises(NotFoundError):
            bulk.act(BulkAction.CREDENTIALS, NAMES, self.TO_PLANT)
        assert inventory.runs.runs() == []


class TestMetrics:
    WITHOUT_NETWORK = Parameters(metrics=MetricsChange(off=(MetricGroup.NETWORK,)))

    def test_each_is_told_and_what_came_of_it_is_kept(
        self, bulk: BulkService, inventory: Inventory, enrolment: FakeEnrolment
    ) -> None:
        run = execute(bulk, bulk.act(BulkAction.METRICS, NAMES, self.WITHOUT_NETWORK))
        assert sorted(enrolment.done) == [("change metrics", each) for each in NAMES]
        assert {*details(inventory, run)} == {"all but network"}
        assert str(run.parameters) == "metrics off: network"
        run = execute(bulk, bulk.act(BulkAction.METRICS, NAMES, Parameters(metrics=MetricsChange(only=EVERY_GROUP))))
        assert {*details(inventory, run)} == {"had them already"}

    def test_what_is_not_right_is_told_at_once(self, bulk: BulkService, inventory: Inventory) -> None:
        with pytest.raises(InputError, match="Say which groups of metrics"):
            bulk.act(BulkAction.METRICS, NAMES)
        with pytest.raises(InputError, match="does not need all that was given: metrics off: network"):
            bulk.act(BulkAction.UPGRADE, NAMES, self.WITHOUT_NETWORK)
        assert inventory.runs.runs() == []


@pytest.mark.parametrize(
    "action", [BulkAction.CHECK, BulkAction.RENEW, BulkAction.RENEW_KEY, BulkAction.UPGRADE, BulkAction.REMOVE]
)
def test_what_needs_to_be_told_nothing_more(bulk: BulkService, enrolment: FakeEnrolment, action: BulkAction) -> None:
    assert execute(bulk, bulk.act(action, [*NAMES, "WTG-01"])).counts == {ItemState.DONE: _COUNT}
    assert sorted(enrolment.done) == [(action.value, each) for each in NAMES]


def test_every_action_can_be_done() -> None:
    assert set(ACTIONS) == set(BulkAction)


@pytest.mark.parametrize("way", RemovalWay)
def test_removed_as_was_said(bulk: BulkService, enrolment: FakeEnrolment, way: RemovalWay) -> None:
    execute(bulk, bulk.act(BulkAction.REMOVE, ["wtg-01"], Parameters(removal=way)))
    assert enrolment.done == [("remove", "wtg-01", *([] if way is RemovalWay.UNINSTALL else [way.value]))]


def test_new_keys_accepted_from_where_it_was_said(bulk: BulkService, enrolment: FakeEnrolment) -> None:
    run = bulk.act(BulkAction.RENEW_KEY, ["wtg-01"], Parameters(own_key=OwnKeyWish(("10.1.0.0/16",))))
    execute(bulk, run)
    assert enrolment.done == [("renew-key", "wtg-01", "10.1.0.0/16")]
    assert str(run.parameters) == "accepted from 10.1.0.0/16"


class TestJumps:
    """Devices of a list behind jump hosts that the inventory knows."""

    GATE = ("hop", "10.1.0.1", 22)
    INNER = ("deep", "192.168.0.1", 2222)

    @pytest.fixture(autouse=True)
    def known(self, inventory: Inventory, logins: CredentialService) -> None:
        gate, inner = (logins.add(user, replace(login(), user=user)) for user in ("hop", "deep"))
        way = (Jump("10.1.0.1", 22, KEY, gate.id), Jump("192.168.0.1", 2222, OTHER_KEY, inner.id))
        inventory.set_jumps(inventory.endpoint("wtg-01").id, way)
        inventory.set_jumps(inventory.endpoint("wtg-02").id, way[:1])
        logins.add("Plant", login())

    def order(self, *jumps: tuple[str, str, int]) -> EnrolOrder:
        return EnrolOrder(EndpointDraft("new-01", "192.168.7.7"), "Plant", KEY.fingerprint, jumps=jumps)

    @pytest.mark.parametrize("jumps", [(GATE,), (GATE, INNER)])
    def test_the_way_is_as_others_have_it(
        self, bulk: BulkService, enrolment: FakeEnrolment, inventory: Inventory, jumps: tuple[tuple[str, str, int], ...]
    ) -> None:
        run = execute(bulk, bulk.enrol([self.order(*jumps)]))
        assert run.counts == {ItemState.DONE: 1}
        (request,) = enrolment.requests
        assert [hop.host_key for hop in request.hops] == [KEY, OTHER_KEY][: len(jumps)]
        known = inventory.endpoint("wtg-01").jumps
        assert [hop.login.credential_id for hop in request.hops] == [each.credential_id for each in known[: len(jumps)]]
        # The device's own key is asked for beyond them.
        assert enrolment.done == [("key", *(each.target for each in known[: len(jumps)]), "192.168.7.7:22")]

    @pytest.mark.parametrize(
        ("jumps", "reason"),
        [
            ((("hop", "10.1.0.2", 22),), "The jump host hop@10.1.0.2:22 is not known yet."),
            # What answers at an address depends on the way there.
            ((INNER,), "The jump host deep@192.168.0.1:2222 is not known yet."),
            ((("root", "10.1.0.1", 22),), "No login for root on the jump host 10.1.0.1:22 is kept."),
        ],
    )
    def test_one_that_is_not_known_says_so(
        self, bulk: BulkService, inventory: Inventory, jumps: tuple[tuple[str, str, int], ...], reason: str
    ) -> None:
        run = execute(bulk, bulk.enrol([self.order(*jumps)]))
        (item,) = inventory.runs.items(run.id)
        assert item.failure
        assert reason in item.failure.message
        assert "plantwatch enrol NAME ADDRESS --jump" in item.failure.advice

    def test_one_that_gets_known_meanwhile_is_found(
        self, bulk: BulkService, enrolment: FakeEnrolment, inventory: Inventory
    ) -> None:
        first, second = self.order(self.GATE), self.order(("hop", "10.1.0.9", 22))
        run = bulk.enrol([first, replace(second, draft=replace(second.draft, name="new-02", address="192.168.7.8"))])

        def hear(event: BulkEvent) -> None:
            if isinstance(event, ItemChanged) and (event.item.number, event.item.state) == (1, ItemState.DONE):
                (known,) = inventory.endpoint("wtg-02").jumps
                inventory.set_jumps(inventory.endpoint("wtg-03").id, (replace(known, address="10.1.0.9"),))

        runner = bulk.runner(run.id, hear, token=CancelToken(), pace=Pace(start=1, most=1))
        assert runner.execute(CancelToken()).counts == {ItemState.DONE: 2}
        assert [hop.address for request in enrolment.requests for hop in request.hops] == ["10.1.0.1", "10.1.0.9"]

    def test_one_that_shows_two_keys_is_none(self, inventory: Inventory, logins: CredentialService) -> None:
        other = Jump("10.1.0.1", 22, OTHER_KEY, inventory.profile("hop").id)
        inventory.set_jumps(inventory.endpoint("wtg-03").id, (other,))
        with pytest.raises(InputError, match="by different host keys"):
            KnownWays.of(inventory).to([self.GATE])

    def test_an_endpoint_is_one_unless_our_own_key_opens_it(self, inventory: Inventory) -> None:
        known = inventory.endpoint("wtg-04")
        inventory.set_host_key(known.id, KEY)
        for kind in (LoginKind.OWN_KEY, LoginKind.AGENT):
            inventory.set_credential(known.id, inventory.add_credential("iiot", kind).id)
            if kind is LoginKind.OWN_KEY:
                with pytest.raises(InputError, match="No login for iiot"):
                    KnownWays.of(inventory).to([("iiot", known.address, 22)])
        (jump,) = KnownWays.of(inventory).to([("iiot", known.address, 22)])
        assert (jump.host_key, jump.credential_id) == (KEY, inventory.endpoint("wtg-04").credential_id)
