#!/usr/bin/env bash
# homeassistant 2026.10.4: an event that the imported file says is cancelled, in a local calendar.
#
# Guess: STATUS:CANCELLED is left out, as in a remote calendar, which reads the same file with the
# same library, and as the documentation of calendar entities says ("does not return cancelled events").
# Seen: the local calendar lists it as any other, without a status; its state goes on, and an
# automation on the start fires. Nothing in the answer tells that it is cancelled. UV_PYTHON may name
# a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" \
  homeassistant==2026.10.4 pytest-homeassistant-custom-component==0.13.375 ical==14.3.0

cd "$folder"
cat >test_calendar.py <<'PYTHON'
from datetime import timedelta

from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

FILE = """BEGIN:VCALENDAR
PRODID:-//example//talks//EN
VERSION:2.0
BEGIN:VEVENT
UID:talk
DTSTAMP:20260101T000000Z
DTSTART:20260110T100000Z
DTEND:20260110T103000Z
STATUS:CANCELLED
SUMMARY:Talk
END:VEVENT
END:VCALENDAR
"""
DAY = {
    "entity_id": "calendar.talks",
    "start_date_time": "2026-01-10T00:00:00+00:00",
    "end_date_time": "2026-01-11T00:00:00+00:00",
}


async def test_seen(hass, freezer, tmp_path, capsys):
    freezer.move_to("2026-01-10T09:30:00+00:00")
    hass.config.config_dir = str(tmp_path)
    (tmp_path / ".storage").mkdir()
    file = tmp_path / ".storage/local_calendar.talks.ics"
    file.write_text(FILE.replace("\n", "\r\n"))
    entry = MockConfigEntry(
        domain="local_calendar",
        data={"calendar_name": "Talks", "storage_key": "talks"},
    )
    entry.add_to_hass(hass)
    assert await async_setup_component(hass, "homeassistant", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    fired, states = [], []
    automation = {
        "alias": "talks",
        "triggers": {"trigger": "calendar", "event": "start", "entity_id": "calendar.talks"},
        "actions": {"event": "begun"},
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})
    hass.bus.async_listen("begun", lambda event: fired.append("started"))
    for _ in range(90):
        freezer.tick(timedelta(minutes=1))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        state = hass.states.get("calendar.talks").state
        if states[-1:] != [state]:
            states.append(state)
    off = {"entity_id": "automation.talks"}
    await hass.services.async_call("automation", "turn_off", off, blocking=True)
    answer = await hass.services.async_call(
        "calendar", "get_events", DAY, blocking=True, return_response=True
    )
    events = answer["calendar.talks"]["events"]
    with capsys.disabled():
        print()
        print("listed:", events)
        print("states:", states, "- triggers:", fired)
    assert [one["summary"] for one in events] == ["Talk"]
    assert "status" not in events[0]
    assert states == ["off", "on", "off"]
    assert fired == ["started"]
PYTHON
venv/bin/python -m pytest --quiet -o asyncio_mode=auto test_calendar.py
