"""How what answers stands to the inventory."""

from dataclasses import replace

import pytest

from app.models.discovery import Known, Standing
from app.models.endpoint import Endpoint, HostKey, Jump
from app.services.discovery.judging import Register
from tests import corpus

ONE = HostKey("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIBlvgEJqwVefXc38YrDef3MUyFC0igQ+MXwPOZJvv5YA")
TWO = HostKey("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIIr9rKBSWyNpMTJU2oPjZHnXJNXmUEXJpzxXZVqiT6+m")
OTHER_KIND = HostKey("ssh-rsa", "AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==")


def endpoint(name: str, address: str, key: HostKey | None, *, port: int = 22) -> Endpoint:
    return replace(corpus.known(), name=name, address=address, port=port, host_key=key)


@pytest.mark.parametrize(
    ("address", "port", "key", "known"),
    [
        ("10.0.0.9", 22, TWO, Known()),
        ("10.0.0.9", 22, None, Known()),
        ("10.0.0.1", 22, ONE, Known(Standing.ENROLLED, "a")),
        ("10.0.0.1", 22, TWO, Known(Standing.ANOTHER_KEY, "a")),
        ("10.0.0.1", 22, None, Known(Standing.UNPROVEN, "a")),
        ("10.0.0.1", 22, OTHER_KIND, Known(Standing.UNPROVEN, "a")),
        ("10.0.0.1", 2222, TWO, Known()),
        ("10.0.0.9", 22, ONE, Known(Standing.ELSEWHERE, key_of=("a",))),
        ("10.0.0.2", 22, ONE, Known(Standing.UNPROVEN, "keyless", ("a",))),
        ("10.0.0.3", 22, TWO, Known()),
    ],
)
def test_a_server_is_known_by_its_key_and_its_place(address: str, port: int, key: HostKey | None, known: Known) -> None:
    behind = replace(endpoint("behind", "10.0.0.3", None), jumps=(Jump("10.0.0.250", 22, TWO, 1),))
    register = Register([endpoint("a", "10.0.0.1", ONE), endpoint("keyless", "10.0.0.2", None), behind])
    assert register.known(address, port, key) == known


def test_a_key_of_another_endpoint_is_told_at_the_address_of_one() -> None:
    register = Register(
        [endpoint("a", "10.0.0.1", ONE), endpoint("b", "10.0.0.2", TWO), endpoint("c", "10.0.0.3", TWO)]
    )
    assert register.known("10.0.0.1", 22, TWO) == Known(Standing.ANOTHER_KEY, "a", ("b", "c"))


def test_exporters_of_endpoints_are_known() -> None:
    register = Register([replace(endpoint("a", "10.0.0.1", ONE), scrape_address="10.1.0.1", exporter_port=9101)])
    assert register.has_exporter("10.1.0.1", 9101)
    assert not register.has_exporter("10.0.0.1", 9101)
