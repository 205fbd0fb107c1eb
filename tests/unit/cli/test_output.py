import json
import math
from datetime import UTC, datetime

import pytest

from app.cli.output import plain, print_error, print_json, progress_printer, share
from app.errors import InputError
from app.models.endpoint import Login, LoginKind
from app.models.stack import Action, ActionKind, Plan, ServiceName
from app.services.progress import LogLine, StepFailed, StepFinished, StepStarted


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


@pytest.mark.parametrize(("ratio", "text"), [(0.126, "13 %"), (1.0, "100 %"), (math.nan, "–")])
def test_share(ratio: float, text: str) -> None:
    assert share(ratio) == text


def test_a_login_never_shows_its_secret() -> None:
    login = Login(user="iiot", kind=LoginKind.PASSWORD, secret="canary", sudo_password="canary")
    assert "canary" not in repr(login)
