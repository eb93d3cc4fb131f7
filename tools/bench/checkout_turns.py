"""Measure one of two checkouts, in turns with the other one.

Run as a script in that checkout. It uses the packages of the checkout, and so depends
on little of its bench. For each input line it takes a turn, and prints a JSON object
with the costs.
"""

import asyncio
import gc
import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
import time
from types import ModuleType
from typing import TYPE_CHECKING

from homeassistant.setup import async_setup_component

sys.path[0] = str(Path.cwd())
if not Path("tools").is_dir():  # an earlier checkout, with its tools beside the others
    sys.modules["tools"] = ModuleType("tools")
    sys.modules["tools"].__path__ = [str(Path.cwd())]

from custom_components.event_relay.const import DOMAIN  # noqa: E402
from tools.bench.burst import burst  # noqa: E402 - of the checkout that it is run in
from tools.bench.contenders import a_rule  # noqa: E402
from tools.bench.side_by_side import side_by_side  # noqa: E402

try:
    from tools.bench.contenders import set_states
    from tools.bench.home import a_connection, connect, home, run
except ImportError:  # an earlier checkout, with other names
    from tools.bench.contenders import (  # type: ignore[attr-defined, no-redef]
        furnish as set_states,
    )
    from tools.bench.house import (  # type: ignore[import-not-found, no-redef]
        a_connection,
        connect,
        home,
        run,
    )

if TYPE_CHECKING:
    from tools.bench.figures import Figures
    from tools.bench.side_by_side import SideBySide

CONNECTIONS, RULES = 4, 100
_LEAST = 20
"""Events sent one after the other in a turn."""


async def _turn(contenders: SideBySide, events: int) -> Figures:
    """Measure a burst, and single events."""
    relay, receiving = contenders.relay, contenders.receiving
    await receiving.arrivals()
    gc.collect()
    relay.begin()
    wall, cpu = time.perf_counter(), time.process_time()
    await burst(relay, events)
    figures = {
        "burst_us": (time.perf_counter() - wall) / events * 1e6,
        "burst_cpu_us": (time.process_time() - cpu) / events * 1e6,
    }
    await asyncio.sleep(1)
    await receiving.arrivals()
    relay.begin()
    fired = []
    for number in range(_LEAST):
        fired.append(time.monotonic())
        relay.fire(number)
        await relay.settle(number + 1)
        await asyncio.sleep(0.02)
    arrived = await receiving.arrivals()
    late = sorted(arrived[number] - at for number, at in enumerate(fired))
    return figures | {"latency_us": late[len(late) // 2] * 1e6}


async def _set_up(address: str) -> Figures:
    """Measure the CPU time to set up some connections with their rules.

    Once for the first time, and once as at a start, when Home Assistant knows the
    connections, their devices and entities. Imports are measured separately.
    """
    bells = [f"binary_sensor.bell_{number}" for number in range(RULES)]
    with TemporaryDirectory(prefix="event-relay-bench-") as temporary:
        folder = Path(temporary)
        async with home(folder=folder) as hass:
            set_states(hass, *bells)
            await connect(hass, a_connection(address, entry_id="first"))
            cpu = _start_measuring()
            for number in range(CONNECTIONS):
                rules = [
                    a_rule(bell, rule_id=bell) for bell in bells[number::CONNECTIONS]
                ]
                entry = a_connection(address, rules, entry_id=f"b{number}")
                await connect(hass, entry)
            first = time.process_time() - cpu
        async with home(folder=folder) as hass:
            set_states(hass, *bells)
            cpu = _start_measuring()
            if not await async_setup_component(hass, DOMAIN, {}):
                raise RuntimeError("the connections cannot be loaded again")
            await hass.async_block_till_done()
            start = time.process_time() - cpu
    return {"set_up_cpu_us": first * 1e6, "start_cpu_us": start * 1e6}


def _start_measuring() -> float:
    """Return the CPU time at which a measurement begins.

    From then on, garbage collection only examines new objects: by chance it could cover
    all of Home Assistant meanwhile, which costs more than most measurements.
    """
    gc.collect()
    gc.freeze()
    return time.process_time()


async def _serve(events: int) -> None:
    """Take turns until there are no more lines."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    async with side_by_side() as contenders:
        print("ready", flush=True)
        while await lines.readline():
            print(json.dumps(await _turn(contenders, events)), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "set_up":
        print(json.dumps(run(_set_up(sys.argv[2]))), flush=True)
    else:
        run(_serve(int(sys.argv[1])))
