"""Theme and language."""

from dataclasses import replace

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QComboBox, QWidget

from app.errors import AppError
from app.paths import resource
from app.ui.pages.page import PageContext
from app.ui.pages.settings.section import Section
from app.ui.widgets.form import Field

_THEME_KEY = "window/theme"


class AppearanceSection(Section):
    """Changes are kept at once; the theme is seen at once, the language at the next start."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.head(self.tr("Appearance"))
        self._context = context
        self.theme_box = QComboBox()
        for text, value in (
            (self.tr("As the desktop"), "system"),
            (self.tr("Light"), "light"),
            (self.tr("Dark"), "dark"),
        ):
            self.theme_box.addItem(text, value)
        self.theme = Field(self.tr("Theme"), self.theme_box)
        self.language_box = QComboBox()
        self.language_box.addItem(self.tr("As the desktop"), "")
        for code in _languages():
            self.language_box.addItem(QLocale(code).nativeLanguageName() or code, code)
        self.language = Field(
            self.tr("Language"), self.language_box, note=self.tr("Takes effect when Plantwatch is started again.")
        )
        self.rows.addWidget(self.theme)
        self.rows.addWidget(self.language)
        self.show_settings()
        self.theme_box.activated.connect(self._keep)
        self.language_box.activated.connect(self._keep)

    def show_settings(self) -> None:
        """What is chosen now."""
        settings = self._context.services.settings()
        self.theme_box.setCurrentIndex(max(0, self.theme_box.findData(settings.theme)))
        self.language_box.setCurrentIndex(max(0, self.language_box.findData(settings.language)))

    def _keep(self) -> None:
        theme, language = str(self.theme_box.currentData()), str(self.language_box.currentData())
        self._context.theme.choose(theme)
        # The window reads this before there are settings, so that it opens in the right theme.
        self._context.state.setValue(_THEME_KEY, theme)
        services = self._context.services
        self._context.tasks.start(
            lambda _report, _token: services.save_settings(
                replace(services.settings(), theme=theme, language=language)
            ),
            title=self.tr("Keep the settings"),
            owner=self,
            on_success=lambda _none: self.theme.complain(""),
            on_failure=self._on_failure,
            pool="polling",
        )

    def _on_failure(self, error: AppError) -> None:
        self.theme.complain(error.message)


def _languages() -> list[str]:
    """Codes of the translations that are shipped; English is always there."""
    folder = resource("translations")
    shipped = {file.stem.removeprefix("plantwatch_") for file in folder.glob("plantwatch_*.qm")}
    return sorted(shipped | {"en"})
