"""No code of the product can accept a host key by itself: what could is nowhere named, and logging in happens in one place only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker.transport import sshconn

from tests.documents import ROOT

#: What of Paramiko trusts, or reads what others trust, without asking the operator. The SSHClient is all of it in one class.
_PERMISSIVE = {
    "AutoAddPolicy",
    "WarningPolicy",
    "MissingHostKeyPolicy",
    "SSHClient",
    "HostKeys",
    "set_missing_host_key_policy",
    "load_system_host_keys",
    "load_host_keys",
}
_APP = ROOT / "app"


def permissive_uses(source: str) -> list[str]:
    """Every mention of a permissive part in code: imported, under another name too, as an attribute, or by its name in a string."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        match node:
            case ast.ImportFrom(names=aliases):
                names = [alias.name for alias in aliases]
                if (node.module or "").startswith("paramiko") and "*" in names:
                    names.append("SSHClient")
            case ast.Import(names=aliases):
                names = [alias.name.rpartition(".")[2] for alias in aliases]
                names += ["SSHClient" for alias in aliases if alias.name == "paramiko.client"]
            case ast.Attribute(attr=name) | ast.Name(id=name):
                names = [name]
            case ast.Constant(value=str(text)):  # getattr(paramiko, "AutoAddPolicy")
                names = [text]
        found += [f"line {getattr(node, 'lineno', 0)}: {name}" for name in names if name in _PERMISSIVE]
    return found


def sources() -> Iterator[tuple[str, str]]:
    for file in sorted(_APP.rglob("*.py")):
        yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")


def test_nothing_of_the_product_uses_them() -> None:
    assert {name: uses for name, source in sources() if (uses := permissive_uses(source))} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "from paramiko import AutoAddPolicy",
        "from paramiko.client import WarningPolicy as Careful",
        "from paramiko.client import *",
        "import paramiko.client as c",
        "import paramiko\nclient = paramiko.SSHClient()",
        "def f(client, policy):\n    client.set_missing_host_key_policy(policy)",
        "import paramiko\npolicy = getattr(paramiko, 'AutoAddPolicy')",
        "from paramiko import MissingHostKeyPolicy\nclass Mine(MissingHostKeyPolicy): ...",
        "def f(keys):\n    keys.load_system_host_keys()",
    ],
)
def test_a_planted_use_is_found(planted: str) -> None:
    assert permissive_uses(planted)


def test_what_is_harmless_is_not_found() -> None:
    assert (
        permissive_uses('"""Never AutoAddPolicy."""\nimport paramiko\nparamiko.Transport(None).auth_password("a", "b")')
        == []
    )


def calls(source: str, method: str) -> int:
    """How often `method` is called, on whatever object."""
    if method not in source:
        return 0
    return sum(
        1
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr == method)
            or (isinstance(node.func, ast.Name) and node.func.id == method)
        )
    )


def callers(method: str) -> dict[str, int]:
    return {name: count for name, source in sources() if (count := calls(source, method))}


def test_logging_in_happens_after_the_comparison_only() -> None:
    """At a device, and at each jump host before it. Whoever adds another way in has to bring the comparison, and an impostor test, with it."""
    assert callers("log_in") == {"app/services/enrolment/parts.py": 1, "app/services/enrolment/jumps.py": 1}
    for file, name, comparison in (("parts.py", "open_session", "check_host_key"), ("jumps.py", "beyond", "check_key")):
        (function,) = [
            node
            for node in ast.walk(ast.parse((_APP / "services/enrolment" / file).read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef) and node.name == name
        ]
        lines = {each: _line_of_call(function, each) for each in ("connect", comparison, "log_in")}
        assert lines["connect"] < lines[comparison] < lines["log_in"]


def _line_of_call(within: ast.FunctionDef, name: str) -> int:
    (line,) = [
        node.lineno
        for node in ast.walk(within)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") == name or getattr(node.func, "attr", "") == name)
    ]
    return line


def test_every_way_that_connects_is_driven_with_an_impostor() -> None:
    """tests/integration/test_impostors.py goes through each of these; a new one has to be added there, and then here."""
    assert set(callers("open_session")) == {
        "app/services/enrolment/enrol.py",
        "app/services/enrolment/identity.py",
        "app/services/enrolment/own_key.py",
        "app/services/enrolment/service.py",
        "app/services/enrolment/undoing.py",
        "app/services/enrolment/ssh.py",  # a channel of a connection that is logged in
    }
    assert set(callers("open_known")) == {
        "app/services/enrolment/checking.py",
        "app/services/enrolment/key_change.py",
        "app/services/enrolment/login_change.py",
        "app/services/enrolment/recovery.py",
        "app/services/enrolment/removal.py",
        "app/services/enrolment/renewal.py",
        "app/services/enrolment/service.py",
    }
    # Through jump hosts; where there is none, `beyond` does nothing.
    assert set(callers("beyond")) == {"app/services/enrolment/jumps.py", "app/services/enrolment/parts.py"}
    assert set(callers("shown_beyond")) == {"app/services/enrolment/identity.py", "app/services/enrolment/service.py"}
    assert set(callers("SshConnector")) == {
        "app/services/enrolment/service.py",
        "app/services/enrolment/ssh.py",
        "app/services/discovery/looking.py",  # the exchange of keys alone: test_discovery.py reads the servers' logs
    }
    assert set(callers("Transport")) == {"app/services/enrolment/ssh.py"}
    assert set(callers("DockerClient")) == {"app/services/stack/hosts.py"}


def test_the_docker_sdk_rejects_what_it_does_not_know() -> None:
    """An ssh:// Docker host is reached by the SDK's own client, within the library: it must stay one that rejects."""
    source = Path(sshconn.__file__).read_text(encoding="utf-8")
    assert source.count("set_missing_host_key_policy(paramiko.RejectPolicy())") == 1
    assert "AutoAddPolicy" not in source
    assert "WarningPolicy" not in source
