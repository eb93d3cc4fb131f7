"""Shorten the waits of the tortured copy of Event Relay, whose simulators are quick.

The time until a write shows in a look-up is a constant of each backend; for Guance it
is three minutes, while its simulator takes seconds.
"""

from collections.abc import Iterable
from pathlib import Path
import re

_USUAL = "backend.py", "WRITE_TIME = timedelta(seconds={})"
_OTHERS = {
    # The user sets it, and this is the smallest allowed value.
    "http": ("request/definition.py", "SHORTEST_ABSENCE = {}.0")
}
"""File and line of backends that define it elsewhere, or in another form."""


class NotThere(Exception):
    """A backend has no such constant, or another form of it."""


def shorten_write_times(
    integration: Path, backends: Iterable[str], seconds: int
) -> None:
    """Limit the write times of some backends; change files below a folder."""
    for backend in backends:
        name, line = _OTHERS.get(backend, _USUAL)
        file = integration / "backends" / backend / name
        source = file.read_text(encoding="utf-8")
        begin, end = map(re.escape, line.split("{}"))
        found = re.findall(rf"^{begin}(\d+){end}$", source, re.MULTILINE)
        if len(found) != 1:
            raise NotThere(file)
        shorter = line.format(min(int(found[0]), seconds))
        file.write_text(
            source.replace(line.format(found[0]), shorter), encoding="utf-8"
        )
