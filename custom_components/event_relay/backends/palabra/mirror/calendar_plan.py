"""Plan the changes of live events for a calendar: pure functions.

They take the bindings, the events that the calendar shows, and the time.
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
"""How long the version of an event is kept after its end; much longer than deliveries
are kept, so that no delivery id is used twice."""
PATIENCE = timedelta(minutes=5)
"""How long an event must have been missing to count as deleted."""
PATIENCE_WITH_NOTHING = timedelta(minutes=30)
"""The same while the calendar shows no event at all: it may not have loaded."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An event of the calendar, in the form of its live event."""

    group: str
    """Shared by all occurrences of one event; stays when they are moved."""
    occurrence: str
    """Distinguishes the occurrences."""
    start: datetime
    end: datetime
    content: Mapping[str, Json]
    """The fields of the operation except the two times."""

    @property
    def key(self) -> str:
        """Return the key of its binding."""
        return f"{self.group}/{self.occurrence}"

    @property
    def digest(self) -> str:
        """Return a hash of all its fields, which reveals none of them."""
        times = [self.start.timestamp(), self.end.timestamp()]
        written = json.dumps([times, self.content], sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Create:
    """Create a live event."""

    seen: Seen
    version: int


@dataclass(frozen=True, kw_only=True)
class Update:
    """Change the live event that is bound to `key` to match `seen`."""

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
    """The changes needed to match a calendar."""

    changes: tuple[Change, ...]
    remembered: Mapping[str, Binding | None] = field(default_factory=dict)
    """Changes of bindings without a delivery; None deletes the binding."""


def missing(
    bound: Mapping[str, Binding], seen: Mapping[str, Seen], now: datetime
) -> frozenset[str]:
    """Return the keys of future live events whose event is missing."""
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
    """Plan the changes; `gone` are the keys of deleted events.

    Past events stay as they are, and so does an event that has begun and is no longer
    shown: people may be listening. An ongoing event may still be moved.
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
            # No version of either key may be used again.
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
    """Return the keys of events that have been missing for long enough."""
    patience = PATIENCE_WITH_NOTHING if nothing_shown else PATIENCE
    return frozenset(
        key for key, since in missed_since.items() if now - since >= patience
    )


def _moved(
    bound: Mapping[str, Binding], seen: Mapping[str, Seen], now: datetime
) -> dict[str, str]:
    """Return the former keys of moved occurrences, by new key.

    Occurrences that are distinguished by their times get other keys when they or their
    whole series are moved. Within an event, missing and new occurrences are paired in
    order: whatever the pairing, the live events match the calendar in the end.
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
    """Yield the new bindings of past events."""
    for key, binding in bound.items():
        if key in seen or binding.end > now:
            continue
        if binding.exists:
            yield key, binding.ended()
        elif binding.end + REMEMBERED <= now:
            yield key, None
