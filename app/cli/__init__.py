"""Headless commands on the same services as the window. `run` is the entry point."""

import json
import sys

import typer

from app.cli import activity, alerts, doctor, endpoints, enrol, kit, recover, stack
from app.cli.context import wants_json
from app.cli.output import print_error
from app.errors import AppError, Cancelled

app = typer.Typer(
    name="plantwatch",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Monitoring for industrial devices. Without a command it opens the window.",
)
app.add_typer(stack.app, name="stack", help="The monitoring stack on the Docker host.")
app.add_typer(endpoints.app, name="endpoints", help="What is monitored.")
app.add_typer(kit.app, name="kit", help="The exporter builds carried by the application.")
app.command("enrol")(enrol.enrol)
app.command("alerts")(alerts.alerts)
app.command("doctor")(doctor.doctor)
app.command("activity")(activity.activity)
app.command("recover")(recover.recover)

CANCELLED_STATUS = 130


def run(arguments: list[str]) -> int:
    """Run one command. Returns its exit status: 0 done, 2 bad input, 130 cancelled, others by family of error (`app.errors`)."""
    try:
        app(arguments)
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else 0
    except (Cancelled, KeyboardInterrupt):
        sys.stderr.write("cancelled\n")
        return CANCELLED_STATUS
    except AppError as error:
        if wants_json(arguments):
            document = {"error": {"message": error.message, "evidence": error.evidence, "hint": error.advice}}
            sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        else:
            print_error(error)
        return error.exit_status
    return 0
