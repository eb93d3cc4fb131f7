"""How long something takes: a number of seconds, or between two."""

import random

from simulators.wire import Json

type Delay = float | tuple[float, float]
"""Seconds: always the same, or drawn evenly from least to most."""


def drawn(delay: Delay) -> float:
    """Return the seconds that it takes this time."""
    return random.uniform(*delay) if isinstance(delay, tuple) else delay


def longest(delay: Delay) -> float:
    """Return the seconds that it takes at most."""
    return delay[1] if isinstance(delay, tuple) else delay


def parse_delay(value: Json) -> Delay:
    """Read seconds, or a list of least and most; raise ValueError if neither."""
    if isinstance(value, list) and len(value) == 2:
        least, most = (_seconds(item) for item in value)
        if least <= most:
            return least, most
        raise ValueError("the most is not less than the least")
    return _seconds(value)


def _seconds(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{value!r} is not a number of seconds")
    return float(value)
