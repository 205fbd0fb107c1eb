"""How a list comes in: pasted, dropped, opened, or made of a range."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.errors import AppError, InputError
from app.models.device_list import Field as ListField
from app.models.endpoint import parse_group
from app.services.lists import Preview
from app.services.lists.patterns import check_pattern
from app.services.lists.twins import Known
from app.ui import theme
from app.ui.errors import InlineError, advice_of, message_of
from app.ui.icons import icon
from app.ui.pages.lists.history import Source
from app.ui.tasks import TaskRunner
from app.ui.theme import Text
from app.ui.widgets.form import Field
from app.ui.widgets.states import IconLabel
from app.ui.widgets.text import Label

_TYPING_MILLISECONDS = 250


def source_of(data: QMimeData) -> Source | None:
    """The list in what was dropped or pasted: the first file, else the text. None: there is neither."""
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if files:
        return Source(path=files[0])
    return Source(text=data.text()) if data.hasText() and data.text().strip() else None


class DropZone(QFrame):
    """Takes lists that are dropped on it, and offers the other ways."""

    given = Signal(object)
    """A `Source`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._is_over = False
        self.paste_button = QPushButton(icon("copy", "on_fill"), self.tr("Paste the list"))
        self.paste_button.setProperty("kind", "main")
        self.paste_button.clicked.connect(self.paste)
        self.open_button = QPushButton(icon("folder-open"), self.tr("Open a file…"))
        self.open_button.clicked.connect(self._open)
        self.find_button = QPushButton(icon("search"), self.tr("Find devices…"))
        self.said = Label(role=Text.LABEL, muted=True, wrap=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.said.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_SECTION, theme.GAP_PAGE, theme.GAP_SECTION, theme.GAP_PAGE)
        column.setSpacing(theme.GAP)
        column.addWidget(IconLabel("rows-3", 40, "muted"), 0, Qt.AlignmentFlag.AlignHCenter)
        for text, role, muted in (
            (self.tr("Paste a list of devices, or drop a file here"), Text.SECTION, False),
            (
                self.tr(
                    "A table from a spreadsheet, CSV, XLSX, plain addresses, an Ansible inventory, known_hosts or ssh_config, in any "
                    "order and language. You see what becomes of each row before anything is done."
                ),
                Text.BODY,
                True,
            ),
        ):
            label = Label(text, role, muted=muted, wrap=True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_SMALL)
        row.addStretch(1)
        for button in (self.paste_button, self.open_button, self.find_button):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.said)

    def paste(self) -> None:
        """Take what is in the clipboard."""
        source = source_of(QGuiApplication.clipboard().mimeData())
        self.said.setText(
            ""
            if source
            else self.tr("There is no text in the clipboard. Copy the list where you have it, then paste it here.")
        )
        self.said.setVisible(source is None)
        if source is not None:
            self.given.emit(source)

    def _open(self) -> None:
        dialog = QFileDialog(self, self.tr("Open a list of devices"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.given.emit(Source(path=Path(name))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()
            self._show_over(over=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._show_over(over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_over(over=False)
        if (source := source_of(event.mimeData())) is not None:
            event.acceptProposedAction()
            self.given.emit(source)

    def _show_over(self, *, over: bool) -> None:
        self._is_over = over
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        shades = theme.colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(shades.accent if self._is_over else shades.control_border, 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(shades.selection if self._is_over else shades.surface)
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), theme.RADIUS, theme.RADIUS)
        painter.end()


class RangeForm(QFrame):
    """Rows made of a range of addresses and a pattern for names; says while one types what it would make."""

    given = Signal(object)
    """A `Source`."""

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._asked = 0
        self.setProperty("kind", "card")
        self.addresses = QLineEdit()
        self.addresses.setPlaceholderText("10.20.0.11-59, 10.20.1.0/24 !10.20.1.1")
        self.names = QLineEdit()
        self.names.setPlaceholderText("{site}-wtg-{n:03}")
        self.site = QLineEdit()
        self.address_field = Field(self.tr("Addresses"), self.addresses, check=self._check_addresses)
        self.name_field = Field(
            self.tr("Names"),
            self.names,
            note=self.tr("{n:03} counts: 001, 002 … Left empty, the address is the name."),
            check=lambda: check_pattern(self.names.text().strip()),
        )
        self.site_field = Field(
            self.tr("Site"), self.site, check=lambda: parse_group(self.site.text(), field_name="site")
        )
        self.told = Label(muted=True, wrap=True)
        self.make_button = QPushButton(self.tr("Make the rows"))
        self.make_button.clicked.connect(self.make)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MILLISECONDS)
        self._typing.timeout.connect(self._look)
        for line in (self.addresses, self.names, self.site):
            line.textChanged.connect(lambda _text: self._typing.start())
            line.returnPressed.connect(self.make)
        fields = QHBoxLayout()
        fields.setSpacing(theme.GAP)
        for each, share in ((self.address_field, 3), (self.name_field, 3), (self.site_field, 2)):
            fields.addWidget(each, share, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addWidget(self.make_button)
        foot.addWidget(self.told, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_WIDE, theme.GAP, theme.GAP_WIDE, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addWidget(Label(self.tr("Or make rows from a range"), Text.STRONG))
        column.addLayout(fields)
        column.addLayout(foot)

    def make(self) -> None:
        """Make the rows, or say what is wrong."""
        wrong = [each for each in (self.address_field, self.name_field, self.site_field) if not each.is_right()]
        if wrong:
            wrong[0].control.setFocus()
        else:
            self.given.emit(self._source())

    def stop(self) -> None:
        """What was typed last is not looked at any more."""
        self._typing.stop()

    def _source(self) -> Source:
        # A line for each range: an exclusion stands on the line of its own.
        text = "\n".join(part.strip() for part in self.addresses.text().split(",") if part.strip())
        return Source(
            text, names=self.names.text().strip(), defaults={ListField.SITE: self.site.text().strip()}, made=True
        )

    def _check_addresses(self) -> None:
        if not self.addresses.text().strip():
            raise InputError("addresses", self.tr("Type a range: 10.20.0.11-59, a network or several of them."))

    def _look(self) -> None:
        """Find out what it would make."""
        self._asked += 1
        asked, source = self._asked, self._source()
        if not source.text:
            self.told.setText("")
            return
        self._tasks.start(
            lambda _report, _token: source.read(Known.of(())),
            title=self.tr("Look at the range"),
            owner=self,
            on_success=lambda preview: self._tell(asked, preview),
            on_failure=lambda error: self._complain(asked, error),
            pool="polling",
        )

    def _tell(self, asked: int, preview: Preview) -> None:
        if asked != self._asked:
            return
        good = [row.device for row in preview.good if row.device is not None]
        bad = next((row for row in preview.rows if row.reason and row.device is None), None)
        if not good:
            self.told.setText(bad.reason if bad is not None else "")
            return
        first, last = good[0].draft, good[-1].draft
        text = (
            self.tr("1 device: {first} at {first_address}")
            if len(good) == 1
            else self.tr("{n} devices: {first} at {first_address} to {last} at {last_address}")
        )
        self.told.setText(
            text.format(
                n=f"{len(good):,}",
                first=first.name,
                first_address=first.address,
                last=last.name,
                last_address=last.address,
            )
        )

    def _complain(self, asked: int, error: AppError) -> None:
        if asked == self._asked:
            self.told.setText(f"{message_of(error)} {advice_of(error)}")


class Intake(QWidget):
    """What is shown while there is no list, or another one is wanted."""

    given = Signal(object)
    """A `Source`."""
    back_wanted = Signal()
    """The list that is there is to be shown again."""

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zone = DropZone()
        self.range = RangeForm(tasks)
        self.zone.given.connect(self.given)
        self.range.given.connect(self.given)
        self.back_button = QPushButton(icon("arrow-left"), self.tr("Back to the list"))
        self.back_button.clicked.connect(self.back_wanted)
        self.back_button.hide()
        self._error: InlineError | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, theme.GAP_SMALL, 0, theme.GAP)
        self._column.setSpacing(theme.GAP_WIDE)
        self._column.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.zone)
        self._column.addWidget(self.range)
        self._column.addStretch(1)

    @property
    def error(self) -> AppError | None:
        """Why the last list could not be read, as shown."""
        return self._error.error if self._error is not None else None

    def show_error(self, error: AppError | None) -> None:
        """Why a list could not be read; None takes it back."""
        if self._error is not None:
            self._error.hide()
            self._error.deleteLater()
            self._error = None
        if error is not None:
            self._error = InlineError(error)
            self._column.insertWidget(0, self._error)
