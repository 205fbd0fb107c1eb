"""Taking endpoints out of monitoring: what will be lost, said before; a task for each, so that one that fails holds up none."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QDialog, QHBoxLayout, QPushButton, QRadioButton, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.bulk_parameters import RemovalWay
from app.models.endpoint import Endpoint
from app.ui import theme
from app.ui.dialogs.key_replacement import way_on
from app.ui.errors import advice_of, message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import Task
from app.ui.widgets.text import Label

_NAMED = 8
#: What becomes of the exporter.
Way = RemovalWay


class RemovalDialog(QDialog):
    """Names what is lost and asks what becomes of the exporter. `accepted` when the operator has decided; `way` says how."""

    def __init__(self, endpoints: Sequence[Endpoint], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        count = len(endpoints)
        verb = (
            self.tr("Remove {name}").format(name=endpoints[0].name)
            if count == 1
            else self.tr("Remove {n} endpoints").format(n=count)
        )
        self.setWindowTitle(verb)
        names = ", ".join(endpoint.name for endpoint in endpoints[:_NAMED])
        if count > _NAMED:
            names = self.tr("{names} and {n} more").format(names=names, n=count - _NAMED)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_WIDE)
        column.setSpacing(theme.GAP)
        column.addWidget(Label(self.tr("{verb}?").format(verb=verb), theme.Text.SECTION, wrap=True))
        if count > 1:
            column.addWidget(Label(names, wrap=True, selectable=True))
        column.addWidget(Label(self._what_it_means(count), wrap=True))
        self._ways = QButtonGroup(self)
        self._choices = {
            Way.UNINSTALL: QRadioButton(self.tr("Uninstall the exporter: the device is as it was before")),
            Way.KEEP: QRadioButton(self.tr("Keep the exporter running on the device")),
            Way.FORGET: QRadioButton(self.tr("The device is gone: only take it off the list")),
        }
        for choice in self._choices.values():
            self._ways.addButton(choice)
            column.addWidget(choice)
        self._choices[Way.UNINSTALL].setChecked(True)
        column.addSpacing(theme.GAP_SMALL)
        column.addLayout(self._buttons(verb))
        self.setMinimumWidth(theme.FORM_WIDTH)

    def _what_it_means(self, count: int) -> str:
        if count == 1:
            return self.tr(
                "It will no longer be watched and no alert will tell when it fails. Its notes and tags are lost, and its login is "
                "deleted from the keyring; "
                "what was measured until now stays in Prometheus."
            )
        return self.tr(
            "They will no longer be watched and no alert will tell when one fails. Their notes and tags are lost, and their logins "
            "are deleted from the keyring; "
            "what was measured until now stays in Prometheus."
        )

    def _buttons(self, verb: str) -> QHBoxLayout:
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.remove_button = QPushButton(verb)
        self.remove_button.setProperty("kind", "danger")
        self.remove_button.clicked.connect(self.accept)
        # Enter must not remove what was only looked at.
        self.cancel_button.setDefault(True)
        self.remove_button.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_SMALL)
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.remove_button)
        return row

    def showEvent(self, event: QShowEvent) -> None:
        # Text that wraps would otherwise be cut on small screens, where Qt begins with a lower window.
        self.setMinimumHeight(self._column.totalHeightForWidth(self.width()))
        super().showEvent(event)

    @property
    def way(self) -> Way:
        return next(way for way, choice in self._choices.items() if choice.isChecked())

    def choose(self, way: Way) -> None:
        self._choices[way].setChecked(True)


def ask_to_remove(context: PageContext, endpoints: Sequence[Endpoint], parent: QWidget) -> RemovalDialog:
    """Ask, and when the operator agrees start a task for each endpoint. Results are told by notices, whatever page is shown."""
    dialog = RemovalDialog(endpoints, parent)
    dialog.accepted.connect(lambda: remove(context, endpoints, dialog.way, parent.window()))
    dialog.open()
    return dialog


def remove(context: PageContext, endpoints: Sequence[Endpoint], way: Way, window: QWidget) -> list[Task]:
    """Start the removal of each of `endpoints`."""
    return [_remove_one(context, endpoint, way, window) for endpoint in endpoints]


def _remove_one(context: PageContext, endpoint: Endpoint, way: Way, window: QWidget) -> Task:
    enrolment, name = context.services.enrolment, endpoint.name
    return context.tasks.start(
        lambda report, token: enrolment.remove(
            name, keep_exporter=way is Way.KEEP, forget_only=way is Way.FORGET, report=report, token=token
        ),
        title=window.tr("Remove {name}").format(name=name),
        owner=window,
        on_success=lambda _nothing: context.notify(
            Notice(window.tr("{name} is no longer monitored.").format(name=name), theme.Meaning.UP)
        ),
        on_failure=partial(_tell_failure, context, endpoint, way, window),
        on_cancelled=lambda: context.notify(
            Notice(window.tr("Removing {name} was cancelled.").format(name=name), theme.Meaning.PAUSED)
        ),
        pool="bulk",
    )


def _tell_failure(context: PageContext, endpoint: Endpoint, way: Way, window: QWidget, error: AppError) -> None:
    said = window.tr("{name} was not removed.").format(name=endpoint.name)
    again = partial(_start_again, context, endpoint, way, window)
    verb, mend = way_on(context, endpoint, window, error, again)
    text = " ".join((said, message_of(error), advice_of(error)))
    context.notify(Notice(text, theme.Meaning.DOWN, verb, mend))


def _start_again(context: PageContext, endpoint: Endpoint, way: Way, window: QWidget) -> None:
    _remove_one(context, endpoint, way, window)
