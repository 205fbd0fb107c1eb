"""The jump hosts on the way to the device, in their order."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.errors import AppError, InputError
from app.models.endpoint import Login, LoginKind
from app.services.enrolment import Hop, WantedHop, failures
from app.services.enrolment.ssh_config import SuggestedJump
from app.services.progress import CancelToken
from app.ui import theme
from app.ui.errors import advice_of, message_of
from app.ui.icons import icon
from app.ui.pages.enrol.jump import JumpFields
from app.ui.tasks import TaskRunner
from app.ui.widgets.form import Field

HopVerifier = Callable[[Sequence[WantedHop], CancelToken], tuple[Hop, ...]]
"""Which host keys to trust on the way. Asks jump hosts of which only a fingerprint is known; blocks, and raises AppError."""


class JumpList(QWidget):
    """One jump host or several: added, removed and put in order, each with a host key and a login of its own."""

    go_on = Signal()
    """Return was pressed in a field."""
    waiting = Signal(str)
    """Why going on takes a moment; empty when it does not any more."""

    def __init__(self, verify: HopVerifier, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verify = verify
        self._tasks = tasks
        self._kind = LoginKind.PASSWORD
        self.jumps: list[JumpFields] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.GAP)
        self.add_button = QPushButton(icon("plus"), self.tr("Add another jump host"))
        self.add_button.setProperty("kind", "link")
        self.add_button.clicked.connect(self._add_and_focus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP_SMALL)
        layout.addLayout(self._rows)
        layout.addWidget(self.add_button)

    def begin(self) -> None:
        """There is a first one. Few need any, and its fields would hold the window while the wizard is put together."""
        if not self.jumps:
            self._add()

    def set_device_kind(self, kind: LoginKind) -> None:
        """How one logs in on the device."""
        self._kind = kind
        for jump in self.jumps:
            jump.set_device_kind(kind)

    def suggest(self, way: Sequence[SuggestedJump]) -> None:
        """Go by these jump hosts instead. Their host keys are still to be given."""
        while len(self.jumps) > len(way):
            self._remove(self.jumps[-1])
        while len(self.jumps) < len(way):
            self._add()
        for jump, suggested in zip(self.jumps, way, strict=True):
            jump.suggest(suggested)

    def wrong(self, device_key: str, kept: Sequence[WantedHop]) -> list[Field]:
        """The fields that keep the wizard from going on, each with its complaint."""
        return [field for jump in self.jumps for field in jump.wrong(device_key, kept)]

    def take(self, device: Login, kept: Sequence[WantedHop]) -> tuple[WantedHop, ...]:
        """The way that the fields describe; the secrets move out of them."""
        return tuple(jump.take(device, kept) for jump in self.jumps)

    def clear_secrets(self) -> None:
        """Forget what was typed into the secret fields."""
        for jump in self.jumps:
            jump.clear_secrets()

    def verify(self, wanted: tuple[WantedHop, ...], accepted: Callable[[tuple[Hop, ...]], None]) -> None:
        """Find the host keys to trust, and go on with `accepted`; else it is said under the field that is wrong."""

        def verified(hops: tuple[Hop, ...]) -> None:
            self.waiting.emit("")
            accepted(hops)

        self.waiting.emit(self.tr("Comparing the host keys of the jump hosts …"))
        self._tasks.start(
            lambda _report, token: self._verify(wanted, token),
            title=self.tr("Compare the host keys of the jump hosts"),
            owner=self,
            on_success=verified,
            on_failure=partial(self._complain, wanted),
            pool="polling",
        )

    def _complain(self, wanted: Sequence[WantedHop], error: AppError) -> None:
        self.waiting.emit("")
        at = next((at for at, hop in enumerate(wanted) if hop.target == error.details.get("target")), 0)
        jump = self.jumps[min(at, len(self.jumps) - 1)]
        is_of_key = isinstance(error, (failures.HostKeyChangedError, InputError))
        field = jump.key if is_of_key else jump.host
        said = str(error.details["reason"]) if isinstance(error, InputError) else message_of(error)
        field.complain("\n".join(filter(None, (said, error.evidence if is_of_key else "", advice_of(error)))))
        field.control.setFocus()

    def _add(self) -> JumpFields:
        jump = JumpFields()
        jump.set_device_kind(self._kind)
        jump.go_on.connect(self.go_on)
        jump.earlier_wanted.connect(partial(self._move, jump, -1))
        jump.later_wanted.connect(partial(self._move, jump, 1))
        jump.removal_wanted.connect(partial(self._remove_and_focus, jump))
        self.jumps.append(jump)
        self._rows.addWidget(jump)
        self._number()
        return jump

    def _add_and_focus(self) -> None:
        self._add().host_line.setFocus()

    def _move(self, jump: JumpFields, by: int) -> None:
        at = self.jumps.index(jump)
        self.jumps.insert(at + by, self.jumps.pop(at))
        self._rows.removeWidget(jump)
        self._rows.insertWidget(at + by, jump)
        self._number()
        # Disabled at the end of the way, the button that was pressed would lose the keyboard to anything.
        button = jump.earlier if by < 0 else jump.later
        (button if button.isEnabled() else jump.host_line).setFocus()

    def _remove_and_focus(self, jump: JumpFields) -> None:
        at = self.jumps.index(jump)
        self._remove(jump)
        self.jumps[max(0, at - 1)].host_line.setFocus()

    def _remove(self, jump: JumpFields) -> None:
        if len(self.jumps) == 1:
            return
        self.jumps.remove(jump)
        jump.clear_secrets()
        self._rows.removeWidget(jump)
        jump.hide()
        jump.deleteLater()
        self._number()

    def _number(self) -> None:
        before: QWidget | None = None
        for number, jump in enumerate(self.jumps, start=1):
            jump.show_place(number, len(self.jumps))
            if before is not None:
                QWidget.setTabOrder(before, jump)
            before = jump
        if before is not None:
            QWidget.setTabOrder(before, self.add_button)
