"""Computes the boundaries of a Home Assistant schedule.

Replicates `Schedule._update`, including its errors in nights with a clock change: a
boundary in the skipped hour comes an hour later, and one in the repeated hour comes
once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.util import dt as dt_util

_DAY = timedelta(days=1)
_WEEK = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A time range of a day in which a schedule is on."""

    start: time
    end: time
    """Excluded; `time.max` stands for midnight."""
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ScheduleState:
    """What a schedule shows from an instant on."""

    since: datetime
    """Local."""
    changed: datetime
    """When it turned on or off; local."""
    block: Block | None
    """None if it was off."""
    next_event: datetime | None
    """Local; None if it has no blocks at all."""

    @property
    def state(self) -> str:
        """Return its state in Home Assistant."""
        return STATE_OFF if self.block is None else STATE_ON


type Week = Sequence[Sequence[Block]]
"""The blocks of each day, Monday first."""


def read_week(answer: Mapping[str, Any]) -> Week:
    """Return the week from the response of the action `schedule.get_schedule`."""
    return [
        [
            Block(start=one["from"], end=one["to"], data=one.get("data") or {})
            for one in answer.get(day, ())
        ]
        for day in _WEEK
    ]


def changes(
    week: Week, since: datetime, until: datetime
) -> Iterator[tuple[ScheduleState, ScheduleState]]:
    """Yield the states before and after each boundary."""
    # Clocks change at night: at noon of the day before, the state is correct.
    before = state_at(
        week, dt_util.as_local(since).replace(hour=12, minute=0, fold=0) - _DAY
    )
    while (boundary := before.next_event) is not None:
        instant = dt_util.as_utc(boundary)
        if not dt_util.as_utc(before.since) < instant <= until:
            return
        after = state_at(week, dt_util.as_local(instant))
        if after.state == before.state:
            after = replace(after, changed=before.changed)
        if instant >= since:
            yield before, after
        before = after


def state_at(week: Week, now: datetime) -> ScheduleState:
    """Return the state of a schedule at a local time."""
    of_day = now.time()
    return ScheduleState(
        since=now,
        changed=now,
        block=next(
            (
                block
                for block in week[now.weekday()]
                if block.start <= of_day
                and (of_day < block.end or block.end == time.max)
            ),
            None,
        ),
        next_event=_next_event(week, now),
    )


def _next_event(week: Week, now: datetime) -> datetime | None:
    """Return the next boundary, searched in local time as Home Assistant does."""
    midnight = datetime.combine(now.date(), time(), tzinfo=now.tzinfo)
    for days in range(len(_WEEK) + 1):
        blocks = week[(now.weekday() + days) % len(_WEEK)]
        day = midnight + timedelta(days=days)
        times = sorted({edge for block in blocks for edge in (block.start, block.end)})
        for edge in times:
            boundary = _at(day, edge)
            if boundary > now:
                return boundary
    return None


def _at(midnight: datetime, edge: time) -> datetime:
    """Return the local time of a block's edge on a day."""
    if edge == time.max:
        return midnight + _DAY
    # Never the second of two repeated hours; in a skipped hour that would lie before
    # the hour itself.
    first = edge.replace(fold=0)
    return datetime.combine(midnight.date(), first, tzinfo=midnight.tzinfo)
