"""Describe the items that have arrived at an outside system."""

from datetime import UTC, datetime


def line(backend: str, what: str, outside_id: str) -> str:
    """Return the backend, the stored item, and its id there."""
    return f"{backend:<7}  {what}  {outside_id}"


def clock(moment: float) -> str:
    """Return the local time of day of unix seconds."""
    return f"{datetime.fromtimestamp(moment, tz=UTC).astimezone():%H:%M:%S}"
