"""Start Home Assistant with a wall clock that somebody else sets while it runs.

`python -P set_clock.py FILE ARGUMENT…` takes the arguments of `hass`. FILE holds by how
many seconds the clock is ahead: a double, in this machine's order of bytes. What Python
tells of the time moves along, and only that: monotonic clocks go on as they do where a
computer's clock is set, and so do files.
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
    """Put the clock in place before anything of Home Assistant looks at one; run it."""
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

    Another class in its place would not do: libraries look for the type itself. That
    it cannot be changed is true of its attributes, not of what they are kept in.
    """
    (attributes,) = gc.get_referents(datetime.__dict__)
    for name, method in methods.items():
        attributes[name] = classmethod(method)  # type: ignore[arg-type]
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime))


def _now(cls: type[datetime], tz: tzinfo | None = None) -> datetime:
    """Return the present."""
    return cls.fromtimestamp(time.time(), tz)


def _utcnow(cls: type[datetime]) -> datetime:
    """Return the present in UTC, without saying so."""
    return _now(cls, UTC).replace(tzinfo=None)


if __name__ == "__main__":
    clock = Path(sys.argv.pop(1))
    sys.exit(main(clock))
