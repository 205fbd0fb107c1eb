"""What is typed to what is asked: all of it is known, and counted, before anything is sent."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InputError
from app.services.discovery import MOST_ADDRESSES, exporter_ports_of, parse_addresses, scan_request
from app.services.discovery.asking import parse_ports, parse_rate
from tests import corpus
from tests.unit.services.lists.given import few


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("10.20.0.7", ["10.20.0.7"]),
        ("10.20.0.8/30", ["10.20.0.9", "10.20.0.10"]),
        ("10.20.0.1-3", ["10.20.0.1", "10.20.0.2", "10.20.0.3"]),
        ("10.20.0.1 - 10.20.0.2", ["10.20.0.1", "10.20.0.2"]),
        ("10.20.0.1, 10.20.0.9;10.20.0.1", ["10.20.0.1", "10.20.0.9"]),
        ("10.20.0.1 10.20.0.2 10.20.0.3 !10.20.0.2", ["10.20.0.1", "10.20.0.3"]),
        ("fd00::1f-fd00::21", ["fd00::1f", "fd00::20", "fd00::21"]),
        ("FD00::0001", ["fd00::1"]),
        ("10.20.0.0/29 !10.20.0.1\n10.30.0.1-2\n!10.20.0.3-5 !10.30.0.2", ["10.20.0.2", "10.20.0.6", "10.30.0.1"]),
    ],
)
def test_ranges_networks_and_addresses(typed: str, asked: list[str]) -> None:
    assert list(parse_addresses(typed)) == asked


def test_a_whole_slash_16_is_the_most() -> None:
    assert len(parse_addresses("10.20.0.0/16")) == MOST_ADDRESSES - 2
    with pytest.raises(InputError, match=r"131,070 addresses; a scan asks at most 65,536\. Scan a part at a time\."):
        parse_addresses("10.20.0.0/15")


def test_ranges_of_ipv6_cost_nothing_before_they_are_refused() -> None:
    with pytest.raises(InputError, match="a scan asks at most 65,536"):
        parse_addresses("2001:db8::/32")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Type what is to be asked"),
        (" \n ", "Type what is to be asked"),
        ("wtg-01.thanet.example", "not an IP address. A scan takes addresses"),
        ("wtg[01:59]", "not an IP address"),
        ("10.20.0.0/24 wtg-01", "wtg-01 is not an IP address"),
        ("root@10.20.0.0/24", "root@10.20.0.1 is not an IP address"),
        ("10.20.0.1-4:22", "not an IP address"),
        ("10.20.0.300", "10.20.0.300 is not an IP address"),
        ("10.20.0.9-3", "ends before it begins"),
        ("10.20.0.5/24", "is one address with the size of its network"),
        ("10.20.0.1 !10.20.0.0/24", "Nothing is left"),
        ("!10.20.0.0/24", "an exclusion stands on the line of its range"),
        ("10.20.0.0/30 !10.20.0.0/24", "Nothing is left"),
        ("fe80::1%eth0", "Leave out the zone"),
        ("224.0.0.1", "not the address of one device"),
        ("255.255.255.255", "not the address of one device"),
        ("0.0.0.0", "not the address of one device"),
        ("1" * 100_000, "…"),
    ],
)
def test_what_cannot_be_asked_says_why(typed: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_addresses(typed)
    assert told in caught.value.message
    assert len(caught.value.message) < 300
    assert caught.value.field == "addresses"


@few
@given(st.text(alphabet="0123456789abcdef.:/-!, \n[]%@", max_size=60))
def test_any_text_is_parsed_or_refused(typed: str) -> None:
    try:
        found = parse_addresses(typed)
    except InputError:
        return
    assert 0 < len(found) <= MOST_ADDRESSES
    assert len(set(found)) == len(found)


def test_ports() -> None:
    assert parse_ports("") == (22,)
    assert parse_ports("2222, 22 2222") == (2222, 22)
    for wrong in ("0", "ssh", "1 2 3 4 5 6 7 8 9"):
        with pytest.raises(InputError):
            parse_ports(wrong)


def test_rates() -> None:
    assert (parse_rate("20"), parse_rate("2,5")) == (20.0, 2.5)
    with pytest.raises(InputError, match="connections a second"):
        parse_rate("fast")


def test_a_request_is_checked_as_a_whole() -> None:
    request = scan_request("10.20.0.1-10", ports=[2222], exporter_ports=[9100, 2222], rate=10)
    assert (request.ports, request.exporter_ports) == ((2222,), (9100,))
    assert request.least_seconds == 2.0
    for rate in (0, 0.5, 1001, float("nan")):
        with pytest.raises(InputError, match="connections a second"):
            scan_request("10.20.0.1", rate=rate)


def test_exporters_are_expected_where_the_inventory_has_them() -> None:
    assert exporter_ports_of([]) == (9100,)
    endpoints = [replace(corpus.known(), exporter_port=port) for port in (9100, 9101, 9200, 9200)]
    assert exporter_ports_of(endpoints) == (9100, 9200, 9101)
    many = [replace(corpus.known(), exporter_port=port) for port in range(9100, 9200)]
    assert len(exporter_ports_of(many)) == 8
