"""Instants in what rules and mirrors remember."""

from datetime import UTC, datetime

from ..backends.base import Json


def read_instant(noted: Json) -> datetime | None:
    """Return an instant from its seconds since 1970, None if they are none."""
    if not isinstance(noted, int | float):
        return None
    try:
        return datetime.fromtimestamp(noted, UTC)
    except OSError, OverflowError, ValueError:
        return None
