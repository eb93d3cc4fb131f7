"""Count how often four healthy, idle connections wake Home Assistant.

Two homes run at the same time, one of them without connections: its wake-ups are Home
Assistant's own. The clocks of their loops run faster than real time, so an hour of
timers takes half a minute.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
import json
import sys
import time

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from custom_components.event_relay.queue import clock
from custom_components.event_relay.queue.store.database import Database

from .backend import BenchClient
from .contenders import a_rule, set_states
from .figures import Figures
from .home import a_connection, connect, home, run
from .process import answer_of, serving

CONNECTIONS = 4
RULES = 100
_FASTER = 120
_SETTLING = 5.0
"""Seconds until the work of a start has finished."""


async def measure(*, minutes: int) -> Figures:
    """Return the wake-ups per minute, over so many minutes of loop time."""
    ours, without = await asyncio.gather(
        answer_of("tools.bench.idle", str(CONNECTIONS), str(minutes)),
        answer_of("tools.bench.idle", "0", str(minutes)),
    )
    figures = {
        f"idle_{what}": (number - without.get(what, 0)) / minutes
        for what, number in ours.items()
    }
    return {**figures, "idle_wakeups_per_minute": sum(figures.values())}


async def _idle(connections: int, minutes: int) -> Figures:
    """Count the wake-ups of a home with so many connections."""
    # A clock is trusted after a minute, which the bench cannot wait.
    clock.STEADY_AFTER = 1.0
    async with serving("tools.bench.receiver") as address, home() as hass:
        # Home Assistant's own client, and its resolver, never rest once used.
        await (await async_get_clientsession(hass).get(f"{address}/arrivals")).read()
        await _connect(hass, address, connections)
        await asyncio.sleep(_SETTLING)
        _speed_up(hass.loop)
        with _counted(hass.loop) as woken:
            await asyncio.sleep(minutes * 60)
        return dict(woken)


async def _connect(hass: HomeAssistant, address: str, connections: int) -> None:
    """Set up the connections, with the rules divided among them."""
    bells = [f"binary_sensor.bell_{number}" for number in range(RULES)]
    set_states(hass, *bells)
    for number in range(connections):
        rules = [a_rule(bell, rule_id=bell) for bell in bells[number::connections]]
        await connect(hass, a_connection(address, rules, entry_id=f"bench{number}"))


def _speed_up(loop: asyncio.AbstractEventLoop) -> None:
    """Speed up the loop's time from now on, including its waits."""
    begin = time.monotonic()
    loop.time = lambda: begin + (time.monotonic() - begin) * _FASTER  # type: ignore[method-assign]
    selector = loop._selector  # type: ignore[attr-defined]  # noqa: SLF001 - where a loop waits
    wait = selector.select
    selector.select = lambda timeout=None: wait(timeout and timeout / _FASTER)


@contextmanager
def _counted(loop: asyncio.AbstractEventLoop) -> Iterator[Counter[str]]:
    """Count fired timers, jobs of the queue's thread, and requests."""
    woken: Counter[str] = Counter({"timers": 0, "thread_jobs": 0, "requests": 0})
    fire = asyncio.TimerHandle._run  # noqa: SLF001 - the one place that all pass
    job, ask = Database.run, BenchClient.capabilities

    def counting[**P, ResultT](
        what: str, work: Callable[P, ResultT]
    ) -> Callable[P, ResultT]:
        """Count each call."""

        def counted(*args: P.args, **rest: P.kwargs) -> ResultT:
            woken[what] += 1
            return work(*args, **rest)

        return counted

    asyncio.TimerHandle._run = counting("timers", fire)  # type: ignore[method-assign] # noqa: SLF001
    Database.run = counting("thread_jobs", job)  # type: ignore[method-assign]
    BenchClient.capabilities = counting("requests", ask)  # type: ignore[method-assign]
    try:
        yield woken
    finally:
        asyncio.TimerHandle._run = fire  # type: ignore[method-assign] # noqa: SLF001
        Database.run = job  # type: ignore[method-assign]
        BenchClient.capabilities = ask  # type: ignore[method-assign]


if __name__ == "__main__":
    print(json.dumps(run(_idle(*(int(number) for number in sys.argv[1:])))))
