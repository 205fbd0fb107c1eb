"""Headless commands on the same services as the window. `run` is the entry point."""

import logging
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import typer

from app.cli import (
    activity,
    alerts,
    audit,
    certificates,
    credentials,
    doctor,
    endpoints,
    enrol,
    host_keys,
    kit,
    lists,
    metrics,
    recover,
    run_records,
    runs,
    scan,
    stack,
)
from app.cli.context import wants_json
from app.cli.output import print_error, print_json
from app.errors import AppError, Cancelled
from app.faults import UnexpectedError

app = typer.Typer(
    name="plantwatch",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Monitoring for industrial devices. Without a command it opens the window.",
)
app.command("doctor")(doctor.doctor)
app.add_typer(stack.app, name="stack", help="The monitoring stack on the Docker host.")
app.add_typer(kit.app, name="kit", help="The exporter builds carried by the application.")
app.command("scan")(scan.scan)
app.command("enrol")(enrol.enrol)
app.add_typer(endpoints.app, name="endpoints", help="What is monitored.")
endpoints.app.command("export")(lists.export)
endpoints.app.command("metrics")(metrics.change_metrics)
app.add_typer(lists.app, name="lists", help="Lists of devices, before they are enrolled.")
app.add_typer(runs.app, name="runs", help="One action on many devices.")
runs.app.command("pause")(run_records.pause)
runs.app.command("log")(run_records.log)
runs.app.command("report")(run_records.report)
app.add_typer(certificates.app, name="certificates", help="Certificates of the endpoints, and their authority.")
app.add_typer(credentials.app, name="credentials", help="Logins that endpoints share.")
app.add_typer(host_keys.app, name="host-keys", help="The keys by which devices prove themselves.")
app.command("alerts")(alerts.alerts)
app.command("activity")(activity.activity)
app.add_typer(audit.app, name="audit", help="The activity log as evidence, and the security report.")
app.command("recover")(recover.recover)

CANCELLED_STATUS = 130

_log = logging.getLogger(__name__)


@cache
def _command() -> Callable[..., Any]:
    """What Typer makes of the functions: a twentieth of a second of looking at signatures."""
    return typer.main.get_command(app)


def run(arguments: list[str]) -> int:
    """Run one command. Returns its exit status: 0 done, 2 bad input, 130 cancelled, others by family of error (`app.errors`)."""
    try:
        _command()(arguments, prog_name="plantwatch")
    except SystemExit as leave:
        status = leave.code if isinstance(leave.code, int) else 0
        return _cancelled(arguments) if status == CANCELLED_STATUS else status
    except (Cancelled, KeyboardInterrupt):
        return _cancelled(arguments)
    except AppError as error:
        return _failed(arguments, error)
    except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, it is told and has an exit status
        if logging.getLogger().hasHandlers():  # without a log file the record would land on the terminal
            _log.exception("Unexpected error in a command")
        return _failed(arguments, UnexpectedError.of(error, " ".join(["plantwatch", *arguments[:2]])))
    return 0


def _failed(arguments: list[str], error: AppError) -> int:
    if wants_json(arguments):
        print_json({"error": {"message": error.message, "evidence": error.evidence, "hint": error.advice}})
    else:
        print_error(error)
    return error.exit_status


def _cancelled(arguments: list[str]) -> int:
    if wants_json(arguments):
        # On one line: work on many devices has printed a line for each change before.
        print_json({"error": {"message": "cancelled", "evidence": "", "hint": ""}}, lines=False)
    else:
        sys.stderr.write("cancelled\n")
    return CANCELLED_STATUS
