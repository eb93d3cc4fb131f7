"""The cost of the integration's imports, compared with those of core alone."""

from importlib import import_module
import json
import os
from statistics import median
import sys
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
"""Modules that Home Assistant has loaded in every home with a browser."""
OURS = (
    *("binary_sensor", "button", "calendar", "event", "sensor", "switch"),
    *("config_flow", "diagnostics", "logbook", "repairs", "system_health"),
    "backends.frigate.forms",
)
"""Our modules of a home with one connection, to Frigate."""
_PACKAGE = "custom_components.event_relay"
WHOSE = {
    "ours": (_PACKAGE, *(f"{_PACKAGE}.{module}" for module in OURS)),
    "core": (
        "homeassistant.components.automation",
        "homeassistant.components.rest_command",
    ),
}
"""Modules of ours, and those of an equivalent solution with core alone."""
_OF_AUTOMATIONS = tuple(
    f"homeassistant.components.{name}"
    for name in ("automation", "blueprint", "trace", "rest_command")
)
"""Modules of core for those, which its start has loaded: they are imported anew."""


async def measure(*, rounds: int, warm_ups: int = 1) -> Figures:
    """Return the CPU milliseconds of an import, and a ratio.

    It covers the integration, all its platforms and a backend, as at every start:
    Python uses its compiled files, whatever the environment here says.
    """
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    seen: dict[str, list[float]] = {whose: [] for whose in WHOSE}
    for number in range(-warm_ups, rounds):
        for whose, milliseconds in seen.items():
            one = await answer_of(
                "tools.bench.importing", whose, environment=environment
            )
            if number >= 0:
                milliseconds.append(one["import_ms"])
    ours, core = (median(seen[whose]) for whose in ("ours", "core"))
    return {"import_ms": ours, "core_import_ms": core, "import_vs_core": ours / core}


def _import(whose: str) -> Figures:
    """Import the loaded modules, and then the additional ones."""
    for module in LOADED:
        import_module(module)
    for module in [*sys.modules]:
        if module.startswith(_OF_AUTOMATIONS):
            del sys.modules[module]
    begin = time.process_time()
    for module in WHOSE[whose]:
        import_module(module)
    return {"import_ms": (time.process_time() - begin) * 1000}


if __name__ == "__main__":
    print(json.dumps(_import(sys.argv[1])))
