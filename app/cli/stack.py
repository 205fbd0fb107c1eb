"""`plantwatch stack …`: plan, deploy, look at, take down."""

from dataclasses import asdict, replace
from typing import Annotated

import typer

from app.cli.context import DataDir, Json, Yes, cancellable, confirm, opened
from app.cli.output import print_json, print_table, progress_printer
from app.errors import InputError
from app.main import Services
from app.models.stack import DockerHost, Plan, StackOptions, StackStatus

app = typer.Typer(no_args_is_help=True)

Host = Annotated[str | None, typer.Option("--host", help="URL of the Docker host: unix://, npipe://, ssh://, tcp://.")]
Context = Annotated[str | None, typer.Option("--context", help="Name of a docker context.")]
Project = Annotated[str | None, typer.Option("--project", help="Name of the stack on the host.")]
Publish = Annotated[
    str | None, typer.Option("--publish-address", help="Address on the host where the services listen.")
]
PrometheusPort = Annotated[int | None, typer.Option("--prometheus-port")]
AlertmanagerPort = Annotated[int | None, typer.Option("--alertmanager-port")]
GrafanaPort = Annotated[int | None, typer.Option("--grafana-port")]
ScrapeInterval = Annotated[int | None, typer.Option("--scrape-interval", min=1, max=3600, help="Seconds.")]
Retention = Annotated[int | None, typer.Option("--retention-days", min=1)]


def _choose_host(services: Services, host: str | None, context: str | None) -> None:
    """Remember the operator's choice of Docker host: later commands and the window use the same."""
    if host is None and context is None:
        return
    if host is not None and context is not None:
        raise InputError("host", "Give --host or --context, not both.")
    settings = services.settings()
    services.save_settings(replace(settings, docker_host=DockerHost(url=host or "", context=context or "")))


def _print_plan(plan: Plan) -> None:
    if plan.is_empty:
        typer.echo(f"{plan.host}: nothing to do, the stack is as it should be")
        return
    print_table(("action", "what", "why"), ((action.kind.value, action.name, action.reason) for action in plan.actions))


def _print_status(status: StackStatus) -> None:
    typer.echo(f"{status.host}: {status.engine}")
    print_table(
        ("service", "state", "image", "address", "evidence"),
        (
            (
                service.name.value,
                service.state.value,
                service.image,
                service.address,
                "; ".join(part for part in (service.evidence, service.drift) if part),
            )
            for service in status.services
        ),
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
    with opened(data_dir) as services:
        _choose_host(services, host, context)
        settings = services.settings()
        now = settings.stack
        options = StackOptions(
            project=now.project if project is None else project,
            publish_address=now.publish_address if publish_address is None else publish_address,
            prometheus_port=now.prometheus_port if prometheus_port is None else prometheus_port,
            alertmanager_port=now.alertmanager_port if alertmanager_port is None else alertmanager_port,
            grafana_port=now.grafana_port if grafana_port is None else grafana_port,
            scrape_interval_seconds=now.scrape_interval_seconds if scrape_interval is None else scrape_interval,
            retention_days=now.retention_days if retention_days is None else retention_days,
        )
        services.save_settings(replace(settings, stack=options))
    if json:
        print_json(options)
    else:
        print_table(("option", "value"), asdict(options).items())


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
    with opened(data_dir) as services, cancellable() as token:
        _choose_host(services, host, context)
        intended = services.stack.plan()
        if not intended.is_empty and not yes:
            _print_plan(intended)
            confirm(f"Do this on {intended.host}?", yes=yes)
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
    with opened(data_dir) as services, cancellable() as token:
        project = services.settings().stack.project
        lost = "and all its recorded history" if remove_data else "(the data stay)"
        confirm(f"Remove the stack {project} {lost}?", yes=yes)
        services.stack.down(keep_data=not remove_data, report=progress_printer(quiet=json), token=token)
    if json:
        print_json({"project": project, "data_removed": remove_data})
