"""What the inventory must do about certificate authorities and certificates, on every database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import BusyError, NotFoundError
from app.models.certificate import Authority, Certificate
from app.models.device import Receipt
from app.models.endpoint import EndpointDraft
from app.models.metric_groups import Choice, MetricGroup
from app.services.inventory import Inventory

Opener = Callable[[], Inventory]
BEGUN = datetime(2026, 3, 1, 12, tzinfo=UTC)
RECEIPT = Receipt("1.5.0", "amd64")
CERTIFICATE = Certificate(
    serial="1f",
    fingerprint="ab" * 32,
    names=("10.0.0.17", "fd00::17", "t-17"),
    begins_at=BEGUN,
    ends_at=BEGUN + timedelta(days=730),
    authority="cd" * 32,
    trusts=("cd" * 32, "ef" * 32),
)
CHOICE = (MetricGroup.CPU, MetricGroup.NETWORK)


def authority(number: int) -> Authority:
    """All of the same second, as those of tests and of quick operators are."""
    return Authority(f"{number:064x}", f"PEM {number}", True, BEGUN, BEGUN + timedelta(days=3652))


class AuthorityContract:
    """To be inherited by a class with the fixtures `inventory` and `opener`."""

    def test_there_is_none_at_first_and_then_the_first(self, inventory: Inventory) -> None:
        assert inventory.authorities() == []
        assert inventory.make_authority_current(authority(9)) == authority(9)
        assert inventory.authorities() == [authority(9)]

    def test_a_new_one_takes_the_place_and_the_old_one_stays_trusted(self, inventory: Inventory) -> None:
        first = inventory.make_authority_current(authority(9))
        inventory.make_authority_current(authority(1), replacing=first.fingerprint)
        # In the order in which they were made, whatever their times and numbers say.
        assert inventory.authorities() == [replace(authority(9), is_current=False), authority(1)]
        inventory.remove_authority(first.fingerprint)
        inventory.remove_authority(first.fingerprint)
        assert inventory.authorities() == [authority(1)]

    def test_who_comes_second_gets_the_one_that_is_there(self, inventory: Inventory, opener: Opener) -> None:
        inventory.make_authority_current(authority(1))
        assert opener().make_authority_current(authority(2)) == authority(1)
        assert opener().make_authority_current(authority(3), replacing="another") == authority(1)
        assert inventory.authorities() == [authority(1)]

    def test_of_many_at_once_one_is_current_for_all(self, opener: Opener) -> None:
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda number: opener().make_authority_current(authority(number)), range(1, 9)))
        assert len({each.fingerprint for each in made}) == 1
        assert opener().authorities() == made[:1]

    def test_what_prometheus_shows_is_kept_with_it(self, inventory: Inventory) -> None:
        inventory.make_authority_current(authority(1))
        inventory.set_client_certificate(authority(1).fingerprint, "PEM of Prometheus")
        assert inventory.authorities() == [replace(authority(1), client_certificate="PEM of Prometheus")]

    def test_a_certificate_comes_back_as_it_went_in(self, inventory: Inventory, opener: Opener) -> None:
        endpoint = inventory.add(EndpointDraft("T-17", "10.0.0.17"))
        assert endpoint.certificate is None
        inventory.set_certificate(endpoint.id, CERTIFICATE)
        assert opener().endpoint("T-17").certificate == CERTIFICATE
        inventory.set_certificate(endpoint.id, None)
        assert inventory.endpoint("T-17").certificate is None
        with pytest.raises(NotFoundError):
            inventory.set_certificate(endpoint.id + 1, CERTIFICATE)

    @pytest.mark.parametrize("choice", [CHOICE, (), None])
    def test_what_was_installed_and_the_step_are_recorded_all_or_none(
        self, inventory: Inventory, opener: Opener, choice: Choice
    ) -> None:
        endpoint = inventory.add(EndpointDraft("T-17", "10.0.0.17"))
        operation = inventory.begin_operation("renew certificate", endpoint.id)
        inventory.record_installation(operation, endpoint.id, CERTIFICATE, RECEIPT, "keep", metrics=choice)
        assert opener().endpoint("T-17").metrics == choice
        assert inventory.endpoint("T-17").receipt == RECEIPT
        assert inventory.endpoint("T-17").certificate == CERTIFICATE
        inventory.end_operation(operation)
        other = replace(CERTIFICATE, serial="2f")
        with pytest.raises(BusyError):
            inventory.record_installation(
                operation, endpoint.id, other, Receipt("9", "arm64"), "keep", metrics=(MetricGroup.RAID,)
            )
        assert inventory.endpoint("T-17").certificate == CERTIFICATE
        assert inventory.endpoint("T-17").metrics == choice
