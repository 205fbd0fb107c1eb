"""The first page: is my site well, and if not, where and since when?"""

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.errors import AppError
from app.services.progress import CancelToken, Report
from app.ui import theme
from app.ui.models.overview import Card, LineModel, Picture, SiteModel, pictured
from app.ui.pages.overview.cards import SiteCards
from app.ui.pages.overview.lines import OverviewLines
from app.ui.pages.page import Page, PageContext
from app.ui.widgets.marks import Mark
from app.ui.widgets.states import EmptyState, StateView
from app.ui.widgets.text import Label

_LINES_WIDTH = 288


class OverviewPage(Page):
    """One sentence, a card a site, and beside them what else asks for somebody. Read anew every few seconds, only while it is seen."""

    refresh_milliseconds: ClassVar[int] = 5000

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.picture: Picture | None = None
        """What is shown."""
        self.sites = SiteModel(self)
        self.lines = LineModel(self)
        self.cards = SiteCards(self.sites)
        self.line_list = OverviewLines(self.lines)
        self.mark = Mark(theme.Meaning.UNKNOWN)
        self.headline = Label(role=theme.Text.SECTION, wrap=True)
        self.silence = Label(muted=True)
        self.view = StateView(self._content(), self._empty())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_SECTION, theme.GAP)
        whole.addWidget(self.view)
        self.cards.opened.connect(self._open)
        self.line_list.followed.connect(context.navigate)

    @property
    def title(self) -> str:
        return self.tr("Overview")

    def _content(self) -> QWidget:
        sentence = QHBoxLayout()
        sentence.setSpacing(theme.GAP_SMALL)
        sentence.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignVCenter)
        sentence.addWidget(self.headline, 1)
        sentence.addWidget(self.silence, 0, Qt.AlignmentFlag.AlignVCenter)
        self.line_list.setFixedWidth(_LINES_WIDTH)
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedWidth(1)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.cards, 1)
        row.addWidget(line)
        row.addWidget(self.line_list)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(sentence)
        column.addLayout(row, 1)
        return content

    def _empty(self) -> EmptyState:
        empty = EmptyState(
            "layout-dashboard",
            self.tr("Nothing to watch yet"),
            self.tr(
                "Once devices are enrolled, this page says whether they are well, and if not, where and since when. "
                "Put the monitoring stack on a Docker host, then enrol the first device."
            ),
        )
        empty.add_button(self.tr("Set up the stack"), lambda: self.context.navigate("stack", ""), icon="layers")
        empty.add_button(
            self.tr("Enrol an endpoint"), lambda: self.context.navigate("enrol", ""), icon="plus", main=False
        )
        return empty

    # Data

    def refresh(self) -> None:
        # What nobody sees is not asked for: the timer goes on while the window is an icon.
        if not self.isVisible() or self.window().isMinimized():
            return
        self.view.show_loading()
        overview = self.context.services.overview

        def work(_report: Report, token: CancelToken) -> Picture:
            return pictured(overview.read(token=token))

        self.fetch(work, on_success=self._show, on_failure=self._show_error)

    def deactivated(self) -> None:
        super().deactivated()
        self.cancel_fetch()

    def fetch_cancelled(self) -> None:
        # The operator may be back already.
        self.refresh()

    def _show(self, picture: Picture) -> None:
        self.picture = picture
        overview = picture.overview
        self.data_taken.emit(overview.taken_at)
        if not overview.sites:
            self.view.show_empty()
            return
        self.mark.show_meaning(picture.meaning)
        self.headline.setText(picture.headline)
        self.silence.setText(picture.silence)
        self.sites.take(picture.cards)
        self.lines.take(picture.lines)
        self._grey(old=overview.error is not None)
        self.view.show_content()
        if overview.error is not None:
            # The sites are known even when nothing is known about them.
            self.view.show_error(overview.error, self.refresh, taken_at=overview.taken_at)
        self._hand_focus_on()

    def _show_error(self, error: AppError) -> None:
        self._grey(old=True)
        taken_at = self.picture.overview.taken_at if self.picture else None
        self.view.show_error(error, self.refresh, taken_at=taken_at)

    def _grey(self, *, old: bool) -> None:
        self.cards.set_stale(stale=old)
        self.line_list.set_stale(stale=old)

    # Keyboard and ways on

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._hand_focus_on()

    def _hand_focus_on(self) -> None:
        """The keyboard goes to the cards as soon as there are some."""
        if self.hasFocus() and self.cards.isVisible():
            self.cards.setFocus()

    def _open(self, card: Card) -> None:
        self.context.navigate("fleet", card.subject)
