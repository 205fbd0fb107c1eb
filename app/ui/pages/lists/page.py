"""Many devices at once: a list comes in, is judged and mended row by row, and what is good of it goes on."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QFocusEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QMenu, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.device_list import Field, RowId
from app.services.bulk.orders import Begun
from app.services.lists import write_rows
from app.services.lists.escaping import escaped
from app.services.progress import CancelToken, Report
from app.ui import theme
from app.ui.errors import advice_of, message_of
from app.ui.list_words import RowKind, kind_of
from app.ui.models.list_sheet import Sheet
from app.ui.pages.lists.bench import Bench
from app.ui.pages.lists.editor import ListEditor
from app.ui.pages.lists.history import Source
from app.ui.pages.lists.intake import Intake, source_of
from app.ui.pages.lists.start import StartDialog
from app.ui.pages.page import Notice, Page, PageContext
from app.ui.theme import Meaning
from app.ui.widgets.states import StateView, ViewState
from app.ui.widgets.ways import EnrolWays

TO_MEND = frozenset({RowKind.BAD, RowKind.DUPLICATE})


class ListPage(Page):
    """Keeps its list while other pages are shown, and what was not begun of it while a run works on the rest."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._inventory = context.services.inventory
        self._revision: int | None = None
        self.editor = ListEditor(self._inventory, context.tasks, self)
        self.intake = Intake(context.tasks)
        self.bench = Bench()
        self.view = StateView(self.bench, self.intake)
        self.view.show_empty()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_SECTION, theme.GAP)
        layout.addWidget(self.view)
        self.setAcceptDrops(True)
        self._connect()

    def _connect(self) -> None:
        self.intake.given.connect(self.open_source)
        self.intake.back_wanted.connect(self._show_list)
        self.intake.zone.find_button.clicked.connect(lambda: self.context.navigate("discovery", ""))
        editor, bench = self.editor, self.bench
        editor.changed.connect(self._show)
        editor.refused.connect(self._refuse)
        editor.not_read.connect(self._complain)
        bench.model.typed.connect(self._correct)
        bench.counts.wanted.connect(editor.show_kinds)
        bench.header_wanted.connect(lambda line: editor.correct(lambda preview: preview.with_header(line)))
        bench.sheet_wanted.connect(editor.read_sheet)
        bench.defaults.default_given.connect(
            lambda of, value: editor.correct(lambda preview: preview.with_default(of, value))
        )
        bench.defaults.names_given.connect(lambda names: editor.correct(lambda preview: preview.with_names(names)))
        bench.table.columns.meaning_chosen.connect(
            lambda place, of: editor.correct(lambda preview: preview.with_column(place, of))
        )
        bench.table.menu_asked.connect(self._show_menu)
        bench.table.leave_out_asked.connect(self._leave_out)
        bench.table.copy_asked.connect(self._copy)
        bench.other_button.clicked.connect(self._want_another)
        bench.start_button.clicked.connect(self.ask_to_start)
        for action, called in (
            (bench.undo_action, editor.undo),
            (bench.redo_action, editor.redo),
            (bench.next_action, self.go_to_next),
            (bench.previous_action, partial(self.go_to_next, step=-1)),
            (bench.export_bad_action, partial(self._ask_for_file, only_to_mend=True)),
            (bench.export_all_action, partial(self._ask_for_file, only_to_mend=False)),
            (bench.copy_action, self._copy),
            (bench.leave_out_action, self._leave_out),
            (bench.take_in_action, self._take_in),
            (bench.header_action, self._use_as_header),
        ):
            bench.on(action, called)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.activated.connect(self._paste)

    # As a page

    @property
    def title(self) -> str:
        return self.tr("Enrol many devices")

    def tools(self) -> list[QWidget]:
        return [EnrolWays("lists", self.context.navigate)]

    def commands(self) -> list[QAction]:
        bench = self.bench
        return [
            bench.next_action,
            bench.undo_action,
            bench.redo_action,
            bench.export_bad_action,
            bench.export_all_action,
        ]

    def refresh(self) -> None:
        """Compare with the inventory, if it is another one by now."""
        if self.editor.work is None:
            return

        def seen(revision: int) -> None:
            if revision != self._revision:
                self._revision = revision
                self.editor.look_again()

        self.fetch(lambda _report, _token: self._inventory.revision(), on_success=seen, on_failure=self._refuse)

    def go_back(self) -> bool:
        """Esc: from the ways in back to the list, from some rows to all."""
        if self.view.state is ViewState.EMPTY and self.editor.sheet is not None:
            self._show_list()
            return True
        if self.view.state is ViewState.CONTENT and self.editor.kinds:
            self.editor.show_kinds(())
            return True
        return False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard goes where one begins."""
        super().focusInEvent(event)
        (self.bench.table if self.view.state is ViewState.CONTENT else self.intake.zone.paste_button).setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A list is dropped anywhere, in the place of the one that is there."""
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if (source := source_of(event.mimeData())) is not None:
            event.acceptProposedAction()
            self.open_source(source)

    def deactivated(self) -> None:
        super().deactivated()
        self.intake.range.stop()

    # A list comes in

    def open_text(self, text: str) -> None:
        """Take `text` for a list, as if it had been pasted."""
        self.open_source(Source(text))

    def open_source(self, source: Source) -> None:
        """Read a list. The one that is there stays until it is read, and can be had back."""
        self.intake.show_error(None)
        self.bench.show_error(None)
        self.view.start_over()
        self.view.show_loading()
        self.editor.read(source)

    def _paste(self) -> None:
        if (source := source_of(QGuiApplication.clipboard().mimeData())) is not None:
            self.open_source(source)
        else:
            self.intake.zone.paste()

    def _complain(self, error: AppError) -> None:
        """A list could not be read."""
        self.intake.show_error(error)
        self._want_another()

    def _want_another(self) -> None:
        self.intake.back_button.setVisible(self.editor.sheet is not None)
        self.view.show_empty()
        self.intake.zone.paste_button.setFocus()

    def _show_list(self) -> None:
        self.view.show_content()
        self.bench.table.setFocus()

    def _show(self, sheet: Sheet) -> None:
        bench, work = self.bench, self.editor.work
        is_new = self.view.state is not ViewState.CONTENT
        if work is None:
            return
        bench.show_error(None)
        bench.show_sheet(sheet, work.now.source, self.editor.kinds)
        bench.undo_action.setEnabled(self.editor.can_undo)
        bench.redo_action.setEnabled(self.editor.can_redo)
        if is_new:
            self._show_list()

    # Corrections

    def _correct(self, row: RowId, of: Field, value: str) -> None:
        self.bench.show_error(None)
        self.editor.correct(lambda preview: preview.with_cell(row, of, value))

    def _refuse(self, error: AppError) -> None:
        self.bench.model.forget_typed()
        self.bench.show_error(error)

    def go_to_next(self, *, step: int = 1) -> None:
        """To the next value that has to be mended, as far as it is shown."""
        self.bench.go_to_next(step=step)

    def _chosen(self) -> list[RowId]:
        rows = (self.bench.model.row_at(position) for position in self.bench.table.chosen())
        return [row.id for row in rows if row is not None]

    def _leave_out(self) -> None:
        if chosen := self._chosen():
            self.editor.correct(lambda preview: preview.without(chosen))

    def _take_in(self) -> None:
        if chosen := self._chosen():
            self.editor.correct(lambda preview: preview.with_again(chosen))

    def _use_as_header(self) -> None:
        row = self.bench.model.row_at(self.bench.table.currentIndex().row())
        if row is not None:
            self.editor.correct(lambda preview: preview.with_header(row.id.line))

    def _show_menu(self, at: QPoint) -> None:
        bench, sheet = self.bench, self.editor.sheet
        positions = bench.table.chosen()
        if not positions or sheet is None:
            return
        kinds = {sheet.kinds[position] for position in positions}
        menu = QMenu(self)
        menu.addAction(bench.copy_action)
        menu.addSeparator()
        if any(kind.is_device and kind is not RowKind.LEFT_OUT for kind in kinds):
            menu.addAction(bench.leave_out_action)
        if RowKind.LEFT_OUT in kinds:
            menu.addAction(bench.take_in_action)
        if len(positions) == 1 and not sheet.preview.table.meanings:
            menu.addAction(bench.header_action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    # Out again

    def _copy(self) -> None:
        """The chosen rows as text, inert in a spreadsheet; put together by a worker, for there may be 50,000."""
        positions, model = self.bench.table.chosen(), self.bench.model
        sections = [at for at in range(model.columnCount()) if not self.bench.table.isColumnHidden(at)]

        def text() -> str:
            return "\n".join("\t".join(_cell(model.text(at, section)) for section in sections) for at in positions)

        if positions:
            self.context.tasks.start(
                lambda _report, _token: text(),
                title=self.tr("Copy rows"),
                owner=self,
                on_success=QGuiApplication.clipboard().setText,
                on_failure=self._refuse,
                pool="polling",
            )

    def _ask_for_file(self, *, only_to_mend: bool) -> None:
        name = self.tr("devices-to-mend.csv") if only_to_mend else self.tr("devices.csv")
        dialog = QFileDialog(self, self.tr("Save the rows"), name, "CSV (*.csv);;XLSX (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        # A file that is there is never written over.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("xlsx" if "xlsx" in chosen else "csv"))
        dialog.fileSelected.connect(lambda path: self.save(Path(path), only_to_mend=only_to_mend))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, path: Path, *, only_to_mend: bool) -> None:
        """Write the rows of the list, or those that have to be mended, to a file, each with what is wrong."""
        if (sheet := self.editor.sheet) is None:
            return
        preview = sheet.preview

        def work(_report: Report, _token: CancelToken) -> int:
            kinds = ((row, kind_of(row, preview)) for row in preview.rows)
            rows = [row for row, kind in kinds if kind.is_device and (kind.wants_mending or not only_to_mend)]
            write_rows([row.values for row in rows], path, [row.reason for row in rows])
            return len(rows)

        def saved(count: int) -> None:
            text = self.tr("{n} rows are in {path}.").format(n=f"{count:,}", path=path)
            self.context.notify(Notice(text, Meaning.UP))

        self.context.tasks.start(
            work,
            title=self.tr("Save the rows"),
            owner=self,
            on_success=saved,
            on_failure=lambda error: self.context.notify(
                Notice(f"{message_of(error)} {advice_of(error)}", Meaning.DOWN)
            ),
        )

    # On with what is good

    def ask_to_start(self) -> None:
        """Ask for the login, and begin with every row that is ready."""
        sheet = self.editor.sheet
        if sheet is None or not sheet.ready or self.editor.is_busy:
            return
        dialog = StartDialog(self.context, sheet, self)
        dialog.begun.connect(partial(self._on_begun, dialog))
        dialog.open()

    def _on_begun(self, dialog: StartDialog, begun: Begun) -> None:
        dialog.accept()
        self.editor.take_begun(begun.rows, begun.run.id)
        self.run_started.emit(begun.run.id)


def _cell(text: str) -> str:
    return escaped(" ".join(text.split()))
