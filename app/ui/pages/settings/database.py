"""Where the inventory is kept."""

from dataclasses import replace

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QPushButton, QRadioButton, QWidget

from app.errors import AppError, InputError
from app.services.progress import CancelToken, Report
from app.ui import theme
from app.ui.icons import icon
from app.ui.pages.page import Notice, PageContext
from app.ui.pages.settings.section import Section
from app.ui.theme import Meaning
from app.ui.widgets.form import Field
from app.ui.widgets.secret_edit import SecretEdit
from app.ui.widgets.text import Label


class DatabaseSection(Section):
    """A file of this computer, or a PostgreSQL database that several operators share. Changes take effect at the next start."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head(
            self.tr("Inventory"),
            self.tr("The list of endpoints and the activity log. Changing the place does not move what is in it."),
        )
        self._context = context
        self.in_file = QRadioButton(self.tr("A file on this computer"))
        self.shared = QRadioButton(self.tr("A PostgreSQL database, shared by several operators"))
        self._group = QButtonGroup(self)
        self._group.addButton(self.in_file)
        self._group.addButton(self.shared)
        self.file = Label(str(context.services.paths.database), muted=True, wrap=True, selectable=True)
        self.url_line = QLineEdit()
        self.url_line.setPlaceholderText("postgresql://plantwatch@db.plant.example/plantwatch")
        self.url = Field(self.tr("Address of the database"), self.url_line, check=self._check_url)
        self.password_edit = SecretEdit()
        self.password = Field(
            self.tr("Password"),
            self.password_edit,
            note=self.tr("Goes into this desktop's keyring. Leave it empty to keep the one that is there."),
        )
        self.save_button = QPushButton(self.tr("Keep"))
        self.save_button.clicked.connect(self.save)
        self.shared.toggled.connect(self._show_place)
        row = QHBoxLayout()
        row.addWidget(self.save_button)
        row.addStretch()
        for part in (self.in_file, self.file, self.shared, self.url, self.password):
            self.rows.addWidget(part)
        self.rows.addLayout(row)

    def show_settings(self) -> None:
        """What is kept."""
        url = self._context.services.settings().database_url
        self.url_line.setText(url)
        (self.shared if url else self.in_file).setChecked(True)
        self._show_place()

    def save(self) -> None:
        """Check, and keep: the address in the settings, the password in the keyring."""
        if self.shared.isChecked() and not self.url.is_right():
            self.url_line.setFocus()
            return
        services = self._context.services
        url = self.url_line.text().strip() if self.shared.isChecked() else ""
        password = self.password_edit.take()

        def work(_report: Report, _token: CancelToken) -> None:
            services.save_settings(replace(services.settings(), database_url=url))
            if url and password:
                services.database_passwords.put(url, password)

        self._context.tasks.start(
            work,
            title=self.tr("Keep the place of the inventory"),
            owner=self,
            on_success=lambda _none: self._context.notify(
                Notice(self.tr("Kept. The inventory is used from there when Plantwatch is started again."), Meaning.UP)
            ),
            on_failure=self._on_failure,
        )

    def _on_failure(self, error: AppError) -> None:
        (self.url if isinstance(error, InputError) else self.password).complain(error.message)

    def _check_url(self) -> None:
        if not self.url_line.text().strip():
            raise InputError("database.url", self.tr("The address of the database is needed."))
        replace(self._context.services.settings(), database_url=self.url_line.text().strip())

    def _show_place(self) -> None:
        shared = self.shared.isChecked()
        self.file.setVisible(not shared)
        self.url.setVisible(shared)
        self.password.setVisible(shared)


class FolderSection(Section):
    """Where the user's own files are."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head(
            self.tr("Data folder"),
            self.tr(
                "Settings, inventory, exporter builds and logs; no secrets, those are in the keyring. "
                "Another folder is chosen with --data-dir or PLANTWATCH_DATA_DIR when Plantwatch is started."
            ),
        )
        root = context.services.paths.root
        self.open_button = QPushButton(icon("folder-open"), self.tr("Open the folder"))
        self.open_button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(root))))
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(Label(str(root), selectable=True, wrap=True), 1)
        row.addWidget(self.open_button)
        self.rows.addLayout(row)
