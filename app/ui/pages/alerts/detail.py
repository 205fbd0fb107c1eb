"""Everything about the selected alert: what it is, since when, and what to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.models.alert import Alert
from app.ui import theme, wording, words
from app.ui.icons import icon
from app.ui.pages.alerts.row import meaning_of
from app.ui.theme import Text
from app.ui.widgets.marks import Mark
from app.ui.widgets.text import Label

_HIDDEN_LABELS = ("alertname", "severity")


class AlertDetail(QFrame):
    """The panel beside the list."""

    open_wanted = Signal(str)
    """The endpoint of that name is asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._instance = ""
        self.summary = Label(role=Text.SECTION, wrap=True, selectable=True)
        self.mark = Mark(theme.Meaning.DOWN)
        self.severity = Label(role=Text.STRONG)
        self.since = Label(muted=True, wrap=True)
        self.place = Label(muted=True, wrap=True, selectable=True)
        self.description = Label(wrap=True, selectable=True)
        self.action_head = Label(self.tr("What to do"), Text.STRONG)
        self.action = Label(wrap=True, selectable=True)
        self.labels_head = Label(self.tr("Labels"), Text.STRONG)
        self.labels = Label(role=Text.LABEL, muted=True, wrap=True, selectable=True, monospaced=True)
        self.open_button = QPushButton(icon("arrow-right"), self.tr("Open the endpoint"))
        self.open_button.clicked.connect(lambda: self.open_wanted.emit(self._instance))
        nothing = Label(self.tr("Choose an alert to read what it means and what to do."), muted=True, wrap=True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(nothing)
        self._stack.addWidget(self._scrolled(self._content()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self._stack)

    def _content(self) -> QWidget:
        head = QHBoxLayout()
        head.setSpacing(theme.GAP_SMALL)
        head.addWidget(self.mark)
        head.addWidget(self.severity)
        head.addStretch()
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(theme.GAP_WIDE, theme.GAP_WIDE, theme.GAP_WIDE, theme.GAP_WIDE)
        rows.setSpacing(theme.GAP_SMALL)
        rows.addLayout(head)
        rows.addWidget(self.summary)
        rows.addWidget(self.place)
        rows.addWidget(self.since)
        rows.addSpacing(theme.GAP_SMALL)
        rows.addWidget(self.description)
        for part_head, part in ((self.action_head, self.action), (self.labels_head, self.labels)):
            rows.addSpacing(theme.GAP_SMALL)
            rows.addWidget(part_head)
            rows.addWidget(part)
        rows.addSpacing(theme.GAP_SMALL)
        rows.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addStretch()
        return content

    def _scrolled(self, content: QWidget) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        # The card's own surface shows through.
        content.setAutoFillBackground(False)
        return scroll

    def show_alert(self, alert: Alert | None, severity_word: str = "") -> None:
        """Be about `alert`; None: nothing is selected."""
        self._stack.setCurrentIndex(0 if alert is None else 1)
        if alert is None:
            return
        self._instance = alert.instance
        self.mark.show_meaning(meaning_of(alert.severity, silenced=alert.silenced))
        self.severity.setText(self.tr("{0}, silenced").format(severity_word) if alert.silenced else severity_word)
        self.summary.setText(alert.summary or alert.name)
        self.place.setText(" · ".join(part for part in (alert.instance, alert.site, alert.region) if part))
        self.place.setVisible(bool(self.place.text()))
        self.since.setText(self.tr("Since {0} ({1})").format(wording.clock_time(alert.since), words.age(alert.since)))
        self.description.setText(alert.description)
        self.description.setVisible(bool(alert.description))
        self.action.setText(alert.action)
        for part in (self.action_head, self.action):
            part.setVisible(bool(alert.action))
        told = [f"{name}={value}" for name, value in sorted(alert.labels.items()) if name not in _HIDDEN_LABELS]
        self.labels.setText("\n".join(told))
        for part in (self.labels_head, self.labels):
            part.setVisible(bool(told))
        self.open_button.setVisible(bool(alert.instance))
