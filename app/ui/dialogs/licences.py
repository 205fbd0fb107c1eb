"""The licences of Plantwatch and of what it is made of."""

from importlib import metadata
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.paths import bundle_root, resource
from app.ui import theme
from app.ui.tasks import TaskRunner
from app.ui.theme import Text

_WIDTH, _HEIGHT = 860, 560
_LIST_WIDTH = 220
_OWN = "Plantwatch"


def licence_texts() -> dict[str, str]:
    """Licence text by component: our own first, then the icons and every installed library that ships one. Reads many files."""
    texts = {}
    for name, file in ((_OWN, bundle_root() / "LICENSE"), ("Lucide icons", resource("icons", "LICENSE"))):
        if file.is_file():
            texts[name] = file.read_text(encoding="utf-8")
    for library in _required(metadata.requires("plantwatch") or []):
        texts[library] = _licence_of(library)
    return texts


def _required(requirements: list[str]) -> list[str]:
    """Names of the libraries that are always needed, sorted; extras and versions left out."""
    names = set()
    for requirement in requirements:
        if "extra ==" not in requirement:
            end = next((at for at, letter in enumerate(requirement) if letter in " [<>=!~;("), len(requirement))
            names.add(requirement[:end])
    return sorted(names, key=str.casefold)


def _licence_of(library: str) -> str:
    try:
        found = metadata.distribution(library)
    except metadata.PackageNotFoundError:
        return ""
    told = next((found.metadata[key] for key in ("License-Expression", "License") if key in found.metadata), "")
    parts = [f"{library} {found.version}", told]
    for file in found.files or []:
        if "licen" in file.name.casefold() or file.name.upper().startswith("COPYING"):
            place = Path(str(file.locate()))
            parts.append(place.read_text(encoding="utf-8", errors="replace") if place.is_file() else "")
    return "\n\n".join(part for part in parts if part)


class LicencesDialog(QDialog):
    """A list of components and the text of the chosen one. The texts are read on a worker."""

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Licences"))
        self.resize(_WIDTH, _HEIGHT)
        self._texts: dict[str, str] = {}
        self.names = QListWidget()
        self.names.setAccessibleName(self.tr("Components"))
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setFont(theme.font(Text.LABEL, monospaced=True))
        self.text.setAccessibleName(self.tr("Licence"))
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.clicked.connect(self.close)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.names)
        splitter.addWidget(self.text)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_LIST_WIDTH, _WIDTH - _LIST_WIDTH])
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.close_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_WIDE, theme.GAP_WIDE, theme.GAP_WIDE, theme.GAP_WIDE)
        rows.setSpacing(theme.GAP)
        rows.addWidget(splitter, 1)
        rows.addLayout(foot)
        self.names.currentTextChanged.connect(lambda name: self.text.setPlainText(self._texts.get(name, "")))
        tasks.start(
            lambda _report, _token: licence_texts(),
            title=self.windowTitle(),
            owner=self,
            on_success=self._show,
            on_failure=lambda error: self.text.setPlainText(error.message),
            pool="polling",
        )

    def _show(self, texts: dict[str, str]) -> None:
        self._texts = texts
        self.names.addItems(list(texts))
        self.names.setCurrentRow(0)
