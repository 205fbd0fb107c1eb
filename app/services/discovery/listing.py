"""What a scan found as a list of devices: the form that `app.services.lists` reads, with the keys that were seen, not compared."""

from collections.abc import Collection, Iterable, Mapping

from app.errors import InputError
from app.models.device_list import Field
from app.models.discovery import Hit
from app.models.endpoint import parse_name
from app.services.lists import rows_as_csv


def hits_as_rows(hits: Iterable[Hit]) -> list[Mapping[Field, str]]:
    """A row for each hit that can be enrolled. A key that it showed goes into `Field.SEEN_KEY`, never into `Field.HOST_KEY`."""
    rows: list[Mapping[Field, str]] = []
    taken: set[str] = set()
    for hit in hits:
        if not hit.is_listable:
            continue
        name = _name(hit, taken)
        taken.add(name.casefold())
        rows.append(
            {
                Field.NAME: name,
                Field.ADDRESS: hit.address,
                Field.PORT: str(hit.port),
                Field.SEEN_KEY: str(hit.host_key) if hit.host_key else "",
            }
        )
    return rows


def hits_as_csv(hits: Iterable[Hit]) -> str:
    """The same as text, with a header."""
    return rows_as_csv(hits_as_rows(hits))


def _name(hit: Hit, taken: Collection[str]) -> str:
    """What DNS calls it, up to the first dot, or else its address: something to be replaced by what people call it."""
    address = hit.address.replace(":", "-").strip("-")
    for wish in (hit.name.partition(".")[0], hit.name, address, f"{address}-{hit.port}"):
        try:
            name = parse_name(wish)
        except InputError:
            continue
        if name.casefold() not in taken:
            return name
    return f"{address}-{hit.port}"
