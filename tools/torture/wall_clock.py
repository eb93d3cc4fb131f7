"""The wall clock of Home Assistant under torture, which is set while it runs."""

from collections.abc import Sequence
import mmap
from pathlib import Path
import struct
import sys
from time import time

from . import set_clock

_MARGIN_SECONDS = 1.0
"""Time until all readers have seen a change of the clock."""

_HOUR = 3600
OFFSETS = (2 * _HOUR, -2 * _HOUR, 72 * _HOUR)
"""Seconds by which it is set; longer than a run, so that no time comes twice."""

type Span = tuple[float, float]
"""Start and end in true unix seconds."""


class WallClock:
    """Holds the offset of the clock, and the times when it was wrong."""

    def __init__(self, file: Path) -> None:
        """Take a file for our use alone."""
        self.spans: list[Span] = []
        """The times when the clock was wrong; a current one ends at infinity."""
        self._file = file
        self._file.write_bytes(struct.pack("d", 0))
        with file.open("r+b") as opened:
            self._ahead = memoryview(mmap.mmap(opened.fileno(), 0)).cast("d")

    @property
    def command(self) -> Sequence[str | Path]:
        """Return the command that starts a Home Assistant with this clock."""
        return sys.executable, "-P", set_clock.__file__, self._file

    @property
    def right(self) -> bool:
        """Return whether it shows the true time."""
        return not self._ahead[0]

    def set(self, seconds: int) -> None:
        """Set it ahead by a number of seconds."""
        if not self.right:
            self.spans[-1] = (self.spans[-1][0], time() + _MARGIN_SECONDS)
        if seconds:
            self.spans.append((time(), float("inf")))
        self._ahead[0] = seconds
