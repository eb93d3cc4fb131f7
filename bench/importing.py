"""What the integration adds to the imports of a Home Assistant that runs."""

from importlib import import_module
import json
import os
from statistics import median
import time

from .figures import Figures
from .process import answer_of

LOADED = (
    "homeassistant.bootstrap",
    "homeassistant.components.calendar",
    "homeassistant.components.diagnostics",
    "homeassistant.components.event",
    "homeassistant.components.http.server",
    "homeassistant.components.logbook",
    "homeassistant.components.lovelace",
    "homeassistant.components.repairs",
    "homeassistant.components.schedule",
    "homeassistant.components.sensor",
    "homeassistant.components.switch",
    "homeassistant.components.system_health",
    "homeassistant.components.websocket_api",
    "homeassistant.helpers.check_config",
    "homeassistant.helpers.update_coordinator",
)
"""What every Home Assistant has loaded that a browser looks at."""
OURS = (
    *("binary_sensor", "button", "calendar", "event", "sensor", "switch"),
    *("config_flow", "diagnostics", "logbook", "repairs", "system_health"),
)
_PACKAGE = "custom_components.event_relay"


async def measure(*, rounds: int) -> Figures:
    """Return the milliseconds of the integration and all its platforms.

    As at every start but the first: Python keeps what it has compiled, whatever the
    environment here says of that.
    """
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    _, *others = [
        await answer_of("bench.importing", environment=environment)
        for _ in range(rounds + 1)
    ]
    return {"import_ms": median(one["import_ms"] for one in others)}


def _import() -> Figures:
    """Import what is there already, and then ours."""
    for module in LOADED:
        import_module(module)
    begin = time.perf_counter()
    import_module(_PACKAGE)
    for module in OURS:
        import_module(f"{_PACKAGE}.{module}")
    return {"import_ms": (time.perf_counter() - begin) * 1000}


if __name__ == "__main__":
    print(json.dumps(_import()))
