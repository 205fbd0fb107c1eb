"""Before a run begins: what will happen, and the login for all devices."""

from dataclasses import dataclass
from functools import cached_property, partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError, InputError
from app.models.device_list import Row
from app.models.endpoint import Login, parse_name
from app.models.stack import ServiceName
from app.services.bulk.orders import begin, is_ready
from app.services.lists import Preview
from app.ui import theme
from app.ui.errors import InlineError
from app.ui.list_words import RowKind
from app.ui.models.list_sheet import Sheet
from app.ui.pages.page import PageContext
from app.ui.theme import Text
from app.ui.turns import Turns
from app.ui.widgets.form import Field
from app.ui.widgets.login_form import LoginForm
from app.ui.widgets.profiles import ProfileChoice
from app.ui.widgets.text import Label

_HEIGHT = 620


@dataclass(frozen=True, slots=True)
class Outline:
    """What a run over a list would be, in figures. Made by workers."""

    ready: int
    staying: int
    """Rows of devices that are not begun with."""
    behind_jumps: int
    keyless: int
    """Devices whose host key somebody has to compare."""
    users: tuple[str, ...]
    """Those that the list names, the first few."""
    sites: tuple[str, ...]


_FEW = 4


def outline_of(sheet: Sheet) -> Outline:
    """The figures of `sheet`, whatever its filter shows."""
    ready = [row for row in sheet.preview.good if is_ready(row)]
    devices = [row.device for row in ready if row.device is not None]
    rows = sum(sheet.counts.get(kind, 0) for kind in (RowKind.GOOD, RowKind.BAD, RowKind.DUPLICATE, RowKind.KNOWN))
    return Outline(
        len(ready),
        rows - len(ready),
        sum(map(_is_behind_jumps, ready)),
        sum(device.expected_key is None for device in devices),
        tuple(sorted({device.user for device in devices if device.user}))[:_FEW],
        tuple(sorted({device.draft.site for device in devices if device.draft.site}))[:_FEW],
    )


def _is_behind_jumps(row: Row) -> bool:
    return row.device is not None and bool(row.device.jumps)


class StartDialog(QDialog):
    """Asks for the login and begins. `begun` carries what was begun; the one who opened it closes it. Esc changes nothing."""

    begun = Signal(object)
    """A `Begun`."""

    def __init__(self, context: PageContext, sheet: Sheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._preview: Preview = sheet.preview
        self._title = (
            self.tr("Enrol {n} devices").format(n=f"{sheet.ready:,}") if sheet.ready != 1 else self.tr("Enrol 1 device")
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self._title)
        self.setModal(True)
        self._login: Login | None = None
        self._given_as = ""
        self._stack_error: AppError | None = None
        self._error: InlineError | None = None
        self.profiles = ProfileChoice(context.services.credentials, context.tasks)
        self.name_line = QLineEdit()
        self.name = Field(
            self.tr("Name of the login"),
            self.name_line,
            note=self.tr("It is kept under this name, for all devices of this list: a new password is entered once."),
            check=self._check_name,
        )
        self.card = QFrame()
        self.card.setProperty("kind", "card")
        self.facts = QGridLayout(self.card)
        self.stack = Label(wrap=True)
        self.stack_button = QPushButton(self.tr("Deploy the stack first"))
        self.stack_button.setProperty("kind", "main")
        self.stack_button.clicked.connect(self._go_to_stack)
        self.start_button = QPushButton(self._title)
        self.start_button.setProperty("kind", "main")
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self.start)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self._lay_out()
        self.profiles.changed.connect(self._show_profile)
        self.name_line.returnPressed.connect(self.start)
        self.profiles.refresh()
        self._look(sheet)
        # The dialog is seen first: together they take longer than nobody notices.
        self._making = Turns(self, [lambda: self.form])
        self._making.start()

    @cached_property
    def form(self) -> LoginForm:
        """A new login."""
        form = LoginForm(
            password_label=self.tr("Password"),
            sudo_note=self.tr("Only where sudo asks for another one than the password above."),
            folds_sudo=True,
        )
        form.go_on.connect(self.start)
        self._new.insertWidget(0, form)
        QWidget.setTabOrder(form, self.name_line)
        return form

    def _lay_out(self) -> None:
        self.facts.setContentsMargins(theme.GAP_WIDE, theme.GAP, theme.GAP_WIDE, theme.GAP)
        self.facts.setHorizontalSpacing(theme.GAP_WIDE)
        self.facts.setVerticalSpacing(theme.GAP_SMALL)
        self.facts.setColumnStretch(1, 1)
        self.new_login = QWidget()
        self._new = QVBoxLayout(self.new_login)
        self._new.setContentsMargins(0, 0, 0, 0)
        self._new.setSpacing(theme.GAP)
        self._new.addWidget(self.name)
        inner = QWidget()
        self._rows = rows = QVBoxLayout(inner)
        rows.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP)
        rows.setSpacing(theme.GAP)
        rows.addWidget(Label(self._title, Text.SECTION))
        rows.addWidget(self.card)
        rows.addWidget(self.stack_button, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(Label(self.tr("Login for all of them"), Text.SECTION))
        rows.addWidget(self.profiles)
        rows.addWidget(self.new_login)
        rows.addStretch(1)
        self._scroll = scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(inner)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        self.said = Label(wrap=True, muted=True)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(theme.GAP_SECTION, theme.GAP_SMALL, theme.GAP_SECTION, theme.GAP_WIDE)
        buttons.setSpacing(theme.GAP_SMALL)
        buttons.addWidget(self.said, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.start_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addLayout(buttons)
        self.stack_button.hide()
        self.resize(theme.FORM_WIDTH + 2 * theme.GAP_SECTION, _HEIGHT)

    # What will happen

    def _look(self, sheet: Sheet) -> None:
        """Find out, on workers, what the run would be and whether there is a stack for it."""
        stack = self._context.services.stack

        def look_at_stack() -> str:
            stack.access(ServiceName.PROMETHEUS)
            return stack.status().host

        self.stack.setText(self.tr("Looking …"))
        self._context.tasks.start(
            lambda _report, _token: outline_of(sheet),
            title=self._title,
            owner=self,
            on_success=self._show_outline,
            on_failure=self._fail,
            pool="polling",
        )
        self._context.tasks.start(
            lambda _report, _token: look_at_stack(),
            title=self.tr("Look at the stack"),
            owner=self,
            on_success=lambda host: self.stack.setText(self.tr("The stack on {host} monitors them.").format(host=host)),
            on_failure=self._lack_stack,
            pool="polling",
        )

    def _show_outline(self, outline: Outline) -> None:
        facts = [(self.tr("Devices"), self._devices(outline)), (self.tr("Host keys"), self._keys(outline))]
        if outline.users:
            users = ", ".join(outline.users)
            facts.append(
                (
                    self.tr("Users"),
                    self.tr("The list names {users}; the login below counts for all.").format(users=users),
                )
            )
        for at, (head, text) in enumerate(facts):
            self._put(at, head, Label(text, wrap=True))
        self._put(len(facts), self.tr("Monitoring"), self.stack)
        if not self.name_line.text() and len(outline.sites) == 1:
            self.name_line.setText(outline.sites[0])

    def _put(self, at: int, head: str, text: Label) -> None:
        self.facts.addWidget(Label(head, muted=True), at, 0, Qt.AlignmentFlag.AlignTop)
        self.facts.addWidget(text, at, 1)

    def _devices(self, outline: Outline) -> str:
        told = [self.tr("{n} are enrolled, several at a time; each says how it goes.").format(n=f"{outline.ready:,}")]
        if outline.staying:
            told.append(self.tr("{n} stay in the list, to be mended.").format(n=f"{outline.staying:,}"))
        if outline.behind_jumps:
            told.append(
                self.tr(
                    "{n} are reached through jump hosts: by the key and login that an endpoint behind the same one has."
                ).format(n=f"{outline.behind_jumps:,}")
            )
        return " ".join(told)

    def _keys(self, outline: Outline) -> str:
        if not outline.keyless:
            return self.tr("The list has the key of every device; another one is refused.")
        compare = self.tr("What they show is compared in one table, by you, before anything is done on them.")
        if outline.keyless == outline.ready:
            return f"{self.tr('The list has none.')} {compare}"
        told = self.tr("The list has those of {n}; for {rest} it has none.")
        known = outline.ready - outline.keyless
        return f"{told.format(n=f'{known:,}', rest=f'{outline.keyless:,}')} {compare}"

    def _lack_stack(self, error: AppError) -> None:
        self._stack_error = error
        self.stack.setText(error.message)
        self.stack.set_meaning(theme.Meaning.DOWN)
        self.stack_button.show()
        self.start_button.hide()
        self.said.setText(self.tr("There is no stack to monitor them yet."))

    def _go_to_stack(self) -> None:
        self.reject()
        self._context.navigate("stack", "")

    # The login

    def _show_profile(self) -> None:
        """Of a kept login nothing is typed."""
        self.new_login.setVisible(self.profiles.chosen is None)

    def _check_name(self) -> None:
        name = parse_name(self.name_line.text())
        if name.lower() in {each.lower() for each in self.profiles.names}:
            raise InputError(
                "profile", self.tr("Another login has this name. Choose it above, or give this one another name.")
            )

    def _wrong(self) -> list[Field]:
        if self.profiles.chosen is not None:
            return []
        return [*self.form.wrong(), *([] if self.name.is_right() else [self.name])]

    # Beginning

    def start(self) -> None:
        """Begin, if the login is right."""
        if self._stack_error is not None or not self.start_button.isEnabled():
            return
        if wrong := self._wrong():
            self._scroll.ensureWidgetVisible(wrong[0])
            wrong[0].control.setFocus()
            return
        chosen = self.profiles.chosen
        if chosen is not None:
            self._begin(chosen.credential.name, None)
        else:
            self._begin(parse_name(self.name_line.text()), self.form.take())

    def _begin(self, profile: str, login: Login | None) -> None:
        self._show_error(None)
        self._set_busy(busy=True)
        services, preview = self._context.services, self._preview
        work = partial(
            begin,
            preview,
            services.inventory,
            services.credentials,
            services.bulk,
            profile=profile,
            login=login,
        )
        self._context.tasks.start(
            lambda _report, _token: work(),
            title=self._title,
            owner=self,
            on_success=self.begun.emit,
            on_failure=self._fail,
            on_cancelled=lambda: self._set_busy(busy=False),
        )

    def _fail(self, error: AppError) -> None:
        self._set_busy(busy=False)
        if isinstance(error, InputError) and error.field == "profile":
            self.name.complain(str(error.details["reason"]))
            self.name_line.setFocus()
        else:
            self._show_error(error)
        # What was typed may be kept by now, under its name.
        self.profiles.refresh()

    def _set_busy(self, *, busy: bool) -> None:
        self.start_button.setEnabled(not busy)
        self.said.setText(self.tr("Writing the run down …") if busy else "")

    def _show_error(self, error: AppError | None) -> None:
        if self._error is not None:
            self._error.hide()
            self._error.deleteLater()
            self._error = None
        if error is not None:
            self._error = InlineError(error)
            self._rows.insertWidget(1, self._error)
            self._scroll.verticalScrollBar().setValue(0)

    def done(self, result: int) -> None:
        """Whatever closes it, what was typed is forgotten."""
        if "form" in vars(self):
            self.form.forget()
        super().done(result)
