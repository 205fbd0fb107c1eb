"""Who an endpoint is and how it is, in a few lines."""

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.models.device import DeviceChange
from app.models.endpoint import Endpoint
from app.models.metrics import EndpointHealth, Health
from app.models.security import DeviceCheckRecord, DeviceState
from app.ui import theme, words
from app.ui.metric_words import choice_text
from app.ui.widgets.health import meaning_of, sentence
from app.ui.widgets.marks import Mark
from app.ui.widgets.text import Label


def facts_text(endpoint: Endpoint) -> str:
    """What the device was found to be: what is not known is left out."""
    facts = endpoint.facts
    parts = [endpoint.ssh_target]
    if facts is not None:
        parts += [
            f"{facts.os_name} {facts.os_version}".strip(),
            facts.machine,
            f"{facts.cpu_count} CPU" if facts.cpu_count else "",
            words.size(facts.memory_bytes) if facts.memory_bytes else "",
        ]
    if endpoint.receipt is not None:
        parts.append(f"node_exporter {endpoint.receipt.exporter_version}")
    # Lines break between the parts, not within one.
    return "  ·  ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts if part)


def place_text(endpoint: Endpoint) -> str:
    """Site, region and tags."""
    return "  ·  ".join(
        part for part in (endpoint.site, endpoint.region, *(f"#{tag}" for tag in endpoint.tags)) if part
    )


def certificate_text(endpoint: Endpoint, now: datetime) -> tuple[str, theme.Meaning | None]:
    """How its metrics are read, and whether that needs somebody."""
    made = endpoint.certificate
    if made is None:
        return _tr("Read in plain HTTP: renew its certificate to move it to TLS."), theme.Meaning.ATTENTION
    if made.ends_at < now:
        return _tr("Its certificate has ended; renew it."), theme.Meaning.DOWN
    until = words.moment(made.ends_at)
    if made.expires_soon(now):
        return _tr("Its certificate ends on {moment}; renew it.").format(moment=until), theme.Meaning.ATTENTION
    return _tr("Read in TLS; certificate until {moment}").format(moment=until), None


def change_text(change: DeviceChange) -> str:
    """What was seen in place of the known device, and what to do."""
    when = words.moment(change.seen_at)
    if change.fingerprint:
        return _tr(
            "{when}: another device answered at this address, or its keys are new. It showed the host key {fingerprint} and was sent "
            "nothing. Compare the key on the device before you trust it."
        ).format(when=when, fingerprint=change.fingerprint)
    return _tr(
        "{when}: another device answered at this address, with the known host key and another machine-id. Nothing was changed on it. Find "
        "out whether it was set up anew or is a copy."
    ).format(when=when)


def check_text(found: DeviceCheckRecord) -> str:
    """What the last contact with the device found, and when."""
    said = {
        DeviceState.AS_IT_WAS: _tr("Device checked {moment}: all that was made on it is as it was."),
        DeviceState.ALTERED: _tr("Device checked {moment}: not all is as it was made. {detail}"),
        DeviceState.ANOTHER: _tr("Device checked {moment}: another device answered, or its keys are new."),
        DeviceState.NOT_SEEN: _tr("Device checked {moment}: it could not be found out. {detail}"),
    }[found.state]
    return said.format(moment=words.moment(found.checked_at), detail=found.detail)


def _tr(text: str) -> str:
    return QCoreApplication.translate("EndpointSummary", text)


class EndpointSummary(QFrame):
    """The head of the endpoint page. `buttons` stand at its right."""

    accept_wanted = Signal()
    """The device that was seen is to be the endpoint's own."""

    def __init__(self, buttons: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._mark = Mark(theme.Meaning.UNKNOWN)
        self._state = Label(role=theme.Text.STRONG, wrap=True, selectable=True)
        self._error = Label(role=theme.Text.LABEL, muted=True, wrap=True, selectable=True, monospaced=True)
        self._place = Label(wrap=True, selectable=True)
        self._facts = Label(muted=True, wrap=True, selectable=True)
        self._certificate = Label(muted=True, wrap=True, selectable=True)
        self._metrics = Label(muted=True, wrap=True, selectable=True)
        self._checked = Label(muted=True, wrap=True, selectable=True)
        self._notes = Label(muted=True, wrap=True, selectable=True)
        self._change = Label(meaning=theme.Meaning.ATTENTION, wrap=True, selectable=True)
        self.accept_button = QPushButton(self.tr("It is the right device…"))
        self.accept_button.clicked.connect(self.accept_wanted)
        self._change_mark = Mark(theme.Meaning.ATTENTION)
        changed = QHBoxLayout()
        changed.setSpacing(theme.GAP_SMALL)
        changed.addWidget(self._change_mark, 0, Qt.AlignmentFlag.AlignTop)
        changed.addWidget(self._change, 1)
        first = QHBoxLayout()
        first.setSpacing(theme.GAP_SMALL)
        first.addWidget(self._mark)
        first.addWidget(self._state, 1)
        lines = QVBoxLayout()
        lines.setSpacing(theme.GAP_TINY)
        lines.addLayout(first)
        lines.addLayout(changed)
        lines.addWidget(self.accept_button, 0, Qt.AlignmentFlag.AlignLeft)
        for label in (
            self._error,
            self._place,
            self._facts,
            self._metrics,
            self._certificate,
            self._checked,
            self._notes,
        ):
            lines.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_WIDE, theme.GAP, theme.GAP, theme.GAP)
        row.setSpacing(theme.GAP_WIDE)
        row.addLayout(lines, 1)
        row.addWidget(buttons)

    @property
    def evidence(self) -> str:
        """What the last scrape said, if it failed."""
        return self._error.text()

    @property
    def certificate(self) -> str:
        """How its metrics are read, as shown."""
        return self._certificate.text()

    @property
    def change(self) -> str:
        """What was seen in place of the device, as shown; empty for nothing."""
        return self._change.text()

    @property
    def place(self) -> str:
        """Site, region and tags as shown."""
        return self._place.text()

    @property
    def metrics(self) -> str:
        """What is switched off, as shown; empty when all is read."""
        return self._metrics.text()

    @property
    def checked(self) -> str:
        """What the last check of the device found, as shown; empty when there was none."""
        return self._checked.text()

    def show_endpoint(
        self, endpoint: Endpoint, health: EndpointHealth | None, checked: DeviceCheckRecord | None = None
    ) -> None:
        """`health` None: Prometheus could not be asked."""
        known = health or EndpointHealth(Health.UNKNOWN)
        meaning = meaning_of(known.health, endpoint.lifecycle)
        self._mark.show_meaning(meaning)
        self._state.setText(sentence(known, endpoint.lifecycle))
        change = endpoint.device_change
        self._change_mark.setVisible(change is not None)
        self.accept_button.setVisible(change is not None and bool(change.machine_id))
        for label, text in (
            (self._change, change_text(change) if change else ""),
            (self._error, known.last_error),
            (self._place, place_text(endpoint)),
            (self._facts, facts_text(endpoint)),
            (self._metrics, choice_text(endpoint.metrics)),
            (self._checked, check_text(checked) if checked else ""),
            (self._notes, endpoint.notes),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        text, meaning_of_it = certificate_text(endpoint, datetime.now(UTC))
        self._certificate.setText(text)
        self._certificate.set_meaning(meaning_of_it)
        self.setAccessibleName(self._state.text())
        self.setToolTip(
            self.tr("Enrolled {age}, {moment}").format(
                age=words.age(endpoint.created_at, datetime.now(UTC)), moment=words.moment(endpoint.created_at)
            )
        )
