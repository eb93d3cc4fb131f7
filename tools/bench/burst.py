"""Two thousand triggers in a hundred loop iterations: the time to settle all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import gc
from statistics import median
import time

from .arrivals import ArrivalLog
from .contenders import Contender
from .figures import Figures
from .side_by_side import SideBySide

IN_A_TURN = 20
"""Triggers per loop iteration."""
TICK = 0.001
"""Seconds between two checks of the loop's delay."""


async def measure(contenders: SideBySide, *, rounds: int, events: int) -> Figures:
    """Return events per second, the longest stalls, and the ratios that have a bar.

    Ours settle when they are committed as delivered; the others when they have a
    response.
    """
    rates: dict[str, list[float]] = {one.name: [] for one in contenders.in_turn}
    stalls: dict[str, list[float]] = {one.name: [] for one in contenders.in_turn}
    for number in range(-1, rounds):
        for contender in contenders.in_turn:
            rate, stall = await _round(contender, contenders.receiving, events)
            if number >= 0:  # the first round only warms up
                rates[contender.name].append(rate)
                stalls[contender.name].append(stall)
    rate_of = {name: median(values) for name, values in rates.items()}
    stall_of = {name: median(values) * 1000 for name, values in stalls.items()}
    relay = rate_of["event_relay"]
    figures = {f"burst_per_second_{name}": value for name, value in rate_of.items()}
    figures |= {f"burst_stall_ms_{name}": value for name, value in stall_of.items()}
    figures["burst_vs_rest_command"] = relay / rate_of["rest_command"]
    figures["burst_vs_aiohttp"] = relay / rate_of["aiohttp"]
    figures["http_burst_vs_rest_command"] = rate_of["http"] / rate_of["rest_command"]
    figures["loop_stall_vs_rest_command"] = (
        stall_of["event_relay"] / stall_of["rest_command"]
    )
    return figures


async def _round(
    contender: Contender, receiving: ArrivalLog, events: int
) -> tuple[float, float]:
    """Return the events settled per second, and the longest stall in seconds."""
    await receiving.arrivals()
    # In a home that has run for a while, garbage from the start is long collected. Here
    # the collection would come during some burst, and take a sixth of a second.
    gc.collect()
    contender.begin()
    async with _watched() as stalls:
        begin = time.monotonic()
        await burst(contender, events)
        settled = time.monotonic()
    # Entities and Activity may be updated a little later; the next round waits for it.
    await asyncio.sleep(events / 1000)
    arrivals = await receiving.arrivals()
    if len(arrivals) != events:
        raise RuntimeError(f"{len(arrivals)} of {events} arrived")
    return events / (settled - begin), max(stalls)


async def burst(contender: Contender, events: int) -> None:
    """Trigger many events, and wait until all are settled."""
    for number in range(events):
        contender.fire(number)
        if number % IN_A_TURN == IN_A_TURN - 1:
            await asyncio.sleep(0)
    await contender.settle(events)


@asynccontextmanager
async def _watched() -> AsyncIterator[list[float]]:
    """Yield a list of the loop's delays in seconds.

    Measured by a timer: a task that runs in every iteration would keep the loop from
    resting, and every other thread from getting Python's lock.
    """
    late: list[float] = []
    watching = True

    async def watch() -> None:
        """Check the clock when a millisecond should have passed."""
        while watching:
            begin = time.monotonic()
            await asyncio.sleep(TICK)
            late.append(time.monotonic() - begin - TICK)

    task = asyncio.create_task(watch())
    try:
        yield late
    finally:
        watching = False
        await task
