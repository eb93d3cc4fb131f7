"""Durations: a number of seconds, or a range."""

import random

from tools.simulators.wire import Json

type Delay = float | tuple[float, float]
"""Seconds: fixed, or drawn evenly between two values."""


def drawn(delay: Delay) -> float:
    """Draw the seconds of one occurrence."""
    return random.uniform(*delay) if isinstance(delay, tuple) else delay


def longest(delay: Delay) -> float:
    """Return the longest possible seconds."""
    return delay[1] if isinstance(delay, tuple) else delay


def parse_delay(value: Json) -> Delay:
    """Parse seconds, or a list of two values; raise ValueError if neither."""
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
