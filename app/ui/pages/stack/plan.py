"""What a deployment would do, as sentences."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from app.models.stack import Action, ActionKind, Plan
from app.ui import theme
from app.ui.widgets.states import IconLabel
from app.ui.widgets.text import Label

_ICONS = {
    ActionKind.GET_IMAGE: "download",
    ActionKind.CREATE_NETWORK: "plus",
    ActionKind.CREATE_VOLUME: "plus",
    ActionKind.REMOVE_CONTAINER: "trash-2",
    ActionKind.CREATE_CONTAINER: "box",
    ActionKind.WRITE_CONFIGURATION: "pencil",
    ActionKind.START_CONTAINER: "play",
    ActionKind.STOP_CONTAINER: "square",
    ActionKind.REMOVE_NETWORK: "trash-2",
    ActionKind.REMOVE_VOLUME: "trash-2",
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("StackPlan", text)


def sentence(action: Action) -> str:
    """What will be done, without the reason: "Create the container prometheus"."""
    template = {
        ActionKind.GET_IMAGE: _tr("Get the image {0}"),
        ActionKind.CREATE_NETWORK: _tr("Create the network {0}"),
        ActionKind.CREATE_VOLUME: _tr("Create the volume {0}"),
        ActionKind.REMOVE_CONTAINER: _tr("Remove the container {0}"),
        ActionKind.CREATE_CONTAINER: _tr("Create the container {0}"),
        ActionKind.WRITE_CONFIGURATION: _tr("Write the configuration of {0}"),
        ActionKind.START_CONTAINER: _tr("Start {0}"),
        ActionKind.STOP_CONTAINER: _tr("Stop {0}"),
        ActionKind.REMOVE_NETWORK: _tr("Remove the network {0}"),
        ActionKind.REMOVE_VOLUME: _tr("Remove the volume {0}"),
    }[action.kind]
    return template.format(action.name)


class PlanCard(QFrame):
    """The actions of a plan, one line each: what, and why."""

    def __init__(self, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.lines: list[str] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.GAP_WIDE, theme.GAP, theme.GAP_WIDE, theme.GAP)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.GAP_SMALL)
        grid.setColumnStretch(1, 1)
        if plan.is_empty:
            self.lines.append(self.tr("Nothing to do: the stack on {0} is as it should be.").format(plan.host))
            grid.addWidget(IconLabel("circle-check"), 0, 0)
            grid.addWidget(Label(self.lines[0], wrap=True), 0, 1)
        for at, action in enumerate(plan.actions):
            text = f"{sentence(action)} – {action.reason}" if action.reason else sentence(action)
            self.lines.append(text)
            grid.addWidget(IconLabel(_ICONS[action.kind], theme.ICON_SMALL, "muted"), at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Label(text, wrap=True, selectable=True), at, 1)
