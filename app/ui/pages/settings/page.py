"""Appearance, exporter builds, inventory, data folder, and what this is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app import __version__
from app.ui import theme
from app.ui.dialogs.licences import LicencesDialog
from app.ui.icons import icon
from app.ui.pages.page import Page, PageContext
from app.ui.pages.settings.appearance import AppearanceSection
from app.ui.pages.settings.database import DatabaseSection, FolderSection
from app.ui.pages.settings.kit import KitSection
from app.ui.pages.settings.section import Section
from app.ui.widgets.text import Label

_WIDTH = theme.FORM_WIDTH + 80


class AboutSection(Section):
    """Version and licences."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head(self.tr("About"))
        self._context = context
        self.licences_button = QPushButton(icon("file-text"), self.tr("Licences"))
        self.licences_button.clicked.connect(self._show_licences)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(Label(self.tr("Plantwatch {0}, Apache License 2.0").format(__version__), selectable=True), 1)
        row.addWidget(self.licences_button)
        self.rows.addLayout(row)

    def _show_licences(self) -> None:
        LicencesDialog(self._context.tasks, self.window()).open()


class SettingsPage(Page):
    """One card a subject, one below the other."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.appearance = AppearanceSection(context)
        self.kit = KitSection(context)
        self.database = DatabaseSection(context)
        self.folder = FolderSection(context)
        self.about = AboutSection(context)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(theme.GAP_SECTION, theme.GAP_SMALL, theme.GAP_SECTION, theme.GAP_SECTION)
        rows.setSpacing(theme.GAP_WIDE)
        for section in (self.appearance, self.kit, self.database, self.folder, self.about):
            rows.addWidget(section)
        rows.addStretch()
        content.setMaximumWidth(_WIDTH + 2 * theme.GAP_SECTION)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self.appearance.show_settings()
        self.database.show_settings()

    @property
    def title(self) -> str:
        return self.tr("Settings")

    def refresh(self) -> None:
        """What another page or window may have changed; what is being typed stays."""
        self.kit.show_settings()

    def show_subject(self, subject: str) -> None:
        """ "kit" brings the exporter builds into view."""
        if subject == "kit":
            self._scroll.ensureWidgetVisible(self.kit)
            self.kit.fetch_button.setFocus()
