"""`plantwatch endpoints …`: list, show, set, check, renew-key, upgrade, remove; export is in app.cli.lists, metrics in app.cli.metrics."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial
from math import isnan
from typing import Annotated

import numpy as np
import typer

from app.cli.context import DataDir, Json, Yes, cancellable, confirm, opened
from app.cli.enrol import hops_given
from app.cli.output import counted, moment, print_json, print_note, print_table, share, size
from app.cli.progress import progress_printer
from app.errors import AppError, InputError
from app.main import Services
from app.models.device import DeviceChange
from app.models.endpoint import Credential, Endpoint, EndpointDraft, HostKey, Lifecycle
from app.models.expected_key import ExpectedKey
from app.models.fleet_filter import FleetFilter, parse_filter
from app.models.metric_groups import described, groups_of
from app.models.metrics import EndpointHealth, FleetMetric, FleetSnapshot, Health, Trend
from app.models.own_key import OwnKeyWish
from app.models.security import DeviceCheckRecord
from app.services.endpoints import draft_of
from app.services.enrolment import Hop, verified_key
from app.services.fleet_filter import columns_of, matching, searched_text
from app.services.progress import CancelToken

app = typer.Typer(no_args_is_help=True)
_NOTHING: dict[str, Trend] = {}
_LABELS = {
    FleetMetric.CPU: "CPU",
    FleetMetric.MEMORY: "memory",
    FleetMetric.DISK: "disk",
    FleetMetric.TEMPERATURE: "temperature",
    FleetMetric.NETWORK: "network",
}
_FORMATS: dict[FleetMetric, Callable[[float], str]] = {
    FleetMetric.CPU: share,
    FleetMetric.MEMORY: share,
    FleetMetric.DISK: share,
    FleetMetric.TEMPERATURE: lambda degrees: "–" if isnan(degrees) else f"{degrees:.0f} °C",
    FleetMetric.NETWORK: lambda rate: "–" if isnan(rate) else f"{size(rate)}/s",
}


def _snapshot(services: Services, *, told: bool) -> FleetSnapshot | None:
    """What Prometheus says now; None when it cannot be asked (the endpoints are worth a look all the same). `told`: why, as a note."""
    try:
        return services.fleet.snapshot(points=2, window_seconds=120)
    except AppError as error:
        if told:
            print_note(f"Prometheus could not be asked: {error.message}")
        return None


def _document(endpoint: Endpoint, snapshot: FleetSnapshot | None) -> dict[str, object]:
    document: dict[str, object] = dict(asdict(endpoint))
    document["host_key"] = str(endpoint.host_key) if endpoint.host_key else None
    found = snapshot.health.get(endpoint.name) if snapshot else None
    document["health"] = found.health.value if found else Health.UNKNOWN.value
    document["last_error"] = found.last_error if found else ""
    document["metric_groups"] = groups_of(endpoint.metrics)
    document["metrics"] = {metric.value: _last(snapshot, metric, endpoint.name) for metric in FleetMetric}
    return document


def _last(snapshot: FleetSnapshot | None, metric: FleetMetric, name: str) -> float:
    trend = snapshot.trends.get(metric, _NOTHING).get(name) if snapshot else None
    return trend.last if trend else float("nan")


def _state(endpoint: Endpoint, snapshot: FleetSnapshot | None) -> str:
    if endpoint.lifecycle is not Lifecycle.MONITORED:
        return endpoint.lifecycle.value
    found = snapshot.health.get(endpoint.name) if snapshot else None
    return found.health.value if found else Health.UNKNOWN.value


def _found(wanted: FleetFilter, endpoints: list[Endpoint], snapshot: FleetSnapshot | None) -> list[Endpoint]:
    """Where Prometheus could not be asked, states are unknown and no figure is more or less than another."""
    if not wanted:
        return endpoints
    health = [
        (snapshot.health.get(each.name) if snapshot else None) or EndpointHealth(Health.UNKNOWN) for each in endpoints
    ]
    values = {
        metric: np.array([_last(snapshot, metric, each.name) for each in endpoints], dtype=np.float64)
        for metric in FleetMetric
    }
    searched = [searched_text(each, _state(each, snapshot)) for each in endpoints]
    kept = matching(wanted, columns_of(endpoints, health, values, searched))
    return [each for each, is_kept in zip(endpoints, kept, strict=True) if is_kept]


@app.command("list")
def list_endpoints(
    data_dir: DataDir = None,
    json: Json = False,
    site: Annotated[str, typer.Option(help="Only those of this site.")] = "",
    wanted: Annotated[
        str, typer.Option("--filter", help="Only those that this finds: 'site:north state:down disk>90 -tag:spare'.")
    ] = "",
) -> None:
    """Every endpoint with its state and current CPU, memory and disk, as Prometheus has them."""
    asked = parse_filter(wanted)
    with opened(data_dir) as services:
        endpoints = [endpoint for endpoint in services.inventory.endpoints() if not site or endpoint.site == site]
        snapshot = _snapshot(services, told=not json) if endpoints else None
    endpoints = _found(asked, endpoints, snapshot)
    if json:
        print_json([_document(endpoint, snapshot) for endpoint in endpoints])
        return
    print_table(
        ("name", "state", "address", "site", "CPU", "memory", "disk"),
        (
            (
                endpoint.name,
                _state(endpoint, snapshot),
                endpoint.ssh_target,
                endpoint.site or "–",
                share(_last(snapshot, FleetMetric.CPU, endpoint.name)),
                share(_last(snapshot, FleetMetric.MEMORY, endpoint.name)),
                share(_last(snapshot, FleetMetric.DISK, endpoint.name)),
            )
            for endpoint in endpoints
        ),
        prose=("name", "site"),
        numbers=("CPU", "memory", "disk"),
    )
    for endpoint in endpoints:
        if endpoint.device_change:
            print_note(
                f"{endpoint.name}: another device was seen in place of its own. plantwatch endpoints show tells what."
            )


@app.command("show")
def show(name: str, data_dir: DataDir = None, json: Json = False) -> None:
    """Everything that is known about one endpoint."""
    with opened(data_dir) as services:
        endpoint = services.inventory.endpoint(name)
        checked = services.inventory.checks_of(endpoint.id).device
        number = endpoint.credential_id
        login = services.inventory.credential(number) if number is not None else None
        snapshot = _snapshot(services, told=not json)
    if json:
        more = {"profile": login.name if login else "", "last_check": asdict(checked) if checked else None}
        print_json(_document(endpoint, snapshot) | more)
    else:
        rows = ((label, value or "–") for label, value in _described(endpoint, snapshot, login, checked))
        print_table(("what", "value"), rows, prose=("value",))


def _described(
    endpoint: Endpoint,
    snapshot: FleetSnapshot | None,
    login: Credential | None,
    checked: DeviceCheckRecord | None,
) -> Iterator[tuple[str, str]]:
    """What a person wants to know about an endpoint, most wanted first; empty text for what is not known."""
    found = snapshot.health.get(endpoint.name) if snapshot else None
    yield "name", endpoint.name
    yield "state", _state(endpoint, snapshot)
    if endpoint.device_change:
        yield "device changed", _told(endpoint.device_change)
    if checked:
        detail = f": {checked.detail}" if checked.detail else ""
        yield "last check", f"{moment(checked.checked_at)}, {checked.state}{detail}"
    if found and found.last_error:
        yield "last error", found.last_error
    for metric in FleetMetric:
        yield _LABELS[metric], _FORMATS[metric](_last(snapshot, metric, endpoint.name))
    yield "site", endpoint.site
    yield "region", endpoint.region
    yield "tags", ", ".join(endpoint.tags)
    yield "notes", endpoint.notes
    yield "SSH", endpoint.ssh_target
    if login:
        yield "login", f"{login.name} ({login.user})" if login.name else f"its own ({login.user})"
    if endpoint.jumps:
        yield "through", ", ".join(jump.target for jump in endpoint.jumps)
    yield "host key", endpoint.host_key.fingerprint if endpoint.host_key else ""
    yield "scraped at", endpoint.scrape_target
    made = endpoint.certificate
    yield "certificate", f"until {moment(made.ends_at)}, SHA-256 {made.fingerprint}" if made else "none: plain HTTP"
    yield "listens on", endpoint.listen_address or "all addresses"
    if endpoint.receipt:
        yield "exporter", f"node_exporter {endpoint.receipt.exporter_version} {endpoint.receipt.architecture}"
        yield "metrics", described(endpoint.metrics)
    if facts := endpoint.facts:
        yield "host name", facts.hostname
        yield "system", f"{facts.os_name}, Linux {facts.kernel}, {facts.machine}"
        yield "machine", f"{counted(facts.cpu_count, 'CPU')}, {size(facts.memory_bytes)} of memory"
    yield "enrolled", moment(endpoint.created_at)
    yield "changed", moment(endpoint.changed_at)


def _told(change: DeviceChange) -> str:
    seen = f"host key {change.fingerprint}" if change.fingerprint else f"hashed machine-id {change.machine_id}"
    return f"{moment(change.seen_at)}: another device answered, with the {seen}"


@app.command("set")
def set_fields(
    name: str,
    data_dir: DataDir = None,
    json: Json = False,
    rename: Annotated[str | None, typer.Option(help="A new name; its history stays under the old one.")] = None,
    address: Annotated[str | None, typer.Option(help="Where SSH reaches the device.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of its SSH server.")] = None,
    site: Annotated[str | None, typer.Option(help="Where it stands.")] = None,
    region: Annotated[str | None, typer.Option(help="A group of sites.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="Once for each tag: they replace all tags. Empty: none.")
    ] = None,
    notes: Annotated[str | None, typer.Option(help="Free text.")] = None,
    scrape_address: Annotated[
        str | None, typer.Option(help="Where Prometheus reaches it, if not at its address; empty: the same.")
    ] = None,
    host_key: Annotated[
        str | None,
        typer.Option(
            help='As printed on the device ("SHA256:…", "TYPE BASE64" or a line of known_hosts): trusted from now on, in place '
            "of the known one."
        ),
    ] = None,
    jump: Annotated[
        list[str] | None,
        typer.Option(help="USER@HOST[:PORT] of a jump host, once for each: they replace the way there was."),
    ] = None,
    jump_host_key: Annotated[
        list[str] | None, typer.Option(help="As --host-key, of the jump host; once for each --jump.")
    ] = None,
    jump_key: Annotated[
        list[str] | None,
        typer.Option(help='Its private key, "agent", "questions", "password" or "profile:NAME"; once for each --jump.'),
    ] = None,
    no_jump: Annotated[bool, typer.Option("--no-jump", help="It is reached without a jump host from now on.")] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the passwords of jump hosts from standard input, one a line.")
    ] = False,
    accept_device: Annotated[
        bool,
        typer.Option("--accept-device", help="The other device that was seen in its place is its device from now on."),
    ] = False,
    profile: Annotated[str, typer.Option(help="Log in by what is kept under this name, from now on.")] = "",
) -> None:
    """Change what is written down about an endpoint."""
    given = {
        "name": rename,
        "address": address,
        "port": port,
        "site": site,
        "region": region,
        "tags": tuple(tag) if tag is not None else None,
        "notes": notes,
        "scrape_address": scrape_address,
    }
    expected = ExpectedKey.parse(host_key) if host_key is not None else None
    with opened(data_dir) as services:
        changed = services.inventory.endpoint(name)
        before = draft_of(changed)
        # The draft checks every value itself, whatever its type.
        draft = replace(before, **{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]
        known = changed.host_key
        # Before anything is changed: whether the device is asked or not, what was given has to be right.
        if jump and no_jump:
            raise InputError("no_jump", "It is reached either by these jump hosts or without one.")
        ask_for_way = partial(hops_given, services, password_stdin=password_stdin)
        hops = ask_for_way(jump or [], jump_host_key or [], jump_key or []) if jump or no_jump else None
        fetch = partial(_shown_key, services, name, hops)
        trusted = verified_key(expected, draft.address, draft.port, fetch=fetch) if expected else known
        if hops is not None or draft != before:
            changed = _changed(services, changed, draft, hops)
        if trusted is not None and trusted != known:
            changed = services.endpoints.replace_host_key(changed.id, trusted)
        if accept_device:
            changed = services.endpoints.accept_device(changed.id)
        if profile:
            changed = _with_login(services, changed, profile, quiet=json)
        if not changed.is_named_by_certificate:
            print_note(f"{changed.name}: its certificate does not name the new address; it gets another one.")
            with cancellable() as token:
                report = progress_printer(quiet=json)
                changed = services.enrolment.renew(changed.name, report=report, token=token)
    if json:
        print_json(_document(changed, None))
    else:
        typer.echo(f"{changed.name}: changed")
        if expected is not None and changed.host_key is not None:
            typer.echo(
                f"known until now: {known.fingerprint if known else '–'}\ntrusted from now on: {changed.host_key.fingerprint}"
            )


def _changed(services: Services, known: Endpoint, draft: EndpointDraft, hops: tuple[Hop, ...] | None) -> Endpoint:
    """With another way to it unless None."""
    if hops is None:
        return services.endpoints.change(known.id, draft)
    return services.enrolment.move(known.name, draft, hops)


def _with_login(services: Services, known: Endpoint, profile: str, *, quiet: bool) -> Endpoint:
    """Where a key of Plantwatch's own opens the device, that is taken off it by the new login."""
    if not services.enrolment.has_own_key(known):
        return services.credentials.use(known.name, profile)
    login = services.credentials.login(profile)
    with cancellable() as token:
        return services.enrolment.change_login(known.name, login, report=progress_printer(quiet=quiet), token=token)


def _shown_key(services: Services, name: str, hops: tuple[Hop, ...] | None, address: str, port: int) -> HostKey:
    """Which key answers there, by the way given, or else by that of the endpoint."""
    if hops is None:
        return services.enrolment.shown_key_at(name, address, port, token=CancelToken())
    return services.enrolment.host_key_at(address, port, hops, CancelToken())


@app.command("check")
def check(name: str, data_dir: DataDir = None, json: Json = False) -> None:
    """See on the device whether it is the known one, and whether all is there that was made on it. Changes nothing."""
    with opened(data_dir) as services, cancellable() as token:
        found = services.enrolment.check(name, report=progress_printer(quiet=json), token=token)
    if json:
        print_json({"items": found.items, "unknown": found.unknown})
        return
    rows = [(item.condition, item.kind, item.name) for item in found.items]
    print_table(("condition", "what", "name"), [*rows, *(("not written down", "–", name) for name in found.unknown)])


@app.command("renew-key")
def renew_key(
    name: str,
    data_dir: DataDir = None,
    json: Json = False,
    sources: Annotated[
        str | None,
        typer.Option(
            "--from",
            help='Where the key is accepted from: addresses or networks with commas, "here" for this computer, empty for anywhere. '
            "Left out: as its present key.",
        ),
    ] = None,
) -> None:
    """Log in to its device with a new key of Plantwatch's own, and forget the key or password that it had."""
    wish = OwnKeyWish.parse(sources) if sources is not None else None
    with opened(data_dir) as services, cancellable() as token:
        renewed = services.enrolment.renew_key(name, wish, report=progress_printer(quiet=json), token=token)
    if json:
        print_json({"renewed": renewed.name})
    else:
        typer.echo(f"{renewed.name}: has a new key of Plantwatch's own")


@app.command("upgrade")
def upgrade(name: str, data_dir: DataDir = None, json: Json = False) -> None:
    """Put the kit's exporter in the place of an older one. One that does not answer makes room for the former again."""
    with opened(data_dir) as services:
        before = services.inventory.endpoint(name).receipt
        with cancellable() as token:
            receipt = services.enrolment.upgrade(name, report=progress_printer(quiet=json), token=token).receipt
    versions = [each.exporter_version if each else "" for each in (before, receipt)]
    if json:
        print_json({"upgraded": name, "from": versions[0], "to": versions[1]})
    elif before == receipt:
        typer.echo(f"{name}: {versions[1]} stays")
    else:
        typer.echo(f"{name}: {versions[0]} → {versions[1]}")


@app.command("remove")
def remove(
    name: str,
    data_dir: DataDir = None,
    json: Json = False,
    yes: Yes = False,
    keep_exporter: Annotated[bool, typer.Option("--keep-exporter", help="Leave the exporter on the device.")] = False,
    forget_only: Annotated[
        bool, typer.Option("--forget-only", help="The device is gone: remove only the record and the target.")
    ] = False,
) -> None:
    """Take an endpoint out of monitoring and clean its device. Its history stays."""
    with opened(data_dir) as services:
        endpoint = services.inventory.endpoint(name)
        device = (
            "leave the device as it is" if keep_exporter or forget_only else "uninstall the exporter from the device"
        )
        confirm(f"Remove {endpoint.name} ({endpoint.ssh_target}) and {device}?", yes=yes)
        with cancellable() as token:
            services.enrolment.remove(
                endpoint.name,
                keep_exporter=keep_exporter,
                forget_only=forget_only,
                report=progress_printer(quiet=json),
                token=token,
            )
    if json:
        print_json({"removed": endpoint.name})
    else:
        typer.echo(f"{endpoint.name}: removed")
