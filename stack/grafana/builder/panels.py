"""The house style of the panels: every one has a title, a description, a unit and Plantwatch's data source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from grafana_foundation_sdk.builders import bargauge, common, prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders import dashboard as dashboards
from grafana_foundation_sdk.models import common as styles
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import prometheus as prometheus_models

DATA_SOURCE = styles.DataSourceRef(type_val="prometheus", uid="plantwatch-prometheus")
ENDPOINT_UID = "plantwatch-endpoint"
SITE_UID = "plantwatch-site"

Panel: TypeAlias = stat.Panel | timeseries.Panel | bargauge.Panel | table.Panel
GREEN, YELLOW, ORANGE, RED, BLUE, GREY = "green", "yellow", "orange", "red", "blue", "text"


@dataclass(frozen=True, slots=True)
class Query:
    """PromQL with Grafana's variables, and the legend of its series."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Levels:
    """Where a value turns from good to a warning and to an alarm; None for neither. In the unit of the panel."""

    warning: float | None = None
    critical: float | None = None
    base: str = GREEN

    def build(self) -> dashboards.ThresholdsConfig:
        steps = [models.Threshold(value=None, color=self.base)]
        if self.warning is not None:
            steps.append(models.Threshold(value=self.warning, color=ORANGE))
        if self.critical is not None:
            steps.append(models.Threshold(value=self.critical, color=RED))
        return dashboards.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


PLAIN = Levels(base=GREY)


def number(
    title: str,
    description: str,
    unit: str,
    query: Query,
    levels: Levels = PLAIN,
    *,
    texts: Mapping[str, tuple[str, str]] | None = None,
) -> stat.Panel:
    """One large number, now. `texts` replaces values by (text, colour)."""
    panel = (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .unit(unit)
        .thresholds(levels.build())
        .color_mode(styles.BigValueColorMode.VALUE)
        .graph_mode(styles.BigValueGraphMode.NONE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("–")
        .with_target(_target(query, "A").instant())
    )
    return panel.mappings(_mappings(texts)) if texts else panel


def lines(
    title: str,
    description: str,
    unit: str,
    *queries: Query,
    levels: Levels | None = None,
    top: float | None = None,
    stacked: bool = False,
) -> timeseries.Panel:
    """Series over time from zero up to `top` (None: as high as they go)."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .unit(unit)
        .min(0)
        .line_width(1)
        .fill_opacity(40 if stacked else 8)
        .show_points(styles.VisibilityMode.NEVER)
        .legend(
            common.VizLegendOptions()
            .display_mode(styles.LegendDisplayMode.TABLE)
            .placement(styles.LegendPlacement.BOTTOM)
            .show_legend(show_legend=True)
            .calcs(["lastNotNull", "max"])
        )
        .tooltip(common.VizTooltipOptions().mode(styles.TooltipDisplayMode.MULTI).sort(styles.SortOrder.DESCENDING))
    )
    if top is not None:
        panel.max(top)
    if stacked:
        panel.stacking(common.StackingConfig().mode(styles.StackingMode.NORMAL).group("A"))
    if levels is not None:
        panel.thresholds(levels.build()).thresholds_style(
            common.GraphThresholdsStyleConfig().mode(styles.GraphThresholdsStyleMode.DASHED)
        )
    for ref, query in zip(_ref_ids(queries), queries, strict=True):
        panel.with_target(_target(query, ref).range())
    return panel


def bars(
    title: str,
    description: str,
    unit: str,
    query: Query,
    levels: Levels,
    *,
    top: float | None = None,
    links: bool = False,
) -> bargauge.Panel:
    """One horizontal bar for each series, now. With `links`, a bar leads to the dashboard of its endpoint."""
    panel = (
        bargauge.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .unit(unit)
        .min(0)
        .thresholds(levels.build())
        .orientation(styles.VizOrientation.HORIZONTAL)
        .display_mode(styles.BarGaugeDisplayMode.BASIC)
        .value_mode(styles.BarGaugeValueMode.COLOR)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .with_target(_target(query, "A").instant())
    )
    if top is not None:
        panel.max(top)
    if links:
        panel.data_links([_endpoint_link("${__field.labels.instance}")])
    return panel


def listing(
    title: str,
    description: str,
    query: Query,
    columns: Mapping[str, str],
    *,
    texts: Mapping[str, tuple[str, str]] | None = None,
) -> table.Panel:
    """A table of series, now. `columns` names the labels that are shown ("Value" for the value), in order, with their headings.

    `texts` replaces values by (text, colour). A column headed "Endpoint" leads to its dashboard.
    """
    hidden = {
        name: True
        for name in ("Time", "Value", "__name__", "job", "region", "tags", "site", "instance", "state", "type")
        if name not in columns
    }
    panel = (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .thresholds(PLAIN.build())
        .align(styles.FieldTextAlignment.AUTO)
        .unit("none")
        .with_target(_target(query, "A").instant().format(prometheus_models.PromQueryFormat.TABLE))
        .with_transformation(
            models.DataTransformerConfig(
                id_val="organize",
                options={
                    "excludeByName": hidden,
                    "indexByName": {name: place for place, name in enumerate(columns)},
                    "renameByName": dict(columns),
                },
            )
        )
    )
    if texts:
        cell = models.DynamicConfigValue(id_val="custom.cellOptions", value={"type": "color-text"})
        panel.override_by_name(
            columns["Value"], [models.DynamicConfigValue(id_val="mappings", value=_mappings(texts)), cell]
        )
    if "Endpoint" in columns.values():
        link = _endpoint_link("${__value.raw}").build()
        panel.override_by_name("Endpoint", [models.DynamicConfigValue(id_val="links", value=[link])])
    return panel


def _endpoint_link(name: str) -> dashboards.DashboardLink:
    address = f"/d/{ENDPOINT_UID}?var-endpoint={name}&${{__url_time_range}}"
    return dashboards.DashboardLink("Open the endpoint").url(address)


def _mappings(texts: Mapping[str, tuple[str, str]]) -> list[models.ValueMapping]:
    results = {
        value: models.ValueMappingResult(text=text, color=colour, index=place)
        for place, (value, (text, colour)) in enumerate(texts.items())
    }
    return [models.ValueMap(options=results)]


def _target(query: Query, ref_id: str) -> prometheus.Dataquery:
    return (
        prometheus.Dataquery()
        .ref_id(ref_id)
        .datasource(DATA_SOURCE)
        .editor_mode(prometheus_models.QueryEditorMode.CODE)
        .expr(query.expr)
        .legend_format(query.legend or "__auto")
    )


def _ref_ids(queries: Sequence[Query]) -> Sequence[str]:
    return [chr(ord("A") + place) for place in range(len(queries))]
