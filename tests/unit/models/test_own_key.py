"""The line of authorized_keys for a key of Plantwatch's own."""

import pytest

from app.errors import InputError
from app.models.own_key import HERE, OwnKeyWish, authorized_line, sources_of, tag_of

_BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIJ5Bq6Qp0hXo3bq0l2Z1Vt5QvUfEwC8y0m9oU2d5nY7k"
_PUBLIC = f"ssh-ed25519 {_BLOB}"
_TAG = tag_of("0b7e-11", 7)


def _line(*sources: str, name: str = "WTG 01", public: str = _PUBLIC, tag: str = _TAG) -> str:
    return authorized_line(public, tag=tag, name=name, sources=sources)


def test_the_line() -> None:
    assert _line() == f"restrict ssh-ed25519 {_BLOB} plantwatch:0b7e-11/7 endpoint WTG 01"
    assert _line("10.0.0.7", "fd00::/8").startswith('restrict,from="10.0.0.7,fd00::/8" ssh-ed25519 ')


@pytest.mark.parametrize("sources", [(), ("10.0.0.7",), ("10.0.0.0/8", "fd00::1")])
def test_its_sources_are_read_back(sources: tuple[str, ...]) -> None:
    assert sources_of(_line(*sources)) == sources


def test_other_lines_have_no_sources() -> None:
    assert sources_of("") == ()
    assert sources_of(f'{_PUBLIC} from="10.0.0.1"') == ()
    with pytest.raises(InputError):
        sources_of(f'restrict,from="*.example" {_PUBLIC}')


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": 'a" command="id'},
        {"name": "a\nssh-ed25519 AAAA"},
        {"name": ""},
        {"tag": "plantwatch:x/7 y"},
        {"tag": "plantwatch:x,/7"},
        {"public": f"ssh-rsa {_BLOB}"},
        {"public": 'ssh-ed25519 "'},
    ],
)
def test_nothing_can_mean_more_than_it_says(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"authorized_keys|unpack"):
        _line(**wrong)


@pytest.mark.parametrize(
    "source", ['10.0.0.1" command="id', "10.0.0.1,10.0.0.2", "*", "!10.0.0.1", "fe80::1%eth0", "host"]
)
def test_a_source_is_an_address_or_a_network(source: str) -> None:
    with pytest.raises(InputError):
        _line(source)


def test_a_wish() -> None:
    assert OwnKeyWish.parse("") == OwnKeyWish()
    assert OwnKeyWish.parse(" Here ") == OwnKeyWish((HERE,))
    assert OwnKeyWish.parse("10.1.2.3/16, FD00::1/128") == OwnKeyWish(("10.1.0.0/16", "fd00::1"))
    with pytest.raises(InputError):
        OwnKeyWish.parse("10.0.0.1, here")
    with pytest.raises(InputError):
        OwnKeyWish.parse(", ".join(["10.0.0.1"] * 21))


def test_here_is_what_the_device_sees() -> None:
    assert OwnKeyWish((HERE,)).at("192.0.2.7") == ("192.0.2.7",)
    assert OwnKeyWish(("10.0.0.0/8",)).at("192.0.2.7") == ("10.0.0.0/8",)
    assert OwnKeyWish().at("") == ()
    for nonsense in ("", "UNKNOWN", "10.0.0.1 x", "0.0.0.0/0", "10.0.0.1,10.0.0.2"):
        with pytest.raises(InputError):
            OwnKeyWish((HERE,)).at(nonsense)
