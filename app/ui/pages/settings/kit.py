"""The exporter builds at hand, and getting more."""

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.errors import AppError, InputError
from app.services.kit import FetchStep, KitBuild
from app.services.progress import CancelToken, Report
from app.settings import Settings
from app.ui import theme, words
from app.ui.errors import InlineError
from app.ui.icons import icon
from app.ui.models.steps import StepListModel
from app.ui.pages.page import Notice, PageContext
from app.ui.pages.settings.section import Section
from app.ui.tasks import Task
from app.ui.theme import Meaning
from app.ui.widgets.form import Field
from app.ui.widgets.steps import StepList
from app.ui.widgets.text import Label


class KitSection(Section):
    """What is in the kit by version, an address and a version to get more from, and the progress of that."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head(
            self.tr("Exporter builds"),
            self.tr("Devices never need the internet: Plantwatch carries the exporter to them from here."),
        )
        self._context = context
        self._task: Task | None = None
        self._failure: InlineError | None = None
        self.held = Label(wrap=True, selectable=True)
        self.url_line = QLineEdit()
        self.url = Field(
            self.tr("Release address"),
            self.url_line,
            note=self.tr("Of the publisher or of a mirror in your network."),
            check=lambda: self._chosen("kit.url"),
        )
        self.version_line = QLineEdit()
        self.version = Field(self.tr("Version"), self.version_line, check=lambda: self._chosen("kit.version"))
        self.fetch_button = QPushButton(icon("download"), self.tr("Get the builds"))
        self.cancel_button = QPushButton(icon("x"), self.tr("Cancel"))
        self.cancel_button.hide()
        self.steps = StepListModel(self)
        self.progress = StepList(self.steps)
        self.progress.hide()
        self.fetch_button.clicked.connect(self.fetch)
        self.cancel_button.clicked.connect(self._cancel)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP_SMALL)
        buttons.addWidget(self.fetch_button)
        buttons.addWidget(self.cancel_button)
        buttons.addStretch()
        for part in (self.held, self.url, self.version, self.progress):
            self.rows.addWidget(part)
        self.rows.addLayout(buttons)

    def show_settings(self) -> None:
        """Address and version as kept, and what is at hand."""
        settings = self._context.services.settings()
        if not (self._task or self.url_line.isModified() or self.version_line.isModified()):
            self.url_line.setText(settings.kit_url)
            self.version_line.setText(settings.kit_version)
        self._context.tasks.start(
            lambda _report, _token: self._context.services.kit.builds(),
            title=self.tr("Look into the kit"),
            owner=self,
            on_success=self._show_builds,
            on_failure=self._show_error,
            pool="polling",
        )

    def fetch(self) -> None:
        """Keep address and version, then get every build that the source has."""
        wrong = [field for field in (self.url, self.version) if not field.is_right()]
        if wrong:
            wrong[0].control.setFocus()
            return
        self._clear_failure()
        services = self._context.services
        url, version = self.url_line.text().strip(), self.version_line.text().strip()

        def work(report: Report, token: CancelToken) -> list[KitBuild]:
            services.save_settings(replace(services.settings(), kit_url=url, kit_version=version))
            return services.kit.fetch(url, version, report=report, token=token)

        self.steps.begin([FetchStep.SUMS])
        self._show_running(running=True)
        self._task = self._context.tasks.start(
            work,
            title=self.tr("Get the exporter builds {0}").format(version),
            owner=self,
            on_success=self._on_fetched,
            on_failure=self._show_error,
            on_event=self.steps.take,
            on_cancelled=self._on_cancelled,
        )

    def _chosen(self, field: str) -> Settings | None:
        """The settings with what the fields say; raises the InputError of `field` only, since each field checks itself."""
        try:
            return replace(
                self._context.services.settings(),
                kit_url=self.url_line.text().strip(),
                kit_version=self.version_line.text().strip(),
            )
        except InputError as error:
            if error.field == field:
                raise
            return None

    def _show_builds(self, builds: list[KitBuild]) -> None:
        by_version: dict[str, list[KitBuild]] = {}
        for build in builds:
            by_version.setdefault(build.version, []).append(build)
        lines = [
            self.tr("{0}: {1} ({2})").format(
                version,
                ", ".join(build.architecture for build in held),
                words.size(sum(build.size for build in held)),
            )
            for version, held in by_version.items()
        ]
        self.held.set_meaning(None if lines else Meaning.ATTENTION)
        self.held.setText(
            "\n".join(lines) or self.tr("There are none yet: nothing can be enrolled until you get them.")
        )

    def _on_fetched(self, builds: list[KitBuild]) -> None:
        self._task = None
        self._show_running(running=False)
        self.show_settings()
        architectures = ", ".join(build.architecture for build in builds)
        text = self.tr("The kit has exporter {0} for {1}.").format(builds[0].version, architectures)
        self._context.notify(Notice(text, Meaning.UP))

    def _show_error(self, error: AppError) -> None:
        self._task = None
        self._show_running(running=False)
        self._clear_failure()
        self._failure = InlineError(error, retry=self.fetch)
        self.rows.addWidget(self._failure)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self.cancel_button.setEnabled(False)

    def _on_cancelled(self) -> None:
        self._task = None
        self.steps.mark_cancelled()
        self._show_running(running=False)
        self.show_settings()
        self._context.notify(Notice(self.tr("Cancelled. The builds that had arrived are kept.")))

    def _show_running(self, *, running: bool) -> None:
        self.progress.setVisible(running)
        self.fetch_button.setVisible(not running)
        self.cancel_button.setVisible(running)
        self.cancel_button.setEnabled(True)

    def _clear_failure(self) -> None:
        if self._failure is not None:
            self._failure.hide()
            self._failure.deleteLater()
            self._failure = None
