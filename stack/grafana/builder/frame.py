"""What both dashboards share: settings, variables, and the grid that panels are placed on."""

from typing import Self

from grafana_foundation_sdk.builders import dashboard as dashboards
from grafana_foundation_sdk.models import dashboard as models

from stack.grafana.builder.panels import DATA_SOURCE, Panel

_COLUMNS = 24


class Frame:
    """A dashboard that is filled from top to bottom, with numbered panels and no gaps."""

    def __init__(self, title: str, uid: str, description: str, *, period: str) -> None:
        """`period` is how far back the time range reaches at first, such as 6h."""
        self._dashboard = (
            dashboards.Dashboard(title)
            .uid(uid)
            .description(description)
            .tags(["plantwatch"])
            .readonly()
            .tooltip(models.DashboardCursorSync.CROSSHAIR)
            .time(f"now-{period}", "now")
            .timezone("browser")
            .refresh("30s")
            .annotations([])
        )
        self._next_id = 1
        self._next_y = 0

    def variable(self, name: str, label: str, query: str, *, many: bool) -> Self:
        """A choice among the values of a label. With `many`, several or all can be chosen; "all" includes series without the label."""
        variable = (
            dashboards.QueryVariable(name)
            .label(label)
            .datasource(DATA_SOURCE)
            .query({"qryType": 1, "query": query, "refId": f"variable-{name}"})
            .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
            .sort(models.VariableSort.NATURAL_ASC)
            .multi(many)
            .include_all(many)
        )
        if many:
            variable.all_value(".*").current(models.VariableOption(selected=True, text=["All"], value=["$__all"]))
        self._dashboard.with_variable(variable)
        return self

    def link(self, title: str, uid: str) -> Self:
        """A link to another dashboard that takes the time range along."""
        link = (
            dashboards.DashboardLink(title)
            .type(models.DashboardLinkType.LINK)
            .url(f"/d/{uid}")
            .keep_time(keep_time=True)
        )
        self._dashboard.link(link.icon("dashboard").tooltip(title))
        return self

    def heading(self, title: str) -> Self:
        """A heading over the panels that follow."""
        row = dashboards.Row(title).id(self._take_id()).grid_pos(models.GridPos(h=1, w=_COLUMNS, x=0, y=self._next_y))
        self._dashboard.with_row(row)
        self._next_y += 1
        return self

    def across(self, *panels: Panel, height: int, widths: tuple[int, ...] = ()) -> Self:
        """Panels side by side, over the full width: of equal width (their number must divide 24), or of these `widths`."""
        shares = widths or (_COLUMNS // len(panels),) * len(panels)
        if sum(shares) != _COLUMNS:
            message = f"widths {shares} do not add up to {_COLUMNS}"
            raise ValueError(message)
        x = 0
        for panel, width in zip(panels, shares, strict=True):
            panel.id(self._take_id()).grid_pos(models.GridPos(h=height, w=width, x=x, y=self._next_y))
            self._dashboard.with_panel(panel)
            x += width
        self._next_y += height
        return self

    def build(self) -> models.Dashboard:
        return self._dashboard.build()

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1
