"""The cost to arm a thousand rules, compared with a thousand equal automations."""

import gc
from statistics import median
import time

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .contenders import a_rule, an_automation, set_states
from .figures import Figures
from .home import a_connection, connect, home
from .process import serving

ARMED = 3
"""Number of times that the rules of one Home Assistant are armed."""


async def measure(*, rounds: int, rules: int) -> Figures:
    """Return the CPU milliseconds of both, and the ratio.

    The entities of rules are not counted, those of automations are.
    """
    ours, automations = [], []
    async with serving("tools.bench.receiver") as address:
        for _ in range(rounds):
            async with home({"rest_command": _commands(address)}) as hass:
                set_states(hass, *_bells(rules))
                automations.append(await _set_automations_up(hass, address, rules))
                ours.append(await _arm(hass, address, rules))
    our, their = median(ours), median(automations)
    return {
        f"rules_{rules}_arm_ms": our * 1000,
        f"automations_{rules}_set_up_ms": their * 1000,
        f"rules_{rules}_vs_automations": our / their,
    }


def _bells(rules: int) -> list[str]:
    """Return the entities that fire them."""
    return [f"binary_sensor.bell_{number}" for number in range(rules)]


def _commands(address: str) -> object:
    """Return the command that all automations call."""
    return an_automation(address)["rest_command"]


async def _set_automations_up(hass: HomeAssistant, address: str, rules: int) -> float:
    """Return the CPU seconds to set up all automations."""
    (one,) = an_automation(address)["automation"]
    (trigger,) = one["triggers"]
    automations = [
        {
            **one,
            "id": bell,
            "alias": bell,
            "triggers": [{**trigger, "entity_id": bell}],
        }
        for bell in _bells(rules)
    ]
    # Imports are measured separately.
    import homeassistant.components.automation  # noqa: F401, PLC0415

    begin = _start_measuring()
    if not await async_setup_component(hass, "automation", {"automation": automations}):
        raise RuntimeError("the automations cannot be set up")
    await hass.async_block_till_done()
    return time.process_time() - begin


async def _arm(hass: HomeAssistant, address: str, rules: int) -> float:
    """Return the CPU seconds to arm all rules: the median of some runs.

    Home Assistant may write its registries meanwhile.
    """
    made = [a_rule(bell, rule_id=bell) for bell in _bells(rules)]
    entry = a_connection(address, made)
    await connect(hass, entry)
    running = entry.runtime_data.rules
    if running is None or not all(one.armed for one in running.runners.values()):
        raise RuntimeError("not all rules are armed")
    seconds = []
    for _ in range(ARMED):
        await running.async_stop()
        begin = _start_measuring()
        await running.async_start()
        seconds.append(time.process_time() - begin)
    return median(seconds)


def _start_measuring() -> float:
    """Return the CPU time at which a measurement begins.

    As in a turn beside another checkout, whose code is separate: objects that exist
    already are excluded from garbage collection.
    """
    gc.collect()
    gc.freeze()
    return time.process_time()
