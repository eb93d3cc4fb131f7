"""How long it takes to arm a thousand rules."""

from statistics import median
import time

from .contenders import a_rule, furnish
from .figures import Figures
from .house import a_connection, connect, home
from .process import serving


async def measure(*, rounds: int, rules: int) -> Figures:
    """Return the milliseconds from the first rule to the last, entities not counted."""
    async with serving("bench.receiver") as address, home() as hass:
        bells = [f"binary_sensor.bell_{number}" for number in range(rules)]
        furnish(hass, *bells)
        entry = a_connection(address, [a_rule(bell, rule_id=bell) for bell in bells])
        await connect(hass, entry)
        running = entry.runtime_data.rules
        if running is None or not all(one.armed for one in running.members.values()):
            raise RuntimeError("not all rules are armed")
        milliseconds = []
        for _ in range(rounds):
            await running.async_stop()
            begin = time.perf_counter()
            await running.async_start()
            milliseconds.append((time.perf_counter() - begin) * 1000)
        return {f"rules_{rules}_arm_ms": median(milliseconds)}
