"""One login for many endpoints: one of those that have a name."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.models.endpoint import Endpoint, Usage
from app.services.progress import CancelToken, Report
from app.ui import theme
from app.ui.login_words import login_words
from app.ui.pages.page import PageContext
from app.ui.theme import Text
from app.ui.widgets.form import Field
from app.ui.widgets.states import EmptyState, StateView
from app.ui.widgets.text import Label


class SharedLoginDialog(QDialog):
    """`given` carries the name of the login. Esc changes nothing."""

    given = Signal(str)

    def __init__(self, endpoints: Sequence[Endpoint], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        count = len(endpoints)
        whose = endpoints[0].name if count == 1 else self.tr("{n} endpoints").format(n=count)
        title = self.tr("Login of {whose}").format(whose=whose)
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.FORM_WIDTH)
        self.choice = QComboBox()
        self.field = Field(self.tr("From now on"), self.choice)
        self.use_button = QPushButton(self.tr("Use it for {whose}").format(whose=whose))
        self.use_button.setProperty("kind", "main")
        self.use_button.setDefault(True)
        self.use_button.setEnabled(False)
        self.use_button.clicked.connect(self._give)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.view = StateView(self._content(), self._none())
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP_SMALL)
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.use_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_WIDE)
        rows.setSpacing(theme.GAP_WIDE)
        rows.addWidget(Label(title, Text.SECTION, wrap=True))
        rows.addWidget(self.view)
        rows.addLayout(buttons)

    def _content(self) -> QWidget:
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP)
        rows.addWidget(self.field)
        note = self.tr(
            "It is tried on each device first, up to root; one that refuses it keeps the login that it has. A key of Plantwatch's own "
            "is taken off its device."
        )
        rows.addWidget(Label(note, muted=True, wrap=True))
        return inner

    def _none(self) -> EmptyState:
        return EmptyState(
            "key",
            self.tr("No login has a name yet"),
            self.tr(
                "Give one a name: on an endpoint's page under More, Share login…, or in the settings under Logins."
            ),
        )

    def look(self, context: PageContext) -> None:
        """Read which logins there are."""
        credentials = context.services.credentials
        self.view.show_loading()

        def work(_report: Report, _token: CancelToken) -> list[Usage]:
            return credentials.profiles()

        context.tasks.start(
            work,
            title=self.windowTitle(),
            owner=self,
            on_success=self._show,
            on_failure=lambda error: self.view.show_error(error, lambda: self.look(context)),
            pool="polling",
        )

    def _show(self, kept: list[Usage]) -> None:
        for each in kept:
            words = self.tr("{name} ({login})").format(name=each.credential.name, login=login_words(each.credential))
            self.choice.addItem(words, each.credential.name)
        self.use_button.setEnabled(bool(kept))
        if kept:
            self.view.show_content()
            self.choice.setFocus()
        else:
            self.view.show_empty()

    def _give(self) -> None:
        self.accept()
        self.given.emit(self.choice.currentData())
