"""Read values from an exchange."""

from datetime import UTC, datetime

from custom_components.event_relay.backends.base import Json, JsonObject


def members(value: Json, *way: str) -> JsonObject:
    """Return the object at a path of names; an empty one without it."""
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def moment(value: Json) -> datetime | None:
    """Return a time, in UTC if it has no zone; None if it is not a time."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
