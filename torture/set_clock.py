"""Start Home Assistant with a wall clock that somebody else sets while it runs.

`python -P set_clock.py FILE ARGUMENT…` takes the arguments of `hass`. FILE holds by how
many seconds the clock is ahead: a double, in this machine's order of bytes. What Python
tells of the time moves along, and only that: monotonic clocks go on as they do where a
computer's clock is set, and so do files.
"""

import datetime as dt
import mmap
from pathlib import Path
import sys
import time
from typing import Any, Self, override

_REAL = dt.datetime
_REAL_TIME, _REAL_TIME_NS = time.time, time.time_ns
_SECOND = 1_000_000_000


def main(file: Path) -> int:
    """Put the clock in place before anything of Home Assistant looks at one; run it."""
    with file.open("r+b") as opened:
        ahead = memoryview(mmap.mmap(opened.fileno(), 0)).cast("d")
    time.time = lambda: _REAL_TIME() + ahead[0]
    time.time_ns = lambda: _REAL_TIME_NS() + int(ahead[0]) * _SECOND
    dt.datetime = _SetDatetime  # type: ignore[misc]

    from homeassistant.__main__ import main as run  # noqa: PLC0415 not before

    return run()


class _AsReal(type):
    """Whatever is a datetime is one of these, and the other way round."""

    @override
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _REAL)

    @override
    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _REAL)


class _SetDatetime(_REAL, metaclass=_AsReal):
    """Makes real datetimes, of a present that has been set."""

    def __new__(cls, *args: Any, **values: Any) -> Self:  # noqa: ANN401 as the real one
        """Make a real one."""
        if cls is _SetDatetime:
            return _REAL(*args, **values)  # type: ignore[return-value]
        return super().__new__(cls, *args, **values)

    @override
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Self:
        return cls.fromtimestamp(time.time(), tz)

    @override
    @classmethod
    def today(cls) -> Self:
        return cls.now()

    @override
    @classmethod
    def utcnow(cls) -> Self:
        return cls.now(dt.UTC).replace(tzinfo=None)


if __name__ == "__main__":
    clock = Path(sys.argv.pop(1))
    sys.exit(main(clock))
