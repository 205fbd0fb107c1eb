"""What every command shares: the options, the services, the answer to a question."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.cli.asking import ask_on_terminal
from app.errors import Cancelled, InputError
from app.logs import write_log
from app.main import Services, build_services
from app.models.endpoint import HostKey
from app.models.expected_key import check_command
from app.paths import DataPaths
from app.services.progress import CancelToken

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", envvar="PLANTWATCH_DATA_DIR", help="Where inventory and settings are kept.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answer confirmations with yes. Never accepts a host key.")]


def wants_json(arguments: list[str]) -> bool:
    """Whether `--json` stands among `arguments`: for errors raised before or outside a command."""
    return "--json" in arguments


@contextmanager
def opened(data_dir: Path | None) -> Iterator[Services]:
    """The services on `data_dir`, closed afterwards."""
    write_log(DataPaths.locate(data_dir))
    services = build_services(data_dir, ask=ask_on_terminal)
    try:
        yield services
    finally:
        services.close()


@contextmanager
def cancellable(told: str = "cancelling, undoing what was done…") -> Iterator[CancelToken]:
    """A token that the first interrupt (Ctrl+C) cancels, so that work is undone; a second one ends the process as usual.

    `told` is what the operator reads then.
    Only for work that looks at the token: whoever asks the operator something does it before.
    """
    token = CancelToken()

    def cancel() -> None:
        sys.stderr.write(f"\n{told}\n")
        token.cancel()

    def on_interrupt(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, previous)
        # On another thread: this one may be in the middle of writing, or hold a lock that cancelling needs.
        threading.Thread(target=cancel, name="cancel").start()

    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield token
    finally:
        signal.signal(signal.SIGINT, previous)


def confirm(question: str, *, yes: bool) -> None:
    """Go on when the operator agrees. Raises `Cancelled` when not, `InputError` when nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError(
            "yes", "this has to be confirmed, and there is no terminal to ask on.", label="Not done", hint="Add --yes."
        )
    ask(question)


def ask(question: str) -> None:
    """Go on when the operator says yes. Raises `Cancelled` for no, for Ctrl+C and for the end of the input."""
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        sys.stderr.write("\n")
        raise Cancelled from None
    if not agreed:
        raise Cancelled


def confirmed_key(shown: HostKey, address: str) -> HostKey:
    """`shown`, which answers at `address`, once a person says that it is the right one. Raises as `ask` does, and InputError without a terminal."""
    if not sys.stdin.isatty():
        raise InputError(
            "host_key",
            f"{address} shows the key {shown.fingerprint}, and there is no terminal to confirm it on.",
            hint=f'Compare it on the device, then give it with --host-key "{shown}".',
        )
    typer.echo(
        f"{address} shows the key {shown.fingerprint}\nCheck it on the device:  {check_command(shown)}", err=True
    )
    ask("Is it the same?")
    return shown
