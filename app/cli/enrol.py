"""`plantwatch enrol NAME ADDRESS`: the wizard's work without a window."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, ask, cancellable, opened
from app.cli.output import print_json
from app.cli.progress import progress_printer
from app.errors import Cancelled, InputError
from app.main import Services
from app.models.endpoint import EndpointDraft, HostKey, Login, LoginKind
from app.models.expected_key import ExpectedKey, check_command
from app.services.enrolment import EnrolmentRequest, fetch_host_key, verified_key
from app.services.secrets import SERVICE_NAME


def enrol(
    name: Annotated[str, typer.Argument(help="How the endpoint is to be called.")],
    address: Annotated[str, typer.Argument(help="IP address or host name of the device.")],
    user: Annotated[str, typer.Option("--user", help="Who logs in on the device: root, or one who may use sudo.")],
    port: Annotated[int, typer.Option("--port", help="Port of its SSH server.")] = 22,
    data_dir: DataDir = None,
    json: Json = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    key: Annotated[Path | None, typer.Option("--key", help="Log in with this private key.")] = None,
    secret: Annotated[
        str, typer.Option("--secret", help="Take the password or passphrase from this keyring entry.")
    ] = "",
    sudo_password_stdin: Annotated[
        bool,
        typer.Option("--sudo-password-stdin", help="Read what sudo asks for from the next line of standard input."),
    ] = False,
    host_key: Annotated[
        str,
        typer.Option(
            "--host-key", help='As printed on the device: "SHA256:…", "TYPE BASE64" or a line of known_hosts.'
        ),
    ] = "",
    site: Annotated[str, typer.Option("--site", help="Where it stands.")] = "",
    region: Annotated[str, typer.Option("--region", help="A group of sites.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Once for each tag.")] = None,
    notes: Annotated[str, typer.Option("--notes", help="Free text.")] = "",
    scrape_address: Annotated[
        str, typer.Option("--scrape-address", help="Where Prometheus reaches it, if not at ADDRESS.")
    ] = "",
    exporter_port: Annotated[int, typer.Option("--exporter-port", help="Where the exporter is to listen.")] = 9100,
    listen: Annotated[
        str, typer.Option("--listen", help="The one IP address of the device that the exporter listens on, not all.")
    ] = "",
    accept_clone: Annotated[
        bool,
        typer.Option("--accept-clone", help="It is another device, though one has the same machine-id or host key."),
    ] = False,
) -> None:
    """Bring one device into monitoring, or leave it as it was."""
    draft = EndpointDraft(
        name=name,
        address=address,
        port=port,
        site=site,
        region=region,
        tags=tuple(tag or ()),
        notes=notes,
        scrape_address=scrape_address,
        exporter_port=exporter_port,
        listen_address=listen,
    )
    expected = ExpectedKey.parse(host_key) if host_key else None
    with opened(data_dir) as services:
        services.inventory.check_free(draft)
        trusted = verified_key(expected, draft.address, draft.port) if expected else _ask_host_key(draft)
        login = _login(
            services, user, password_stdin=password_stdin, key=key, entry=secret, sudo_stdin=sudo_password_stdin
        )
        request = EnrolmentRequest(draft=draft, login=login, host_key=trusted, accepts_clone=accept_clone)
        with cancellable() as token:
            endpoint = services.enrolment.enrol(request, report=progress_printer(quiet=json), token=token)
    if json:
        print_json({"name": endpoint.name, "target": endpoint.scrape_target, "facts": endpoint.facts})
    else:
        typer.echo(f"{endpoint.name}: enrolled, the first scrape is up")


def _line_of_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _login(
    services: Services, user: str, *, password_stdin: bool, key: Path | None, entry: str, sudo_stdin: bool
) -> Login:
    """The way in, with its secret from the terminal, standard input or the keyring: never from the arguments."""
    kind = LoginKind.KEY_FILE if key else LoginKind.PASSWORD
    if entry:
        found = services.secrets.get(entry)
        if found is None:
            full_name = f"{services.inventory.installation_id}/{entry}"
            raise InputError(
                "secret",
                f"The keyring has no entry named {entry}.",
                hint=f"Put it there with Python's keyring command: keyring set {SERVICE_NAME} {full_name}",
            )
        value = found
    elif password_stdin:
        value = _line_of_stdin()
    elif key is None:
        if not sys.stdin.isatty():
            raise InputError("password", "There is no terminal to ask on.", hint="Use --password-stdin or --key FILE.")
        value = _typed(f"Password of {user}: ")
    else:
        value = ""
    return Login(
        user=user,
        kind=kind,
        key_file=str(key.expanduser().absolute()) if key else "",
        secret=value,
        sudo_password=_line_of_stdin() if sudo_stdin else "",
    )


def _typed(question: str) -> str:
    """A secret from the terminal, not shown. Raises `Cancelled` at the end of the input."""
    try:
        return getpass.getpass(question)
    except EOFError:
        raise Cancelled from None


def _ask_host_key(draft: EndpointDraft) -> HostKey:
    """Show the key that the device presents and take it only when a person says that it is the right one."""
    shown = fetch_host_key(draft.address, draft.port)
    if not sys.stdin.isatty():
        raise InputError(
            "host_key",
            f"The device shows the key {shown.fingerprint}, and there is no terminal to confirm it on.",
            hint=f'Compare it on the device, then give it with --host-key "{shown}".',
        )
    typer.echo(
        f"This device shows the key {shown.fingerprint}\nCheck it on the device:  {check_command(shown)}", err=True
    )
    ask("Is it the same?")
    return shown
