"""How tables of records look: whole rows of one height, compact, without a grid, scrolled by the pixel."""

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.ui import theme


def make_rows(table: QTableView) -> None:
    """Let `table`, which has its model, look so. Tab leaves it, and nothing in it is edited."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    rows = table.verticalHeader()
    rows.hide()
    # Qt measures none of them.
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(theme.ROW_HEIGHT_COMPACT)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    keep_selection_from_header(table)


def keep_selection_from_header(table: QTableView) -> None:
    """Give the header of `table`, which has its model, a selection of its own that is always empty.

    At each repaint Qt asks about every row of every column whether all of them are selected, even where that is not shown: with 2,292 rows
    selected this took 50 ms.
    """
    header = table.horizontalHeader()
    header.setSelectionModel(QItemSelectionModel(table.model(), header))
