"""The same with Frigate: a confirming read, a review item, twelve at once. No bar."""

import asyncio
from statistics import median
import time

from .contenders import Relay, a_rule, set_states
from .figures import Figures
from .home import a_connection, connect, home
from .latency import REST, percentile
from .process import serving

_CAMERA = {
    "friendly_name": "Front door",
    "enabled": True,
    "records": True,
    "pre_capture": 5,
}
_DATA = {
    "backend": "frigate",
    "username": "",
    "password": "",
    "verify_ssl": True,
    "capabilities": {
        "version": "0.18.0",
        "username": "anonymous",
        "role": "admin",
        "cameras": {"front_door": _CAMERA},
    },
}
_FIELDS = {
    "camera": "front_door",
    "label": "doorbell",
    "sub_label": "{{ trigger.to_state.name }}",
    "duration": "{{ 20 }}",
}


async def measure(*, events: int, burst: int) -> Figures:
    """Return the time from a trigger to the commit of the result, and a rate."""
    async with serving("tools.simulators", "frigate") as address, home() as hass:
        set_states(hass)
        rule = a_rule(operation="create_camera_event", fields=_FIELDS)
        entry = a_connection(address, [rule], entry_id="frigate", data=_DATA)
        await connect(hass, entry)
        relay = Relay(hass, entry)
        seconds: list[float] = []
        for number in range(events):
            begin = time.monotonic()
            relay.fire(number)
            await relay.settle(number + 1)
            seconds.append(time.monotonic() - begin)
            await asyncio.sleep(REST)
        relay.begin()
        begin = time.monotonic()
        for number in range(burst):
            relay.fire(events + number)
        await relay.settle(burst)
        rate = burst / (time.monotonic() - begin)
    return {
        "frigate_settled_p50_ms": median(seconds) * 1000,
        "frigate_settled_p99_ms": percentile(seconds, 99) * 1000,
        "frigate_burst_per_second": rate,
    }
