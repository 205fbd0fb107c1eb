"""Appearance, exporter builds, logins, inventory, data folder, and what this is."""

from functools import cached_property
from typing import TypeVar

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
from app.ui.pages.settings.logins import LoginsSection
from app.ui.pages.settings.section import Section
from app.ui.turns import Turns
from app.ui.widgets.text import Label

_WIDTH = theme.FORM_WIDTH + 80
Card = TypeVar("Card", bound=Section)


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
    """One card a subject, one below the other; those that follow the first are made in turns of the event loop."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(theme.GAP_SECTION, theme.GAP_SMALL, theme.GAP_SECTION, theme.GAP_SECTION)
        rows.setSpacing(theme.GAP_WIDE)
        self._places = [QVBoxLayout() for _ in range(6)]
        for place in self._places:
            rows.addLayout(place)
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
        Turns(
            self,
            [lambda: self.kit, lambda: self.logins, lambda: self.database, lambda: self.folder, lambda: self.about],
        ).start()

    @cached_property
    def appearance(self) -> AppearanceSection:
        return self._placed(0, AppearanceSection(self.context))

    @cached_property
    def kit(self) -> KitSection:
        return self._placed(1, KitSection(self.context))

    @cached_property
    def logins(self) -> LoginsSection:
        return self._placed(2, LoginsSection(self.context))

    @cached_property
    def database(self) -> DatabaseSection:
        section = self._placed(3, DatabaseSection(self.context))
        section.show_settings()
        return section

    @cached_property
    def folder(self) -> FolderSection:
        return self._placed(4, FolderSection(self.context))

    @cached_property
    def about(self) -> AboutSection:
        return self._placed(5, AboutSection(self.context))

    def _placed(self, place: int, section: Card) -> Card:
        self._places[place].addWidget(section)
        return section

    @property
    def title(self) -> str:
        return self.tr("Settings")

    def refresh(self) -> None:
        """What another page or window may have changed; what is being typed stays."""
        self.kit.show_settings()
        self.logins.show_settings()

    def show_subject(self, subject: str) -> None:
        """ "kit" brings the exporter builds into view, "logins" the logins."""
        if subject == "logins":
            self._scroll.ensureWidgetVisible(self.logins)
        if subject == "kit":
            self._scroll.ensureWidgetVisible(self.kit)
            self.kit.fetch_button.setFocus()
