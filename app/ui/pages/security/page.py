"""How safely each endpoint is reached, and whether the activity log is whole."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from app.errors import AppError, InputError
from app.models.security import EndpointSecurity, SecurityReport, Verdict
from app.services.audit import report_html
from app.services.progress import CancelToken, Report
from app.ui import theme
from app.ui.errors import message_of
from app.ui.icons import icon
from app.ui.models.security import SecurityModel
from app.ui.pages.page import Notice, Page, PageContext
from app.ui.pages.security.chain import ChainStrip
from app.ui.pages.security.table import SecurityTable
from app.ui.printing import write_pdf
from app.ui.theme import Meaning
from app.ui.widgets.states import EmptyState, StateView
from app.ui.widgets.text import Label

T = TypeVar("T")


class SecurityPage(Page):
    """Shows what is recorded at once; looks at the exporters and walks the log when asked, because that takes its time."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._audit = context.services.audit
        self.model = SecurityModel(self)
        self.check_button = QPushButton(icon("refresh-cw"), self.tr("Check now"))
        self.save_button = QPushButton(icon("download"), self.tr("Save report…"))
        self.chain = ChainStrip()
        self.told = Label(muted=True, wrap=True)
        self.table = SecurityTable(self.model)
        self.table.activated.connect(self._open_endpoint)
        empty = EmptyState(
            "shield",
            self.tr("No endpoints yet"),
            self.tr(
                "For every endpoint it will stand here how it is reached, and what a stranger gets who connects to its exporter."
            ),
        )
        empty.add_button(self.tr("Enrol an endpoint"), lambda: context.navigate("enrol", ""))
        self.view = StateView(self.table, empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_SECTION, theme.GAP)
        layout.setSpacing(theme.GAP_SMALL)
        layout.addWidget(self.chain)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.told)
        self.check_button.clicked.connect(self.check)
        self.save_button.clicked.connect(self._ask_for_file)
        self.chain.verify_button.clicked.connect(self.verify)

    @property
    def title(self) -> str:
        return self.tr("Security")

    def tools(self) -> list[QWidget]:
        return [self.check_button, self.save_button]

    def _open_endpoint(self, index: QModelIndex) -> None:
        row: EndpointSecurity = index.data(SecurityModel.EndpointRole)
        self.context.navigate("endpoint", row.name)

    # What is recorded

    def refresh(self) -> None:
        self.view.show_loading()
        self.fetch(
            lambda _report, _token: self._audit.recorded(),
            on_success=self._show,
            on_failure=lambda error: self.view.show_error(error, self.refresh),
        )

    def _show(self, known: SecurityReport) -> None:
        self.model.show(known.endpoints)
        if not known.endpoints:
            self.told.clear()
            self.view.show_empty()
            return
        self._tell(known)
        self.view.show_content()

    def _tell(self, known: SecurityReport) -> None:
        found = [each.exposure.verdict for each in known.endpoints if each.exposure is not None]
        if not found:
            self.told.setText(self.tr("Recorded at enrolment. What a stranger gets was not checked yet."))
            return
        counts = (f"{self.model.verdict_word(each)}: {found.count(each)}" for each in Verdict if each in found)
        seen = self.tr("Seen from this computer, without credentials.")
        self.told.setText(" · ".join([*counts, seen]))

    # What is looked at

    def check(self) -> None:
        """Look at every exporter and walk the log."""
        self._run(
            lambda report, token: self._audit.check(report=report, token=token),
            self.tr("Check the security of the endpoints"),
            self._show_checked,
        )

    def verify(self) -> None:
        """Walk the log only."""
        self._run(
            lambda report, token: self._audit.verify(report=report, token=token),
            self.tr("Verify the activity log"),
            lambda check: self.chain.show_check(check, datetime.now(UTC)),
        )

    def save(self, path: Path) -> None:
        """Check everything anew and write the report to `path`: HTML, or PDF when it ends so."""

        def work(report: Report, token: CancelToken) -> SecurityReport:
            made = self._audit.check(report=report, token=token)
            _write(path, report_html(made))
            return made

        def told(made: SecurityReport) -> None:
            self._show_checked(made)
            self.context.notify(Notice(self.tr("The security report is in {0}.").format(path), Meaning.UP))

        self._run(work, self.tr("Write the security report"), told)

    def _run(self, work: Callable[[Report, CancelToken], T], title: str, show: Callable[[T], None]) -> None:
        """One at a time; the buttons say so."""
        self._set_busy(busy=True)

        def succeeded(result: T) -> None:
            self._set_busy(busy=False)
            show(result)

        def failed(error: AppError) -> None:
            self._set_busy(busy=False)
            self.context.notify(Notice(message_of(error), Meaning.DOWN))

        self.context.tasks.start(
            work,
            title=title,
            owner=self,
            on_success=succeeded,
            on_failure=failed,
            on_cancelled=lambda: self._set_busy(busy=False),
        )

    def _set_busy(self, *, busy: bool) -> None:
        for button in (self.check_button, self.save_button, self.chain.verify_button):
            button.setEnabled(not busy)
        self.check_button.setText(self.tr("Checking…") if busy else self.tr("Check now"))

    def _show_checked(self, made: SecurityReport) -> None:
        self.data_taken.emit(made.made_at)
        if made.chain is not None:
            self.chain.show_check(made.chain, made.made_at)
        self._show(made)

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(
            self, self.tr("Save the security report"), "plantwatch-security.html", "HTML (*.html);;PDF (*.pdf)"
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("html")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("pdf" if "pdf" in chosen else "html"))
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _write(path: Path, text: str) -> None:
    """Raises InputError when the file cannot be written."""
    if path.suffix.lower() == ".pdf":
        write_pdf(text, path)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError("file", f"{path} cannot be written: {error.strerror}.", label="File") from error
