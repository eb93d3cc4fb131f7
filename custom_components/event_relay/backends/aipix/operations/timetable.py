"""A timetable of the client API: days with breaks, or intervals, not both.

The rules are those of the mobile SDK's timetable for intercoms, which has the same
structure (inferred): from before to, none across midnight, one of the two lists empty.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from ...base import InvalidField, Json, JsonObject
from .times import (
    OFFSET,
    Range,
    entries,
    mapping,
    part,
    read_time,
    refuse_overlap,
    write_offset,
    write_time,
)
from .week import SAME_EVERY_DAY, WEEKDAYS


def timetable(value: object, name: str) -> JsonObject:
    """Read a timetable whose times have their offsets; raises InvalidField."""
    given = mapping(value, name, ("days", "intervals"))
    days = entries(given.get("days") or (), f"{name}.days")
    intervals = entries(given.get("intervals") or (), f"{name}.intervals")
    if days and intervals:
        raise InvalidField(f"{name}.days", "exclusive", other=f"{name}.intervals")
    if not days and not intervals:
        raise InvalidField(name, "empty_schedule")
    return {"days": _days(days, name), "intervals": _intervals(intervals, name)}


def _days(values: list[object], name: str) -> list[Json]:
    seen: set[str] = set()
    read: list[Json] = []
    for index, value in enumerate(values):
        here = f"{name}.days[{index}]"
        day = mapping(value, here, ("type", "from", "to", "breaks"))
        kind = part(day, "type", here)
        if not isinstance(kind, str) or kind not in (SAME_EVERY_DAY, *WEEKDAYS):
            known = ", ".join((SAME_EVERY_DAY, *WEEKDAYS))
            raise InvalidField(f"{here}.type", "not_one_of", known=known)
        if kind in seen or (seen and SAME_EVERY_DAY in {kind, *seen}):
            raise InvalidField(f"{here}.type", "overlap")
        seen.add(kind)
        (start, end), whole_day = _span(day, here)
        breaks: list[Json] = []
        pauses: list[Range] = []
        found = entries(day.get("breaks") or (), f"{here}.breaks")
        for number, one in enumerate(found):
            there = f"{here}.breaks[{number}]"
            pause, written = _span(mapping(one, there, ("from", "to")), there)
            if pause[0] < start or pause[1] > end:
                raise InvalidField(
                    there,
                    "out_of_range",
                    minimum=str(whole_day["from"]),
                    maximum=str(whole_day["to"]),
                )
            pauses.append(pause)
            breaks.append(written)
        _ = refuse_overlap(pauses, f"{here}.breaks")
        read.append({"type": kind, **whole_day, "breaks": breaks})
    return read


def _span(value: Mapping[str, object], name: str) -> tuple[Range, JsonObject]:
    """Read from and to: as seconds of the day in UTC, and as they are sent."""
    (start, first), (end, last) = (
        read_time(part(value, key, name), f"{name}.{key}") for key in ("from", "to")
    )
    for key, offset in (("from", first), ("to", last)):
        if not offset:
            raise InvalidField(f"{name}.{key}", "invalid_time")
    span = (start - _seconds(first), end - _seconds(last))
    if span[0] >= span[1]:
        raise InvalidField(f"{name}.to", "not_after", other="from")
    return span, {"from": write_time(start, first), "to": write_time(end, last)}


def _seconds(offset: str) -> int:
    """Return an offset in seconds."""
    if offset == "Z":
        return 0
    sign = -1 if offset[0] == "-" else 1
    return sign * (int(offset[1:3]) * 3600 + int(offset[4:6]) * 60)


def _intervals(values: list[object], name: str) -> list[Json]:
    read: list[Range] = []
    for index, value in enumerate(values):
        here = f"{name}.intervals[{index}]"
        given = mapping(value, here, ("from", "to"))
        start, end = (
            _instant(part(given, key, here), f"{here}.{key}") for key in ("from", "to")
        )
        if start >= end:
            raise InvalidField(f"{here}.to", "not_after", other="from")
        read.append((start, end))
    return [
        {"from": _write_instant(start), "to": _write_instant(end)}
        for start, end in refuse_overlap(read, f"{name}.intervals")
    ]


def _instant(value: object, name: str) -> int:
    """Read an instant with its zone, in whole seconds."""
    read = _moment(value)
    if read is None or read.tzinfo is None:
        raise InvalidField(name, "not_a_time")
    try:
        return int(read.timestamp())
    except (OverflowError, ValueError) as error:
        raise InvalidField(name, "not_a_time") from error


def _moment(value: object) -> datetime | None:
    """Read a date with a time; None if it is none."""
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None


def _write_instant(seconds: int) -> str:
    """Return an instant in the documented form `Y-m-dTH:i:sp`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def with_zone(value: object, offset: timedelta, zone: tzinfo) -> object:
    """Return a timetable with the home's offset on times without one.

    Unreadable values stay as they are, for `timetable` to refuse.
    """
    if not isinstance(value, Mapping):
        return value
    filled = dict(value)
    if isinstance(days := value.get("days"), list):
        filled["days"] = [_day_with(day, write_offset(offset)) for day in days]
    if isinstance(intervals := value.get("intervals"), list):
        filled["intervals"] = [_interval_with(one, zone) for one in intervals]
    return filled


def _day_with(value: object, offset: str) -> object:
    if not isinstance(value, Mapping):
        return value
    filled = {**value}
    for key in ("from", "to"):
        filled[key] = _time_with(value.get(key), key, offset)
    if isinstance(breaks := value.get("breaks"), list):
        filled["breaks"] = [_day_with(one, offset) for one in breaks]
    return filled


def _time_with(value: object, name: str, offset: str) -> object:
    if isinstance(value, str) and OFFSET.search(value.strip()):
        return value
    try:
        seconds, _ = read_time(value, name)
    except InvalidField:
        return value
    return write_time(seconds, offset)


def _interval_with(value: object, zone: tzinfo) -> object:
    if not isinstance(value, Mapping):
        return value
    filled = {**value}
    for key in ("from", "to"):
        read = _moment(value.get(key))
        if read is not None and read.tzinfo is None:
            filled[key] = read.replace(tzinfo=zone).isoformat()
    return filled
