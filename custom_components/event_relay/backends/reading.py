"""Read values from responses of any shape."""

from collections.abc import Mapping
from datetime import UTC, datetime
import math
import re

from .base import Json
from .errors import InvalidResponse
from .own_sentences import OwnReason


def unreadable(place: str) -> InvalidResponse:
    """Return the error for a response whose part cannot be read."""
    return InvalidResponse(OwnReason.UNREADABLE_AT.of(place=place))


LONGEST_WAIT = 86_400.0
"""Seconds; a longer or infinite wait that a backend asks for is cut to this."""
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s?s?", re.ASCII)


def an_object(value: Json, what: str) -> dict[str, Json]:
    """Return an object; raises InvalidResponse, which names the expected part."""
    if not isinstance(value, dict):
        raise unreadable(what)
    return value


def a_list(value: Json, what: str) -> list[Json]:
    """Return a list; raises InvalidResponse, which names the expected part."""
    if not isinstance(value, list):
        raise unreadable(what)
    return value


def part(value: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """Return the object below a name; an empty one without it."""
    below = value.get(name)
    return below if isinstance(below, dict) else {}


def text(value: Mapping[str, Json], name: str) -> str:
    """Return the text below a name; raises InvalidResponse."""
    if (below := text_or_none(value, name)) is None:
        raise unreadable(name)
    return below


def text_or_none(value: Mapping[str, Json], name: str) -> str | None:
    """Return the text below a name; None if missing or empty."""
    below = value.get(name)
    return below if isinstance(below, str) and below else None


def whole_or_none(value: Mapping[str, Json], name: str) -> int | None:
    """Return the integer below a name; None without one."""
    below = value.get(name)
    return below if isinstance(below, int) and not isinstance(below, bool) else None


def number_or_none(value: Mapping[str, Json], name: str) -> float | None:
    """Return the finite number below a name; None without one."""
    below = value.get(name)
    if isinstance(below, bool) or not isinstance(below, int | float):
        return None
    try:
        number = float(below)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def wait_or_none(value: object, *, per_second: int = 1) -> float | None:
    """Return a requested wait in seconds: a number, or a text such as `30` or `3.5s`.

    That text is how JSON writes a Duration of Protocol Buffers. `per_second` is for a
    number in a smaller unit.
    """
    if isinstance(value, str) and (found := _SECONDS.fullmatch(value.strip())):
        value = float(found[1])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    return float(min(max(0, value), LONGEST_WAIT * per_second)) / per_second


def wait_in(body: Json) -> float | None:
    """Return the seconds that an error asks to wait, as known services write it.

    There is no standard beside the header. Discord has `retry_after`, Telegram
    `parameters.retry_after`, Matrix `retry_after_ms`, and Google `google.rpc.RetryInfo`
    (their documentation).
    """
    match body:
        case {"retry_after": asked} | {"parameters": {"retry_after": asked}}:
            return wait_or_none(asked)
        case {"retry_after_ms": asked}:
            return wait_or_none(asked, per_second=1000)
        case {"error": {"details": [*details]}}:
            for detail in details:
                match detail:
                    case {"retryDelay": asked}:
                        return wait_or_none(asked)
    return None


def moment(value: Mapping[str, Json], name: str) -> datetime:
    """Return the time below a name, in Unix seconds; raises InvalidResponse."""
    if (number := number_or_none(value, name)) is None:
        raise unreadable(name)
    try:
        return datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise unreadable(name) from error


def moment_or_none(value: Json) -> datetime | None:
    """Return an ISO 8601 time in UTC; one without a zone counts as UTC."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        if read.tzinfo is None:
            return read.replace(tzinfo=UTC)
        return read.astimezone(UTC)
    except ValueError, OverflowError:
        return None
