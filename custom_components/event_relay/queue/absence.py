"""When a look-up that finds nothing is evidence that nothing is there.

A backend that stalls and goes on runs the write that lay in its socket, and may answer
a look-up before that. So one answer proves nothing: what is missing is absent once two
look-ups have missed it, and the backend was seen to be alive between them for longer
than a write takes.
"""

from datetime import timedelta

LOOKS = 3
"""Look-ups after the first that missed it, within the time of a write: so that a stall
between them is noticed."""
_ROUNDING = 0.001
"""Seconds by which times that are kept in a file may be off."""
SLOW = 5.0
"""Seconds after which a request that fails has met a backend that stalls, and not one
that refuses it."""


class Absence:
    """Keeps what the backend of one connection has been seen to lack, and since when.

    It is kept in memory, by a clock that nobody sets: another run knows nothing of what
    happened in between, and asks anew. All moments are seconds of that clock.
    """

    def __init__(self, write_time: timedelta) -> None:
        """Take how long a write may take until a look-up shows it."""
        self._write_time = write_time.total_seconds()
        self._alive_since: float | None = None
        self._seen_at = 0.0
        self._missing: dict[str, float] = {}
        """By delivery id, when it was first missed."""

    def wait(self, write_time: timedelta | None = None) -> timedelta:
        """Return how long to wait until what was missed is looked for again.

        No longer than for any other: what is heard of the backend meanwhile must be no
        silence.
        """
        longest = self._write_time
        seconds = longest if write_time is None else write_time.total_seconds()
        return timedelta(seconds=min(seconds, longest) / LOOKS)

    def alive(self, asked_at: float, now: float) -> None:
        """Take note of an answer; a long silence before it says nothing good."""
        if asked_at - self._seen_at > max(SLOW, 2 * self._write_time / LOOKS):
            self._alive_since = None
        if self._alive_since is None:
            self._alive_since = now
        self._seen_at = now

    def stalled(self) -> None:
        """Take note of a request that was not answered: nothing counts from before."""
        self._alive_since = None
        self._missing.clear()

    def proven(
        self,
        delivery_id: str,
        asked_at: float,
        now: float,
        write_time: timedelta | None = None,
    ) -> bool:
        """Say whether what an answer has missed is absent.

        It was asked for at `asked_at`, and answered now. `write_time` is its own.
        """
        self.alive(asked_at, now)
        since = self._missing.setdefault(delivery_id, now)
        if self._alive_since is not None:
            since = max(since, self._alive_since)
        takes = self._write_time if write_time is None else write_time.total_seconds()
        return asked_at - since >= takes - _ROUNDING

    def forget(self, delivery_id: str) -> None:
        """Forget a delivery whose outcome is known, or was not answered."""
        self._missing.pop(delivery_id, None)
