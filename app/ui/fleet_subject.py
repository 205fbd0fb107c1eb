"""Which endpoints the fleet is to show, as the subject by which one page opens another."""

import json
from dataclasses import dataclass

_FORM = "show "


@dataclass(frozen=True, slots=True)
class FleetSubject:
    """Those of one site ("": without one), or those of these names, under a title that says why. None: not limited by it."""

    site: str | None = None
    names: frozenset[str] | None = None
    title: str = ""

    def written(self) -> str:
        """For `PageContext.navigate`. No name of an endpoint looks like it."""
        names = sorted(self.names) if self.names is not None else None
        return _FORM + json.dumps([self.site, names, self.title], ensure_ascii=False)

    @classmethod
    def read(cls, subject: str) -> "FleetSubject | None":
        """What `written` wrote; None for any other subject, as the name of an endpoint."""
        if not subject.startswith(_FORM + "["):
            return None
        site, names, title = json.loads(subject.removeprefix(_FORM))
        return cls(site, frozenset(names) if names is not None else None, title)
