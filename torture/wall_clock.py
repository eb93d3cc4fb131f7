"""The wall clock of Home Assistant under torture, which is set while it runs."""

from collections.abc import Sequence
import mmap
from pathlib import Path
import struct
import sys
from time import time

from . import set_clock

_MARGIN_SECONDS = 1.0
"""Within which everybody there has looked at the clock again."""

_HOUR = 3600
OFFSETS = (2 * _HOUR, -2 * _HOUR, 72 * _HOUR)
"""Seconds by which it is set; longer than a run: no moment of it comes twice."""

type Span = tuple[float, float]
"""From when until when, in true unix seconds."""


class WallClock:
    """Says how far off the clock is, and remembers when it was."""

    def __init__(self, file: Path) -> None:
        """Use a file of our own."""
        self.spans: list[Span] = []
        """When the clock was off; what still is ends at infinity."""
        self._file = file
        self._file.write_bytes(struct.pack("d", 0))
        with file.open("r+b") as opened:
            self._ahead = memoryview(mmap.mmap(opened.fileno(), 0)).cast("d")

    @property
    def command(self) -> Sequence[str | Path]:
        """Return what starts a Home Assistant that this is the clock of."""
        return sys.executable, "-P", set_clock.__file__, self._file

    @property
    def right(self) -> bool:
        """Say whether it shows the true time."""
        return not self._ahead[0]

    def set(self, seconds: int) -> None:
        """Set it to be so many seconds ahead."""
        if not self.right:
            self.spans[-1] = (self.spans[-1][0], time() + _MARGIN_SECONDS)
        if seconds:
            self.spans.append((time(), float("inf")))
        self._ahead[0] = seconds
