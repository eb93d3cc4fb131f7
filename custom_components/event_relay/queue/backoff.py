"""Retry back-off with jitter: pure functions of time and chance."""

from datetime import datetime, timedelta

BACK_OFF_BASE = 5.0
"""Longest wait after the first attempt, in seconds; it doubles with each attempt."""
BACK_OFF_CAP = 15 * 60.0
"""Longest wait after any attempt, in seconds."""
RETRY_AFTER_SHORTEST = 1.0
RETRY_AFTER_LONGEST = 60 * 60.0
ASKING_LONGEST = timedelta(hours=1)
"""How long an unknown outcome is looked up in a backend that cannot tell."""


def back_off(attempts: int, chance: float) -> timedelta:
    """Return the wait before the next attempt, with full jitter.

    `attempts` were made; `chance` is uniform in 0 to 1.
    """
    longest = min(BACK_OFF_CAP, BACK_OFF_BASE * 2.0 ** min(attempts - 1, 30))
    return timedelta(seconds=chance * longest)


def clamped_retry_after(retry_after: float) -> timedelta:
    """Return the wait that a backend asked for, in seconds, within its bounds."""
    return timedelta(
        seconds=min(max(retry_after, RETRY_AFTER_SHORTEST), RETRY_AFTER_LONGEST)
    )


def look_up_wait(look_ups: int, schedule: tuple[float, ...]) -> timedelta:
    """Return the wait before the next look-up; the last of the schedule repeats."""
    return timedelta(seconds=schedule[min(look_ups, len(schedule) - 1)])


def look_ups_exhausted(since: datetime, now: datetime) -> bool:
    """Return whether a backend that cannot tell has been asked for long enough."""
    return now - since >= ASKING_LONGEST
