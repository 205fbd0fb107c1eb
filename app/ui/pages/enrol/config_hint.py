"""What the operator's ~/.ssh/config says about the address that is typed: offered in one line, never used unasked."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.services.enrolment.ssh_config import ConfigHosts, Offer, Trouble, hosts_in, offer_for
from app.ui.tasks import TaskRunner
from app.ui.theme import Text
from app.ui.widgets.text import Label

_TYPING_MILLISECONDS = 150


class ConfigHint(QWidget):
    """One line below the form's address `line`, which completes the names of the hosts. The file is read by workers only."""

    use_wanted = Signal(object)
    """The `Offer` is to be used."""

    def __init__(self, line: QLineEdit, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self._tasks = tasks
        self._offer: Offer | None = None
        self._trouble = ""
        self._names = QStringListModel(self)
        self._completer = QCompleter(self._names, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        line.setCompleter(self._completer)
        self.said = Label(role=Text.LABEL, muted=True, wrap=True)
        self.use_button = QPushButton(self.tr("Use it"))
        self.use_button.setProperty("kind", "link")
        self.use_button.clicked.connect(self._use)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.said, 1)
        row.addWidget(self.use_button)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MILLISECONDS)
        self._typing.timeout.connect(self._look_up)
        line.textChanged.connect(lambda _text: self._typing.start())
        self._show("")

    def stop(self) -> None:
        """The form is left: what was typed last is not looked up any more."""
        self._typing.stop()

    @property
    def is_completing(self) -> bool:
        """The list of names is open under the field."""
        popup = self._completer.popup()
        return popup is not None and popup.isVisible()

    def read(self) -> None:
        """Read which hosts there are (again)."""
        self._tasks.start(
            lambda _report, _token: hosts_in(),
            title=self.tr("Read ~/.ssh/config"),
            owner=self,
            on_success=self._take_hosts,
            on_failure=lambda error: self._show(error.message),
            pool="polling",
        )

    def _take_hosts(self, hosts: ConfigHosts) -> None:
        if self._names.stringList() != list(hosts.names):
            self._names.setStringList(list(hosts.names))
        self._trouble = self._worded(hosts.trouble) if hosts.trouble else ""
        if self._offer is None:
            self._show(self._trouble)

    def _worded(self, trouble: Trouble) -> str:
        if trouble.line:
            return self.tr("{file}: line {number} cannot be understood and is passed over.").format(
                file=trouble.file, number=trouble.line
            )
        return self.tr("{file} cannot be read: {reason}.").format(file=trouble.file, reason=trouble.reason)

    def _look_up(self) -> None:
        text = self._line.text().strip()
        if not text:
            self._take_offer(text, None)
            return
        self._tasks.start(
            lambda _report, _token: offer_for(text),
            title=self.tr("Read ~/.ssh/config"),
            owner=self,
            on_success=partial(self._take_offer, text),
            on_failure=lambda error: self._show(error.message),
            pool="polling",
        )

    def _take_offer(self, text: str, offer: Offer | None) -> None:
        if text != self._line.text().strip():
            return
        self._offer = offer
        told = self._described(offer, text) if offer else ""
        self._show(self.tr("From ~/.ssh/config: {what}").format(what=told) if told else self._trouble)
        self.use_button.setVisible(bool(told))

    def _described(self, offer: Offer, text: str) -> str:
        parts = (
            self.tr("address {0}").format(offer.address) if offer.address != text else "",
            self.tr("user {0}").format(offer.user) if offer.user else "",
            self.tr("port {0}").format(offer.port) if offer.port else "",
            self.tr("key {0}").format(Path(offer.key_file).name) if offer.key_file else "",
            self.tr("via {0}").format(", ".join(jump.host for jump in offer.way)) if offer.way else "",
        )
        return ", ".join(filter(None, parts))

    def _use(self) -> None:
        offer = self._offer
        if offer is None:
            return
        told = self._described(offer, "")
        self.use_wanted.emit(offer)
        # What was just used is not offered again.
        self._typing.stop()
        self._offer = None
        self._show(self.tr("Taken over from ~/.ssh/config: {what}").format(what=told))
        self._line.setFocus()

    def _show(self, text: str) -> None:
        self.said.setText(text)
        self.use_button.hide()
        self.setVisible(bool(text))
