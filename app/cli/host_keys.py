"""`plantwatch host-keys …`: the fleet's host keys to and from known_hosts."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, confirmed_key, opened
from app.cli.output import counted, print_json
from app.errors import InputError
from app.models.endpoint import Endpoint, HostKey, Jump
from app.models.expected_key import ExpectedKey
from app.services.enrolment import verified_key
from app.services.host_keys import export_host_keys, import_host_keys
from app.services.progress import CancelToken

app = typer.Typer(no_args_is_help=True)
_LIMIT = 16 * 1024 * 1024


@app.command("export")
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without it, standard output.")] = None,
    data_dir: DataDir = None,
    hash_names: Annotated[
        bool, typer.Option("--hash", help="Hide addresses and names, as ssh-keygen -H does.")
    ] = False,
) -> None:
    """Write the known host keys of all endpoints in the format of known_hosts."""
    with opened(data_dir) as services:
        text = export_host_keys(services.inventory.endpoints(), hash_names=hash_names)
    if file is None:
        sys.stdout.write(text)
        return
    try:
        # Never over a file that is there: it may be the operator's own known_hosts.
        with file.open("x", encoding="utf-8", newline="\n") as written:
            written.write(text)
    except FileExistsError:
        raise InputError("file", f"{file} exists already.", hint="Give a file that does not exist yet.") from None
    except OSError as error:
        raise InputError("file", f"{file} cannot be written: {error.strerror}.") from error
    typer.echo(f"{file}: {counted(len(text.splitlines()), 'host key')}")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A file in the format of known_hosts, whose keys were verified.")],
    data_dir: DataDir = None,
    json: Json = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put the file's keys in place of known ones that differ.")
    ] = False,
) -> None:
    """Trust the host keys in a file, for the endpoints that it names by address and port. On a contradiction nothing is changed."""
    text = _read(file)
    with opened(data_dir) as services:
        findings = import_host_keys(services.endpoints, services.inventory.endpoints(), text, replace=replace)
    changes = [(endpoint, key) for endpoint, key in findings.new]
    changes += [(conflict.endpoint, conflict.key) for conflict in findings.conflicts if conflict.key]
    if json:
        trusted = [{"name": endpoint.name, "fingerprint": key.fingerprint} for endpoint, key in changes]
        print_json({"trusted": trusted, "unchanged": [endpoint.name for endpoint in findings.same]})
        return
    for endpoint, key in changes:
        known = endpoint.host_key.fingerprint if endpoint.host_key else "–"
        typer.echo(f"{endpoint.name}: {known} → {key.fingerprint}")
    typer.echo(f"{counted(len(changes), 'host key')} trusted from now on, {len(findings.same)} known already")


@app.command("replace-jump")
def replace_jump(
    name: Annotated[str, typer.Argument(help="An endpoint behind the jump host.")],
    jump: Annotated[str, typer.Argument(help="HOST or HOST:PORT of the jump host, where several are on the way.")] = "",
    data_dir: DataDir = None,
    json: Json = False,
    host_key: Annotated[
        str,
        typer.Option(
            "--host-key",
            help='As printed on the jump host: "SHA256:…", "TYPE BASE64" or a line of known_hosts. Without it, it is asked about.',
        ),
    ] = "",
) -> None:
    """Trust another host key of a jump host from now on, for every endpoint behind it."""
    expected = ExpectedKey.parse(host_key) if host_key else None
    with opened(data_dir) as services:
        known = _jump_of(services.inventory.endpoint(name), jump)

        def shown() -> HostKey:
            return services.enrolment.shown_jump_key(name, known, token=CancelToken())

        if expected:
            trusted = verified_key(expected, known.address, known.port, fetch=lambda _address, _port: shown())
        elif (key := shown()) != known.host_key:
            typer.echo(f"{known.target} is known by the key {known.host_key.fingerprint}", err=True)
            trusted = confirmed_key(key, known.target)
        else:
            trusted = key
        behind = services.endpoints.behind(known)
        if trusted != known.host_key:
            behind = services.endpoints.replace_jump_key(known, trusted)
    old, new, names = known.host_key.fingerprint, trusted.fingerprint, [endpoint.name for endpoint in behind]
    if json:
        print_json({"jump": known.target, "known": old, "trusted": new, "endpoints": names})
    elif old == new:
        typer.echo(f"{known.target}: the known key, {old}")
    else:
        typer.echo(f"{known.target}: {old} → {new}, on the way to {', '.join(names)}")


def _jump_of(endpoint: Endpoint, text: str) -> Jump:
    """The jump host that is meant. Raises InputError."""
    found = [jump for jump in endpoint.jumps if not text or text in (jump.address, jump.target)]
    if len(found) == 1:
        return found[0]
    told = ", ".join(jump.target for jump in endpoint.jumps)
    if not told:
        raise InputError("jump", f"No jump host is on the way to {endpoint.name}.")
    raise InputError("jump", f"Say which one on the way to {endpoint.name} is meant: {told}.")


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > _LIMIT:
            raise InputError("file", f"{file} is too large for a known_hosts file.")
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError("file", f"{file} cannot be read: {error.strerror}.") from error
