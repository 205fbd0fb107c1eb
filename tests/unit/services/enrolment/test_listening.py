"""Which sockets keep an exporter off an address, as the kernel's tables write them."""

import re

import pytest

from app.services.enrolment.listening import listen_argument, socket_pattern

_SAME_IN_IPV6 = "0000000000000000FFFF0000"


@pytest.mark.parametrize(
    ("address", "in_the_way", "harmless"),
    [
        ("", ["00000000", "0100007F", "0" * 32], []),
        (
            "10.147.16.2",
            ["0210930A", "0A931002", "00000000", "0" * 32, f"{_SAME_IN_IPV6}0210930A"],
            ["0100007F", "0310930A", "0210930A0", f"{_SAME_IN_IPV6}0310930A"],
        ),
        (
            "2001:db8::7",
            ["B80D0120000000000000000007000000", "20010DB8000000000000000000000007", "0" * 32],
            ["00000000", "0210930A", "B80D0120000000000000000008000000"],
        ),
    ],
)
def test_sockets_in_the_way(address: str, in_the_way: list[str], harmless: list[str]) -> None:
    pattern = socket_pattern(address)
    assert [text for text in in_the_way if not re.fullmatch(pattern, text)] == []
    assert [text for text in harmless if re.fullmatch(pattern, text)] == []


def test_where_the_exporter_is_told_to_listen() -> None:
    assert listen_argument("", 9100) == ":9100"
    assert listen_argument("10.0.0.7", 9101) == "10.0.0.7:9101"
    assert listen_argument("2001:db8::7", 9100) == "[2001:db8::7]:9100"
