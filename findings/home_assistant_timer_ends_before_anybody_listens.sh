#!/usr/bin/env bash
# homeassistant 2026.10.4: a timer that ran out while Home Assistant was off fires its event before any
# automation listens.
#
# Guess: that is what `restore: true` is for: on the next start, the timer sends `timer.finished` with
# the time at which it should have ended (`finished_at`), and the automation on it runs, if late.
# Seen: the event is sent, but while helpers are set up, and automations are armed after that. Neither
# a trigger on the event, nor one on the state, nor `timer.finished` fires; the timer is idle, and the
# pump, or the open event that it should have ended, stays on. If time is left, all three fire later.
# Output seen: ended while off: sent 1, no automation; ended afterwards: sent 1, all three.
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
cat >test_timer.py <<'PYTHON'
from datetime import timedelta

from homeassistant.core import CoreState, State
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    mock_restore_cache,
)

TRIGGERS = {
    "event": {
        "trigger": "event",
        "event_type": "timer.finished",
        "event_data": {"entity_id": "timer.pump"},
    },
    "state": {"trigger": "state", "entity_id": "timer.pump", "to": "idle"},
    "timer.finished": {"trigger": "timer.finished", "target": {"entity_id": "timer.pump"}},
}


@pytest.mark.parametrize(
    ("start", "fires"),
    [("2026-11-29T10:35:00+00:00", []), ("2026-11-29T10:25:00+00:00", sorted(TRIGGERS))],
)
async def test_seen(hass, freezer, capsys, start, fires):
    """The timer is to end at 10:30."""
    freezer.move_to(start)
    attributes = {"duration": "0:30:00", "finishes_at": "2026-11-29T10:30:00+00:00"}
    mock_restore_cache(hass, [State("timer.pump", "active", attributes)])
    sent, ran = [], []
    hass.bus.async_listen("timer.finished", lambda event: sent.append(event.data["finished_at"]))
    hass.bus.async_listen("ran", lambda event: ran.append(event.data["by"]))
    hass.set_state(CoreState.not_running)
    timers = {"pump": {"duration": "00:30:00", "restore": True}}
    assert await async_setup_component(hass, "timer", {"timer": timers})
    automations = [
        {"alias": name, "triggers": trigger, "actions": {"event": "ran", "event_data": {"by": name}}}
        for name, trigger in TRIGGERS.items()
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_start()
    await hass.async_block_till_done()
    freezer.tick(timedelta(minutes=6))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    with capsys.disabled():
        print()
        print(f"started at {start[11:16]}: sent {sent}, ran {sorted(ran)}")
    assert sent == ["2026-11-29T10:30:00+00:00"]
    assert hass.states.get("timer.pump").state == "idle"
    assert sorted(ran) == fires
PYTHON
venv/bin/python -m pytest --quiet -o asyncio_mode=auto test_timer.py
