"""`plantwatch credentials …`: logins that endpoints share, changed in one place."""

from typing import Annotated

import typer

from app.cli.context import DataDir, Json, Yes, cancellable, confirm, opened
from app.cli.logins import (
    Agent,
    Key,
    PasswordStdin,
    Questions,
    SecretEntry,
    SudoPasswordStdin,
    given_login,
)
from app.cli.output import print_json, print_table
from app.cli.progress import progress_printer
from app.errors import InputError
from app.main import Services
from app.models.endpoint import LoginKind, Usage

app = typer.Typer(no_args_is_help=True)
_NAMED = 5

User = Annotated[str, typer.Option("--user", help="Who logs in: root, or one who may use sudo or doas.")]


def _document(usage: Usage) -> dict[str, object]:
    credential = usage.credential
    return {
        "name": credential.name,
        "user": credential.user,
        "kind": credential.kind,
        "key_file": credential.key_file,
        "endpoints": usage.devices,
        "jumps_of": usage.jumps,
    }


@app.command("list")
def list_credentials(data_dir: DataDir = None, json: Json = False) -> None:
    """The logins that have a name, and the endpoints that share them. Never a secret."""
    with opened(data_dir) as services:
        found = services.credentials.profiles()
    if json:
        print_json([_document(usage) for usage in found])
        return
    rows = (
        (
            usage.credential.name,
            usage.credential.user,
            usage.credential.kind.replace("_", " "),
            len(usage.endpoints),
            _named(usage.endpoints),
        )
        for usage in found
    )
    print_table(("name", "user", "by", "shared by", "endpoints"), rows, prose=("endpoints",), numbers=("shared by",))


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What the login is to be called.")],
    user: User = "",
    data_dir: DataDir = None,
    json: Json = False,
    endpoint: Annotated[
        str, typer.Option("--of", help="Give the name to the login that this endpoint has, instead of to a new one.")
    ] = "",
    password_stdin: PasswordStdin = False,
    key: Key = None,
    agent: Agent = False,
    questions: Questions = False,
    secret: SecretEntry = "",
    sudo_password_stdin: SudoPasswordStdin = False,
) -> None:
    """Keep a login under a name, for many endpoints to share."""
    with opened(data_dir) as services:
        if endpoint:
            if user or key or agent or questions or password_stdin or secret or sudo_password_stdin:
                raise InputError("of", "The login is there already; leave out the options for a new one.")
            made = services.credentials.name(_credential_of(services, endpoint), name)
        else:
            services.inventory.check_profile_free(name)
            login = given_login(
                services,
                _user(user),
                password_stdin=password_stdin,
                key=key,
                agent=agent,
                questions=questions,
                entry=secret,
                sudo_stdin=sudo_password_stdin,
            )
            made = services.credentials.add(name, login)
        usage = services.credentials.usage(made.id)
    if json:
        print_json(_document(usage))
    else:
        typer.echo(f"{made.name}: kept")


@app.command("set")
def set_login(
    name: Annotated[str, typer.Argument(help="Which login to change; left out with --of.")] = "",
    user: Annotated[str, typer.Option("--user", help="Who logs in from now on; left out: as before.")] = "",
    data_dir: DataDir = None,
    json: Json = False,
    endpoint: Annotated[str, typer.Option("--of", help="Change the login of this endpoint, shared or its own.")] = "",
    alone: Annotated[
        bool, typer.Option("--alone", help="With --of: for this endpoint only; others that share the login keep it.")
    ] = False,
    try_on: Annotated[
        str, typer.Option("--try", help="Log in on this endpoint's device first, and change nothing if it refuses.")
    ] = "",
    password_stdin: PasswordStdin = False,
    key: Key = None,
    agent: Agent = False,
    questions: Questions = False,
    secret: SecretEntry = "",
    sudo_password_stdin: SudoPasswordStdin = False,
) -> None:
    """Put another login in the place of one, for every endpoint that shares it. What sudo asks for is to be given anew."""
    if bool(name) == bool(endpoint):
        raise InputError("name", "Give the name of a login, or an endpoint with --of.", label="Which login")
    if alone and not endpoint:
        raise InputError("alone", "Say for which endpoint, with --of.")
    with opened(data_dir) as services:
        number = _credential_of(services, endpoint) if endpoint else services.inventory.profile(name).id
        before = services.credentials.usage(number)
        if try_on and services.inventory.endpoint(try_on).name not in before.endpoints:
            raise InputError("try", f"{try_on} does not log in by it.")
        login = given_login(
            services,
            user or before.credential.user,
            password_stdin=password_stdin,
            key=key,
            agent=agent,
            questions=questions,
            entry=secret,
            sudo_stdin=sudo_password_stdin,
        )
        report = progress_printer(quiet=json)
        if before.credential.kind is LoginKind.OWN_KEY:
            # It has a line on the device, which only a login there can take out: so this one is tried in any case.
            with cancellable() as token:
                opened_by = services.enrolment.change_login(endpoint, login, report=report, token=token).credential_id
            usage = services.credentials.usage(opened_by or 0)
        else:
            if try_on:
                with cancellable() as token:
                    services.enrolment.try_login(try_on, number, login, report=report, token=token)
            kept = services.credentials
            changed = kept.separate(endpoint, number, login) if alone else kept.change(number, login)
            usage = services.credentials.usage(changed.id)
    if json:
        print_json(_document(usage))
    else:
        typer.echo(f"{usage.credential.name or endpoint}: changed for {_named(usage.endpoints) or 'no endpoint yet'}")


@app.command("rename")
def rename(
    name: str,
    to: Annotated[str, typer.Argument(help="The new name.")],
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Give a login another name."""
    with opened(data_dir) as services:
        made = services.credentials.name(services.inventory.profile(name).id, to)
        usage = services.credentials.usage(made.id)
    if json:
        print_json(_document(usage))
    else:
        typer.echo(f"{made.name}: renamed")


@app.command("remove")
def remove(name: str, data_dir: DataDir = None, json: Json = False, yes: Yes = False) -> None:
    """Forget a login that no endpoint uses, with its secrets."""
    with opened(data_dir) as services:
        known = services.inventory.profile(name)
        confirm(f"Forget the login {known.name} and its secrets?", yes=yes)
        services.credentials.remove(known.name)
    if json:
        print_json({"removed": known.name})
    else:
        typer.echo(f"{known.name}: removed")


def _credential_of(services: Services, endpoint: str) -> int:
    found = services.inventory.endpoint(endpoint)
    if found.credential_id is None:
        raise InputError("of", f"{found.name} has no login.")
    return found.credential_id


def _user(user: str) -> str:
    if not user:
        raise InputError("user", "A user name is needed.", hint="Give it with --user.")
    return user


def _named(names: tuple[str, ...]) -> str:
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest
