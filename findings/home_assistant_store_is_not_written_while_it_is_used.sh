#!/usr/bin/env bash
# homeassistant 2026.10.4: a store that is saved with a delay is not written at all while changes go on.
#
# Guess: `Store.async_delay_save(data, delay=2)` writes at the latest two seconds after the first
# change that is not written yet, and what comes meanwhile is written with it; so a power cut costs
# at most the delay.
# Seen: each call moves the write to its own time plus the delay, without a limit. An integration that
# notes an event more often than its delay, as with 10 s and a meter that reports every 5 s, writes
# nothing until it is quiet or stopped in order, and a power cut costs all of it.
# Output seen: after 6 s with a change every 0.1 s and a delay of 2 s: no file; 4 s after the last: 60.
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" \
  homeassistant==2026.10.4

mkdir "$folder/config"
"$folder/venv/bin/python" - "$folder/config" <<'PYTHON'
import asyncio
import json
from pathlib import Path
import sys

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers.storage import Store

CONFIG = Path(sys.argv[1])
FILE = CONFIG / ".storage" / "events"


async def main():
    hass = HomeAssistant(str(CONFIG))
    hass.set_state(CoreState.running)
    store = Store(hass, 1, "events")
    events = []
    written = []
    for number in range(60):
        events.append(number)
        store.async_delay_save(lambda: {"events": events}, 2)
        await asyncio.sleep(0.1)
        written.append(FILE.exists())
    await asyncio.sleep(4)
    after = len(json.loads(FILE.read_text())["data"]["events"])
    print("written during 6 s of changes:", any(written), "- 4 s after the last:", after)
    await hass.async_stop(force=True)
    assert not any(written)
    assert after == 60


asyncio.run(main())
PYTHON
