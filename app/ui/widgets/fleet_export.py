"""The fleet as a list for a spreadsheet, which the page of lists reads again."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.models.endpoint import Endpoint
from app.services.progress import CancelToken, Report
from app.ui.errors import advice_of, message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import Task
from app.ui.theme import Meaning


def ask_for_list_file(context: PageContext, endpoints: Sequence[Endpoint], parent: QWidget) -> None:
    """Ask where to write these endpoints, and write them there."""
    dialog = QFileDialog(parent, parent.tr("Export as list"), "fleet.csv", "CSV (*.csv);;XLSX (*.xlsx)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    # A file that is there is never written over.
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("xlsx" if "xlsx" in chosen else "csv"))
    dialog.fileSelected.connect(lambda name: export(context, endpoints, Path(name), parent))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def export(context: PageContext, endpoints: Sequence[Endpoint], path: Path, window: QWidget) -> Task:
    """Write `endpoints` to a file that is not there yet; how it went is told by a notice. No secrets are in it."""
    inventory = context.services.inventory

    def work(_report: Report, _token: CancelToken) -> None:
        # Few write lists, and the fleet is the first page that is shown.
        from app.services.lists import endpoint_rows, write_rows  # noqa: PLC0415

        write_rows(endpoint_rows(endpoints, inventory.credential), path)

    text = window.tr("{n} endpoints are in {path}.").format(n=f"{len(endpoints):,}", path=path)
    return context.tasks.start(
        work,
        title=window.tr("Export as list"),
        owner=window,
        on_success=lambda _nothing: context.notify(Notice(text, Meaning.UP)),
        on_failure=lambda error: context.notify(Notice(f"{message_of(error)} {advice_of(error)}", Meaning.DOWN)),
    )
