"""`plantwatch enrol NAME ADDRESS`: the wizard's work without a window."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, cancellable, confirmed_key, opened
from app.cli.jumps import hops_of, with_config
from app.cli.logins import (
    Agent,
    Key,
    PasswordStdin,
    Questions,
    SecretEntry,
    SudoPasswordStdin,
    asked_password,
    given_login,
)
from app.cli.output import print_json
from app.cli.progress import progress_printer
from app.cli.runs import enrol_all
from app.errors import InputError
from app.main import Services
from app.models.device_list import Field
from app.models.endpoint import EndpointDraft, HostKey
from app.models.expected_key import ExpectedKey
from app.models.own_key import OwnKeyWish
from app.services.enrolment import EnrolmentRequest, Hop, verified_key
from app.services.enrolment.ssh_config import Suggestion, first_of, suggestion_for
from app.services.lists import preview_of, read_file
from app.services.progress import CancelToken


def enrol(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="How the endpoint is to be called.", show_default=False)] = "",
    address: Annotated[str, typer.Argument(help="IP address or host name of the device.", show_default=False)] = "",
    list_file: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help="Enrol every device of a list instead, with the login of a --profile."
        ),
    ] = None,
    user: Annotated[
        str, typer.Option("--user", help="Who logs in on the device: root, or one who may use sudo or doas.")
    ] = "",
    port: Annotated[
        int | None, typer.Option("--port", help="Port of its SSH server; 22 if nothing else is said.")
    ] = None,
    data_dir: DataDir = None,
    json: Json = False,
    profile: Annotated[
        str, typer.Option("--profile", help="Log in with what is kept under this name, and share it.")
    ] = "",
    keep_as: Annotated[
        str, typer.Option("--keep-as", help="Keep this login under a name, for other endpoints to share.")
    ] = "",
    password_stdin: PasswordStdin = False,
    key: Key = None,
    agent: Agent = False,
    questions: Questions = False,
    secret: SecretEntry = "",
    sudo_password_stdin: SudoPasswordStdin = False,
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
        typer.Option(
            "--jump-key",
            help='Its private key, "agent", "questions", "password" or "profile:NAME"; once for each --jump.',
        ),
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
    own_key: Annotated[
        bool, typer.Option("--own-key", help="Install a key of Plantwatch's own on the device, and forget this login.")
    ] = False,
    own_key_from: Annotated[
        str | None,
        typer.Option(
            "--own-key-from",
            help='The same, and accepted from there only: addresses or networks with commas, or "here" for this computer.',
        ),
    ] = None,
) -> None:
    """Bring one device into monitoring, or leave it as it was; or all devices of a list, with --from."""
    if list_file is not None:
        _enrol_list(context, list_file, data_dir, profile, json=json)
        return
    if not name or not address:
        raise InputError("address", "Give the name and the address of a device, or a list with --from.", label="Device")
    found = suggestion_for(address) if ssh_config else Suggestion(address)
    if profile and (user or key or agent or questions or password_stdin or secret or sudo_password_stdin or keep_as):
        raise InputError("profile", "A profile says all about the login; leave out the other options for it.")
    user = user or found.user
    if not user and not profile:
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
    wish = OwnKeyWish.parse(own_key_from or "") if own_key or own_key_from is not None else None
    with opened(data_dir) as services:
        services.inventory.check_free(draft)
        kept = services.credentials.login(profile) if profile else None
        hops = hops_of(
            jump,
            jump_host_key or [],
            jump_key,
            agent=agent,
            shown_host_key=partial(_shown_key, services),
            ask_host_key=partial(_ask_host_key, services),
            ask_password=partial(asked_password, from_stdin=password_stdin),
            read_profile=services.credentials.login,
        )
        trusted = (
            verified_key(expected, draft.address, draft.port, fetch=partial(_shown_key, services, hops=hops))
            if expected
            else _ask_host_key(services, draft.address, draft.port, hops)
        )
        login = kept or given_login(
            services,
            user,
            password_stdin=password_stdin,
            key=key,
            agent=agent,
            questions=questions,
            entry=secret,
            sudo_stdin=sudo_password_stdin,
        )
        request = EnrolmentRequest(
            draft, login, trusted, hops, accepts_clone=accept_clone, keep_as=keep_as, own_key=wish
        )
        with cancellable() as token:
            endpoint = services.enrolment.enrol(request, report=progress_printer(quiet=json), token=token)
    if json:
        print_json({"name": endpoint.name, "target": endpoint.scrape_target, "facts": endpoint.facts})
    else:
        typer.echo(f"{endpoint.name}: enrolled, the first scrape is up")


#: What goes with a list; whatever else is given would be in vain, and is refused.
_WITH_LIST = frozenset({"list_file", "data_dir", "json", "profile", "site", "region", "tag"})


def _enrol_list(context: typer.Context, file: Path, data_dir: Path | None, profile: str, *, json: bool) -> None:
    given = [
        each
        for each in context.command.params
        if each.name and each.name not in _WITH_LIST and _is_given(context, each.name)
    ]
    if given:
        raise InputError(
            "from",
            f"This does not go with a list: {', '.join(_called(each.opts[0]) for each in given)}.",
            label="--from",
            hint="What differs from device to device belongs into columns of the list.",
        )
    if not profile:
        raise InputError(
            "profile",
            "The devices of a list share a login that is kept under a name.",
            label="--profile",
            hint="Make one with plantwatch credentials add NAME, then give it with --profile NAME.",
        )
    table = read_file(file)
    with opened(data_dir) as services:
        preview = preview_of(table, services.inventory.endpoints())
        for field, value in ((Field.SITE, "site"), (Field.REGION, "region")):
            preview = preview.with_default(field, context.params[value]) if context.params[value] else preview
        if tags := context.params["tag"]:
            preview = preview.with_default(Field.TAGS, " ".join(tags))
        enrol_all(services, preview, profile, json=json)


def _called(option: str) -> str:
    return option if option.startswith("-") else option.upper()


def _is_given(context: typer.Context, parameter: str) -> bool:
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


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
        ask_password=partial(asked_password, from_stdin=password_stdin),
        read_profile=services.credentials.login,
    )


def _shown_key(services: Services, address: str, port: int, hops: tuple[Hop, ...]) -> HostKey:
    return services.enrolment.host_key_at(address, port, hops, CancelToken())


def _ask_host_key(services: Services, address: str, port: int, hops: tuple[Hop, ...]) -> HostKey:
    """Show the key that answers there, beyond `hops`, and take it only when a person says that it is the right one."""
    return confirmed_key(_shown_key(services, address, port, hops), address)
