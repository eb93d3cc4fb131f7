"""Times in Palabra's requests and responses."""

from datetime import UTC, datetime, timedelta
import re

from ...base import Json

_ISO_DURATION = re.compile(
    r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?",
    re.ASCII,
)
_CLOCK_DURATION = re.compile(r"(\d{1,4}):(\d{2}):(\d{2})(?:\.\d+)?", re.ASCII)
LONGEST_DURATION = timedelta(days=3660)


def written(moment: datetime) -> str:
    """Return an instant in the format of requests: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written_or_none(moment: datetime | None) -> str | None:
    """Return an instant in the format of requests; None without one."""
    return None if moment is None else written(moment)


def duration_or_none(value: Json) -> timedelta | None:
    """Read `PT1H30M`, a number of seconds, or `HH:MM:SS` (facts 9, v1)."""
    length: timedelta | None = None
    if isinstance(value, str):
        if match := _CLOCK_DURATION.fullmatch(value):
            hours, minutes, seconds = (int(part) for part in match.groups())
            length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        elif (match := _ISO_DURATION.fullmatch(value)) and value[-1].isalpha():
            days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
            length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        try:
            length = timedelta(seconds=value)
        except OverflowError, ValueError:
            return None
    if length is None or not timedelta() <= length <= LONGEST_DURATION:
        return None
    return length
