"""What is to be made, changed and removed outside for a calendar: pure functions.

They take what is bound (made outside for an event of the calendar), what the calendar
shows, and the time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import hashlib
import json

from ...base import Json
from .calendar_bindings import Binding

REMEMBERED = timedelta(days=30)
"""How long after its end the versions of an event are known; much longer than what
was delivered is kept, so that no id of a delivery is made twice."""
PATIENCE = timedelta(minutes=5)
"""How long an event must have been missing to count as deleted."""
PATIENCE_WITH_NOTHING = timedelta(minutes=30)
"""The same while the calendar shows no event at all: it may not have loaded."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An event of the calendar, as it is to be outside."""

    group: str
    """What all occurrences of one event share, and stays when they are moved."""
    occurrence: str
    """Tells them apart."""
    start: datetime
    end: datetime
    content: Mapping[str, Json]
    """The fields of the operation but for the two times."""

    @property
    def key(self) -> str:
        """What it is bound by."""
        return f"{self.group}/{self.occurrence}"

    @property
    def digest(self) -> str:
        """Return what changes with anything of it, and tells nothing of it."""
        times = [self.start.timestamp(), self.end.timestamp()]
        written = json.dumps([times, self.content], sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Create:
    """Make a live event."""

    seen: Seen
    version: int


@dataclass(frozen=True, kw_only=True)
class Update:
    """Change the live event that is bound to `key`, now the event `seen`."""

    seen: Seen
    key: str
    binding: Binding
    version: int


@dataclass(frozen=True, kw_only=True)
class Delete:
    """Remove the live event that is bound to `key`."""

    key: str
    binding: Binding


type Change = Create | Update | Delete


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done about what a calendar shows."""

    changes: tuple[Change, ...]
    remembered: Mapping[str, Binding | None] = field(default_factory=dict)
    """What becomes of bindings although nothing is done outside; None to forget."""


def missing(
    bound: Mapping[str, Binding], seen: Mapping[str, Seen], now: datetime
) -> frozenset[str]:
    """Return the keys of what is outside, has not begun, and is not shown."""
    return frozenset(
        key
        for key, binding in bound.items()
        if binding.exists and binding.start > now and key not in seen
    )


def make_plan(
    bound: Mapping[str, Binding],
    seen: Mapping[str, Seen],
    *,
    now: datetime,
    gone: Collection[str] = (),
) -> Plan:
    """Say what is to be done; `gone` are the keys of what surely was deleted.

    What is over is left as it is, and so is what has begun and is no longer shown:
    people may be listening. What goes on may still be moved.
    """
    current = {key: one for key, one in seen.items() if one.end > now}
    moved = _moved(bound, current, now)
    changes: list[Change] = []
    remembered: dict[str, Binding | None] = dict(_over(bound, current, now))
    for key, one in current.items():
        from_key = moved.get(key, key)
        binding, former = bound.get(from_key), bound.get(key)
        version = 1 + max(
            (known.version for known in (binding, former) if known), default=0
        )
        if binding is None or not binding.exists or binding.end <= now:
            refused = binding is not None and not binding.exists
            if not (refused and binding and binding.digest == one.digest):
                changes.append(Create(seen=one, version=version))
        elif binding.digest != one.digest:
            changes.append(
                Update(seen=one, key=from_key, binding=binding, version=version)
            )
        elif from_key != key:
            # No version of either key may come again.
            remembered[key] = replace(binding, version=version - 1)
            remembered[from_key] = binding.ended()
    missed = missing(bound, current, now) - set(moved.values())
    changes.extend(
        Delete(key=key, binding=bound[key]) for key in sorted(missed & {*gone})
    )
    return Plan(changes=tuple(changes), remembered=remembered)


def surely_gone(
    missed_since: Mapping[str, datetime], now: datetime, *, nothing_shown: bool
) -> frozenset[str]:
    """Return the keys of what has been missing for long enough."""
    patience = PATIENCE_WITH_NOTHING if nothing_shown else PATIENCE
    return frozenset(
        key for key, since in missed_since.items() if now - since >= patience
    )


def _moved(
    bound: Mapping[str, Binding], seen: Mapping[str, Seen], now: datetime
) -> dict[str, str]:
    """Return for new keys the former ones of the same event.

    Occurrences that are told apart by their times get other keys when they are
    moved, and so do all of a series. Within an event, those that vanished and those
    that are new are taken for each other in their order: whichever is taken for
    which, in the end there is outside what the calendar shows.
    """
    free = {
        key: one
        for key, one in seen.items()
        if not (key in bound and bound[key].exists)
    }
    at_once = {(one.group, one.start): key for key, one in free.items()}
    moved: dict[str, str] = {}
    vanished: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for key, binding in bound.items():
        if not binding.exists or binding.end <= now or key in seen:
            continue
        if same := at_once.pop((binding.group, binding.start), None):
            moved[same] = key
        elif binding.start > now:
            vanished[binding.group].append((binding.start, key))
    new: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for key, one in free.items():
        if one.group in vanished and key not in moved:
            new[one.group].append((one.start, key))
    for group, appeared in new.items():
        pairs = zip(sorted(appeared), sorted(vanished[group]), strict=False)
        moved |= {new_key: former_key for (_, new_key), (_, former_key) in pairs}
    return moved


def _over(
    bound: Mapping[str, Binding], seen: Iterable[str], now: datetime
) -> Iterator[tuple[str, Binding | None]]:
    """Yield what becomes of bindings whose event is over."""
    for key, binding in bound.items():
        if key in seen or binding.end > now:
            continue
        if binding.exists:
            yield key, binding.ended()
        elif binding.end + REMEMBERED <= now:
            yield key, None
