"""Convert a week of ranges from user input and schedule helpers to aipix's formats.

The administrator API has days with ranges and no zone; the client API has a timetable
with a fixed offset. Neither may cross midnight, so such ranges are split.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from ...base import InvalidField, Json, JsonObject
from ...fields import whole
from .times import (
    END_OF_DAY,
    Range,
    entries,
    local_time,
    mapping,
    part,
    refuse_overlap,
    write_offset,
    write_time,
)

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
SAME_EVERY_DAY = "same_every_day"

type Week = Mapping[int, Sequence[Range]]
"""Sorted ranges by day, 0 for Monday."""

ALWAYS: Week = {day: [(0, END_OF_DAY)] for day in range(7)}
"""Written out, since the meaning of an empty schedule is unknown."""


class Numbering(StrEnum):
    """The number of each day in the administrator API; not documented."""

    MONDAY_0 = "monday_0"
    MONDAY_1 = "monday_1"
    SUNDAY_0 = "sunday_0"

    def number(self, weekday: int) -> int:
        """Return aipix's number of a day, 0 for Monday."""
        match self:
            case Numbering.MONDAY_0:
                return weekday
            case Numbering.MONDAY_1:
                return weekday + 1
            case Numbering.SUNDAY_0:
                return (weekday + 1) % 7

    def weekday(self, value: object, name: str) -> int:
        """Read a day from its number, or from its English name."""
        if isinstance(value, str) and value.strip().lower() in WEEKDAYS:
            return WEEKDAYS.index(value.strip().lower())
        first = 1 if self is Numbering.MONDAY_1 else 0
        number = whole(value, name, minimum=first, maximum=first + 6)
        if self is Numbering.SUNDAY_0:
            return (number - 1) % 7
        return number - first


def read_week(value: object, name: str, numbering: Numbering) -> Week:
    """Read days and ranges as people write them; raises InvalidField.

    A range that ends before its start continues into the next day.
    """
    week: dict[int, list[Range]] = {}
    for index, item in enumerate(entries(value, name)):
        here = f"{name}[{index}]"
        day = mapping(item, here, ("day", "ranges"))
        weekday = numbering.weekday(part(day, "day", here), f"{here}.day")
        ranges = entries(part(day, "ranges", here), f"{here}.ranges")
        for number, one in enumerate(ranges):
            _add(week, weekday, one, f"{here}.ranges[{number}]")
    if not week:
        raise InvalidField(name, "empty_schedule")
    return {day: refuse_overlap(ranges, name) for day, ranges in sorted(week.items())}


def _add(week: dict[int, list[Range]], weekday: int, value: object, name: str) -> None:
    """Add a range to its day, and the part after midnight to the next one."""
    given = mapping(value, name, ("from", "to"))
    start = local_time(part(given, "from", name), f"{name}.from")
    end = local_time(part(given, "to", name), f"{name}.to")
    if start == end:
        raise InvalidField(f"{name}.to", "not_after", other="from")
    today = week.setdefault(weekday, [])
    if start < end:
        today.append((start, end))
        return
    if start < END_OF_DAY:
        today.append((start, END_OF_DAY))
    if end > 0:
        week.setdefault((weekday + 1) % 7, []).append((0, end))


def week_of_helper(answer: object, name: str) -> Week:
    """Read the response of the action schedule.get_schedule; raises InvalidField."""
    if not isinstance(answer, Mapping):
        raise InvalidField(name, "no_schedule")
    week: dict[int, list[Range]] = {}
    for weekday, day in enumerate(WEEKDAYS):
        for one in entries(answer.get(day) or (), name):
            if not isinstance(one, Mapping):
                raise InvalidField(name, "no_schedule")
            _add(week, weekday, {key: one.get(key) for key in ("from", "to")}, name)
    if not week:
        raise InvalidField(name, "empty_schedule")
    return {day: refuse_overlap(ranges, name) for day, ranges in sorted(week.items())}


def as_schedule(week: Week, numbering: Numbering) -> list[Json]:
    """Return a week in the administrator API's format."""
    days = sorted((numbering.number(day), ranges) for day, ranges in week.items())
    return [
        {
            "day": day,
            "ranges": [
                {"from": write_time(start), "to": write_time(end)}
                for start, end in ranges
            ],
        }
        for day, ranges in days
        if ranges
    ]


def as_timetable(week: Week, offset: timedelta) -> JsonObject:
    """Return a week in the client API's format, with an offset from UTC.

    The gaps between a day's ranges are its breaks; it is unknown whether a day may
    appear twice. Seven equal days use the form of the documented sample.
    """
    written = write_offset(offset)
    merged = {day: _merged(ranges) for day, ranges in week.items() if ranges}
    every = len(merged) == len(WEEKDAYS) and len({*map(tuple, merged.values())}) == 1
    chosen = {SAME_EVERY_DAY: merged[0]} if every else {}
    chosen = chosen or {WEEKDAYS[day]: ranges for day, ranges in merged.items()}
    days: list[Json] = [
        {
            "type": kind,
            "from": write_time(ranges[0][0], written),
            "to": write_time(ranges[-1][1], written),
            "breaks": [
                {"from": write_time(end, written), "to": write_time(start, written)}
                for (_, end), (start, _) in pairwise(ranges)
            ],
        }
        for kind, ranges in chosen.items()
    ]
    return {"days": days, "intervals": []}


def _merged(ranges: Sequence[Range]) -> list[Range]:
    """Join ranges that touch, which have no break between them."""
    joined: list[Range] = []
    for start, end in ranges:
        if joined and joined[-1][1] >= start:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def schedule(value: object, name: str) -> list[Json]:
    """Read a schedule in the API's format; raises InvalidField.

    No range crosses midnight. The numbers of the days are a connection option, and so
    known before.
    """
    days: dict[int, Json] = {}
    for index, item in enumerate(entries(value, name)):
        here = f"{name}[{index}]"
        given = mapping(item, here, ("day", "ranges"))
        day = whole(part(given, "day", here), f"{here}.day", minimum=0, maximum=7)
        if day in days:
            raise InvalidField(f"{here}.day", "overlap")
        found = entries(part(given, "ranges", here), f"{here}.ranges")
        ranges = [
            _range(one, f"{here}.ranges[{number}]") for number, one in enumerate(found)
        ]
        days[day] = {
            "day": day,
            "ranges": [
                {"from": write_time(start), "to": write_time(end)}
                for start, end in refuse_overlap(ranges, name)
            ],
        }
    if not days:
        raise InvalidField(name, "empty_schedule")
    return list(days.values())


def _range(value: object, name: str) -> Range:
    """Read a range within a day."""
    given = mapping(value, name, ("from", "to"))
    start = local_time(part(given, "from", name), f"{name}.from")
    end = local_time(part(given, "to", name), f"{name}.to")
    if start >= end:
        raise InvalidField(f"{name}.to", "not_after", other="from")
    return start, end
