"""`plantwatch stack …`: plan, deploy, look at, take down."""

from dataclasses import asdict, replace
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, Yes, cancellable, confirm, opened
from app.cli.output import print_json, print_table
from app.cli.progress import progress_printer
from app.errors import InputError
from app.main import Services
from app.models.stack import DockerHost, Plan, StackStatus
from app.settings import Settings

app = typer.Typer(no_args_is_help=True)

Host = Annotated[str | None, typer.Option("--host", help="URL of the Docker host: unix://, npipe://, ssh://, tcp://.")]
Context = Annotated[str | None, typer.Option("--context", help="Name of a docker context.")]
Project = Annotated[str | None, typer.Option("--project", help="Name of the stack on the host.")]
Publish = Annotated[
    str | None, typer.Option("--publish-address", help="Address on the host where the services listen.")
]
PrometheusPort = Annotated[int | None, typer.Option("--prometheus-port", help="Port on the host.")]
AlertmanagerPort = Annotated[int | None, typer.Option("--alertmanager-port", help="Port on the host.")]
GrafanaPort = Annotated[int | None, typer.Option("--grafana-port", help="Port on the host.")]
ScrapeInterval = Annotated[int | None, typer.Option("--scrape-interval", help="Seconds from one reading to the next.")]
Retention = Annotated[int | None, typer.Option("--retention-days", help="Days that the history is kept.")]


def _with_host(settings: Settings, host: str | None, context: str | None) -> Settings:
    """`settings` with the operator's choice of Docker host, if there is one."""
    if host is not None and context is not None:
        raise InputError("host", "Give --host or --context, not both.")
    if host is None and context is None:
        return settings
    return replace(settings, docker_host=DockerHost(url=host or "", context=context or ""))


def _choose_host(services: Services, host: str | None, context: str | None) -> None:
    """Remember the operator's choice of Docker host: later commands and the window use the same."""
    settings = services.settings()
    chosen = _with_host(settings, host, context)
    if chosen != settings:
        services.save_settings(chosen)


def _print_plan(plan: Plan, *, stderr: bool = False) -> None:
    if plan.is_empty:
        typer.echo(f"{plan.host}: nothing to do, the stack is as it should be")
        return
    typer.echo(f"{plan.host}, project {plan.project}:", err=stderr)
    rows = ((action.kind.value, action.name, action.reason) for action in plan.actions)
    print_table(("action", "what", "why"), rows, prose=("why",), stderr=stderr)


def _print_status(status: StackStatus) -> None:
    typer.echo(f"{status.host}, project {status.project}: {status.engine}")
    print_table(
        ("service", "state", "version", "address", "evidence"),
        (
            (
                service.name.value,
                service.state.value,
                service.image.rpartition(":")[2] or "–",
                service.address or "–",
                "; ".join(part for part in (service.evidence, service.drift) if part),
            )
            for service in status.services
        ),
        prose=("evidence",),
    )


@app.command("set")
def set_options(
    data_dir: DataDir = None,
    json: Json = False,
    host: Host = None,
    context: Context = None,
    project: Project = None,
    publish_address: Publish = None,
    prometheus_port: PrometheusPort = None,
    alertmanager_port: AlertmanagerPort = None,
    grafana_port: GrafanaPort = None,
    scrape_interval: ScrapeInterval = None,
    retention_days: Retention = None,
) -> None:
    """Choose the Docker host and the stack's options. They take effect at the next deployment."""
    given = {
        "project": project,
        "publish_address": publish_address,
        "prometheus_port": prometheus_port,
        "alertmanager_port": alertmanager_port,
        "grafana_port": grafana_port,
        "scrape_interval_seconds": scrape_interval,
        "retention_days": retention_days,
    }
    with opened(data_dir) as services:
        settings = _with_host(services.settings(), host, context)
        # The settings check every value themselves, whatever its type.
        options = replace(settings.stack, **{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]
        services.save_settings(replace(settings, stack=options))
    chosen = {"docker_host": settings.docker_host.label, **asdict(options)}
    if json:
        print_json(chosen)
    else:
        rows = ((name.replace("_", " "), value) for name, value in chosen.items())
        print_table(("option", "value"), rows, prose=("value",))


@app.command("plan")
def plan(
    data_dir: DataDir = None,
    json: Json = False,
    host: Host = None,
    context: Context = None,
) -> None:
    """What a deployment would do. Changes nothing on the host; the choice of host and options is remembered."""
    with opened(data_dir) as services:
        _choose_host(services, host, context)
        found = services.stack.plan()
    if json:
        print_json(found)
    else:
        _print_plan(found)


@app.command("deploy")
def deploy(
    data_dir: DataDir = None,
    json: Json = False,
    yes: Yes = False,
    host: Host = None,
    context: Context = None,
) -> None:
    """Bring the stack to its definition."""
    with opened(data_dir) as services:
        _choose_host(services, host, context)
        intended = services.stack.plan()
        if not intended.is_empty and not yes:
            _print_plan(intended, stderr=True)  # part of the question, not a result
            confirm("Do this?", yes=yes)
        with cancellable() as token:
            status = services.stack.deploy(report=progress_printer(quiet=json), token=token)
    if json:
        print_json(status)
    else:
        _print_status(status)


@app.command("status")
def status(data_dir: DataDir = None, json: Json = False) -> None:
    """What runs, and whether it is well. Exit status 8 when a service is not healthy."""
    with opened(data_dir) as services:
        found = services.stack.status()
    if json:
        print_json(found)
    else:
        _print_status(found)
    if not found.is_healthy:
        raise typer.Exit(8)


@app.command("down")
def down(
    data_dir: DataDir = None,
    json: Json = False,
    yes: Yes = False,
    remove_data: Annotated[bool, typer.Option("--remove-data", help="Remove the history as well.")] = False,
) -> None:
    """Stop the stack and remove its containers. The data stay unless told otherwise."""
    with opened(data_dir) as services:
        project = services.settings().stack.project
        data = "with all its recorded history" if remove_data else "(its history stays)"
        confirm(f"Take the stack {project} on {services.settings().docker_host.label} down {data}?", yes=yes)
        with cancellable() as token:
            services.stack.down(keep_data=not remove_data, report=progress_printer(quiet=json), token=token)
    if json:
        print_json({"project": project, "data_removed": remove_data})
    else:
        typer.echo(f"{project}: down {data}")
