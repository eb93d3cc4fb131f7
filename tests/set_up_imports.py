"""Print what a set-up imports: run in a fresh process by `test_imports`."""

from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
import json
import sys
import threading
from types import ModuleType
from typing import override

from homeassistant.const import CONF_URL
from homeassistant.exceptions import ServiceValidationError

from tools.bench.home import a_connection, connect, home, run

PACKAGE = "custom_components.event_relay"


class Finder(MetaPathFinder):
    """Finds nothing, but notes what is imported in the thread of the event loop."""

    def __init__(self) -> None:
        """Begin without an import."""
        self.in_loop: list[str] = []

    @override
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if (
            fullname.startswith(PACKAGE)
            and threading.current_thread() is threading.main_thread()
        ):
            self.in_loop.append(fullname)
        return None


def _ours() -> list[str]:
    """Return our modules that are imported now."""
    return sorted(name for name in sys.modules if name.startswith(PACKAGE))


async def _look() -> dict[str, list[str]]:
    """Return what a set-up imports, and what is imported in the event loop."""
    async with home() as hass:
        for name in _ours():
            del sys.modules[name]
        finder = Finder()
        sys.meta_path.insert(0, finder)
        data = json.loads(sys.argv[1])
        await connect(hass, a_connection(data[CONF_URL], data=data))
        of_set_up = _ours()
        with suppress(ServiceValidationError):  # there is no connection
            await hass.services.async_call(
                "event_relay", "create_custom_event", {"title": "Test"}, blocking=True
            )
        form = await hass.config_entries.flow.async_init(
            "event_relay", context={"source": "user"}
        )
        await hass.config_entries.flow.async_configure(
            form["flow_id"], {"next_step_id": "palabra"}
        )
        return {"set_up": of_set_up, "all": _ours(), "in_loop": finder.in_loop}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(_look())))
