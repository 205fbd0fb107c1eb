"""What holds for all rows that do not say otherwise."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.models.device_list import Field as ListField
from app.models.endpoint import parse_group, parse_port, parse_tags
from app.services.lists import Preview
from app.services.lists.patterns import check_pattern
from app.ui import theme
from app.ui.list_words import field_word
from app.ui.widgets.form import Check, Field

_PORT_WIDTH = 110


class DefaultsForm(QWidget):
    """A field for each; what is typed counts once the field is left, or Return is pressed. Users are not asked for: the login is for all."""

    default_given = Signal(object, str)
    """A `Field` of lists, and its value."""
    names_given = Signal(str)
    """The pattern for names of rows without one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: dict[ListField, QLineEdit] = {}
        self._given: dict[object, str] = {}
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        self.names = QLineEdit()
        self.names.setPlaceholderText("{site}-wtg-{n:03}")
        self.name_field = Field(
            self.tr("Names of rows without one"), self.names, check=lambda: check_pattern(self.names.text().strip())
        )
        self.names.editingFinished.connect(self._give_names)
        row.addWidget(self.name_field, 3, Qt.AlignmentFlag.AlignTop)
        checks: dict[ListField, Check] = {
            ListField.SITE: lambda: parse_group(self.lines[ListField.SITE].text(), field_name="site"),
            ListField.REGION: lambda: parse_group(self.lines[ListField.REGION].text(), field_name="region"),
            ListField.TAGS: lambda: parse_tags(self.lines[ListField.TAGS].text().split()),
            ListField.PORT: lambda: parse_port(self.lines[ListField.PORT].text().strip() or 22),
        }
        for each, check in checks.items():
            line = self.lines[each] = QLineEdit()
            field = Field(field_word(each), line, check=check)
            line.editingFinished.connect(lambda of=each, field=field: self._give(of, field))
            row.addWidget(field, 2, Qt.AlignmentFlag.AlignTop)
            if each is ListField.PORT:
                line.setPlaceholderText("22")
                field.setFixedWidth(_PORT_WIDTH)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(row)

    def show_preview(self, preview: Preview) -> None:
        """The values that count, as they are after going back, too. A field in which somebody types is left alone."""
        for of, line in self.lines.items():
            self._put(line, of, preview.defaults.get(of, ""))
        self._put(self.names, "names", preview.names)

    def _put(self, line: QLineEdit, key: object, text: str) -> None:
        if self._given.get(key, "") != text or not line.hasFocus():
            self._given[key] = text
            if line.text().strip() != text and not (line.hasFocus() and line.isModified()):
                line.setText(text)

    def _give(self, of: ListField, field: Field) -> None:
        text = self.lines[of].text().strip()
        if text != self._given.get(of, "") and field.is_right():
            self._given[of] = text
            self.default_given.emit(of, text)

    def _give_names(self) -> None:
        text = self.names.text().strip()
        if text != self._given.get("names", "") and self.name_field.is_right():
            self._given["names"] = text
            self.names_given.emit(text)
