"""A clock that a test can move."""

from dataclasses import dataclass
import time


@dataclass(slots=True)
class Clock:
    """A simulator's wall clock, with an offset that a test sets."""

    offset: float = 0.0

    def now(self) -> float:
        """Return the time in unix seconds."""
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        """Move the clock forward by seconds, or back if negative."""
        self.offset += seconds
