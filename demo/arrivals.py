"""What has arrived at the simulator, in words."""

from datetime import UTC, datetime

from simulators.frigate.store import StoredEvent


def describe(event: StoredEvent) -> str:
    """Return the backend, what it stored, and its id there."""
    what = f"{event.label} ({event.sub_label})" if event.sub_label else event.label
    end = "…" if event.end_time is None else clock(event.end_time)
    span = f"{clock(event.start_time)} to {end}"
    return f"frigate  {event.camera}: {what}, {span}  {event.id}"


def clock(moment: float) -> str:
    """Return the local time of day of unix seconds."""
    return f"{datetime.fromtimestamp(moment, tz=UTC).astimezone():%H:%M:%S}"
