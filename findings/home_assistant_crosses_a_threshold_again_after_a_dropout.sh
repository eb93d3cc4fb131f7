#!/usr/bin/env bash
# homeassistant 2026.10.4: a sensor that stays above a threshold crosses it once more after each dropout.
#
# Guess: `numeric_state` with `above: 22` fires when the value goes from 22 or less to more; a sensor at
# 25 that is unavailable for a moment, and at 25 again, has crossed nothing. A template trigger of the
# same threshold does the same.
# Seen: unavailable and unknown count as "not above", so each dropout of a radio fires the trigger again.
# A template does so with `float(0)`, and not with plain `float`: its error in between counts as no
# answer, and not as false. The variant that looks more careful repeats the alarm, and the one
# that fills the log does not.
# Output seen: 25: all three; unavailable: none; 25: numeric_state, float(0); 20: none; 25: all three.
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
cat >test_threshold.py <<'PYTHON'
from homeassistant.setup import async_setup_component

TRIGGERS = {
    "numeric_state": {"trigger": "numeric_state", "entity_id": "sensor.hall", "above": 22},
    "float(0)": {
        "trigger": "template",
        "value_template": "{{ states('sensor.hall') | float(0) > 22 }}",
    },
    "float": {
        "trigger": "template",
        "value_template": "{{ states('sensor.hall') | float > 22 }}",
    },
}


async def test_seen(hass, capsys):
    hass.states.async_set("sensor.hall", "20")
    automations = [
        {"alias": name, "triggers": trigger, "actions": {"event": "warm", "event_data": {"by": name}}}
        for name, trigger in TRIGGERS.items()
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    fired = []
    hass.bus.async_listen("warm", lambda event: fired.append(event.data["by"]))
    seen = []
    for state in ("25", "unavailable", "25", "20", "25"):
        fired.clear()
        hass.states.async_set("sensor.hall", state)
        await hass.async_block_till_done()
        seen.append((state, sorted(fired)))
    with capsys.disabled():
        print()
        print(*(f"{state}: {names}" for state, names in seen), sep="\n")
    every = sorted(TRIGGERS)
    assert seen == [
        ("25", every),
        ("unavailable", []),
        ("25", ["float(0)", "numeric_state"]),
        ("20", []),
        ("25", every),
    ]
PYTHON
venv/bin/python -m pytest --quiet -o asyncio_mode=auto test_threshold.py
