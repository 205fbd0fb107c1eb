"""What both pages do with a run: pause it, write its report, forget it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import AppError
from app.models.run_log import LogNote
from app.services.progress import CancelToken, Report
from app.ui import wording
from app.ui.dialogs.danger import DangerDialog
from app.ui.errors import message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.theme import Meaning


def _tr(text: str) -> str:
    return QCoreApplication.translate("Runs", text)


def log_text(notes: Sequence[LogNote]) -> str:
    """A line a note, with its time on this desk's clock."""
    return "\n".join(f"{wording.clock_time(note.at)}  {note.text}" for note in notes)


def pause(context: PageContext, owner: QWidget, run_id: int, *, paused: bool) -> None:
    """Have whoever works on the run begin with no other device, or go on."""
    live, runs = context.runs.live(run_id), context.services.runs

    def work(_report: Report, _token: CancelToken) -> None:
        if live is not None:
            live.pause(paused=paused)
        else:
            runs.pause(run_id, paused=paused)

    _start(context, owner, work, _tr("Pause the run") if paused else _tr("Let the run go on"))


def ask_for_report(context: PageContext, owner: QWidget, run_id: int) -> QFileDialog:
    """Ask where to write the report of a run, and write it."""
    forms = "CSV (*.csv);;HTML (*.html)"
    dialog = QFileDialog(owner, _tr("Report of run {n}").format(n=run_id), f"plantwatch-run-{run_id}.csv", forms)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    dialog.filterSelected.connect(lambda form: dialog.setDefaultSuffix("html" if "html" in form else "csv"))
    dialog.fileSelected.connect(lambda name: write_report(context, owner, run_id, Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def write_report(context: PageContext, owner: QWidget, run_id: int, path: Path) -> None:
    """Write the report of a run to `path`, as its ending says, and tell where it is."""
    runs = context.services.runs
    text = _tr("The report of run {n} is in {path}.").format(n=run_id, path=path)
    _start(
        context,
        owner,
        lambda _report, _token: runs.write_report(run_id, path),
        _tr("Write the report"),
        lambda: context.notify(Notice(text, Meaning.UP)),
    )


def ask_to_forget(context: PageContext, owner: QWidget, run_id: int, then: Callable[[], None]) -> DangerDialog:
    """Ask whether to throw the record of a run away; `then` runs once it is gone."""
    dialog = DangerDialog(
        title=_tr("Forget run {n}?").format(n=run_id),
        text=_tr(
            "What came of each device is lost, with its log; devices that still wait are not worked on any more. The endpoints stay as "
            "they are."
        ),
        verb=_tr("Forget the run"),
        parent=owner.window(),
    )
    runs = context.services.runs
    dialog.accepted.connect(
        lambda: _start(context, owner, lambda _report, _token: runs.forget(run_id), _tr("Forget the run"), then)
    )
    dialog.open()
    return dialog


def _start(
    context: PageContext,
    owner: QWidget,
    work: Callable[[Report, CancelToken], None],
    title: str,
    then: Callable[[], None] = lambda: None,
) -> None:
    def failed(error: AppError) -> None:
        context.notify(Notice(message_of(error), Meaning.DOWN))

    context.tasks.start(
        work, title=title, owner=owner, on_success=lambda _nothing: then(), on_failure=failed, pool="polling"
    )
