"""`plantwatch enrol NAME ADDRESS`: the wizard's work without a window."""

import getpass
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, cancellable, confirmed_key, opened
from app.cli.jumps import hops_of, with_config
from app.cli.output import print_json
from app.cli.progress import progress_printer
from app.errors import Cancelled, InputError
from app.main import Services
from app.models.endpoint import EndpointDraft, HostKey, Login, LoginKind
from app.models.expected_key import ExpectedKey
from app.models.secret import NO_SECRET, Secret
from app.services.enrolment import EnrolmentRequest, Hop, verified_key
from app.services.enrolment.ssh_config import Suggestion, first_of, suggestion_for
from app.services.progress import CancelToken
from app.services.secrets import SERVICE_NAME


def enrol(
    name: Annotated[str, typer.Argument(help="How the endpoint is to be called.")],
    address: Annotated[str, typer.Argument(help="IP address or host name of the device.")],
    user: Annotated[
        str, typer.Option("--user", help="Who logs in on the device: root, or one who may use sudo or doas.")
    ] = "",
    port: Annotated[
        int | None, typer.Option("--port", help="Port of its SSH server; 22 if nothing else is said.")
    ] = None,
    data_dir: DataDir = None,
    json: Json = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    key: Annotated[Path | None, typer.Option("--key", help="Log in with this private key.")] = None,
    agent: Annotated[
        bool,
        typer.Option("--agent", help="Log in with the keys of the ssh-agent; with --key FILE.pub, with that one only."),
    ] = False,
    questions: Annotated[
        bool,
        typer.Option(
            "--questions", help="Answer what the device asks (one-time codes) at each login; nothing is kept."
        ),
    ] = False,
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
    jump: Annotated[
        list[str] | None,
        typer.Option("--jump", help="USER@HOST[:PORT] of a jump host; once for each, in the order of the way."),
    ] = None,
    jump_host_key: Annotated[
        list[str] | None,
        typer.Option("--jump-host-key", help="As --host-key, of the jump host; once for each --jump."),
    ] = None,
    jump_key: Annotated[
        list[str] | None,
        typer.Option("--jump-key", help='Its private key, "agent", "questions" or "password"; once for each --jump.'),
    ] = None,
    ssh_config: Annotated[
        bool, typer.Option("--ssh-config/--no-ssh-config", help="Take what is left out from ~/.ssh/config.")
    ] = True,
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
    found = suggestion_for(address) if ssh_config else Suggestion(address)
    user = user or found.user
    if not user:
        raise InputError("user", "A user name is needed.", hint="Give it with --user, or in ~/.ssh/config.")
    if not (key or agent or questions or password_stdin or secret):
        key = Path(file) if (file := first_of(found.key_files)) else None
    jump, jump_key = with_config(jump or found.jumps, jump_key or [], user=user, agent=agent, use=ssh_config)
    draft = EndpointDraft(
        name=name,
        address=found.address,
        port=port or found.port or 22,
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
        hops = hops_of(
            jump,
            jump_host_key or [],
            jump_key,
            agent=agent,
            shown_host_key=partial(_shown_key, services),
            ask_host_key=partial(_ask_host_key, services),
            ask_password=partial(password_of, from_stdin=password_stdin),
        )
        trusted = (
            verified_key(expected, draft.address, draft.port, fetch=partial(_shown_key, services, hops=hops))
            if expected
            else _ask_host_key(services, draft.address, draft.port, hops)
        )
        kind = _kind(key, agent=agent, questions=questions)
        login = _login(
            services, user, kind, password_stdin=password_stdin, key=key, entry=secret, sudo_stdin=sudo_password_stdin
        )
        request = EnrolmentRequest(draft, login, trusted, hops, accepts_clone=accept_clone)
        with cancellable() as token:
            endpoint = services.enrolment.enrol(request, report=progress_printer(quiet=json), token=token)
    if json:
        print_json({"name": endpoint.name, "target": endpoint.scrape_target, "facts": endpoint.facts})
    else:
        typer.echo(f"{endpoint.name}: enrolled, the first scrape is up")


def hops_given(
    services: Services, jumps: Sequence[str], host_keys: Sequence[str], ways: Sequence[str], *, password_stdin: bool
) -> tuple[Hop, ...]:
    """The jump hosts that a command names, with what ~/.ssh/config says about them; their host keys compared."""
    whole, ways = with_config(jumps, ways, user="", agent=False, use=True)
    return hops_of(
        whole,
        host_keys,
        ways,
        agent=False,
        shown_host_key=partial(_shown_key, services),
        ask_host_key=partial(_ask_host_key, services),
        ask_password=partial(password_of, from_stdin=password_stdin),
    )


def _line_of_stdin() -> Secret:
    return Secret(sys.stdin.readline().rstrip("\r\n"))


def _kind(key: Path | None, *, agent: bool, questions: bool) -> LoginKind:
    if questions and (agent or key):
        raise InputError("questions", "This is a way of its own; leave out --agent and --key.")
    if questions:
        return LoginKind.QUESTIONS
    if agent:
        return LoginKind.AGENT
    return LoginKind.KEY_FILE if key else LoginKind.PASSWORD


def _login(
    services: Services,
    user: str,
    kind: LoginKind,
    *,
    password_stdin: bool,
    key: Path | None,
    entry: str,
    sudo_stdin: bool,
) -> Login:
    """The way in, with its secret from the terminal, standard input or the keyring: never from the arguments."""
    if kind in (LoginKind.AGENT, LoginKind.QUESTIONS):
        value = NO_SECRET
    elif entry:
        found = services.secrets.get(entry)
        if found is None:
            full_name = f"{services.inventory.installation_id}/{entry}"
            raise InputError(
                "secret",
                f"The keyring has no entry named {entry}.",
                hint=f"Put it there with Python's keyring command: keyring set {SERVICE_NAME} {full_name}",
            )
        value = found
    elif password_stdin or key is None:
        value = password_of(user, from_stdin=password_stdin)
    else:
        value = NO_SECRET
    return Login(
        user=user,
        kind=kind,
        key_file=str(key.expanduser().absolute()) if key else "",
        secret=value,
        sudo_password=_line_of_stdin() if sudo_stdin else NO_SECRET,
    )


def password_of(subject: str, *, from_stdin: bool) -> Secret:
    """From the next line of standard input, or asked on the terminal."""
    if from_stdin:
        return _line_of_stdin()
    if not sys.stdin.isatty():
        raise InputError("password", "There is no terminal to ask on.", hint="Use --password-stdin or --key FILE.")
    return _typed(f"Password of {subject}: ")


def _typed(question: str) -> Secret:
    """A secret from the terminal, not shown. Raises `Cancelled` at the end of the input."""
    try:
        return Secret(getpass.getpass(question))
    except EOFError:
        raise Cancelled from None


def _shown_key(services: Services, address: str, port: int, hops: tuple[Hop, ...]) -> HostKey:
    return services.enrolment.host_key_at(address, port, hops, CancelToken())


def _ask_host_key(services: Services, address: str, port: int, hops: tuple[Hop, ...]) -> HostKey:
    """Show the key that answers there, beyond `hops`, and take it only when a person says that it is the right one."""
    return confirmed_key(_shown_key(services, address, port, hops), address)
