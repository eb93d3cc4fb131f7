#!/usr/bin/env bash
# homeassistant 2026.10.4: after the home's time zone is changed, a daily time fires once more by the former
# one, and a day may have two of it.
#
# Guess: `at: "07:00:00"` follows the setting at once, as `now()`, the clock and the history do: the next
# firing is at seven of the new zone, whoever travels and in whichever direction.
# Seen: the next firing stays what it was. From Berlin to London it comes at six and at seven of that
# morning; from London to Berlin only at eight, and seven is left out. From the second day on it is
# right. `time_pattern` does the same; a restart or a reload of the automations would help.
# Output seen: to London: 06:00, 07:00, next day 07:00; to Berlin: 08:00, next day 07:00.
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
cat >test_zone.py <<'PYTHON'
from datetime import timedelta

from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

BERLIN, LONDON = "Europe/Berlin", "Europe/London"


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "time", "at": "07:00:00"},
        {"trigger": "time_pattern", "hours": 7, "minutes": 0},
    ],
    ids=lambda trigger: trigger["trigger"],
)
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (BERLIN, LONDON, ["Sun 06:00", "Sun 07:00", "Mon 07:00"]),
        (LONDON, BERLIN, ["Sun 08:00", "Mon 07:00"]),
        (BERLIN, BERLIN, ["Sun 07:00", "Mon 07:00"]),
    ],
)
async def test_seen(hass, freezer, capsys, trigger, before, after, expected):
    freezer.move_to("2026-11-29T03:00:30+00:00")
    await hass.config.async_update(time_zone=before)
    automation = {"alias": "daily", "triggers": trigger, "actions": {"event": "ran"}}
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()
    ran = []
    hass.bus.async_listen("ran", lambda event: ran.append(f"{dt_util.now():%a %H:%M}"))
    await hass.config.async_update(time_zone=after)
    await hass.async_block_till_done()
    for _ in range(30 * 60):
        freezer.tick(timedelta(minutes=1))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.daily"}, blocking=True
    )
    with capsys.disabled():
        print(f"\n{trigger['trigger']}, {before} to {after}: {ran}")
    assert ran == expected
PYTHON
venv/bin/python -m pytest --quiet -o asyncio_mode=auto test_zone.py
