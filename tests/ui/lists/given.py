"""A list with something of everything, and how a test waits for the page."""

from pytestqt.qtbot import QtBot

from app.models.device_list import Field
from app.ui.list_words import RowKind
from app.ui.models.list_rows import Fixed
from app.ui.pages.lists import ListPage
from app.ui.widgets.states import ViewState

LIST = """\
WTG;IP;Park;Password;Bemerkung
wtg-01;10.20.0.11;Thanet;hunter2;first
wtg-02;10.20.0.300;Thanet;hunter2;<b>bold</b> & more
wtg 03!;10.20.0.13;Thanet;hunter2;
wtg-04;10.20.0.11;Thanet;hunter2;the same as the first
wtg-05;10.20.0.15;Thanet;hunter2;=1+1
Summe;5;;;
"""


def settled(qtbot: QtBot, page: ListPage) -> None:
    """Everything that was asked for is shown."""
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT and not page.editor.is_busy, timeout=20_000)


def opened(qtbot: QtBot, page: ListPage, text: str = LIST) -> None:
    page.open_text(text)
    settled(qtbot, page)


def count(page: ListPage, kind: RowKind) -> int:
    assert page.editor.sheet is not None
    return page.editor.sheet.counts.get(kind, 0)


def section(page: ListPage, of: Field) -> int:
    """Where a field is shown."""
    assert page.editor.sheet is not None
    return next(at for at, each in enumerate(page.editor.sheet.columns, len(Fixed)) if each.field is of)


def shown(page: ListPage, position: int, at: int) -> str:
    return str(page.bench.model.index(position, at).data())
