"""`plantwatch scan RANGE…`: finds devices to enrol at addresses that the operator gives."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.context import DataDir, Json, cancellable, opened
from app.cli.output import counted, plain, print_json, print_note, printable
from app.errors import InputError
from app.models.discovery import Hit, Known, ScanRequest, ScanSummary, Standing
from app.services.discovery import DiscoveryService, hits_as_rows, scan_request
from app.services.lists import write_rows
from app.services.progress import CancelToken, ignore


def scan(
    ranges: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RANGE…", help="10.20.0.0/24, 10.20.0.11-59, single addresses; !10.20.0.1 leaves one out."
        ),
    ] = None,
    data_dir: DataDir = None,
    json: Json = False,
    port: Annotated[
        list[int] | None,
        typer.Option(
            "--port", help="Where SSH servers may listen; once for each. 22 if nothing is said.", show_default=False
        ),
    ] = None,
    rate: Annotated[float, typer.Option("--rate", help="Connections that begin in a second, at most.")] = 100.0,
    exporters: Annotated[
        bool, typer.Option("--exporters", help="Look for exporters as well: on 9100 and the ports of your endpoints.")
    ] = False,
    names: Annotated[bool, typer.Option("--names", help="Ask DNS what the addresses are called that answer.")] = False,
    mdns: Annotated[
        bool, typer.Option("--mdns", help="Ask what devices of this network announce of themselves (multicast DNS).")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="FILE",
            help="Write a list of what was found, .csv or .xlsx, for enrol --from.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Ask addresses for SSH servers, and say which of them are enrolled. Logs in nowhere; Ctrl+C ends it with what was found so far."""
    if to is not None:
        _check_file(to)
    with opened(data_dir) as services:
        exporter_ports = services.discovery.exporter_ports() if exporters else ()
        request = scan_request(
            " ".join(ranges or ()), ports=port or (), exporter_ports=exporter_ports, rate=rate, names=names, mdns=mdns
        )
        hits: list[Hit] = []
        summary = None
        with cancellable("stopping…") as token:
            _announce(request, json=json)
            try:
                summary = _scanned(services.discovery, request, hits, token, json=json)
            finally:
                if to is not None:
                    _write(hits, to)
                _tell_end(hits, summary, json=json)


def _scanned(
    discovery: DiscoveryService, request: ScanRequest, hits: list[Hit], token: CancelToken, *, json: bool
) -> ScanSummary:
    def show(hit: Hit) -> None:
        hits.append(hit)
        if json:
            print_json({"event": "hit", **document(hit)}, lines=False)
        else:
            typer.echo(line(hit))

    return discovery.scan(request, on_hit=show, report=ignore, token=token)


def _announce(request: ScanRequest, *, json: bool) -> None:
    """What will be asked, before anything is sent."""
    ports = (*request.ports, *request.exporter_ports)
    if json:
        print_json(
            {"event": "begin", "addresses": len(request.addresses), "ports": ports, "rate": request.rate}, lines=False
        )
        return
    print_note(
        f"{_addresses(len(request.addresses))}, {'port' if len(ports) == 1 else 'ports'} {', '.join(map(str, ports))}: "
        f"{max(request.least_seconds, 1):.0f} s or more at {request.rate:g} connections a second"
    )


def line(hit: Hit) -> str:
    """A hit for people: where it is, what it is, its key, how it stands to the inventory."""
    cells = [
        f"{hit.target:<21}",
        f"{hit.banner or '–':<40}",
        hit.host_key.fingerprint if hit.host_key else hit.problem or ("announced, not asked" if hit.announced else "–"),
        *(f"{exporter.port}: {exporter.way}" for exporter in hit.exporters),
        hit.name,
        standing(hit.known) if hit.is_ssh or hit.known.at else "",
    ]
    return printable("  ".join(cell for cell in cells if cell))


def standing(known: Known) -> str:
    """What the inventory knows of it, in words."""
    others = ", ".join(known.key_of)
    match known.standing:
        case Standing.NEW:
            return "new"
        case Standing.ENROLLED:
            return f"enrolled as {known.at}"
        case Standing.ELSEWHERE:
            return f"has the key of {others}"
        case Standing.ANOTHER_KEY:
            return f"not the key of {known.at}, which is enrolled here" + (f", but that of {others}" if others else "")
        case Standing.UNPROVEN:
            return f"{known.at} is enrolled here; its key could not be compared"


def document(hit: Hit) -> dict[str, Any]:
    """A hit as JSON types."""
    return {
        "address": hit.address,
        "port": hit.port or None,
        "name": hit.name,
        "banner": hit.banner,
        "host_key": str(hit.host_key) if hit.host_key else None,
        "fingerprint": hit.host_key.fingerprint if hit.host_key else None,
        "problem": hit.problem,
        "announced": hit.announced,
        "standing": hit.known.standing,
        "enrolled_as": hit.known.at or None,
        "key_of": hit.known.key_of,
        "exporters": [
            {"port": each.port, "answers": each.way, "exposure": plain(each.exposure)} for each in hit.exporters
        ],
    }


def _check_file(file: Path) -> None:
    """Before the scan, not after it. Raises InputError."""
    if file.suffix.lower() not in (".csv", ".xlsx"):
        raise InputError("to", "its name must end with .csv or .xlsx.", label="--to")
    if file.exists():
        raise InputError("to", f"{file} exists already.", label="--to", hint="Give a file that does not exist yet.")


def _write(hits: Sequence[Hit], file: Path) -> None:
    rows = hits_as_rows(hits)
    write_rows(rows, file)
    print_note(
        f"{file}: {counted(len(rows), 'device')}. Their keys were seen, and compared by nobody: an enrolment asks about them."
    )


def _tell_end(hits: Sequence[Hit], summary: ScanSummary | None, *, json: bool) -> None:
    servers = sum(hit.is_ssh for hit in hits)
    if json:
        print_json(
            {"event": "end", "hits": len(hits), "stopped": summary is None, "summary": plain(summary)}, lines=False
        )
        return
    if summary is None:
        print_note(f"Stopped: {counted(servers, 'SSH server')} so far.")
        return
    without = f"; this computer has no route to {_addresses(summary.without_route)}" if summary.without_route else ""
    print_note(
        f"{counted(servers, 'SSH server')}; {summary.answered} of {_addresses(summary.addresses)} answered{without}."
    )


def _addresses(number: int) -> str:
    return "1 address" if number == 1 else f"{number:,} addresses"
