"""Times of day, ranges of them, and aipix's offset beside them."""

from collections.abc import Mapping
from datetime import time, timedelta
from itertools import pairwise
import re

from ...base import InvalidField

END_OF_DAY = 86_399
"""The last second of a day: it is unknown whether 24:00:00 is accepted."""
_TIME = re.compile(
    r"([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,6})?)?"
    r"(?P<offset>[+-](?:0\d|1[0-4]):[0-5]\d|Z)?",
    re.ASCII,
)
OFFSET = re.compile(r"(?:[+-]\d\d:\d\d|Z)$", re.ASCII)

type Range = tuple[int, int]
"""Seconds of the day, the end after the start."""


def mapping(value: object, name: str, known: tuple[str, ...]) -> Mapping[str, object]:
    """Read an object with known keys only; errors name the part."""
    if not isinstance(value, Mapping):
        raise InvalidField(name, "not_a_mapping")
    for key in value:
        if key not in known:
            raise InvalidField(f"{name}.{key}", "unknown", known=", ".join(known))
    return value


def entries(value: object, name: str, *, most: int = 100) -> list[object]:
    """Read a list."""
    if not isinstance(value, list | tuple):
        raise InvalidField(name, "not_a_list")
    if len(value) > most:
        raise InvalidField(name, "too_many", maximum=str(most))
    return list(value)


def part(value: Mapping[str, object], key: str, name: str) -> object:
    """Return the required value of a key."""
    if (below := value.get(key)) is None:
        raise InvalidField(f"{name}.{key}", "required")
    return below


def read_time(value: object, name: str) -> tuple[int, str]:
    """Return seconds of the day, and the offset, empty without one.

    The end of the day is its last second. Numbers are refused: YAML turns unquoted
    times into numbers, and then 18:00 and 00:18 cannot be told apart.
    """
    if isinstance(value, time):
        value = "24:00:00" if value == time.max else value.isoformat("seconds")
    if not isinstance(value, str) or not (match := _TIME.fullmatch(value.strip())):
        raise InvalidField(name, "invalid_time")
    hour, minute, second = (int(match[group] or 0) for group in (1, 2, 3))
    seconds = hour * 3600 + minute * 60 + second
    if seconds > END_OF_DAY + 1:
        raise InvalidField(name, "invalid_time")
    return min(seconds, END_OF_DAY), match["offset"] or ""


def local_time(value: object, name: str) -> int:
    """Return the seconds of the day for a time without an offset."""
    seconds, offset = read_time(value, name)
    if offset:
        raise InvalidField(name, "invalid_time")
    return seconds


def write_time(seconds: int, offset: str = "") -> str:
    """Return a time of day in aipix's format."""
    hour, rest = divmod(seconds, 3600)
    return f"{hour:02}:{rest // 60:02}:{rest % 60:02}{offset}"


def write_offset(offset: timedelta) -> str:
    """Return an offset such as +05:30."""
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def refuse_overlap(ranges: list[Range], name: str) -> list[Range]:
    """Return sorted ranges; raises InvalidField if two of them overlap."""
    ordered = sorted(ranges)
    for (_, end), (start, _) in pairwise(ordered):
        if start < end:
            raise InvalidField(name, "overlap")
    return ordered
