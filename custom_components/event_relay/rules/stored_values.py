"""Stores what a trigger reports as JSON, without secrets, and reads it back."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
import re
from typing import Any, cast

from homeassistant.core import Event, State
from homeassistant.util import dt as dt_util

from ..backends.base import Json, JsonObject

HIDDEN = "********"
"""The text that replaces a secret."""

_SECRET = re.compile(
    r"pass(word|wd|phrase|code)?$|secret|token|api[_-]?key|authori[sz]ation|^auth$"
    r"|credential|signature|cookie|session|private|webhook_id|access_code|^pin$"
    r"|entity_picture|bearer",
    re.IGNORECASE,
)
"""Names of values that may be secret, such as pictures with a token in the URL."""
_SECRET_IN_ADDRESS = re.compile(
    r"(?<=[?&])(\w*(?:token|key|secret|password|sig)\w*=)[^&#\s]+", re.IGNORECASE
)
_DEEPEST = 20


def kept(value: object, depth: int = 0) -> Json:
    """Return a value as JSON without secrets, tagged with its type if JSON lacks it."""
    if depth > _DEEPEST:
        return ""
    match value:
        case None | bool() | int() | float():
            return value
        case State() | Event() | date() | timedelta():
            return _with_its_kind(value, depth)
        case Mapping():
            return {
                str(key): HIDDEN if _SECRET.search(str(key)) else kept(one, depth + 1)
                for key, one in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [kept(one, depth + 1) for one in value]
    return _SECRET_IN_ADDRESS.sub(rf"\1{HIDDEN}", str(value))


def read(value: Json) -> object:
    """Return a stored value in its original type.

    Raises AttributeError, KeyError, TypeError or ValueError for a damaged one.
    """
    match value:
        case {"$kind": str() as kind, "$value": given}:
            return _READERS[kind](given)
        case dict():
            return {key: read(one) for key, one in value.items()}
        case list():
            return [read(one) for one in value]
    return value


def _with_its_kind(value: State | Event[Any] | date | timedelta, depth: int) -> Json:
    """Return a value of a type that JSON lacks, tagged with that type."""
    match value:
        case State():
            state = {
                "entity_id": value.entity_id,
                "state": value.state,
                "attributes": kept(dict(value.attributes), depth + 1),
                "last_changed": value.last_changed.isoformat(),
                "last_updated": value.last_updated.isoformat(),
            }
            return {"$kind": "state", "$value": state}
        case Event():
            event = {
                "event_type": str(value.event_type),
                "data": kept(dict(value.data), depth + 1),
                "time_fired": value.time_fired.timestamp(),
            }
            return {"$kind": "event", "$value": event}
        case timedelta():
            return {"$kind": "timedelta", "$value": value.total_seconds()}
    kind = "datetime" if isinstance(value, datetime) else "date"
    return {"$kind": kind, "$value": value.isoformat()}


def _state(given: Any) -> State:  # noqa: ANN401 - whatever the note holds
    """Read a state."""
    state = State.from_dict({**given, "attributes": read(given["attributes"])})
    if state is None:
        raise ValueError("no state")
    return state


def _event(given: Any) -> Event[Any]:  # noqa: ANN401 - whatever the note holds
    """Read an event."""
    return Event(
        str(given["event_type"]),
        cast("JsonObject", read(given["data"])),
        time_fired_timestamp=float(given["time_fired"]),
    )


def _datetime(given: Any) -> datetime:  # noqa: ANN401 - whatever the note holds
    """Read an instant."""
    return dt_util.parse_datetime(given, raise_on_error=True)


def _timedelta(given: Any) -> timedelta:  # noqa: ANN401 - whatever the note holds
    """Read a duration."""
    return timedelta(seconds=given)


_READERS: Mapping[str, Callable[[Any], object]] = {
    "state": _state,
    "event": _event,
    "datetime": _datetime,
    "date": date.fromisoformat,
    "timedelta": _timedelta,
}
