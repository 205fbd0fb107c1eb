"""`plantwatch certificates …`: list, renew, authority, rotate."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, Yes, cancellable, confirm, opened
from app.cli.output import moment, print_error, print_json, print_table
from app.cli.progress import progress_printer
from app.errors import AppError, InputError
from app.models.endpoint import Endpoint, Lifecycle

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_certificates(data_dir: DataDir = None, json: Json = False) -> None:
    """What each endpoint's exporter serves with, and until when."""
    with opened(data_dir) as services:
        endpoints = services.inventory.endpoints()
    if json:
        print_json([{"name": endpoint.name, "certificate": endpoint.certificate} for endpoint in endpoints])
        return
    print_table(
        ("name", "state", "until", "names"),
        (
            (
                endpoint.name,
                _state(endpoint),
                moment(endpoint.certificate.ends_at) if endpoint.certificate else "–",
                ", ".join(endpoint.certificate.names) if endpoint.certificate else "–",
            )
            for endpoint in endpoints
        ),
        prose=("name", "names"),
    )


def _state(endpoint: Endpoint) -> str:
    made = endpoint.certificate
    if made is None:
        return "plain HTTP"
    now = datetime.now(UTC)
    return "ended" if made.ends_at < now else "ends soon" if made.expires_soon(now) else "good"


def _is_due(endpoint: Endpoint) -> bool:
    made = endpoint.certificate
    return made is None or made.is_due(datetime.now(UTC))


@app.command("renew")
def renew(
    names: Annotated[list[str] | None, typer.Argument(help="Endpoints.", show_default=False)] = None,
    data_dir: DataDir = None,
    json: Json = False,
    every: Annotated[bool, typer.Option("--all", help="Every endpoint.")] = False,
    due: Annotated[
        bool, typer.Option("--due", help="Those that answer in plain HTTP or whose certificate ends within 60 days.")
    ] = False,
) -> None:
    """Give endpoints a new certificate, without a failed scrape. One in plain HTTP is moved to TLS."""
    if not names and not every and not due:
        raise InputError("names", "Say which endpoints: their names, --all or --due.", label="Nothing to do")
    failed: dict[str, AppError] = {}
    renewed: list[str] = []
    with opened(data_dir) as services:
        monitored = [each for each in services.inventory.endpoints() if each.lifecycle is Lifecycle.MONITORED]
        wanted = [services.inventory.endpoint(name) for name in names or []]
        wanted += [each for each in monitored if each not in wanted and (every or (due and _is_due(each)))]
        with cancellable() as token:
            for endpoint in wanted:
                try:
                    services.enrolment.renew(endpoint.name, report=progress_printer(quiet=json), token=token)
                except AppError as error:
                    failed[endpoint.name] = error
                    if not json:
                        typer.echo(f"{endpoint.name}: not renewed", err=True)
                        print_error(error)
                else:
                    renewed.append(endpoint.name)
                    if not json:
                        typer.echo(f"{endpoint.name}: renewed")
    if json:
        print_json({"renewed": renewed, "failed": {name: error.message for name, error in failed.items()}})
    if failed:
        raise typer.Exit(next(iter(failed.values())).exit_status)


@app.command("authority")
def authority(
    data_dir: DataDir = None,
    json: Json = False,
    export: Annotated[
        Path | None, typer.Option(help="Write the certificates of the authorities that are trusted to this file (PEM).")
    ] = None,
) -> None:
    """The certificate authority of this installation. Its private key stays in the keyring."""
    with opened(data_dir) as services:
        trusted = services.authorities.trusted()
    if export is not None:
        try:
            export.write_text("".join(each.certificate for each in trusted), encoding="ascii")
        except OSError as error:
            raise InputError("export", f"{export} cannot be written: {error.strerror}.") from error
    if json:
        print_json(
            [
                {"fingerprint": each.fingerprint, "is_current": each.is_current, "ends_at": each.ends_at}
                for each in trusted
            ]
        )
        return
    print_table(
        ("SHA-256", "state", "until"),
        (
            (each.fingerprint, "current" if each.is_current else "still trusted", moment(each.ends_at))
            for each in trusted
        ),
    )
    if export is not None:
        typer.echo(f"written to {export}")


@app.command("rotate")
def rotate(data_dir: DataDir = None, json: Json = False, yes: Yes = False) -> None:
    """Put a new authority in place of the present one; every endpoint gets a new certificate. Run it again to go on where it stopped."""
    with opened(data_dir) as services:
        confirm("Make a new certificate authority and give every endpoint a new certificate?", yes=yes)
        with cancellable() as token:
            services.enrolment.rotate_authority(services.stack, report=progress_printer(quiet=json), token=token)
        current = services.authorities.current()
    if json:
        print_json({"authority": current.fingerprint})
    else:
        typer.echo(f"the authority is now {current.fingerprint}")
