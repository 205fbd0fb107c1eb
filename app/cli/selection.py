"""Which endpoints a command is about: named, and chosen by what is known about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from app.errors import InputError
from app.main import Services
from app.models.endpoint import Endpoint, Lifecycle
from app.models.metrics import Health

#: A state beside those of health and lifecycle.
PLAIN_HTTP = "plain-http"
_STATES = (*(state.value for state in Health), *(state.value for state in Lifecycle), PLAIN_HTTP)

Names = Annotated[list[str] | None, typer.Argument(help="Endpoints.", show_default=False)]
Site = Annotated[str | None, typer.Option(help="All endpoints of this site; empty: those without one.")]
Region = Annotated[str | None, typer.Option(help="All of this region; empty: those without one.")]
Tag = Annotated[list[str] | None, typer.Option(help="All with this tag; once for each: with all of them.")]
State = Annotated[str, typer.Option(help=f"All in this state: {', '.join(_STATES)}.")]
Every = Annotated[bool, typer.Option("--all", help="Every endpoint.")]


@dataclass(frozen=True, slots=True)
class Filter:
    """What an endpoint has to be to be chosen: all that is given."""

    site: str | None = None
    region: str | None = None
    tags: Sequence[str] = ()
    state: str = ""

    def __bool__(self) -> bool:
        return self != Filter()

    def chosen(self, services: Services) -> list[Endpoint]:
        """By name. Raises InputError for a state that there is not, and MonitoringError when Prometheus has to tell and cannot."""
        if self.state and self.state not in _STATES:
            raise InputError("state", f"“{self.state}” is none of {', '.join(_STATES)}.")
        known = [each for each in services.inventory.endpoints() if self._fits(each)]
        if not self.state:
            return known
        if self.state == PLAIN_HTTP:
            return [each for each in known if each.certificate is None]
        if self.state in tuple(Lifecycle):
            return [each for each in known if each.lifecycle == self.state]
        # Not guessed where Prometheus cannot be asked: a wrong state would choose the wrong devices.
        health = services.fleet.snapshot(points=2, window_seconds=120).health
        return [
            each
            for each in known
            if each.lifecycle is Lifecycle.MONITORED
            and (health[each.name].health if each.name in health else Health.UNKNOWN) == self.state
        ]

    def _fits(self, endpoint: Endpoint) -> bool:
        return (
            (self.site is None or endpoint.site == self.site)
            and (self.region is None or endpoint.region == self.region)
            and {*self.tags} <= {*endpoint.tags}
        )


def selected(services: Services, names: Sequence[str], by: Filter, *, every: bool) -> list[str]:
    """The names of the endpoints that are meant, each once: those named, then those chosen.

    Raises NotFoundError, and InputError when nothing says which, or none is like that.
    """
    if not (names or by or every):
        raise InputError(
            "names",
            "Say which endpoints: their names, --site, --region, --tag, --state or --all.",
            label="Nothing to do",
        )
    named = [services.inventory.endpoint(name).name for name in names]
    chosen = [each.name for each in by.chosen(services)] if by or every else []
    found = list(dict.fromkeys([*named, *chosen]))
    if not found:
        raise InputError("names", "No endpoint is like that.", label="Nothing to do")
    return found
