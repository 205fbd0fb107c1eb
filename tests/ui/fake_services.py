"""Services for the pages where the operator acts: in memory, with the signatures of the real ones and gates to hold them at."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSettings

from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from tests.ui.fakes import FakeInventory

if TYPE_CHECKING:
    from app.main import Services


def moment(text: str) -> datetime:
    """An aware time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class OperatorServices:
    """What `Services` holds, as fakes."""

    inventory: FakeInventory = field(default_factory=FakeInventory)

    def as_services(self) -> "Services":
        return cast("Services", SimpleNamespace(**vars(self)))


class Desk:
    """A page's context that remembers where the page wanted to go and what it told."""

    def __init__(self, services: OperatorServices, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> None:
        self.gone_to: list[tuple[str, str]] = []
        self.notices: list[Notice] = []
        self.counts: dict[str, int] = {}
        self.context = PageContext(
            services=services.as_services(),
            tasks=tasks,
            state=state,
            theme=keeper,
            navigate=lambda key, subject: self.gone_to.append((key, subject)),
            notify=self.notices.append,
            show_count=self.counts.__setitem__,
        )
