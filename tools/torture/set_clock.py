"""Start Home Assistant with a wall clock that is set from outside while it runs.

`python -P set_clock.py FILE ARGUMENT…` takes the arguments of `hass`. FILE holds the
seconds by which the clock is ahead: a double, in this machine's byte order. Only
Python's wall time moves: monotonic clocks and file times do not, as when a computer's
clock is set.
"""

import ctypes
from datetime import UTC, datetime, tzinfo
import gc
import mmap
from pathlib import Path
import sys
import time

_SECOND = 1_000_000_000


def main(file: Path) -> int:
    """Install the clock before any module of Home Assistant reads one; run it."""
    with file.open("r+b") as opened:
        ahead = memoryview(mmap.mmap(opened.fileno(), 0)).cast("d")
    real_time, real_time_ns = time.time, time.time_ns
    time.time = lambda: real_time() + ahead[0]
    time.time_ns = lambda: real_time_ns() + int(ahead[0]) * _SECOND
    _replace(now=_now, today=_now, utcnow=_utcnow)

    from homeassistant.__main__ import main as run  # noqa: PLC0415 not before

    return run()


def _replace(**methods: object) -> None:
    """Replace class methods of datetime.

    Replacing the class would not work: libraries check for the type itself. Its
    attributes cannot be set, but the dictionary behind them can be changed.
    """
    (attributes,) = gc.get_referents(datetime.__dict__)
    for name, method in methods.items():
        attributes[name] = classmethod(method)  # type: ignore[arg-type]
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime))


def _now(cls: type[datetime], tz: tzinfo | None = None) -> datetime:
    """Return the current time."""
    return cls.fromtimestamp(time.time(), tz)


def _utcnow(cls: type[datetime]) -> datetime:
    """Return the current time in UTC, without a zone."""
    return _now(cls, UTC).replace(tzinfo=None)


if __name__ == "__main__":
    clock = Path(sys.argv.pop(1))
    sys.exit(main(clock))
