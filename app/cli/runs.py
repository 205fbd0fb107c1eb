"""`plantwatch runs …`: one action on many devices, written down and taken up again; and `plantwatch enrol --from`, which begins one."""

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import typer

from app.cli.context import DataDir, Json, Yes, ask, cancellable, confirm, opened
from app.cli.metrics import Default, Off, On, Only, change_given
from app.cli.output import counted, moment, plain, print_json, print_note, print_table
from app.cli.selection import Every, Filter, Names, Region, Site, State, Tag, selected
from app.errors import Cancelled, InputError
from app.main import Services
from app.models.bulk import BulkAction, BulkItem, BulkRun, ItemState
from app.models.bulk_parameters import LabelChange, Parameters, RemovalWay
from app.models.device_list import Field, Problem, Row, Verdict
from app.models.expected_key import check_command
from app.models.own_key import OwnKeyWish
from app.services.bulk.events import BulkEvent, ItemChanged, ItemProgress, RunProgress
from app.services.bulk.orders import orders_of
from app.services.enrolment.known_ways import KnownWays
from app.services.lists import Preview
from app.services.progress import CancelToken, StepStarted

app = typer.Typer(no_args_is_help=True)
#: An exit status of 126 and above means something else to shells.
_MOST_FAILURES_STATUS = 100
_NAMED = 5
_LOST = {
    RemovalWay.UNINSTALL: "uninstall the exporter from the devices? Notes, tags and logins are lost.",
    RemovalWay.KEEP: "leave the exporter on the devices? Notes, tags and logins are lost.",
    RemovalWay.FORGET: "leave the devices as they are? Notes, tags and logins are lost.",
}
_ACTIONS = "check, renew (the certificate), renew-key (Plantwatch's own), upgrade (the exporter), metrics, credentials, labels or remove."

RunNumber = Annotated[int, typer.Argument(metavar="RUN", help="Its number, as `runs list` shows it.")]


def enrol_all(services: Services, preview: Preview, profile: str, *, json: bool) -> None:
    """Enrol what is good in a list, and say what is not.

    Ends the command with the number of devices that failed and of rows that are wrong, at most 100. Rows that the inventory knows already are
    left out and are no failure: the same list can be given again.
    """
    services.credentials.login(profile)  # before anything is written down
    known = KnownWays.of(services.inventory)
    found = [_with_way(known, row) for row in preview.rows]
    orders = orders_of((row for row in found if row.verdict is Verdict.GOOD), profile)
    left_out = [row for row in found if row.verdict not in (Verdict.GOOD, Verdict.SKIPPED)]
    for row in left_out:
        if json:
            print_json(
                {"event": "left out", "row": str(row.id), "verdict": row.verdict, "reason": row.reason}, lines=False
            )
        else:
            print_note(f"– row {row.id} is left out: {row.reason}")
    wrong = sum(row.verdict is Verdict.BAD for row in left_out)
    if orders:
        _work_on(services, services.bulk.enrol(orders), json=json, failures=wrong)
    elif not left_out:
        raise InputError("from", "There is no device in the list.", label="--from")
    else:
        _end(wrong)


def _with_way(known: KnownWays, row: Row) -> Row:
    """A good row whose way the inventory does not know is none."""
    if row.verdict is not Verdict.GOOD or row.device is None:
        return row
    try:
        known.to(row.device.jumps)
    except InputError as error:
        return replace(
            row, verdict=Verdict.BAD, problems=(Problem(Field.JUMPS, f"{error.details['reason']} {error.advice}"),)
        )
    return row


@app.command("list")
def list_runs(data_dir: DataDir = None, json: Json = False) -> None:
    """Runs, the newest first."""
    with opened(data_dir) as services:
        runs = services.inventory.runs.runs()
    if json:
        print_json([_document(run) for run in runs])
        return
    states = (ItemState.DONE, ItemState.FAILED, ItemState.CANCELLED, ItemState.WAITING)
    print_table(
        ["run", "what", "begun", *states],
        [[run.id, run.action, moment(run.begun_at), *(run.count(state) for state in states)] for run in runs],
        numbers=["run", *states],
    )


@app.command("show")
def show(run: RunNumber, data_dir: DataDir = None, json: Json = False) -> None:
    """What came of each device."""
    with opened(data_dir) as services:
        found, items = services.inventory.runs.run(run), services.inventory.runs.items(run)
    if json:
        print_json(_document(found) | {"items": [plain(item) for item in items]})
        return
    print_note(f"Run {found.id}: {found.action}" + (f", {found.parameters}" if str(found.parameters) else ""))
    print_table(
        ["no.", "device", "state", "detail"],
        [
            [item.number, item.subject, item.state, item.failure.message if item.failure else item.detail]
            for item in items
        ],
        prose=["detail"],
        numbers=["no."],
    )


@app.command("resume")
def resume(run: RunNumber, data_dir: DataDir = None, json: Json = False) -> None:
    """Go on with a run that was interrupted, cancelled or paused: with what waits."""
    with opened(data_dir) as services:
        if services.runs.standing(run).is_at_work:
            # Another process does the work: it only needs to be told.
            services.runs.pause(run, paused=False)
            print_note(f"Run {run} goes on in the window or command that works on it.")
            return
        _work_on(services, services.inventory.runs.run(run), json=json)


@app.command("retry")
def retry(run: RunNumber, data_dir: DataDir = None, json: Json = False) -> None:
    """Once more what failed or was cancelled."""
    with opened(data_dir) as services:
        services.bulk.retry(run)
        _work_on(services, services.inventory.runs.run(run), json=json)


@app.command("accept")
def accept(run: RunNumber, data_dir: DataDir = None) -> None:
    """Compare the host keys that devices of a run have shown for the first time, all in one table, and go on with them."""
    with opened(data_dir) as services:
        _compare_keys(services, run)
        _work_on(services, services.inventory.runs.run(run), json=False)


@app.command("act")
def act(
    action: Annotated[BulkAction, typer.Argument(help=_ACTIONS)],
    names: Names = None,
    data_dir: DataDir = None,
    json: Json = False,
    yes: Yes = False,
    site: Site = None,
    region: Region = None,
    tag: Tag = None,
    state: State = "",
    every: Every = False,
    set_site: Annotated[str | None, typer.Option(help="labels: where they stand; empty: no site.")] = None,
    set_region: Annotated[str | None, typer.Option(help="labels: a group of sites; empty: no region.")] = None,
    add_tag: Annotated[list[str] | None, typer.Option(help="labels: a tag to give; once for each.")] = None,
    remove_tag: Annotated[list[str] | None, typer.Option(help="labels: a tag to take; once for each.")] = None,
    keep_exporter: Annotated[
        bool, typer.Option("--keep-exporter", help="remove: leave the exporter on the devices.")
    ] = False,
    forget_only: Annotated[
        bool, typer.Option("--forget-only", help="remove: the devices are gone; only the records and the targets.")
    ] = False,
    sources: Annotated[
        str | None, typer.Option("--from", help="renew-key: as with `endpoints renew-key`.", show_default=False)
    ] = None,
    profile: Annotated[str, typer.Option(help="credentials: log in by what is kept under this name.")] = "",
    on: On = None,
    off: Off = None,
    only: Only = None,
    default: Default = False,
) -> None:
    """Do something with many endpoints: those that are named, and those that are all of what the options say."""
    labels = LabelChange(set_site, set_region, tuple(add_tag or ()), tuple(remove_tag or ()))
    way = RemovalWay.KEEP if keep_exporter else RemovalWay.UNINSTALL
    wish = OwnKeyWish.parse(sources) if sources is not None else None
    metrics = change_given(on, off, only, default=default)
    parameters = Parameters(labels, profile, RemovalWay.FORGET if forget_only else way, wish, metrics)
    with opened(data_dir) as services:
        found = selected(services, names or [], Filter(site, region, tag or (), state), every=every)
        if not json:
            print_note(f"{counted(len(found), 'endpoint')}: {_shortened(found)}")
        if action is BulkAction.REMOVE:
            confirm(f"Remove {counted(len(found), 'endpoint')} and {_LOST[parameters.removal]}", yes=yes)
        _work_on(services, services.bulk.act(action, found, parameters), json=json)


def _shortened(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


@app.command("forget")
def forget(run: RunNumber, data_dir: DataDir = None) -> None:
    """Throw away the record of a run. The endpoints stay as they are."""
    with opened(data_dir) as services:
        services.inventory.runs.take(run)
        services.inventory.runs.remove(run)


def _compare_keys(services: Services, run: int) -> bool:
    """Show what is new in one table; trust it once a person says so. False: there is nothing to compare."""
    unknown = services.bulk.unknown_keys(run)
    if not unknown:
        return False
    print_table(
        ["no.", "device", "shows the host key", "which is printed there by"],
        [[item.number, item.subject, key.fingerprint, check_command(key)] for item, key in unknown],
        numbers=["no."],
        stderr=True,
    )
    if not sys.stdin.isatty():
        raise InputError(
            "host_key",
            f"{counted(len(unknown), 'device')} showed keys that nobody has compared, and there is no terminal to ask on.",
            hint=f"Compare them, then run plantwatch runs accept {run} on a terminal, or give them in the list.",
        )
    ask(f"Are all {len(unknown)} the same on the devices?")
    services.bulk.accept_keys(run, {item.number: key for item, key in unknown})
    return True


def _work_on(services: Services, run: BulkRun, *, json: bool, failures: int = 0) -> None:
    """Work on it to the end; `failures` are added to those that it has."""
    ended = _executed(services, run, json=json)
    if not json and sys.stdin.isatty() and services.bulk.unknown_keys(run.id) and _compare_keys(services, run.id):
        ended = _executed(services, run, json=json)
    if json:
        print_json({"event": "end", **_document(ended)}, lines=False)
    else:
        _tell_end(services, ended)
    if ended.count(ItemState.WAITING):
        raise Cancelled
    _end(failures + ended.count(ItemState.FAILED, ItemState.CANCELLED))


def _end(failures: int) -> None:
    if failures:
        raise typer.Exit(min(failures, _MOST_FAILURES_STATUS))


def _executed(services: Services, run: BulkRun, *, json: bool) -> BulkRun:
    """Ctrl+C undoes what is under way, and lets it wait for `runs resume` like what has not been begun."""
    report = _json_report() if json else _report()
    with cancellable() as token:
        runner = services.bulk.runner(run.id, report, token=token)
        with token.on_cancel(runner.close):
            return runner.execute(CancelToken())


def _json_report() -> Callable[[BulkEvent], None]:
    lock = threading.Lock()

    def report(event: BulkEvent) -> None:
        match event:
            case ItemChanged(item=item):
                line: dict[str, Any] = {"event": "device", **_item(item)}
            case ItemProgress(number=number, event=StepStarted(step=step)):
                line = {"event": "step", "number": number, "step": step.value}
            case RunProgress():
                line = {"event": "progress", "counts": event.counts, "remaining_seconds": event.remaining_seconds}
            case _:
                return
        with lock:
            print_json(line, lines=False)

    return report


def _report() -> Callable[[BulkEvent], None]:
    lock = threading.Lock()

    def report(event: BulkEvent) -> None:
        if not isinstance(event, ItemChanged) or not event.item.state.is_over:
            return
        item = event.item
        mark = {ItemState.DONE: "✓", ItemState.FAILED: "✗"}.get(item.state, "–")
        what = item.failure.message if item.failure else item.detail
        with lock:
            print_note(f"{mark} {item.subject}" + (f" – {what}" if what else ""))

    return report


def _tell_end(services: Services, run: BulkRun) -> None:
    """How many, and what failed by its cause: one remedy each."""
    failed = services.inventory.runs.items(run.id, [ItemState.FAILED])
    by_cause: dict[str, list[BulkItem]] = {}
    for item in failed:
        by_cause.setdefault(item.failure.kind if item.failure else "", []).append(item)
    parts = [f"{count} {state}" for state, count in sorted(run.counts.items())]
    print_note(f"Run {run.id}: {', '.join(parts)}.")
    for items in by_cause.values():
        if (failure := items[0].failure) is not None:
            print_note(f"{counted(len(items), 'device')}: {failure.message} {failure.advice}".strip())
    if run.count(ItemState.FAILED, ItemState.CANCELLED):
        print_note(f"Once more: plantwatch runs retry {run.id}")
    elif run.count(ItemState.WAITING):
        print_note(f"Go on: plantwatch runs resume {run.id}")


def _document(run: BulkRun) -> dict[str, Any]:
    return {
        "run": run.id,
        "action": run.action,
        "parameters": plain(run.parameters),
        "begun_at": run.begun_at,
        "ended_at": run.ended_at,
        "is_paused": run.is_paused,
        "counts": {str(state): count for state, count in run.counts.items()},
    }


def _item(item: BulkItem) -> dict[str, Any]:
    failure = plain(item.failure) if item.failure else None
    return {
        "number": item.number,
        "device": item.subject,
        "state": item.state,
        "detail": item.detail,
        "failure": failure,
    }
