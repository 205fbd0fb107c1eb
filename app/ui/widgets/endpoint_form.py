"""What the operator may change about an endpoint."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError, InputError
from app.models.endpoint import (
    Endpoint,
    EndpointDraft,
    parse_address,
    parse_group,
    parse_name,
    parse_port,
    parse_tags,
)
from app.ui import theme
from app.ui.errors import InlineError
from app.ui.widgets.form import Field

_PORT_WIDTH = 110
_NOTES_HEIGHT = 72


class EndpointDialog(QDialog):
    """Checks while typing; `saved` carries the draft when it is right. The one who saves reports back by `fail` or closes the dialog."""

    saved = Signal(object)

    def __init__(self, endpoint: Endpoint, sites: Sequence[str], regions: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._endpoint = endpoint
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle(self.tr("Change {name}").format(name=endpoint.name))
        self.setMinimumWidth(theme.FORM_WIDTH)
        self.fields = self._make_fields(endpoint, sites, regions)
        self._error: InlineError | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_WIDE)
        self._column.setSpacing(theme.GAP)
        self._column.addWidget(self.fields["name"])
        self._column.addLayout(self._side_by_side("address", "port", last_width=_PORT_WIDTH))
        self._column.addLayout(self._side_by_side("site", "region"))
        self._column.addWidget(self.fields["tags"])
        self._column.addWidget(self.fields["scrape_address"])
        self._column.addWidget(self.fields["notes"])
        self._column.addLayout(self._buttons())

    def _make_fields(self, endpoint: Endpoint, sites: Sequence[str], regions: Sequence[str]) -> dict[str, Field]:
        self._name = QLineEdit(endpoint.name)
        self._address = QLineEdit(endpoint.address)
        self._port = QLineEdit(str(endpoint.port))
        self._site = self._choice(endpoint.site, sites)
        self._region = self._choice(endpoint.region, regions)
        self._tags = QLineEdit(" ".join(endpoint.tags))
        self._scrape_address = QLineEdit(endpoint.scrape_address)
        self._scrape_address.setPlaceholderText(self.tr("the same"))
        self._notes = QPlainTextEdit(endpoint.notes)
        self._notes.setFixedHeight(_NOTES_HEIGHT)
        self._notes.setTabChangesFocus(True)
        return {
            "name": Field(self.tr("Name"), self._name, check=lambda: parse_name(self._name.text())),
            "address": Field(self.tr("Address"), self._address, check=lambda: parse_address(self._address.text())),
            "port": Field(self.tr("SSH port"), self._port, check=lambda: parse_port(self._port.text())),
            "site": Field(self.tr("Site"), self._site, check=lambda: self._group(self._site, "site")),
            "region": Field(self.tr("Region"), self._region, check=lambda: self._group(self._region, "region")),
            "tags": Field(
                self.tr("Tags"),
                self._tags,
                note=self.tr("Separated by blanks."),
                check=lambda: parse_tags(self._tags.text().split()),
            ),
            "scrape_address": Field(
                self.tr("Scrape address"),
                self._scrape_address,
                note=self.tr("Where Prometheus reaches the device, if not at its address."),
                check=self._check_scrape_address,
            ),
            "notes": Field(self.tr("Notes"), self._notes),
        }

    @staticmethod
    def _choice(text: str, known: Sequence[str]) -> QComboBox:
        choice = QComboBox()
        choice.setEditable(True)
        choice.addItems(list(known))
        choice.setCurrentText(text)
        return choice

    @staticmethod
    def _group(choice: QComboBox, name: str) -> str:
        return parse_group(choice.currentText(), field_name=name)

    def _check_scrape_address(self) -> None:
        if text := self._scrape_address.text().strip():
            parse_address(text, field_name="scrape_address")

    def _side_by_side(self, first: str, last: str, last_width: int = 0) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.fields[first], 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.fields[last], 0 if last_width else 1, Qt.AlignmentFlag.AlignTop)
        if last_width:
            self.fields[last].setFixedWidth(last_width)
        return row

    def _buttons(self) -> QHBoxLayout:
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        self.save_button = QPushButton(self.tr("Save"))
        self.save_button.setProperty("kind", "main")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self._save)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme.GAP_SMALL, 0, 0)
        row.setSpacing(theme.GAP_SMALL)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.save_button)
        return row

    def _save(self) -> None:
        wrong = [field for field in self.fields.values() if not field.is_right()]
        if wrong:
            wrong[0].control.setFocus()
            return
        self._show_error(None)
        self.save_button.setEnabled(False)
        self.save_button.setText(self.tr("Saving …"))
        self.saved.emit(
            EndpointDraft(
                name=self._name.text(),
                address=self._address.text(),
                port=parse_port(self._port.text()),
                site=self._site.currentText(),
                region=self._region.currentText(),
                tags=tuple(self._tags.text().split()),
                notes=self._notes.toPlainText(),
                scrape_address=self._scrape_address.text(),
                exporter_port=self._endpoint.exporter_port,
                listen_address=self._endpoint.listen_address,
            )
        )

    def fail(self, error: AppError) -> None:
        """Saving failed: say so at the field it is about, or below all of them."""
        self.save_button.setEnabled(True)
        self.save_button.setText(self.tr("Save"))
        field = self.fields.get(error.field) if isinstance(error, InputError) else None
        if field is None:
            self._show_error(error)
            return
        field.complain(str(error.details["reason"]))
        field.control.setFocus()

    def _show_error(self, error: AppError | None) -> None:
        if self._error is not None:
            self._error.deleteLater()
            self._error = None
        if error is not None:
            self._error = InlineError(error)
            self._column.insertWidget(self._column.count() - 1, self._error)
