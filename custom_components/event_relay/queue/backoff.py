"""Retry back-off with jitter: pure functions of time and chance."""

from datetime import datetime, timedelta

BACK_OFF_BASE = 5.0
"""Seconds of the longest wait after the first attempt; it doubles from there."""
BACK_OFF_CAP = 15 * 60.0
"""Seconds of the longest wait of all."""
RETRY_AFTER_SHORTEST = 1.0
RETRY_AFTER_LONGEST = 60 * 60.0
ASKING_LONGEST = timedelta(hours=1)
"""How long a backend that cannot tell is asked for an unknown outcome."""


def back_off(attempts: int, chance: float) -> timedelta:
    """Return the wait after so many attempts, with full jitter.

    `chance` is uniform in 0 to 1. Doubling stops before numbers grow absurd.
    """
    longest = min(BACK_OFF_CAP, BACK_OFF_BASE * 2.0 ** min(attempts - 1, 30))
    return timedelta(seconds=chance * longest)


def obeyed(retry_after: float) -> timedelta:
    """Return the wait that a backend asked for, within reason."""
    return timedelta(
        seconds=min(max(retry_after, RETRY_AFTER_SHORTEST), RETRY_AFTER_LONGEST)
    )


def look_up_wait(look_ups: int, schedule: tuple[float, ...]) -> timedelta:
    """Return the wait before the next look-up; the schedule's last one repeats."""
    return timedelta(seconds=schedule[min(look_ups, len(schedule) - 1)])


def asked_long_enough(since: datetime, now: datetime) -> bool:
    """Say whether a backend that cannot tell has been asked for long enough."""
    return now - since >= ASKING_LONGEST
