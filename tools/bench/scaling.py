"""Measure whether a delivery costs more while many wait."""

import asyncio
import json
from pathlib import Path
from statistics import median
import sys
import tempfile
import time

from custom_components.event_relay.const import CONF_UNSETTLED_LIMIT

from .contenders import Relay, a_rule, set_states
from .figures import Figures
from .filling import LIMIT, fill
from .home import a_connection, connect, home, run
from .process import answer_of, serving

FEW, MANY = 10_000, 100_000


async def measure(*, rounds: int, events: int) -> Figures:
    """Return microseconds per delivery with few and with many waiting, and the ratio.

    The number of accepted deliveries equals that of delivered ones.
    """
    costs: dict[int, list[float]] = {FEW: [], MANY: []}
    for _ in range(rounds):
        for waiting, microseconds in costs.items():
            answer = await answer_of("tools.bench.scaling", str(waiting), str(events))
            microseconds.append(answer["each"])
    few, many = (median(microseconds) for microseconds in costs.values())
    return {
        f"delivery_us_with_{FEW}_waiting": few,
        f"delivery_us_with_{MANY}_waiting": many,
        "growth_10x": many / few,
    }


async def _deliver(waiting: int, events: int) -> Figures:
    """Return the microseconds of each of some deliveries."""
    with tempfile.TemporaryDirectory(prefix="event-relay-bench-") as temporary:
        await fill(Path(temporary), waiting)
        async with (
            serving("tools.bench.receiver") as address,
            home(folder=Path(temporary)) as hass,
        ):
            set_states(hass)
            options = {CONF_UNSETTLED_LIMIT: LIMIT}
            entry = a_connection(address, [a_rule()], options=options)
            await connect(hass, entry)
            relay = Relay(hass, entry)
            await relay.settle(events // 4)  # the start is not counted
            relay.begin()
            begin = time.perf_counter()
            for number in range(events):
                relay.fire(number)
                await asyncio.sleep(0)
            await relay.settle(events)
            took = time.perf_counter() - begin
    return {"each": took / events * 1_000_000}


if __name__ == "__main__":
    print(json.dumps(run(_deliver(*(int(number) for number in sys.argv[1:])))))
