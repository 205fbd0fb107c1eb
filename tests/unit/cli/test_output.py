import json
import math
import re
from datetime import UTC, datetime

import pytest

from app.cli.output import counted, plain, print_error, print_json, print_table, share, size
from app.cli.progress import progress_printer
from app.errors import InputError
from app.models.endpoint import Login, LoginKind
from app.models.secret import Secret
from app.models.stack import Action, ActionKind, Plan, ServiceName
from app.services.progress import LogLine, StepAdvanced, StepFailed, StepFinished, StepStarted

_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def test_dataclasses_enums_times_and_gaps_become_plain_json() -> None:
    plan = Plan("local engine", "plantwatch", (Action(ActionKind.GET_IMAGE, "prom/prometheus", "is not there"),))
    assert plain(plan)["actions"] == [{"kind": "get image", "name": "prom/prometheus", "reason": "is not there"}]
    assert plain(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00+00:00"
    assert plain({"cpu": math.nan, "tags": ("a", "b")}) == {"cpu": None, "tags": ["a", "b"]}


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([1, "ü"])
    assert json.loads(capsys.readouterr().out) == [1, "ü"]


def test_an_error_says_what_and_what_to_do_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(InputError("port", "0 is not a port.", hint="Use 22."))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Port: 0 is not a port." in shown.err
    assert "Use 22." in shown.err


def test_what_a_device_says_is_never_markup(capsys: pytest.CaptureFixture[str]) -> None:
    progress_printer(quiet=False)(LogLine("[bold red]/etc[/]"))
    assert "[bold red]/etc[/]" in capsys.readouterr().err


def test_progress_names_step_subject_time_and_detail(capsys: pytest.CaptureFixture[str]) -> None:
    show = progress_printer(quiet=False)
    show(StepStarted(ServiceName.GRAFANA, "x"))
    show(StepFinished(ServiceName.GRAFANA, 1.25, "was there already", "x"))
    show(StepFailed(ServiceName.GRAFANA, 0.1, "x"))
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["… grafana x", "✓ grafana x (1.2 s) – was there already", "✗ grafana x"]


def test_quiet_progress_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress_printer(quiet=True)(LogLine("x"))
    assert capsys.readouterr().err == ""


def test_a_step_at_work_becomes_its_end_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "20"}.items():
        monkeypatch.setenv(name, value)
    show = progress_printer(quiet=False)
    show(StepStarted(ServiceName.GRAFANA, "with a very long subject"))
    show(StepAdvanced(ServiceName.GRAFANA, 1, 3, "x"))
    show(LogLine("a line"))
    show(StepFinished(ServiceName.GRAFANA, 0.01, subject="x"))
    written = capsys.readouterr().err
    assert written.count("\n") == 2
    shown = [_ESCAPES.sub("", part) for part in written.split("\r\x1b[2K")]
    assert shown == ["… grafana with a v…", "… grafana x 33 %", "  a line\n… grafana with a v…", "✓ grafana x\n"]


def test_what_goes_to_a_file_has_one_whole_line_a_row(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    print_table(("name", "size", "text"), [("a", 5, "word " * 50), ("b", 12, "two\nlines")], numbers=("size",))
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["name  size  text", f"a        5  {'word ' * 49}word", "b       12  two lines"]


@pytest.mark.parametrize("width", [30, 80])
def test_on_a_terminal_prose_folds_and_nothing_is_lost(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": str(width)}.items():
        monkeypatch.setenv(name, value)
    address, prose = "http://127.0.0.1:21093", "ready, and scrapes itself " * 4
    print_table(("service", "address", "evidence"), [("prometheus", address, prose)], prose=("evidence",))
    written = _ESCAPES.sub("", capsys.readouterr().out)
    assert all(len(line) <= width for line in written.splitlines())
    assert len(written.split("evidence")) == 2 or width == 30
    if width == 80:
        assert address in written
    letters = "".join(written.split())
    assert sorted(letters) == sorted("".join(("service address evidence prometheus" + address + prose).split()))


def test_what_a_device_says_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(InputError("x", "\x1b[2Jgone\x07"))
    progress_printer(quiet=False)(LogLine("\x1b]0;title\x9b"))
    print_table(("name",), [("\x1b[31mred",)])
    shown = capsys.readouterr()
    assert not set(shown.out + shown.err) & {"\x1b", "\x07", "\x9b"}


def test_sizes_and_counts() -> None:
    assert [size(count) for count in (0, 999, 13_700_000, 25.3e9, 3e12, math.nan)] == [
        "0 B",
        "999 B",
        "13.7 MB",
        "25.3 GB",
        "3.0 TB",
        "–",
    ]
    assert [counted(number, "build") for number in (0, 1, 2)] == ["0 builds", "1 build", "2 builds"]


@pytest.mark.parametrize(("ratio", "text"), [(0.126, "13 %"), (1.0, "100 %"), (math.nan, "–")])
def test_share(ratio: float, text: str) -> None:
    assert share(ratio) == text


def test_a_login_never_shows_its_secret() -> None:
    login = Login(user="iiot", kind=LoginKind.PASSWORD, secret=Secret("canary"), sudo_password=Secret("canary"))
    assert "canary" not in repr(login)
