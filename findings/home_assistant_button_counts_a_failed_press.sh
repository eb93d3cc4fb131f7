#!/usr/bin/env bash
# homeassistant 2026.10.4: a button whose press fails has been pressed all the same.
#
# Guess: the state of a button, the time of its last press, changes once `async_press` has returned.
# Seen: the state is written before `async_press` is called. A press that raises shows the caller an
# error, and yet the state changes, the logbook says "pressed", and every automation with a state
# trigger on the button runs, as if what it does had been done. UV_PYTHON may name a Python 3.14.
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

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError


class Button(ButtonEntity):
    entity_id = "button.example"

    async def async_press(self):
        raise HomeAssistantError("the device did not answer")


async def main():
    hass = HomeAssistant("config")
    written = []
    button = Button()
    button.hass = hass
    button.async_write_ha_state = lambda: written.append(button.state)
    try:
        await button._async_press_action()
    except HomeAssistantError as error:
        print("the caller saw:", error)
    print("states written:", written)
    await hass.async_stop(force=True)
    assert len(written) == 1 and written[0] is not None and written[0] == button.state


asyncio.run(main())
PYTHON
