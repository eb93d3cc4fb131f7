"""How often a rule may fire: pure functions of its firings so far and the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..backends.base import Json
from .instants import read_instant
from .rule import Limits


@dataclass(frozen=True, kw_only=True)
class Firing:
    """A firing that was let through."""

    at: datetime
    entity_id: str | None


def refuses(
    limits: Limits, firings: Sequence[Firing], entity_id: str | None, now: datetime
) -> bool:
    """Say whether a rule has fired too often to fire again.

    A clock that was set back makes nothing wait longer than the limit itself.
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
    """Return the firings that still count for some limit."""
    longest = max(
        limits.debounce,
        limits.cool_down,
        limits.period if limits.most is not None else timedelta(),
    )
    return [firing for firing in firings if _within(firing, longest, now)]


def dump(firings: Sequence[Firing]) -> Json:
    """Turn firings into JSON."""
    return [[firing.at.timestamp(), firing.entity_id] for firing in firings]


def load(noted: Json) -> list[Firing]:
    """Read firings from JSON, but for those that cannot be read."""
    firings: list[Firing] = []
    for one in noted if isinstance(noted, list) else ():
        match one:
            case [at, str() | None as entity_id]:
                if (moment := read_instant(at)) is not None:
                    firings.append(Firing(at=moment, entity_id=entity_id))
    return firings


def _within(firing: Firing, time: timedelta, now: datetime) -> bool:
    """Say whether a firing is not longer ago than that."""
    return abs(now - firing.at) < time
