"""Reads instants from the notes of rules and mirrors."""

from datetime import UTC, datetime

from ..backends.base import Json


def read_instant(noted: Json) -> datetime | None:
    """Return an instant from seconds since 1970; None if they are invalid."""
    if not isinstance(noted, int | float):
        return None
    try:
        return datetime.fromtimestamp(noted, UTC)
    except OSError, OverflowError, ValueError:
        return None
