"""What an action on many devices is told beyond which it is: stored with the run, for whoever takes it up again."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.errors import InputError
from app.models.endpoint import parse_group, parse_tags
from app.models.metric_groups import Choice, MetricGroup, choice_of, described, groups_of
from app.models.own_key import OwnKeyWish


@dataclass(frozen=True, slots=True)
class LabelChange:
    """What is written anew about endpoints. None: it stays as it is; an empty text takes it away. Checked at construction.

    Raises InputError, also for a tag that is both given and taken.
    """

    site: str | None = None
    region: str | None = None
    added_tags: tuple[str, ...] = ()
    removed_tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        for name in ("site", "region"):
            if (text := getattr(self, name)) is not None:
                put(self, name, parse_group(text, field_name=name))
        put(self, "added_tags", parse_tags(self.added_tags))
        put(self, "removed_tags", parse_tags(self.removed_tags))
        if both := sorted({*self.added_tags} & {*self.removed_tags}):
            raise InputError("tags", f"{', '.join(both)} cannot be both given and taken.")

    def __bool__(self) -> bool:
        """Whether there is anything to change."""
        return self != LabelChange()

    def applied_to(self, site: str, region: str, tags: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
        """What becomes of these; tags sorted."""
        return (
            site if self.site is None else self.site,
            region if self.region is None else self.region,
            tuple(sorted({*tags, *self.added_tags} - {*self.removed_tags})),
        )

    def words(self) -> Iterator[str]:
        """ "site Thanet", "without region", "+offshore"."""
        for name, value in (("site", self.site), ("region", self.region)):
            if value is not None:
                yield f"{name} {value}" if value else f"without {name}"
        yield from (f"+{tag}" for tag in self.added_tags)
        yield from (f"-{tag}" for tag in self.removed_tags)


@dataclass(frozen=True, slots=True)
class MetricsChange:
    """Which groups of metrics are read from now on: exactly `only`, or what an endpoint has with some more and some less.

    Checked at construction: raises InputError for a group that is both switched on and off, and for `only` with either.
    """

    on: tuple[MetricGroup, ...] = ()
    off: tuple[MetricGroup, ...] = ()
    only: tuple[MetricGroup, ...] | None = None
    """All of them are the default; none of them leaves the basics."""

    def __post_init__(self) -> None:
        if self.only is not None and (self.on or self.off):
            raise InputError(
                "metrics", "Either all groups are named that there shall be, or those to switch on and off."
            )
        if both := sorted({*self.on} & {*self.off}):
            raise InputError("metrics", f"{', '.join(both)} cannot be both switched on and off.")

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return self != MetricsChange()

    def applied_to(self, choice: Choice) -> Choice:
        """What becomes of an endpoint's choice."""
        if self.only is not None:
            return choice_of(self.only)
        return choice_of({*groups_of(choice), *self.on} - {*self.off})

    def words(self) -> Iterator[str]:
        """ "metrics: all but units", "metrics on: network", "metrics off: disks"."""
        if self.only is not None:
            yield f"metrics: {described(choice_of(self.only))}"
        if self.on:
            yield f"metrics on: {', '.join(self.on)}"
        if self.off:
            yield f"metrics off: {', '.join(self.off)}"


class RemovalWay(StrEnum):
    """What becomes of the exporter of an endpoint that is removed."""

    UNINSTALL = "uninstall"
    KEEP = "keep"
    """It goes on running on the device."""
    FORGET = "forget"
    """The device is gone, and is not contacted."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What an action needs to be told; each field is for one action, which finds it filled."""

    labels: LabelChange = LabelChange()
    profile: str = ""
    """The name of a login."""
    removal: RemovalWay = RemovalWay.UNINSTALL
    own_key: OwnKeyWish | None = None
    """From where new keys of Plantwatch's own are accepted. None: as the present ones."""
    metrics: MetricsChange = MetricsChange()

    def __str__(self) -> str:
        """For people; empty when there is nothing."""
        words = [*self.labels.words(), *self.metrics.words()]
        if self.profile:
            words.append(f"login {self.profile}")
        if self.removal is not RemovalWay.UNINSTALL:
            words.append(
                f"{self.removal} only" if self.removal is RemovalWay.FORGET else f"{self.removal} the exporter"
            )
        if self.own_key is not None:
            words.append(f"accepted from {', '.join(self.own_key.sources) or 'anywhere'}")
        return ", ".join(words)


NOTHING_MORE = Parameters()
