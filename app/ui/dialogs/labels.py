"""Site, region and tags of many endpoints at once: what is left alone stays as it is."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.errors import InputError
from app.models.bulk_parameters import LabelChange
from app.models.endpoint import Endpoint, parse_group, parse_tags
from app.services.progress import CancelToken, Report
from app.ui import theme
from app.ui.pages.page import Notice, PageContext
from app.ui.theme import Meaning, Text
from app.ui.widgets.form import Field
from app.ui.widgets.text import Label


class LabelsDialog(QDialog):
    """`given` carries a LabelChange that changes something. Esc changes nothing."""

    given = Signal(object)

    def __init__(self, endpoints: Sequence[Endpoint], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self._endpoints = endpoints
        count = len(endpoints)
        whose = endpoints[0].name if count == 1 else self.tr("{n} endpoints").format(n=count)
        title = self.tr("Labels of {whose}").format(whose=whose)
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.FORM_WIDTH)
        self.change_site, self.site = self._group(self.tr("Change the site"), {each.site for each in endpoints})
        self.change_region, self.region = self._group(self.tr("Change the region"), {each.region for each in endpoints})
        self.added = QLineEdit()
        self.removed = QLineEdit()
        present = sorted({tag for each in endpoints for tag in each.tags}, key=str.lower)
        note = self.tr("They have: {tags}").format(tags=" ".join(present)) if present else self.tr("They have none.")
        empty = self.tr("Empty: none.")
        self.fields = (
            Field(self.tr("Site"), self.site, note=empty, check=lambda: self._check_group(self.site, "site")),
            Field(self.tr("Region"), self.region, note=empty, check=lambda: self._check_group(self.region, "region")),
            Field(
                self.tr("Tags to give"),
                self.added,
                note=self.tr("Separated by blanks."),
                check=lambda: parse_tags(self.added.text().split()),
            ),
            Field(self.tr("Tags to take"), self.removed, note=note, check=self._check_removed),
        )
        self.change_button = QPushButton(self.tr("Change {whose}").format(whose=whose))
        self.change_button.setProperty("kind", "main")
        self.change_button.setDefault(True)
        self.change_button.clicked.connect(self._give)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self._lay_out(title)

    def _group(self, words: str, present: set[str]) -> tuple[QCheckBox, QComboBox]:
        """A switch, and what is chosen once it is on."""
        switch, choice = QCheckBox(words), QComboBox()
        choice.setEditable(True)
        choice.addItems(sorted(present - {""}, key=str.lower))
        choice.setCurrentText(next(iter(present)) if len(present) == 1 else "")
        choice.setEnabled(False)
        switch.toggled.connect(choice.setEnabled)
        return switch, choice

    def _lay_out(self, title: str) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_WIDE)
        rows.setSpacing(theme.GAP)
        rows.addWidget(Label(title, Text.SECTION, wrap=True))
        rows.addWidget(self.change_site, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(self.fields[0])
        rows.addWidget(self.change_region, 0, Qt.AlignmentFlag.AlignLeft)
        for field in self.fields[1:]:
            rows.addWidget(field)
        rows.addWidget(
            Label(
                self.tr("What is left alone stays as it is. Prometheus is told once, at the end."),
                muted=True,
                wrap=True,
            )
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP_SMALL)
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.change_button)
        rows.addLayout(buttons)

    def look_for_groups(self, context: PageContext) -> None:
        """Offer the sites and regions of all endpoints, once they are read."""
        inventory = context.services.inventory

        def work(_report: Report, _token: CancelToken) -> tuple[list[str], list[str]]:
            return inventory.sites(), inventory.regions()

        def offer(known: tuple[list[str], list[str]]) -> None:
            for choice, names in zip((self.site, self.region), known, strict=True):
                text = choice.currentText()
                choice.clear()
                choice.addItems(names)
                choice.setCurrentText(text)

        context.tasks.start(
            work,
            title=self.windowTitle(),
            owner=self,
            on_success=offer,
            on_failure=lambda error: context.notify(Notice(error.message, Meaning.DOWN)),
            pool="polling",
        )

    def change(self) -> LabelChange:
        """What is asked for. Raises InputError."""
        return LabelChange(
            self.site.currentText() if self.change_site.isChecked() else None,
            self.region.currentText() if self.change_region.isChecked() else None,
            tuple(self.added.text().split()),
            tuple(self.removed.text().split()),
        )

    @staticmethod
    def _check_group(choice: QComboBox, name: str) -> None:
        parse_group(choice.currentText(), field_name=name)

    def _check_removed(self) -> None:
        parse_tags(self.removed.text().split())
        if {*self.added.text().split()} & {*self.removed.text().split()}:
            raise InputError("tags", self.tr("A tag cannot be both given and taken."))

    def _give(self) -> None:
        wrong = [field for field in self.fields if not field.is_right()]  # each says so
        if wrong:
            return
        change = self.change()
        if not change:
            self.fields[-1].complain(self.tr("Nothing is changed yet."))
            return
        self.accept()
        self.given.emit(change)
