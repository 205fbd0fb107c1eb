"""The host key of an endpoint, and the deliberate way to put another in its place."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.endpoint import Endpoint, HostKey
from app.services.enrolment import is_refusal
from app.services.enrolment.failures import HostKeyChangedError
from app.ui import theme
from app.ui.dialogs.login_change import open_login
from app.ui.errors import InlineError
from app.ui.pages.page import Notice, PageContext
from app.ui.theme import Meaning, Text
from app.ui.widgets.key_check import KeyCheck
from app.ui.widgets.marks import Mark
from app.ui.widgets.states import StateView
from app.ui.widgets.text import Label

_HEIGHT = 620


class HostKeyDialog(QDialog):
    """Shows the known key beside the one that answers now. Another one takes its place only once the operator has compared it.

    `replace_wanted` carries that key. Return and Esc change nothing.
    """

    replace_wanted = Signal(object)

    def __init__(self, endpoint: Endpoint, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Host key of {name}").format(name=endpoint.name))
        self.setMinimumWidth(theme.FORM_WIDTH + 2 * theme.GAP_SECTION)
        self._endpoint = endpoint
        self._shown: HostKey | None = None
        self._failure: InlineError | None = None
        self.heading = Label(role=Text.SECTION, wrap=True)
        self.mark = Mark(Meaning.ATTENTION)
        self.known = self._fingerprint(endpoint.host_key)
        self.known.setAccessibleName(self.tr("Known key"))
        self.shown = self._fingerprint(None)
        self.shown.setAccessibleName(self.tr("Shown key"))
        self.meaning = Label(self._what_it_may_mean(), wrap=True)
        self.check = KeyCheck()
        self.check.refused.connect(self._say)
        self.check.go_on.connect(self._replace)
        self.why = Label(meaning=Meaning.DOWN, wrap=True)
        self.replace_button = QPushButton(self.tr("Replace the key"))
        self.replace_button.setProperty("kind", "danger")
        self.replace_button.setAutoDefault(False)
        self.replace_button.clicked.connect(self._replace)
        self.close_button = QPushButton(self.tr("Cancel"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.reject)
        self.view = StateView(self._content())
        self._lay_out()
        self._show_buttons(changed=False)
        # At once, so that the desktop finds a place for all of it.
        self.resize(self.minimumWidth(), _HEIGHT)

    def _what_it_may_mean(self) -> str:
        return self.tr(
            "What it may mean:\n"
            "•  The device was installed anew, or its keys were made anew.\n"
            "•  Another device stands at this address: it was swapped, or the address was given away.\n"
            "•  Somebody stands between and waits for the login.\n"
            "Nothing but the exchange of keys was sent to it. Only the device itself can tell which of them it is."
        )

    def _content(self) -> QWidget:
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, theme.GAP, 0)
        rows.setSpacing(theme.GAP)
        head = QHBoxLayout()
        head.setSpacing(theme.GAP_SMALL)
        head.addWidget(self.mark)
        head.addWidget(self.heading, 1)
        rows.addLayout(head)
        rows.addWidget(self._both())
        rows.addWidget(self.meaning)
        rows.addWidget(self.check)
        rows.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(self.tr("The keys"))
        scroll.setWidget(inner)
        return scroll

    def _both(self) -> QWidget:
        both = QWidget()
        grid = QGridLayout(both)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.GAP_SMALL)
        for row, (name, value) in enumerate(
            ((self.tr("Known until now"), self.known), (self.tr("Shown now"), self.shown))
        ):
            grid.addWidget(Label(name, muted=True), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        grid.setColumnStretch(1, 1)
        return both

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP_SMALL)
        buttons.addWidget(self.why, 1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.replace_button)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_WIDE)
        column.setSpacing(theme.GAP_WIDE)
        column.addWidget(self.view, 1)
        column.addLayout(buttons)

    def show_key(self, shown: HostKey) -> None:
        """The key that the device shows now."""
        self._shown = shown
        known, target = self._endpoint.host_key, self._endpoint.ssh_target
        changed = shown != known
        self.shown.setText(_worded(shown))
        self.mark.setVisible(changed)
        if changed:
            self.heading.setText(self.tr("{target} shows another host key than the known one").format(target=target))
            self.check.show_key(shown, self._endpoint.address, self._endpoint.port)
        else:
            self.heading.setText(self.tr("{target} shows the key that is known").format(target=target))
            self.adjustSize()
        self.meaning.setVisible(changed)
        self.check.setVisible(changed)
        self._show_buttons(changed=changed)
        self.view.show_content()

    def show_loading(self) -> None:
        """The device is being asked."""
        self._show_buttons(changed=False)
        self.view.show_loading()

    def show_error(self, error: AppError, retry: Callable[[], None], retry_text: str = "") -> None:
        """The device cannot be asked."""
        self.view.show_error(error, retry, retry_text=retry_text)

    def fail(self, error: AppError) -> None:
        """The key was not replaced."""
        self.replace_button.setEnabled(True)
        self._drop_failure()
        self._failure = InlineError(error)
        self._column.insertWidget(1, self._failure)

    def _replace(self) -> None:
        if self._shown is None or not self.check.isVisible() or not self.check.is_confirmed():
            return
        self._drop_failure()
        self.replace_button.setEnabled(False)
        self.replace_wanted.emit(self._shown)

    def _say(self, text: str) -> None:
        self.why.setText(text)

    def _show_buttons(self, *, changed: bool) -> None:
        self.replace_button.setVisible(changed)
        self.close_button.setText(self.tr("Cancel") if changed else self.tr("Close"))

    def _drop_failure(self) -> None:
        if self._failure is not None:
            self._failure.deleteLater()
            self._failure = None

    def _fingerprint(self, key: HostKey | None) -> Label:
        return Label(_worded(key), monospaced=True, selectable=True, wrap=True)


def open_host_key(
    context: PageContext, endpoint: Endpoint, parent: QWidget, then: Callable[[], None] | None = None
) -> HostKeyDialog:
    """Ask the device for its key and show it beside the known one. `then` runs once another key was put in its place."""
    dialog = HostKeyDialog(endpoint, parent)
    services = context.services

    def cannot_ask(error: AppError) -> None:
        if is_refusal(error):  # of a jump host: the device itself is not logged in to
            mend = partial(_log_in_first, context, endpoint, dialog, error, ask)
            dialog.show_error(error, mend, dialog.tr("Change the login…"))
        else:
            dialog.show_error(error, ask)

    def ask() -> None:
        dialog.show_loading()
        context.tasks.start(
            lambda _report, token: services.enrolment.shown_key(endpoint.name, token=token),
            title=dialog.tr("Ask {name} for its host key").format(name=endpoint.name),
            owner=dialog,
            on_success=dialog.show_key,
            on_failure=cannot_ask,
            pool="polling",
        )

    def replaced(changed: Endpoint) -> None:
        dialog.accept()
        text = dialog.tr("The new host key of {name} is trusted from now on.").format(name=changed.name)
        context.notify(Notice(text, Meaning.UP))
        if then is not None:
            then()

    def replace(key: HostKey) -> None:
        context.tasks.start(
            lambda _report, _token: services.endpoints.replace_host_key(endpoint.id, key),
            title=dialog.tr("Replace the host key of {name}").format(name=endpoint.name),
            owner=dialog,
            on_success=replaced,
            on_failure=dialog.fail,
        )

    dialog.replace_wanted.connect(replace)
    dialog.open()
    ask()
    return dialog


def way_on(
    context: PageContext, endpoint: Endpoint, window: QWidget, error: AppError, again: Callable[[], None]
) -> tuple[str, Callable[[], None]]:
    """What a notice of failed work offers, in words and deed: the same again; before it, where another key was shown, the comparison,
    and where a login was refused, another one."""
    if is_refusal(error):
        return window.tr("Change the login…"), partial(_log_in_first, context, endpoint, window, error, again)
    # One of a jump host is not the endpoint's.
    if isinstance(error, HostKeyChangedError) and error.details["target"] == endpoint.ssh_target:
        return window.tr("Compare the keys…"), partial(_compare_first, context, endpoint, window, again)
    return window.tr("Try again"), again


def _compare_first(context: PageContext, endpoint: Endpoint, window: QWidget, again: Callable[[], None]) -> None:
    open_host_key(context, endpoint, window, then=again)


def _log_in_first(
    context: PageContext, endpoint: Endpoint, window: QWidget, error: AppError, again: Callable[[], None]
) -> None:
    open_login(context, window, endpoint=endpoint, error=error, then=again)


def _worded(key: HostKey | None) -> str:
    return f"{key.fingerprint}  ({key.kind})" if key else "–"
