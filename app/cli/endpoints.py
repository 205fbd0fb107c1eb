"""`plantwatch endpoints …`: list, show, set, remove."""

from dataclasses import asdict, replace
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, Yes, cancellable, confirm, opened
from app.cli.output import plain, print_json, print_table, progress_printer, share
from app.errors import AppError
from app.main import Services
from app.models.endpoint import Endpoint, Lifecycle
from app.models.metrics import FleetMetric, FleetSnapshot, Health, Trend
from app.services.endpoints import draft_of

app = typer.Typer(no_args_is_help=True)
_NOTHING: dict[str, Trend] = {}


def _snapshot(services: Services) -> FleetSnapshot | None:
    """What Prometheus says now; None when it cannot be asked (the list of endpoints is useful all the same)."""
    try:
        return services.fleet.snapshot(points=2, window_seconds=120)
    except AppError:
        return None


def _document(endpoint: Endpoint, snapshot: FleetSnapshot | None) -> dict[str, object]:
    document: dict[str, object] = dict(asdict(endpoint))
    document["host_key"] = str(endpoint.host_key) if endpoint.host_key else None
    found = snapshot.health.get(endpoint.name) if snapshot else None
    document["health"] = found.health.value if found else Health.UNKNOWN.value
    document["last_error"] = found.last_error if found else ""
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


@app.command("list")
def list_endpoints(data_dir: DataDir = None, json: Json = False, site: str = "") -> None:
    """Every endpoint with its state and current CPU, memory and disk, as Prometheus has them."""
    with opened(data_dir) as services:
        endpoints = [endpoint for endpoint in services.inventory.endpoints() if not site or endpoint.site == site]
        snapshot = _snapshot(services)
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
    )


@app.command("show")
def show(name: str, data_dir: DataDir = None, json: Json = False) -> None:
    """Everything that is known about one endpoint."""
    with opened(data_dir) as services:
        endpoint = services.inventory.endpoint(name)
        document = _document(endpoint, _snapshot(services))
    if json:
        print_json(document)
        return
    facts = document.pop("facts")
    document.pop("receipt")
    if isinstance(facts, dict):
        document |= facts
    print_table(("what", "value"), ((key.replace("_", " "), plain(value)) for key, value in document.items()))


@app.command("set")
def set_fields(
    name: str,
    data_dir: DataDir = None,
    json: Json = False,
    rename: Annotated[str | None, typer.Option(help="A new name; its history stays under the old one.")] = None,
    address: str | None = None,
    port: int | None = None,
    site: str | None = None,
    region: str | None = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="Replaces all tags; give it once a tag, or empty for none.")
    ] = None,
    notes: str | None = None,
    scrape_address: str | None = None,
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
    with opened(data_dir) as services:
        endpoint = services.inventory.endpoint(name)
        # The draft checks every value itself, whatever its type.
        draft = replace(draft_of(endpoint), **{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]
        changed = services.endpoints.change(endpoint.id, draft)
    if json:
        print_json(_document(changed, None))
    else:
        typer.echo(f"{changed.name}: changed")


@app.command("remove")
def remove(
    name: str,
    data_dir: DataDir = None,
    json: Json = False,
    yes: Yes = False,
    keep_exporter: Annotated[bool, typer.Option(help="Leave the exporter on the device.")] = False,
    forget_only: Annotated[
        bool, typer.Option(help="The device is gone: remove only the record and the target.")
    ] = False,
) -> None:
    """Take an endpoint out of monitoring and clean its device. Its history stays."""
    with opened(data_dir) as services, cancellable() as token:
        endpoint = services.inventory.endpoint(name)
        device = (
            "leave the device as it is" if keep_exporter or forget_only else "uninstall the exporter from the device"
        )
        confirm(f"Remove {endpoint.name} ({endpoint.ssh_target}) and {device}?", yes=yes)
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
