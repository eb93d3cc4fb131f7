"""The cost of 100,000 waiting deliveries for a Home Assistant that starts."""

import asyncio
import json
from pathlib import Path
import shutil
from statistics import median
import sys
import tempfile
import time

from custom_components.event_relay.const import CONF_UNSETTLED_LIMIT, DOMAIN

from .figures import Figures
from .filling import LIMIT, fill
from .home import a_connection, connect, home, run
from .process import answer_of

WAITING = 100_000
_SETTLING = 3.0
"""Seconds after which the start reads nothing more."""
_NOBODY = "http://127.0.0.1:9"
"""An address where nothing listens, so all deliveries keep waiting."""


async def measure(*, rounds: int) -> Figures:
    """Return megabytes and milliseconds, from alternating fresh processes."""
    megabytes: list[float] = []
    milliseconds: list[float] = []
    with tempfile.TemporaryDirectory(prefix="event-relay-bench-") as temporary:
        full, empty = Path(temporary, "full"), Path(temporary, "empty")
        for folder in (full, empty):
            folder.mkdir()
        await fill(full, WAITING)
        await fill(empty, 0)
        for _ in range(rounds):
            with_them = await answer_of("tools.bench.backlog", str(full))
            without = await answer_of("tools.bench.backlog", str(empty))
            megabytes.append(with_them["rss_mb"] - without["rss_mb"])
            milliseconds.append(with_them["start_ms"])
    return {
        "backlog_rss_mb": median(megabytes),
        "backlog_start_ms": median(milliseconds),
    }


async def _start(folder: Path) -> Figures:
    """Set up a connection and return the cost."""
    # A former process has left its connection there.
    shutil.rmtree(folder / ".storage", ignore_errors=True)
    async with home(folder=folder) as hass:
        # Imports are measured separately.
        first = a_connection(_NOBODY, entry_id="first")
        await connect(hass, first)
        await hass.config_entries.async_remove("first")
        entry = a_connection(_NOBODY, options={CONF_UNSETTLED_LIMIT: LIMIT})
        begin = time.perf_counter()
        await hass.config_entries.async_add(entry)
        took = time.perf_counter() - begin
        await asyncio.sleep(_SETTLING)
        waiting = hass.states.get(f"sensor.{entry.title.lower()}_pending_deliveries")
        answer = {"rss_mb": _resident(), "start_ms": took * 1000}
        if waiting is None:
            raise RuntimeError(f"{DOMAIN} has no sensor of what waits")
    return answer


def _resident() -> float:
    """Return the resident memory of this process in megabytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("/proc does not tell")


if __name__ == "__main__":
    print(json.dumps(run(_start(Path(sys.argv[1])))))
