"""`plantwatch kit …`: the exporter builds carried by the application."""

from typing import Annotated

import typer

from app.cli.context import DataDir, Json, cancellable, opened
from app.cli.output import counted, print_json, print_table, size
from app.cli.progress import progress_printer
from app.models.activity import Result

app = typer.Typer(no_args_is_help=True)


@app.command("fetch")
def fetch(
    data_dir: DataDir = None,
    json: Json = False,
    url: Annotated[str, typer.Option(help="Release address or mirror; default from the settings.")] = "",
    version: Annotated[str, typer.Option(help="Version of node_exporter; default from the settings.")] = "",
    arch: Annotated[list[str] | None, typer.Option(help="Only these architectures (amd64, arm64, armv7, …).")] = None,
) -> None:
    """Fetch exporter builds into the local cache and check them against their published sums. Devices never need internet."""
    with opened(data_dir) as services, cancellable() as token:
        settings = services.settings()
        source, wanted = url or settings.kit_url, version or settings.kit_version
        builds = services.kit.fetch(source, wanted, arch, report=progress_printer(quiet=json), token=token)
        services.inventory.log("kit fetch", wanted, Result.DONE, f"{counted(len(builds), 'build')} from {source}")
    if json:
        print_json(builds)
    else:
        architectures = ", ".join(sorted({build.architecture for build in builds}))
        typer.echo(f"node_exporter {wanted}: {counted(len(builds), 'build')} ({architectures})")


@app.command("list")
def list_builds(data_dir: DataDir = None, json: Json = False) -> None:
    """The builds in the local cache."""
    with opened(data_dir) as services:
        builds = services.kit.builds()
    if json:
        print_json(builds)
    else:
        print_table(
            ("version", "architecture", "size", "SHA-256"),
            ((build.version, build.architecture, size(build.size), build.sha256) for build in builds),
            prose=("SHA-256",),
            numbers=("size",),
        )
