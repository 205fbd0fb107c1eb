"""What the Overview shows: cards of sites, and lines about everything else. Made by a worker; the models only hand it to views."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.models.alert import Alert
from app.models.metrics import Floats, Health
from app.models.overview import Overview, SiteStatus
from app.ui import overview_words, words
from app.ui.fleet_subject import FleetSubject
from app.ui.severities import severity_meaning, severity_word
from app.ui.theme import Meaning
from app.ui.widgets.health import meaning_of

Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
Curve = npt.NDArray[np.float32]

translate = QCoreApplication.translate

#: Less than this much of the endpoints that are down does not fill the height of a curve; one of sixty can still be seen.
_LEAST_SPAN = 0.1
#: So many alerts of a severity are named.
_ALERTS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One site, worded. `curve` is scaled to 0..1, NaN for gaps; `gaps` are those, as shares (from, to) of its width."""

    site: str
    title: str
    region: str
    meaning: Meaning
    state: str
    """How many are in the worst state."""
    since: str
    others: tuple[tuple[Meaning, str], ...]
    share: str
    """Of the last 24 h that were up; empty: not known."""
    sentence: str
    """All of it, for who does not see the card."""
    curve: Curve | None = None
    gaps: tuple[tuple[float, float], ...] = ()

    def says_the_same_as(self, other: "Card") -> bool:
        """Whether both would be drawn the same."""
        mine = (self.title, self.region, self.meaning, self.state, self.since, self.others, self.share, self.gaps)
        theirs = (
            other.title,
            other.region,
            other.meaning,
            other.state,
            other.since,
            other.others,
            other.share,
            other.gaps,
        )
        return mine == theirs and _is_same(self.curve, other.curve)

    @property
    def subject(self) -> str:
        """Of the fleet, for its endpoints."""
        return FleetSubject(site=self.site).written()


class LineKind(Enum):
    HEADING = "heading"
    LINE = "line"
    DETAIL = "detail"
    """Belongs to the line above it."""
    FIGURE = "figure"
    """Leads nowhere."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line about something other than a site. `target` is the page that it leads to, and what about; None: nowhere."""

    kind: LineKind
    text: str
    figure: str = ""
    meaning: Meaning | None = None
    target: tuple[str, str] | None = None
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An `Overview` worded for the page."""

    overview: Overview
    headline: str
    meaning: Meaning
    silence: str
    cards: tuple[Card, ...] = field(default=())
    lines: tuple[Line, ...] = field(default=())


def pictured(overview: Overview, now: datetime | None = None) -> Picture:
    """Word everything, on whatever thread."""
    headline, meaning = overview_words.headline(overview, now)
    return Picture(
        overview=overview,
        headline=headline,
        meaning=meaning,
        silence=overview_words.silence(overview, now),
        cards=tuple(_card(site, now) for site in overview.sites),
        lines=(*_alert_lines(overview), *_need_lines(overview), *_capacity_lines(overview)),
    )


def _card(site: SiteStatus, now: datetime | None) -> Card:
    others = [
        (meaning_of(health), overview_words.counted(health, count))
        for health, count in site.counts.items()
        if health is not site.health
    ]
    if site.busy and site.total:
        others.append((Meaning.INFO, overview_words.busy(site.busy)))
    curve = _scaled(site.trend) if site.trend is not None else None
    share = site.up_share
    return Card(
        site=site.name,
        title=overview_words.site_name(site),
        region=site.region,
        meaning=meaning_of(site.health),
        state=overview_words.worst(site),
        since=overview_words.since(site, now),
        others=tuple(others),
        share="" if np.isnan(share) else overview_words.percent(share),
        sentence=overview_words.site_sentence(site, now),
        curve=curve,
        gaps=_gaps(curve) if curve is not None else (),
    )


def _scaled(shares: Floats) -> Curve:
    low = min(1 - _LEAST_SPAN, float(np.nanmin(shares, initial=1.0)))
    scaled: Curve = ((shares - low) / (1 - low)).astype(np.float32)
    return scaled


def _gaps(curve: Curve) -> tuple[tuple[float, float], ...]:
    """Where the curve has no points, from the last known one to the next, as shares of its width."""
    missing = np.isnan(curve)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], missing, [False])).astype(np.int8)))
    last = len(curve) - 1
    pairs = edges.reshape(-1, 2).tolist()
    return tuple((max(first - 1, 0) / last, min(end, last) / last) for first, end in pairs) if last else ()


def _alert_lines(overview: Overview) -> list[Line]:
    lines = [Line(LineKind.HEADING, translate("Overview", "Alerts"))]
    if overview.severities is None:
        return [*lines, Line(LineKind.FIGURE, translate("Overview", "Not known"), meaning=Meaning.UNKNOWN)]
    for group in overview.severities:
        target = ("alerts", f"severity:{group.severity.value}")
        tip = translate("Overview", "silenced or held back: {n}").format(n=group.held_back) if group.held_back else ""
        text = severity_word(group.severity)
        meaning = severity_meaning(group.severity) if group.alerts else Meaning.PAUSED
        lines.append(Line(LineKind.LINE, text, str(len(group.alerts)), meaning, target, tip))
        lines += [_alert_line(alert, target) for alert in group.alerts[:_ALERTS_NAMED]]
    if not overview.severities:
        lines.append(Line(LineKind.FIGURE, translate("Overview", "Nothing fires"), meaning=Meaning.UP))
    return lines


def _alert_line(alert: Alert, target: tuple[str, str]) -> Line:
    place = ("endpoint", alert.instance) if alert.instance else target
    tip = "\n".join(part for part in (alert.summary, alert.description, alert.action) if part)
    lasted = words.duration((datetime.now(UTC) - alert.since).total_seconds())
    return Line(LineKind.DETAIL, alert.summary or alert.name, lasted, None, place, tip)


_DOUBTFUL: Final[Mapping[Health, Callable[[], str]]] = {
    Health.STALE: lambda: translate("Overview", "Not heard of lately"),
    Health.UNKNOWN: lambda: translate("Overview", "State not known"),
}


def _need_lines(overview: Overview) -> list[Line]:
    lines = [Line(LineKind.HEADING, translate("Overview", "Endpoints that need something"))]
    for need in overview.needs:
        text = overview_words.need_line(need.kind)
        target = ("fleet", FleetSubject(names=frozenset(need.names), title=text).written())
        tip = ", ".join(need.names[:20]) + (" …" if len(need.names) > 20 else "")
        meaning = overview_words.need_meaning(need.kind)
        lines.append(Line(LineKind.LINE, text, str(len(need.names)), meaning, target, tip))
    for health, wording in _DOUBTFUL.items():
        names = frozenset(name for site in overview.sites for name in site.doubtful.get(health, ()))
        # Of all at once the headline tells.
        if names and len(names) < overview.total:
            target = ("fleet", FleetSubject(names=names, title=wording()).written())
            lines.append(Line(LineKind.LINE, wording(), str(len(names)), meaning_of(health), target))
    if overview.severities is None:
        lines.append(Line(LineKind.FIGURE, translate("Overview", "Disks are not known"), meaning=Meaning.UNKNOWN))
    elif len(lines) == 1:
        lines.append(Line(LineKind.FIGURE, translate("Overview", "None does"), meaning=Meaning.UP))
    return lines


def _capacity_lines(overview: Overview) -> list[Line]:
    heading = Line(LineKind.HEADING, translate("Overview", "Monitoring server"))
    known = overview.capacity
    if known is None:
        return [heading, Line(LineKind.FIGURE, translate("Overview", "Not known"), meaning=Meaning.UNKNOWN)]
    figures = overview_words.capacity_lines(known, overview.retention_days)
    lines = [Line(LineKind.FIGURE, text, figure) for text, figure in figures]
    if not known.host:
        text, tip = overview_words.host_unknown()
        lines.append(Line(LineKind.LINE, text, meaning=Meaning.UNKNOWN, target=("enrol", ""), tip=tip))
    return [heading, *lines]


class SiteModel(QAbstractListModel):
    """One row a site, in the order of the overview."""

    CardRole: Final = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cards: tuple[Card, ...] = ()

    def take(self, cards: tuple[Card, ...]) -> None:
        """Show `cards`; whoever is at one of them stays there."""
        before, same_order = self.cards, [each.site for each in cards] == [each.site for each in self.cards]
        if same_order:
            self.cards = cards
            if cards:
                self.dataChanged.emit(self.index(0), self.index(len(cards) - 1))
        else:
            self.layoutAboutToBeChanged.emit()
            held = self.persistentIndexList()
            names = [before[index.row()].site for index in held]
            self.cards = cards
            row_of = {each.site: row for row, each in enumerate(cards)}
            moved = [self.index(row_of[name]) if name in row_of else QModelIndex() for name in names]
            self.changePersistentIndexList(held, moved)
            self.layoutChanged.emit()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        card = self.cards[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return card.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return card.sentence
            case Qt.ItemDataRole.ToolTipRole:
                return words.tip(card.sentence)
            case self.CardRole:
                return card
        return None


def _is_same(one: Curve | None, other: Curve | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other, equal_nan=True)


def _key(line: Line) -> tuple[LineKind, str]:
    return line.kind, line.text


class LineModel(QAbstractListModel):
    """The lines as they are; headings can be neither chosen nor reached."""

    LineRole: Final = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: Sequence[Line] = ()

    def take(self, lines: Sequence[Line]) -> None:
        """Show `lines`; whoever is at one of the same kind and text stays there."""
        before, after = [_key(each) for each in self.lines], [_key(each) for each in lines]
        if before == after:
            self.lines = lines
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        keys = [before[index.row()] for index in held]
        self.lines = lines
        row_of = {key: row for row, key in enumerate(after)}
        moved = [self.index(row_of[key]) if key in row_of else QModelIndex() for key in keys]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or self.lines[index.row()].kind is LineKind.HEADING:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (line.text, line.figure) if part)
            case Qt.ItemDataRole.ToolTipRole:
                return words.tip("\n".join(part for part in (line.text, line.tip) if part))
            case self.LineRole:
                return line
        return None
