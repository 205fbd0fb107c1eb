"""Which groups of metrics the exporters of one endpoint or of many read: what is left alone stays as each has it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QPushButton, QVBoxLayout, QWidget

from app.models.bulk_parameters import MetricsChange
from app.models.endpoint import Endpoint
from app.models.metric_groups import EVERY_GROUP, MetricGroup, groups_of
from app.ui import theme
from app.ui.dialogs.scrolled import ScrolledDialog
from app.ui.metric_words import group_contents, group_name
from app.ui.theme import Meaning, Text
from app.ui.widgets.text import Label

_WIDTH, _HEIGHT = 800, 580
_COLUMNS = 2
_OF_NONE, _OF_SOME, _OF_ALL = Qt.CheckState.Unchecked, Qt.CheckState.PartiallyChecked, Qt.CheckState.Checked


class MetricsDialog(ScrolledDialog):
    """`given` carries a MetricsChange that changes something. Esc changes nothing."""

    given = Signal(object)

    def __init__(self, endpoints: Sequence[Endpoint], parent: QWidget | None = None) -> None:
        count = len(endpoints)
        whose = endpoints[0].name if count == 1 else str(count)
        super().__init__("", _HEIGHT, parent)
        title = (
            self.tr("Metrics of {name}").format(name=whose)
            if count == 1
            else self.tr("Metrics of {n} endpoints").format(n=whose)
        )
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        self.setModal(True)
        self._before = {group: _state(group, endpoints) for group in MetricGroup}
        self.boxes = {group: self._box(group) for group in MetricGroup}
        self.complaint = Label(meaning=Meaning.DOWN, wrap=True)
        self.all_button = QPushButton(self.tr("Switch all on"))
        self.all_button.setAutoDefault(False)
        self.all_button.clicked.connect(self._switch_all_on)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.change_button = QPushButton(
            self.tr("Change {name}").format(name=whose)
            if count == 1
            else self.tr("Change {n} endpoints").format(n=whose)
        )
        self.change_button.setProperty("kind", "main")
        self.change_button.setDefault(True)
        self.change_button.clicked.connect(self._give)
        self._lay_out(title)

    def _box(self, group: MetricGroup) -> QCheckBox:
        box = QCheckBox(group_name(group))
        box.setAccessibleDescription(group_contents(group))
        state = self._before[group]
        # Only where the endpoints differ there is something to be left alone.
        box.setTristate(state is _OF_SOME)
        box.setCheckState(state)
        box.checkStateChanged.connect(lambda _state: self.complaint.setText(""))
        return box

    def _lay_out(self, title: str) -> None:
        self.rows.addWidget(Label(title, Text.SECTION, wrap=True))
        what = self.tr(
            "What the exporter reads of a device. How long it has been up, its load and what it is are always read."
        )
        self.rows.addWidget(Label(what, muted=True, wrap=True))
        if _OF_SOME in self._before.values():
            differ = self.tr("Where a box shows a line, the endpoints differ: each keeps what it has.")
            self.rows.addWidget(Label(differ, meaning=Meaning.INFO, wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP_WIDE)
        grid.setVerticalSpacing(theme.GAP)
        for number, (group, box) in enumerate(self.boxes.items()):
            cell = QVBoxLayout()
            cell.setSpacing(theme.GAP_TINY)
            cell.addWidget(box, 0, Qt.AlignmentFlag.AlignLeft)
            cell.addWidget(Label(group_contents(group), Text.LABEL, muted=True, wrap=True))
            cell.addStretch()
            grid.addLayout(cell, number // _COLUMNS, number % _COLUMNS)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self.rows.addLayout(grid)
        self.rows.addWidget(self.all_button, 0, Qt.AlignmentFlag.AlignLeft)
        after = self.tr(
            "Only the exporter is started again, once; where it does not answer, it reads what it did before. What was measured stays in "
            "Prometheus. Alerts about what is switched off are not raised any more."
        )
        self.rows.addWidget(Label(after, muted=True, wrap=True))
        self.compose(self.tr("Groups of metrics"), self.complaint, self.cancel_button, self.change_button)
        self.view.show_content()

    def change(self) -> MetricsChange:
        """What is asked for; false when nothing is."""
        states = {group: box.checkState() for group, box in self.boxes.items()}
        if states == self._before:
            return MetricsChange()
        if {*states.values()} == {_OF_ALL}:
            return MetricsChange(only=EVERY_GROUP)
        changed = [group for group, state in states.items() if state is not self._before[group]]
        return MetricsChange(
            on=tuple(group for group in changed if states[group] is _OF_ALL),
            off=tuple(group for group in changed if states[group] is _OF_NONE),
        )

    def _switch_all_on(self) -> None:
        for box in self.boxes.values():
            box.setCheckState(_OF_ALL)

    def _give(self) -> None:
        if not (change := self.change()):
            self.complaint.setText(self.tr("Nothing is changed yet."))
            return
        self.accept()
        self.given.emit(change)


def _state(group: MetricGroup, endpoints: Sequence[Endpoint]) -> Qt.CheckState:
    found = {group in groups_of(endpoint.metrics) for endpoint in endpoints}
    return _OF_SOME if len(found) > 1 else _OF_ALL if found == {True} else _OF_NONE
