"""Decides when a write that look-ups miss counts as absent.

A backend that stalls and recovers still runs the write in its socket, and may answer a
look-up before that. So one answer proves nothing. A write counts as absent once two
look-ups have missed it, and the backend was alive between them for longer than a write
takes.
"""

from datetime import timedelta

LOOKS = 3
"""Look-ups within the time of a write, after the first that missed it: so many that a
stall between them is noticed."""
_ROUNDING = 0.001
"""Seconds by which times read from a file may be off."""
SLOW = 5.0
"""Seconds after which a failed request means a backend that stalls, not one that
refuses it."""


class Absence:
    """Remembers which deliveries look-ups have missed, and since when.

    Only in memory: the next run does not know what happened in between, and starts
    over. All moments are seconds of a monotonic clock.
    """

    def __init__(self, write_time: timedelta) -> None:
        """Set the longest time from a write until a look-up shows it."""
        self._write_time = write_time.total_seconds()
        self._alive_since: float | None = None
        self._seen_at = 0.0
        self._missing: dict[str, float] = {}
        """By delivery id, when it was first missed."""

    def wait(self, write_time: timedelta | None = None) -> timedelta:
        """Return the wait before the next look-up of a missing delivery.

        It is never longer than for other deliveries, so that the backend is not silent
        for too long in between.
        """
        longest = self._write_time
        seconds = longest if write_time is None else write_time.total_seconds()
        return timedelta(seconds=min(seconds, longest) / LOOKS)

    def alive(self, asked_at: float, now: float) -> None:
        """Note an answer; after a long silence the backend counts as alive only now."""
        if asked_at - self._seen_at > max(SLOW, 2 * self._write_time / LOOKS):
            self._alive_since = None
        if self._alive_since is None:
            self._alive_since = now
        self._seen_at = now

    def stalled(self) -> None:
        """Note a request without an answer: no earlier look-up counts any more."""
        self._alive_since = None
        self._missing.clear()

    def proven(
        self,
        delivery_id: str,
        asked_at: float,
        now: float,
        write_time: timedelta | None = None,
    ) -> bool:
        """Return whether a delivery that a look-up has just missed is absent.

        The look-up began at `asked_at` and was answered at `now`. `write_time` is that
        of the step, if it has its own.
        """
        self.alive(asked_at, now)
        since = self._missing.setdefault(delivery_id, now)
        if self._alive_since is not None:
            since = max(since, self._alive_since)
        takes = self._write_time if write_time is None else write_time.total_seconds()
        return asked_at - since >= takes - _ROUNDING

    def forget(self, delivery_id: str) -> None:
        """Forget a delivery whose outcome is known, or whose look-up failed."""
        self._missing.pop(delivery_id, None)
