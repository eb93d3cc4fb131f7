#!/usr/bin/env bash
# homeassistant 2026.10.4: an update listener of a config entry is entered again while it still runs.
#
# Guess: updates of one entry are told one after the other, as set-up and unload of an entry are, which
# hold its lock.
# Seen: each update starts a task of its own. Two options changed within one moment (a form saved twice,
# a subentry added and one removed) run the listener twice at once; where it stops and starts something
# with an await between, as most do, both runs stop the old one and both start a new one, and every event
# is then handled twice. Output seen: begin, begin, end, end. UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" homeassistant==2026.10.4

cd "$folder"
venv/bin/python - <<'PYTHON'
import asyncio
from types import MappingProxyType

from homeassistant.config_entries import ConfigEntries, ConfigEntry
from homeassistant.core import HomeAssistant


async def main():
    hass = HomeAssistant("config")
    hass.config_entries = ConfigEntries(hass, {})
    entry = ConfigEntry(
        data={},
        discovery_keys=MappingProxyType({}),
        domain="example",
        minor_version=1,
        options={},
        source="user",
        subentries_data=None,
        title="Example",
        unique_id=None,
        version=1,
    )
    hass.config_entries._entries[entry.entry_id] = entry
    heard = []

    async def listener(hass, entry):
        """Do what needs a moment, as nearly every listener does."""
        heard.append("begin")
        await asyncio.sleep(0.1)
        heard.append("end")

    entry.add_update_listener(listener)
    for value in (1, 2):
        hass.config_entries.async_update_entry(entry, options={"value": value})
    await hass.async_block_till_done()
    print(", ".join(heard))
    await hass.async_stop(force=True)
    assert heard == ["begin", "begin", "end", "end"], heard


asyncio.run(main())
PYTHON
