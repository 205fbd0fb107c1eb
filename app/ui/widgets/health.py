"""How the state of an endpoint is worded and marked. Unknown, stale and down are different things and never look alike."""

from PySide6.QtCore import QCoreApplication

from app.models.endpoint import Lifecycle
from app.models.metrics import EndpointHealth, Health
from app.ui import words
from app.ui.theme import Meaning

_MEANINGS = {
    Health.UP: Meaning.UP,
    Health.ATTENTION: Meaning.ATTENTION,
    Health.DOWN: Meaning.DOWN,
    Health.UNKNOWN: Meaning.UNKNOWN,
    Health.STALE: Meaning.STALE,
    Health.ENROLLING: Meaning.INFO,
}


def meaning_of(health: Health, lifecycle: Lifecycle = Lifecycle.MONITORED) -> Meaning:
    if lifecycle is Lifecycle.REMOVING:
        return Meaning.PAUSED
    return Meaning.INFO if lifecycle is Lifecycle.ENROLLING else _MEANINGS[health]


def word_for(health: Health, lifecycle: Lifecycle = Lifecycle.MONITORED) -> str:
    """One word, for a table's cell."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Health", text)

    if lifecycle is Lifecycle.REMOVING:
        return tr("Removing")
    if lifecycle is Lifecycle.ENROLLING:
        return tr("Enrolling")
    return {
        Health.UP: tr("Up"),
        Health.ATTENTION: tr("Attention"),
        Health.DOWN: tr("Down"),
        Health.UNKNOWN: tr("Unknown"),
        Health.STALE: tr("Stale"),
        Health.ENROLLING: tr("Enrolling"),
    }[health]


def sentence(health: EndpointHealth, lifecycle: Lifecycle = Lifecycle.MONITORED) -> str:
    """What is known about the endpoint, and since when."""
    since = words.age(health.since)
    seen = words.age(health.last_scrape)
    return _template(health, lifecycle).format(since=since, seen=seen, moment=words.moment(health.since))


def _template(health: EndpointHealth, lifecycle: Lifecycle) -> str:
    def tr(text: str) -> str:
        return QCoreApplication.translate("Health", text)

    if lifecycle is Lifecycle.REMOVING:
        return tr("It is being removed.")
    if lifecycle is Lifecycle.ENROLLING:
        return tr("It is being enrolled.")
    known = {
        Health.UP: tr("Up; last seen {seen}."),
        Health.ATTENTION: tr("Up, but needs attention; last seen {seen}."),
        Health.DOWN: tr("Down: the last scrape, {seen}, failed."),
        Health.STALE: tr("Last heard of {seen}. Whether it is up now is not known."),
        Health.ENROLLING: tr("It is being enrolled."),
        Health.UNKNOWN: tr("Not known: Prometheus is away or has never scraped it."),
    }
    with_beginning = {
        Health.UP: tr("Up since {moment}; last seen {seen}."),
        Health.ATTENTION: tr("Up, but needs attention since {moment}; last seen {seen}."),
        Health.DOWN: tr("Down since {moment}: the last scrape, {seen}, failed."),
    }
    return (with_beginning if health.since else known).get(health.health, known[health.health])
