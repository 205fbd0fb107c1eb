"""Step 3: is it the right device? Its host key, to be compared on the device itself."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import AppError
from app.models.endpoint import EndpointDraft, HostKey
from app.ui import theme
from app.ui.pages.enrol.session import Session, WizardStep
from app.ui.tasks import TaskRunner
from app.ui.theme import Text
from app.ui.widgets.key_check import KeyCheck
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
        self.check = KeyCheck()
        self.check.refused.connect(self.refused)
        self.check.go_on.connect(self.go_on)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP)
        rows.addWidget(self.who)
        rows.addWidget(self.check)
        rows.addStretch()
        self.view = StateView(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)

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
        self.check.start_over()
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
        elif self.check.is_confirmed():
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
        self.check.show_key(key, draft.address, draft.port)
        self.view.show_content()
        self.check.same.setFocus()


def _place(draft: EndpointDraft) -> str:
    return f"[{draft.address}]:{draft.port}" if ":" in draft.address else f"{draft.address}:{draft.port}"
