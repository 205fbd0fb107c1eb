"""The login that a command is given: its kind from the options, its secrets from the terminal, standard input or the keyring."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.errors import Cancelled, InputError
from app.main import Services
from app.models.endpoint import Login, LoginKind
from app.models.secret import NO_SECRET, Secret
from app.services.enrolment.keys import needs_passphrase
from app.services.secrets import SERVICE_NAME

PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
Key = Annotated[Path | None, typer.Option("--key", help="Log in with this private key.")]
Agent = Annotated[
    bool,
    typer.Option("--agent", help="Log in with the keys of the ssh-agent; with --key FILE.pub, with that one only."),
]
Questions = Annotated[
    bool,
    typer.Option("--questions", help="Answer what the device asks (one-time codes) at each login; nothing is kept."),
]
SecretEntry = Annotated[str, typer.Option("--secret", help="Take the password or passphrase from this keyring entry.")]
SudoPasswordStdin = Annotated[
    bool,
    typer.Option("--sudo-password-stdin", help="Read what sudo asks for from the next line of standard input."),
]


def line_of_stdin() -> Secret:
    return Secret(sys.stdin.readline().rstrip("\r\n"))


def _kind_of(key: Path | None, *, agent: bool, questions: bool) -> LoginKind:
    if questions and (agent or key):
        raise InputError("questions", "This is a way of its own; leave out --agent and --key.")
    if questions:
        return LoginKind.QUESTIONS
    if agent:
        return LoginKind.AGENT
    return LoginKind.KEY_FILE if key else LoginKind.PASSWORD


def given_login(
    services: Services,
    user: str,
    *,
    password_stdin: bool,
    key: Path | None,
    agent: bool,
    questions: bool,
    entry: str,
    sudo_stdin: bool,
) -> Login:
    """The way in, with its secret from the terminal, standard input or the keyring: never from the arguments."""
    kind = _kind_of(key, agent=agent, questions=questions)
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
        value = asked_password(user, from_stdin=password_stdin)
    elif needs_passphrase(str(key)):
        value = asked_password(f"the key {key}", from_stdin=False)
    else:
        value = NO_SECRET
    return Login(
        user=user,
        kind=kind,
        key_file=str(key.expanduser().absolute()) if key else "",
        secret=value,
        sudo_password=line_of_stdin() if sudo_stdin else NO_SECRET,
    )


def asked_password(subject: str, *, from_stdin: bool) -> Secret:
    """From the next line of standard input, or asked on the terminal."""
    if from_stdin:
        return line_of_stdin()
    if not sys.stdin.isatty():
        raise InputError("password", "There is no terminal to ask on.", hint="Use --password-stdin or --key FILE.")
    return _typed(f"Password of {subject}: ")


def _typed(question: str) -> Secret:
    """A secret from the terminal, not shown. Raises `Cancelled` at the end of the input."""
    try:
        return Secret(getpass.getpass(question))
    except EOFError:
        raise Cancelled from None
