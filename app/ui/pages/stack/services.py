"""The services of the stack as found, one card each."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.models.stack import ServiceName, ServiceState, ServiceStatus, StackStatus
from app.ui import theme
from app.ui.icons import icon
from app.ui.theme import Meaning, Text
from app.ui.widgets.marks import Mark
from app.ui.widgets.text import Label

_MEANINGS = {
    ServiceState.HEALTHY: Meaning.UP,
    ServiceState.STARTING: Meaning.INFO,
    ServiceState.UNHEALTHY: Meaning.DOWN,
    ServiceState.STOPPED: Meaning.PAUSED,
    ServiceState.MISSING: Meaning.UNKNOWN,
}


class ServiceCard(QFrame):
    """State by shape and word, image, address, what the health check saw, and how it differs from its definition."""

    log_wanted = Signal(str)

    def __init__(self, name: ServiceName, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._name = name
        self.mark = Mark(Meaning.UNKNOWN)
        self.state = Label(role=Text.STRONG)
        self.purpose = Label(self._purpose(), Text.LABEL, muted=True, wrap=True)
        self.image = Label(muted=True, wrap=True, selectable=True)
        self.address = Label(selectable=True, wrap=True)
        self.evidence = Label(role=Text.LABEL, muted=True, wrap=True, selectable=True)
        self.drift = Label(meaning=Meaning.ATTENTION, wrap=True)
        self.log_button = QPushButton(icon("file-text"), self.tr("Log"))
        self.log_button.setAccessibleName(self.tr("Log of {0}").format(name.capitalize()))
        self.log_button.clicked.connect(lambda: self.log_wanted.emit(name.value))
        head = QHBoxLayout()
        head.setSpacing(theme.GAP_SMALL)
        head.addWidget(Label(name.capitalize(), Text.SECTION), 1)
        head.addWidget(self.mark)
        head.addWidget(self.state)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_WIDE, theme.GAP_WIDE, theme.GAP_WIDE, theme.GAP_WIDE)
        rows.setSpacing(theme.GAP_SMALL)
        rows.addLayout(head)
        for part in (self.purpose, self.address, self.image, self.evidence, self.drift):
            rows.addWidget(part)
        rows.addStretch()
        rows.addWidget(self.log_button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_status(self, status: ServiceStatus) -> None:
        """The service as found."""
        word = self._word(status.state)
        self.mark.show_meaning(_MEANINGS[status.state])
        self.state.setText(word)
        self.setAccessibleName(f"{self._name.capitalize()}: {word}")
        self.image.setText(status.image)
        self.address.setText(status.address)
        self.evidence.setText(status.evidence)
        self.drift.setText(self.tr("Differs from its definition: {0}").format(status.drift) if status.drift else "")
        for part in (self.image, self.address, self.evidence, self.drift):
            part.setVisible(bool(part.text()))
        self.log_button.setVisible(status.state is not ServiceState.MISSING)

    def _purpose(self) -> str:
        return {
            ServiceName.PROMETHEUS: self.tr("Reads the endpoints and keeps the history"),
            ServiceName.ALERTMANAGER: self.tr("Groups alerts and passes them on"),
            ServiceName.GRAFANA: self.tr("Draws the dashboards"),
        }[self._name]

    def _word(self, state: ServiceState) -> str:
        return {
            ServiceState.HEALTHY: self.tr("healthy"),
            ServiceState.STARTING: self.tr("starting"),
            ServiceState.UNHEALTHY: self.tr("not healthy"),
            ServiceState.STOPPED: self.tr("stopped"),
            ServiceState.MISSING: self.tr("missing"),
        }[state]


class StatusView(QWidget):
    """Host and engine in a line, the cards below it, and what may be done about a stack that is not as it should be."""

    log_wanted = Signal(str)
    repair_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.host = Label(role=Text.SECTION, wrap=True)
        self.engine = Label(muted=True, wrap=True, selectable=True)
        self.cards = {name: ServiceCard(name) for name in ServiceName}
        self.advice = Label(wrap=True)
        self.repair_button = QPushButton(icon("list-checks"), self.tr("Show what would mend it"))
        self.repair_button.clicked.connect(self.repair_wanted)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        for card in self.cards.values():
            card.log_wanted.connect(self.log_wanted)
            row.addWidget(card, 1)
        mend = QHBoxLayout()
        mend.setSpacing(theme.GAP)
        mend.addWidget(self.repair_button)
        mend.addWidget(self.advice, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP)
        rows.addWidget(self.host)
        rows.addWidget(self.engine)
        rows.addLayout(row)
        rows.addLayout(mend)
        rows.addStretch(1)

    def show_status(self, status: StackStatus) -> None:
        """The stack as found."""
        self.host.setText(self.tr("{0} on {1}").format(status.project, status.host))
        self.engine.setText(status.engine)
        for service in status.services:
            self.cards[service.name].show_status(service)
        has_drift = any(service.drift for service in status.services)
        is_wrong = has_drift or not status.is_healthy
        self.repair_button.setVisible(is_wrong)
        self.advice.setText(
            self.tr("The stack is not as its definition says. Deploying again brings it back; data stay.")
            if has_drift
            else self.tr("A service is not well. Its log usually says why.")
            if is_wrong
            else ""
        )
