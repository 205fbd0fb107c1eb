import json
from pathlib import Path

import pytest

from app import cli
from app.__main__ import window_data_dir
from app.cli.context import confirm
from app.errors import InputError
from tests.unit.conditions import ExpectedLog


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], (True, None)),
        (["--data-dir", "/x"], (True, Path("/x"))),
        (["--data-dir=/x"], (True, Path("/x"))),
        (["doctor"], (False, None)),
        (["--help"], (False, None)),
    ],
)
def test_only_no_command_opens_the_window(arguments: list[str], expected: tuple[bool, Path | None]) -> None:
    assert window_data_dir(arguments) == expected


def test_a_malformed_address_is_refused_before_anything_is_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = cli.run(["enrol", "wtg-01", "10.0.0.300", "--user", "iiot", "--data-dir", str(tmp_path / "data")])
    assert status == InputError.exit_status
    assert "10.0.0.300 is neither an IP address nor a host name." in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_errors_are_one_json_document_when_json_is_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["enrol", "wtg-01", "10.0.0.1:22", "--user", "iiot", "--json", "--data-dir", str(tmp_path)]
    assert cli.run(arguments) == InputError.exit_status
    assert json.loads(capsys.readouterr().out)["error"]["message"].startswith("Address: 10.0.0.1:22 is not an address")


def test_an_unknown_option_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["stack", "plan", "--nonsense"]) == 2
    assert "--nonsense" in capsys.readouterr().err


def test_no_secret_is_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["enrol", "--help"]) == 0
    options = [word for word in capsys.readouterr().out.split() if word.startswith("--")]
    assert "--password-stdin" in options
    assert "--password" not in options


def test_a_confirmation_without_a_terminal_is_an_error_not_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(InputError):
        confirm("Remove?", yes=False)
    confirm("Remove?", yes=True)


def test_a_fault_of_the_application_is_told_without_a_traceback(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    expect_log: ExpectedLog,
) -> None:
    expect_log("Unexpected error in a command")

    def fail(_path: Path, **_how: object) -> None:
        raise ZeroDivisionError("somewhere")

    monkeypatch.setattr("app.cli.context.build_services", fail)
    assert cli.run(["alerts", "--data-dir", str(tmp_path)]) == 1
    shown = capsys.readouterr().err
    assert "did not expect: ZeroDivisionError" in shown
    assert "test_run.py" in shown
    assert "Traceback" not in shown
