"""The end of the wizard: the new endpoint, live, and the ways on."""

import math
from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.endpoint import Endpoint
from app.models.metrics import FleetMetric
from app.ui import theme, words
from app.ui.errors import message_of
from app.ui.icons import icon
from app.ui.tasks import TaskRunner
from app.ui.theme import Meaning, Text
from app.ui.widgets.states import IconLabel
from app.ui.widgets.text import Label

_REFRESH_MILLISECONDS = 5000
_ICON = 24


class CurrentValues(Protocol):
    """Who knows the newest values of an endpoint."""

    def current(self, endpoint_name: str) -> dict[FleetMetric, float]: ...


class ValueTile(QFrame):
    """One value with its name above it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.value = Label(words.NONE, Text.TITLE)
        self.value.setAccessibleName(name)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        rows.setSpacing(theme.GAP_TINY)
        rows.addWidget(Label(name, Text.LABEL, muted=True))
        rows.addWidget(self.value)


class DoneView(QWidget):
    """Says that the endpoint is monitored, shows its values as they come in, and offers the ways on."""

    open_wanted = Signal(str)
    another_wanted = Signal()
    undo_wanted = Signal(str)

    def __init__(self, fleet: CurrentValues, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fleet = fleet
        self._tasks = tasks
        self._name = ""
        self._asking = False
        self.heading = Label(role=Text.SECTION, wrap=True)
        self.told = Label(muted=True, wrap=True)
        self.tiles = {metric: ValueTile(self._metric_name(metric)) for metric in FleetMetric}
        self.open_button = QPushButton(icon("arrow-right", "on_fill"), self.tr("Open"))
        self.open_button.setProperty("kind", "main")
        self.another_button = QPushButton(icon("plus"), self.tr("Enrol another"))
        self.undo_button = QPushButton(icon("undo-2"), self.tr("Undo"))
        self.undo_button.setToolTip(self.tr("Takes the endpoint out again and leaves the device as it was before."))
        self.open_button.clicked.connect(lambda: self.open_wanted.emit(self._name))
        self.another_button.clicked.connect(self.another_wanted)
        self.undo_button.clicked.connect(lambda: self.undo_wanted.emit(self._name))
        self._lay_out()
        self._timer = QTimer(self, interval=_REFRESH_MILLISECONDS)
        self._timer.timeout.connect(self.refresh)

    def _lay_out(self) -> None:
        title = QHBoxLayout()
        title.setSpacing(theme.GAP)
        title.addWidget(IconLabel("circle-check", _ICON, meaning=theme.Meaning.UP))
        title.addWidget(self.heading, 1)
        values = QHBoxLayout()
        values.setSpacing(theme.GAP_SMALL)
        for tile in self.tiles.values():
            values.addWidget(tile, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP_SMALL)
        for button in (self.open_button, self.another_button, self.undo_button):
            buttons.addWidget(button)
        buttons.addStretch()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP_WIDE)
        rows.addLayout(title)
        rows.addLayout(values)
        rows.addWidget(self.told)
        rows.addLayout(buttons)
        rows.addStretch()

    def show_endpoint(self, endpoint: Endpoint) -> None:
        """Be about the endpoint that has just been enrolled."""
        self._name = endpoint.name
        self.heading.setText(self.tr("{0} is monitored. The first data have arrived.").format(endpoint.name))
        self.told.set_meaning(None)
        self.told.setText(self.tr("Rates need two readings: the first values appear after a few seconds."))
        for tile in self.tiles.values():
            tile.value.setText(words.NONE)
        self.open_button.setFocus()

    def start(self) -> None:
        """The view is shown: keep the values fresh."""
        self._timer.start()
        self.refresh()

    def stop(self) -> None:
        self._timer.stop()

    def refresh(self) -> None:
        """Ask for the newest values, unless the last question is still open."""
        if self._asking or not self._name:
            return
        self._asking = True
        name = self._name
        self._tasks.start(
            lambda _report, _token: self._fleet.current(name),
            title=self.tr("Read the values of {0}").format(name),
            owner=self,
            on_success=self._show_values,
            on_failure=self._show_failure,
            pool="polling",
        )

    def _show_values(self, values: Mapping[FleetMetric, float]) -> None:
        self._asking = False
        for metric, tile in self.tiles.items():
            tile.value.setText(_worded(metric, values.get(metric, math.nan)))
        if values:
            self.told.set_meaning(None)
            self.told.setText(self.tr("Newest values, read again every few seconds."))

    def _show_failure(self, error: AppError) -> None:
        self._asking = False
        self.told.set_meaning(Meaning.ATTENTION)
        self.told.setText(message_of(error))

    def _metric_name(self, metric: FleetMetric) -> str:
        return {
            FleetMetric.CPU: self.tr("Processor"),
            FleetMetric.MEMORY: self.tr("Memory"),
            FleetMetric.DISK: self.tr("Disk"),
            FleetMetric.TEMPERATURE: self.tr("Temperature"),
            FleetMetric.NETWORK: self.tr("Network"),
        }[metric]


def _worded(metric: FleetMetric, value: float) -> str:
    if metric is FleetMetric.TEMPERATURE:
        return words.degrees(value)
    return words.rate(value) if metric is FleetMetric.NETWORK else words.share(value)
