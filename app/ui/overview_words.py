"""How the Overview words what it shows: one sentence about everything, and a line for each site, alert, need and figure."""

import math
import unicodedata
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from app.models.metrics import Health
from app.models.overview import HostCapacity, NeedKind, Overview, SiteStatus
from app.ui import words
from app.ui.theme import Meaning
from app.ui.widgets.health import meaning_of

translate = QCoreApplication.translate

#: So many sites are named in the sentence; the others are counted.
_NAMED = 2
_RIGHT_TO_LEFT = ("R", "AL")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_TROUBLE = (Health.DOWN, Health.ATTENTION)


def clock(at: datetime, now: datetime | None = None) -> str:
    """The time of day where `at` is today, and the day as well where it is not: "14:05", "22 Nov, 14:05"."""
    local = QDateTime.fromSecsSinceEpoch(int(at.timestamp()))
    today = QDateTime.fromSecsSinceEpoch(int((now or datetime.now(at.tzinfo)).timestamp()))
    form = translate("Overview", "HH:mm") if local.date() == today.date() else translate("Overview", "d MMM, HH:mm")
    if local.date().year() != today.date().year():
        form = translate("Overview", "d MMM yyyy, HH:mm")
    return QLocale().toString(local, form)


def site_name(site: SiteStatus) -> str:
    return site.name or translate("Overview", "No site")


def isolated(name: str) -> str:
    """`name` for the middle of a sentence: one that is written from right to left would take the figures beside it along."""
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in name):
        return f"{_FIRST_STRONG_ISOLATE}{name}{_POP_ISOLATE}"
    return name


def since(site: SiteStatus, now: datetime | None = None) -> str:
    """ "since 14:05", with the doubt there is; empty when it is not known."""
    if site.since is None:
        return ""
    text = (
        translate("Overview", "since {moment} or earlier") if site.is_bound else translate("Overview", "since {moment}")
    )
    return text.format(moment=clock(site.since, now))


def counted(health: Health, count: int) -> str:
    """ "57 well"."""
    return {
        Health.UP: translate("Overview", "{n} well"),
        Health.ATTENTION: translate("Overview", "{n} attention"),
        Health.DOWN: translate("Overview", "{n} down"),
        Health.UNKNOWN: translate("Overview", "{n} unknown"),
        Health.STALE: translate("Overview", "{n} stale"),
        Health.ENROLLING: translate("Overview", "{n} enrolling"),
    }[health].format(n=count)


def busy(count: int) -> str:
    return translate("Overview", "{n} coming or going").format(n=count)


def trouble(site: SiteStatus, now: datetime | None = None) -> str:
    """What is worst at a site and since when: "2 down since 14:05"."""
    return f"{worst(site)} {since(site, now)}".strip()


def worst(site: SiteStatus) -> str:
    """How many are in the worst state: "2 down", "All 30 well"."""
    if not site.total:
        return busy(site.busy)
    if site.health is Health.UP:
        return (
            translate("Overview", "All {n} well").format(n=site.total)
            if site.total > 1
            else translate("Overview", "Well")
        )
    return counted(site.health, site.counts[site.health])


def site_sentence(site: SiteStatus, now: datetime | None = None) -> str:
    """Everything that the card of a site says, for who does not see it."""
    others = [counted(health, count) for health, count in site.counts.items() if health is not site.health]
    parts = [site_name(site), site.region, trouble(site, now), *others]
    if site.busy and site.total:
        parts.append(busy(site.busy))
    if not math.isnan(share := site.up_share):
        parts.append(translate("Overview", "{share} up in the last 24 h").format(share=percent(share)))
    return ", ".join(part for part in parts if part)


def percent(share: float) -> str:
    """A ratio 0..1 as percent that says 100 only of the whole, and 0 only of nothing."""
    if 0.995 <= share < 1:
        return translate("Overview", "{n} %").format(n=QLocale().toString(min(99.9, int(share * 1000) / 10), "f", 1))
    return translate("Overview", "<1 %") if 0 < share < 0.01 else words.share(share)


def headline(overview: Overview, now: datetime | None = None) -> tuple[str, Meaning]:
    """Whether all is well, and if not, where and since when: one sentence, and what it means."""
    told = _state_sentence(overview, now)
    if overview.error is None or overview.taken_at is None:
        return told
    # What was known is not what is.
    text = translate("Overview", "As of {moment}: {sentence}").format(
        moment=clock(overview.taken_at, now), sentence=told[0]
    )
    return text, Meaning.UNKNOWN


def silence(overview: Overview, now: datetime | None = None) -> str:
    """Since when there has been no news; empty while there is some."""
    if overview.away_since is None:
        return ""
    return translate("Overview", "No answer since {moment}.").format(moment=clock(overview.away_since, now))


def _state_sentence(overview: Overview, now: datetime | None) -> tuple[str, Meaning]:
    total, well = overview.total, overview.count(Health.UP)
    if not total:
        return translate("Overview", "No endpoint is watched yet; being enrolled or removed: {n}.").format(
            n=overview.busy
        ), Meaning.INFO
    if well == total:
        return (
            translate("Overview", "All {n} endpoints are well.")
            if total > 1
            else translate("Overview", "The endpoint is well.")
        ).format(n=total), Meaning.UP
    if overview.count(Health.UNKNOWN) == total:
        return translate("Overview", "Nothing is known of the {n} endpoints.").format(n=total), Meaning.UNKNOWN
    amiss = [site for site in overview.sites if site.health in _TROUBLE]
    doubtful = [site for site in overview.sites if site.health in (Health.UNKNOWN, Health.STALE)]
    parts = [translate("Overview", "{well} of {total} endpoints are well").format(well=well, total=total)]
    shown = amiss or doubtful
    parts += [f"{isolated(site_name(site))}: {trouble(site, now)}" for site in shown[:_NAMED]]
    if len(shown) > _NAMED:
        parts.append(translate("Overview", "and {n} more").format(n=len(shown) - _NAMED))
    return "; ".join(parts) + ".", meaning_of(shown[0].health)


def need_line(kind: NeedKind) -> str:
    """What endpoints need, beside their number."""
    return {
        NeedKind.CERTIFICATE_ENDED: translate("Overview", "Certificate has ended"),
        NeedKind.ANOTHER_DEVICE: translate("Overview", "Another device seen"),
        NeedKind.DISK_FULL: translate("Overview", "Disk almost full"),
        NeedKind.DISK_FILLS: translate("Overview", "Disk will be full"),
        NeedKind.ALTERED: translate("Overview", "Changed on the device"),
        NeedKind.CERTIFICATE_ENDS: translate("Overview", "Certificate ends within 30 days"),
        NeedKind.PLAIN_HTTP: translate("Overview", "Read in plain HTTP"),
        NeedKind.UPDATE: translate("Overview", "Newer exporter in the kit"),
    }[kind]


def need_meaning(kind: NeedKind) -> Meaning:
    if kind is NeedKind.CERTIFICATE_ENDED:
        return Meaning.DOWN
    return Meaning.INFO if kind is NeedKind.UPDATE else Meaning.ATTENTION


def capacity_lines(capacity: HostCapacity, retention_days: int) -> list[tuple[str, str]]:
    """What the stack costs and what its host has left: a name and a figure each; what is not known is left out."""
    lines = []
    if not math.isnan(capacity.history_bytes):
        lines.append((translate("Overview", "History on disk"), words.size(capacity.history_bytes)))
    if capacity.history_begins is not None:
        lines.append((translate("Overview", "Begins"), words.moment(capacity.history_begins)))
    if retention_days:
        lines.append((translate("Overview", "Kept for"), words.duration(86400 * retention_days)))
    if capacity.series:
        lines.append((translate("Overview", "Series"), QLocale().toString(capacity.series)))
    if not math.isnan(capacity.memory_bytes):
        lines.append((translate("Overview", "Memory of Prometheus"), words.size(capacity.memory_bytes)))
    if capacity.host:
        lines += [
            (translate("Overview", "Host: fullest disk"), words.share(capacity.host_disk)),
            (translate("Overview", "Host: memory"), words.share(capacity.host_memory)),
            (translate("Overview", "Host: processor"), words.share(capacity.host_cpu)),
        ]
    return lines


def host_unknown() -> tuple[str, str]:
    """What is said when no endpoint is the Docker host: a line, and what to do about it."""
    return translate("Overview", "Disk of the host is not watched"), translate(
        "Overview",
        "Enrol the Docker host as an endpoint and give it the tag docker-host: then its disk, memory and processor are shown here.",
    )
