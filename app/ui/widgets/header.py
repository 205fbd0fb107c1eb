"""Title of the page, and beside it the page's own tools."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QWidget

from app.ui import theme


class PageHeader(QWidget):
    """One row: the title on the left, the shown page's tools on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel()
        self._title.setFont(theme.font(theme.Text.TITLE))
        self._rows = QStackedWidget()
        self._row_of: dict[str, QWidget] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_SECTION, theme.GAP, theme.GAP_SECTION, theme.GAP)
        row.setSpacing(theme.GAP_WIDE)
        row.addWidget(self._title)
        row.addWidget(self._rows, 1)
        self.setFixedHeight(theme.CONTROL_HEIGHT + 2 * theme.GAP)

    @property
    def title(self) -> str:
        return self._title.text()

    def show_title(self, text: str) -> None:
        self._title.setText(text)

    def show_tools(self, key: str, tools: list[QWidget]) -> None:
        """Bring the row of `key` up; `tools` are taken over at its first showing."""
        if key not in self._row_of:
            place = QWidget()
            row = QHBoxLayout(place)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(theme.GAP_SMALL)
            row.addStretch(1)
            for tool in tools:
                row.addWidget(tool)
            self._row_of[key] = place
            self._rows.addWidget(place)
        self._rows.setCurrentWidget(self._row_of[key])
