"""Step 3: is it the right device? Its host key, to be compared on the device itself."""

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QCheckBox, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.errors import AppError, InputError
from app.models.endpoint import EndpointDraft, HostKey
from app.models.expected_key import ExpectedKey, check_command
from app.ui import theme
from app.ui.icons import icon
from app.ui.pages.enrol.session import Session, WizardStep
from app.ui.tasks import TaskRunner
from app.ui.theme import Meaning, Text
from app.ui.widgets.form import Field
from app.ui.widgets.states import StateView
from app.ui.widgets.text import Label

HostKeyReader = Callable[[str, int], HostKey]
"""Asks a device for its key: address, port. Blocks; raises AppError."""


class VerifyStep(WizardStep):
    """Shows the fingerprint, large, and the command that prints it on the device. Nothing is trusted until the operator says so."""

    def __init__(
        self, session: Session, read_host_key: HostKeyReader, tasks: TaskRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.action = self.tr("Next")
        self._session = session
        self.read_host_key = read_host_key
        self._tasks = tasks
        self.who = Label(role=Text.SECTION, wrap=True)
        self.fingerprint = Label(role=Text.SECTION, monospaced=True, selectable=True, wrap=True)
        self.fingerprint.setAccessibleName(self.tr("Fingerprint"))
        self.kind = Label(role=Text.LABEL, muted=True)
        self.command = Label(monospaced=True, selectable=True, wrap=True)
        self.command.setAccessibleName(self.tr("Command to run on the device"))
        self.same = QCheckBox(self.tr("It is the same"))
        self.expected_line = QLineEdit()
        self.expected_line.setPlaceholderText("SHA256:…  /  ssh-ed25519 AAAA…")
        self.expected = Field(
            self.tr("Or paste what the device printed"),
            self.expected_line,
            note=self.tr(
                "The fingerprint, the line of its public key file, or its line of known_hosts. It is then compared for you."
            ),
            check=self._check_expected,
        )
        self.verdict = Label(role=Text.STRONG, meaning=Meaning.UP, wrap=True)
        self.view = StateView(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.same.toggled.connect(lambda: self.refused.emit(""))
        self.expected_line.textChanged.connect(self._compare)
        self.expected_line.returnPressed.connect(self.go_on)

    def _content(self) -> QWidget:
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP)
        rows.addWidget(self.who)
        self.copy_fingerprint = self._copy_button(self.tr("Copy the fingerprint"), self.fingerprint)
        rows.addWidget(self._card(self.fingerprint, self.copy_fingerprint, below=self.kind))
        rows.addWidget(
            Label(self.tr("Check it on the device itself, at its console or in a session you trust:"), wrap=True)
        )
        rows.addWidget(self._card(self.command, self._copy_button(self.tr("Copy the command"), self.command)))
        rows.addWidget(self.same)
        rows.addSpacing(theme.GAP_SMALL)
        rows.addWidget(self.expected)
        rows.addWidget(self.verdict)
        rows.addStretch()
        return content

    def _card(self, text: Label, button: QPushButton, *, below: Label | None = None) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(theme.GAP_WIDE, theme.GAP, theme.GAP, theme.GAP)
        words = QVBoxLayout()
        words.setSpacing(theme.GAP_TINY)
        words.addWidget(text)
        if below is None:
            row.addLayout(words, 1)
            row.addWidget(button)
            return card
        foot = QHBoxLayout()
        foot.addWidget(below, 1)
        foot.addWidget(button)
        words.addLayout(foot)
        row.addLayout(words)
        return card

    def _copy_button(self, name: str, source: Label) -> QPushButton:
        button = QPushButton(icon("copy"), self.tr("Copy"))
        button.setAccessibleName(name)
        button.clicked.connect(lambda: QApplication.clipboard().setText(source.text()))
        return button

    def enter(self) -> None:
        draft = self._draft()
        if self._session.shown_key is not None and self._session.shown_by == _place(draft):
            self._show_key(self._session.shown_key)
        else:
            self.ask()

    def ask(self) -> None:
        """Ask the device for its key (again); what was confirmed before counts no more."""
        draft = self._draft()
        self._session.shown_key = self._session.trusted_key = None
        self.same.setChecked(False)
        self.expected_line.clear()
        self.view.show_loading()
        self.waiting.emit(self.tr("Asking {0} for its host key …").format(_place(draft)))
        self._tasks.start(
            lambda _report, _token: self.read_host_key(draft.address, draft.port),
            title=self.tr("Ask {0} for its host key").format(draft.name),
            owner=self,
            on_success=lambda key: self._on_key(draft, key),
            on_failure=self._on_failure,
            pool="polling",
        )

    def proceed(self, accepted: Callable[[], None]) -> None:
        key = self._session.shown_key
        if key is None:
            self.refused.emit(self.tr("The device has not shown its host key yet."))
            return
        pasted = self.expected_line.text().strip()
        if pasted:
            if not self.expected.is_right():
                self.expected_line.setFocus()
                return
        elif not self.same.isChecked():
            self.refused.emit(
                self.tr("Compare the fingerprint, then tick “It is the same”, or paste the expected one.")
            )
            self.same.setFocus()
            return
        self._session.trusted_key = key
        accepted()

    def _draft(self) -> EndpointDraft:
        if self._session.draft is None:
            raise RuntimeError("The wizard went on without a device.")
        return self._session.draft

    def _on_key(self, draft: EndpointDraft, key: HostKey) -> None:
        if self._session.draft != draft:
            return
        self.waiting.emit("")
        self._session.shown_key, self._session.shown_by = key, _place(draft)
        self._show_key(key)

    def _on_failure(self, error: AppError) -> None:
        self.waiting.emit("")
        self.view.show_error(error, self.ask)

    def _show_key(self, key: HostKey) -> None:
        draft = self._draft()
        self.who.setText(self.tr("{0} at {1} shows this key").format(draft.name, _place(draft)))
        self.fingerprint.setText(key.fingerprint)
        self.kind.setText(key.kind)
        self.command.setText(check_command(key))
        self._compare()
        self.view.show_content()
        self.same.setFocus()

    def _check_expected(self) -> None:
        key, pasted = self._session.shown_key, self.expected_line.text().strip()
        if key is not None and pasted and not self._agrees(pasted, key):
            raise InputError("host_key", self.tr("This is another key. Do not go on until you know why."))

    def _agrees(self, pasted: str, key: HostKey) -> bool:
        """Raises InputError when what is pasted says nothing about the key of this device."""
        draft = self._draft()
        return ExpectedKey.parse(pasted).agrees(key, draft.address, draft.port)

    def _compare(self) -> None:
        """The verdict on what is pasted, as soon as it can be given. What cannot be read is complained of once the field is left."""
        self.refused.emit("")
        pasted, key = self.expected_line.text().strip(), self._session.shown_key
        self.same.setEnabled(not pasted)
        agrees = False
        if pasted and key is not None:
            try:
                agrees = self._agrees(pasted, key)
            except InputError:
                pass
            else:
                self.expected.is_right()
        self.verdict.setVisible(agrees)
        self.verdict.setText(self.tr("✓ It is the same key.") if agrees else "")


def _place(draft: EndpointDraft) -> str:
    return f"[{draft.address}]:{draft.port}" if ":" in draft.address else f"{draft.address}:{draft.port}"
