"""Rate limits of a rule: pure functions of its past firings and the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..backends.base import Json
from .instants import read_instant
from .rule import Limits


@dataclass(frozen=True, kw_only=True)
class Firing:
    """A firing that passed the limits."""

    at: datetime
    entity_id: str | None


def refuses(
    limits: Limits, firings: Sequence[Firing], entity_id: str | None, now: datetime
) -> bool:
    """Return whether the limits refuse a firing.

    A clock that is set back never makes a limit last longer than configured.
    """
    if any(_within(firing, limits.cool_down, now) for firing in firings):
        return True
    if any(
        firing.entity_id == entity_id and _within(firing, limits.debounce, now)
        for firing in firings
    ):
        return True
    if limits.most is None:
        return False
    recent = sum(_within(firing, limits.period, now) for firing in firings)
    return recent >= limits.most


def kept(limits: Limits, firings: Sequence[Firing], now: datetime) -> list[Firing]:
    """Return the firings that still count toward a limit."""
    longest = max(
        limits.debounce,
        limits.cool_down,
        limits.period if limits.most is not None else timedelta(),
    )
    return [firing for firing in firings if _within(firing, longest, now)]


def dump(firings: Sequence[Firing]) -> Json:
    """Convert firings to JSON."""
    return [[firing.at.timestamp(), firing.entity_id] for firing in firings]


def load(noted: Json) -> list[Firing]:
    """Read firings from JSON; skip those that are invalid."""
    firings: list[Firing] = []
    for one in noted if isinstance(noted, list) else ():
        match one:
            case [at, str() | None as entity_id]:
                if (moment := read_instant(at)) is not None:
                    firings.append(Firing(at=moment, entity_id=entity_id))
    return firings


def _within(firing: Firing, time: timedelta, now: datetime) -> bool:
    """Return whether a firing is less than a duration away from now."""
    return abs(now - firing.at) < time
