"""Reading what an exchange has shown."""

from datetime import UTC, datetime

from custom_components.event_relay.backends.base import Json, JsonObject


def members(value: Json, *way: str) -> JsonObject:
    """Return the object below some names; empty where there is none."""
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def moment(value: Json) -> datetime | None:
    """Return a time, one without a zone as UTC; None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
