#!/usr/bin/env bash
# homeassistant 2026.10.4: an action on an entity that is unavailable succeeds.
#
# Guess: pressing a button whose device is away raises an error, as pressing one whose device does not
# answer does, so that the automation stops and its trace shows it.
# Seen: the entity is left out, nothing is called, and the action returns: the script goes on to "done",
# and the REST API answers 200. One line in the log says that the entity is missing or not currently
# available. A siren that lost its radio is silent, and its automation a success.
# Output seen, calls, status and script: the device does not answer: 2, 500, its error; the entity is
# unavailable: 0, 200, done.
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" \
  homeassistant==2026.10.4 pytest-homeassistant-custom-component==0.13.375

cd "$folder"
cat >test_action.py <<'PYTHON'
from homeassistant.components.button import ButtonEntity
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockPlatform, mock_platform


class Button(ButtonEntity):
    entity_id = "button.siren"
    pressed = 0

    async def async_press(self):
        self.pressed += 1
        raise HomeAssistantError("the device did not answer")


async def test_seen(hass, hass_client, caplog, capsys):
    button = Button()

    async def add(hass, config, async_add_entities, discovery_info=None):
        async_add_entities([button])

    mock_platform(hass, "example.button", MockPlatform(async_setup_platform=add))
    assert await async_setup_component(hass, "button", {"button": {"platform": "example"}})
    press = {"action": "button.press", "target": {"entity_id": "button.siren"}}
    alarm = {"sequence": [press, {"event": "done"}]}
    assert await async_setup_component(hass, "script", {"script": {"alarm": alarm}})
    assert await async_setup_component(hass, "api", {})
    await hass.async_block_till_done()
    client = await hass_client()
    done = []
    hass.bus.async_listen("done", lambda event: done.append("done"))

    async def use():
        """Return how often it is pressed, the REST API's status, and whether the script goes on."""
        button.pressed = 0
        done.clear()
        answer = await client.post(
            "/api/services/button/press", json={"entity_id": "button.siren"}
        )
        try:
            await hass.services.async_call("script", "alarm", blocking=True)
        except HomeAssistantError as error:
            done.append(str(error))
        await hass.async_block_till_done()
        return button.pressed, answer.status, done[:]

    at_work = await use()
    button._attr_available = False
    button.async_write_ha_state()
    away = await use()
    with capsys.disabled():
        print()
        print("the device does not answer:", at_work)
        print("the entity is unavailable:", away)
    assert at_work == (2, 500, ["the device did not answer"])
    assert away == (0, 200, ["done"])
    assert "missing or not currently available" in caplog.text
PYTHON
venv/bin/python -m pytest --quiet -o asyncio_mode=auto test_action.py
