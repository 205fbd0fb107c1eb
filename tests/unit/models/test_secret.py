"""However a secret is shown, passed on or packed up, its text is not in it."""

import copy
import json
import logging
import pickle
import pprint
import traceback
from dataclasses import asdict, dataclass, replace

import msgspec
import pytest

from app.cli.output import plain
from app.models.secret import NO_SECRET, Secret

CANARY = "c4nary-§-ключ"


@dataclass(frozen=True, slots=True)
class Holder:
    user: str
    secret: Secret


@pytest.fixture
def secret() -> Secret:
    return Secret(CANARY)


def test_reveal_is_the_way_out(secret: Secret) -> None:
    assert secret.reveal() == CANARY


def test_nothing_that_prints_it_shows_it(secret: Secret) -> None:
    holder = Holder("ada", secret)
    shown = [
        str(secret),
        repr(secret),
        f"{secret} {secret!r} {secret!s} {secret!a} {secret:>80} {secret:.1}",
        "{} {:d}".format(secret, secret),  # noqa: UP032 - the other way to format
        "%s %r" % (secret, secret),  # noqa: UP031 - and the oldest
        repr(holder),
        repr([{"way in": secret}]),
        pprint.pformat(asdict(holder)),
        ascii(replace(holder, user="eve")),
        str(ValueError("cannot log in", secret)),
        "".join(traceback.format_exception(RuntimeError(secret))),
    ]
    assert [text for text in shown if "c4nary" in text or "Secret(…)" not in text.replace("\\u2026", "…")] == []


def test_logging_does_not_show_it(secret: Secret, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").debug("by %s, %r", secret, Holder("ada", secret))
        logging.getLogger("test").debug("login", extra={"login": secret})
    assert CANARY not in caplog.text
    assert CANARY not in repr([vars(record) for record in caplog.records])


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_pickled(secret: Secret, protocol: int) -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Holder("ada", secret).secret, protocol)


def test_it_is_not_encoded(secret: Secret) -> None:
    with pytest.raises(TypeError):
        json.dumps({"secret": secret})
    for value in (secret, Holder("ada", secret)):
        with pytest.raises(TypeError):
            msgspec.json.encode(value)
    with pytest.raises(TypeError):
        bytes(secret)  # type: ignore[call-overload] # as who has no types may try
    for shown in (plain(Holder("ada", secret)), json.loads(json.dumps({"secret": secret}, default=str))):
        assert shown["secret"] == "Secret(…)"


def test_it_does_not_pass_for_text(secret: Secret) -> None:
    with pytest.raises(TypeError):
        "sudo " + secret  # type: ignore[operator] # as who has no types may try
    with pytest.raises(TypeError):
        " ".join([secret])  # type: ignore[list-item] # as who has no types may try
    with pytest.raises(TypeError):
        list(secret)  # type: ignore[call-overload] # as who has no types may try
    assert not hasattr(secret, "__dict__")


def test_copies_are_itself(secret: Secret) -> None:
    assert copy.copy(secret) is secret
    assert copy.deepcopy(Holder("ada", secret)).secret is secret


def test_equality_is_of_secrets_with_each_other(secret: Secret) -> None:
    assert secret == Secret(CANARY)
    assert secret != Secret(CANARY[:-1])
    assert secret != Secret("")
    assert (secret == CANARY) is False, "text that equals one would tell it by trying"
    assert Secret("\udce4") == Secret("\udce4"), "what a terminal sent that is not UTF-8"


def test_the_hash_says_nothing_of_the_text(secret: Secret) -> None:
    assert hash(secret) == hash(Secret("another"))
    assert len({secret, Secret(CANARY), Secret("another")}) == 2


def test_an_empty_one_is_none() -> None:
    assert not NO_SECRET
    assert Secret("0")
    assert repr(NO_SECRET) == repr(Secret(CANARY)), "not even whether there is one"
