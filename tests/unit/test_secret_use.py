"""In the product a secret is a `Secret` wherever it travels, and its text comes out at the edges only."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.documents import ROOT

#: Where a secret's text comes out, each with the reason. Whoever adds one has to say why it cannot stay closed there.
_MAY_REVEAL = {
    "app/services/secrets.py": "into the keyring; and out of what a keyring's failure says",
    "app/services/enrolment/keys.py": "the passphrase and Plantwatch's own key, for the library that reads keys",
    "app/services/enrolment/ssh_login.py": "the password, for the library that speaks SSH",
    "app/services/enrolment/interview.py": "answers, into the encrypted packet",
    "app/services/enrolment/program.py": "sudo's password and a new private key, into the session's standard input",
    "app/services/enrolment/exporter.py": "a new private key, without its last line end",
    "app/services/pki/issuing.py": "private keys, for the library that signs",
    "app/services/inventory/database.py": "the password of a shared database, for the driver",
    "app/services/stack/configuration.py": "into the files that only a service may read, and their hashes",
    "app/services/stack/probe.py": "into the request to a service",
    "app/services/stack/viewer.py": "into the request that makes the viewer's account",
    "app/services/http.py": "into the request to a service",
    "app/services/grafana.py": "into the request that signs the viewer in",
    "app/ui/web/grafana.py": "the session's cookie, into the web view's memory",
}

#: Names that say “secret” and mean something else.
_NO_SECRETS = {
    (
        "app/services/enrolment/ssh_login.py",
        "_by_password",
    ): "a way to log in; returns what the server demands in addition",
}

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:password|passphrase|secret|token|private_key|authority_key|cookie|cookie_value)s?$"
)
_TEXT = re.compile(r"\b(?:str|bytes|bytearray)\b")
#: What a function is given for a secret, or a table finds it by, may be text.
_LOOKED_UP_BY = re.compile(r"(?:Callable\[\[[^\]]*\]|(?:dict|Mapping)\[str), ")


def sources() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "app").rglob("*.py")):
        yield file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")


def reveals(source: str) -> int:
    """How often the text of a secret may come out: `reveal` named as an attribute, called or not, or in a string."""
    if "reveal" not in source:
        return 0
    return sum(
        (isinstance(node, ast.Attribute) and node.attr == "reveal")
        or (isinstance(node, ast.Constant) and node.value == "reveal")
        for node in ast.walk(ast.parse(source))
    )


def declared(source: str) -> Iterator[tuple[str, str]]:
    """Fields, variables, parameters and functions with their annotations."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name), annotation=kind):
                yield name, ast.unparse(kind)
            case ast.arg(arg=name, annotation=ast.expr() as kind):
                yield name, ast.unparse(kind)
            case ast.FunctionDef(name=name, returns=ast.expr() as kind):
                yield name, ast.unparse(kind)


def open_secrets(source: str) -> list[str]:
    """What is named like a secret and declared as text."""
    return [
        name
        for name, kind in declared(source)
        if _SECRET_NAME.search(name) and _TEXT.search(_LOOKED_UP_BY.sub("", kind))
    ]


def test_the_text_comes_out_at_the_edges_only() -> None:
    assert {name for name, source in sources() if reveals(source)} == set(_MAY_REVEAL)


def test_no_secret_is_declared_as_text() -> None:
    found = {(file, name) for file, source in sources() for name in open_secrets(source)}
    assert found == set(_NO_SECRETS)


@pytest.mark.parametrize(
    "planted",
    [
        "@dataclass\nclass Login:\n    sudo_password: str = ''",
        "def log_in(user: str, password: 'str | None') -> None: ...",
        "def load(*, passphrase: bytes = b'') -> None: ...",
        "class Session:\n    def __init__(self) -> None:\n        self._token: str = ''",
        "def made_password() -> str: ...",
        "kept_secrets: dict[str, str] = {}",
        "def hops(ask_password: Callable[[str], str]) -> None: ...",
    ],
)
def test_a_planted_one_is_found(planted: str) -> None:
    assert open_secrets(planted)


@pytest.mark.parametrize(
    "planted", ["login.secret.reveal()", "map(Secret.reveal, answers)", "getattr(login.secret, 'reveal')()"]
)
def test_a_planted_way_out_is_found(planted: str) -> None:
    assert reveals(planted)


def test_what_is_harmless_is_not_found() -> None:
    assert not open_secrets("def secret_name(self) -> str: ...\ntoken: CancelToken\npassword: Secret | None = None")
    assert not open_secrets("ask_password: Callable[[str], Secret]\nsecrets: dict[str, Secret]")
    assert not reveals("self._reveal = action\nself.is_revealed")
