"""The time from a trigger to the arrival of its event, one at a time."""

import asyncio
from collections.abc import Sequence
from statistics import median
import time

from .arrivals import ArrivalLog
from .contenders import Contender
from .figures import Figures
from .side_by_side import SideBySide

REST = 0.02
"""Seconds between two events: each finds the home at rest, and its code as little in
the processor's caches as when a doorbell rings."""


async def measure(contenders: SideBySide, *, rounds: int, events: int) -> Figures:
    """Return percentiles in milliseconds, and the ratios that have a bar."""
    p50s: dict[str, list[float]] = {one.name: [] for one in contenders.in_turn}
    p99s: dict[str, list[float]] = {one.name: [] for one in contenders.in_turn}
    for number in range(-1, rounds):
        for contender in contenders.in_turn:
            seconds = await _round(contender, contenders.receiving, events)
            if number >= 0:  # the first round only warms up
                p50s[contender.name].append(percentile(seconds, 50))
                p99s[contender.name].append(percentile(seconds, 99))
    p50 = {name: median(values) * 1000 for name, values in p50s.items()}
    p99 = {name: median(values) * 1000 for name, values in p99s.items()}
    figures = {f"latency_p50_ms_{name}": value for name, value in p50.items()}
    figures |= {f"latency_p99_ms_{name}": value for name, value in p99.items()}
    figures["latency_p50_vs_rest_command"] = p50["event_relay"] / p50["rest_command"]
    figures["latency_p99_vs_rest_command"] = p99["event_relay"] / p99["rest_command"]
    figures["http_latency_p50_vs_rest_command"] = p50["http"] / p50["rest_command"]
    return figures


async def _round(
    contender: Contender, receiving: ArrivalLog, events: int
) -> list[float]:
    """Return the seconds that each of some events took."""
    fired: list[float] = []
    await receiving.arrivals()
    contender.begin()
    for number in range(events):
        fired.append(time.monotonic())
        contender.fire(number)
        await contender.settle(number + 1)
        await asyncio.sleep(REST)
    arrivals = await receiving.arrivals()
    return [arrivals[number] - moment for number, moment in enumerate(fired)]


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile of values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
