#!/usr/bin/env bash
# homeassistant 2026.10.4: a template that renders a number with a decimal comma gives a list.
#
# Guess: what a template renders becomes a number, a list or a dictionary if it looks like one, and
# else stays the text that it is; "21,5" and "1,000" are no number in Home Assistant, and so a text.
# Seen: the text is read as Python, where a comma makes a tuple. "21,5" goes out in an event or in JSON
# as [21, 5], and "1,000" as [1, 0], so that nobody downstream can tell what it was. The message "..."
# becomes Python's Ellipsis, which cannot be written as JSON at all. "21,5 °C" stays a text. Codes whose
# digits begin with a plus lose it: "+491" is 491. UV_PYTHON may name a Python 3.14.
# Output seen: [21,5] [1,0] "21,5 °C" 491 and "Type is not JSON serializable: ellipsis".
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

from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.template import Template


async def main():
    hass = HomeAssistant("config")
    seen = {}
    for text in ("21,5", "1,000", "21,5 °C", "+491", "..."):
        hass.states.async_set("sensor.display", text)
        value = Template("{{ states('sensor.display') }}", hass).async_render()
        try:
            seen[text] = json_bytes(value).decode()
        except TypeError as error:
            seen[text] = str(error)
        print(f"{text!r}: {seen[text]}")
    await hass.async_stop(force=True)
    assert list(seen.values()) == [
        "[21,5]",
        "[1,0]",
        '"21,5 °C"',
        "491",
        "Type is not JSON serializable: ellipsis",
    ]


asyncio.run(main())
PYTHON
