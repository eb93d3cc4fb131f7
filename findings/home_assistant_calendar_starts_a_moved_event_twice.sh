#!/usr/bin/env bash
# homeassistant 2026.10.4: a calendar event that was moved shortly before it began starts twice, and one
# that was deleted starts all the same.
#
# Guess: a local calendar is Home Assistant's own, and it makes the change itself; so its trigger knows
# what is planned by now, at least for what was changed minutes before.
# Seen: a trigger reads the calendar a quarter of an hour ahead and keeps what it has read. An event
# that was deleted in that time fires, with its former times in `trigger`; one that was moved out of
# it fires at the old time and at the new one. The entity and `get_events` show the change at once.
# Output seen: 10:07: deleted, kept, moved; 10:37: moved. UV_PYTHON may name a Python 3.14.
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

from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

TALKS = "calendar.talks"
TRIGGERS = [
    {"trigger": "calendar", "event": "start", "entity_id": TALKS},
    {"trigger": "calendar.event_started", "target": {"entity_id": TALKS}},
]


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: trigger["trigger"])
async def test_seen(hass, freezer, tmp_path, capsys, trigger):
    freezer.move_to("2026-01-10T09:30:00+00:00")
    await hass.config.async_set_time_zone("UTC")
    hass.config.config_dir = str(tmp_path)
    (tmp_path / ".storage").mkdir()
    data = {"calendar_name": "Talks", "storage_key": "talks"}
    entry = MockConfigEntry(domain="local_calendar", data=data)
    entry.add_to_hass(hass)
    assert await async_setup_component(hass, "homeassistant", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    for summary in ("deleted", "kept", "moved"):
        planned = {
            "entity_id": TALKS,
            "summary": summary,
            "start_date_time": "2026-01-10T10:07:00+00:00",
            "end_date_time": "2026-01-10T10:17:00+00:00",
        }
        await hass.services.async_call("calendar", "create_event", planned, blocking=True)
    variables = {"summary": "{{ trigger.calendar_event.summary }}"}
    automation = {
        "alias": "talks",
        "mode": "queued",
        "triggers": trigger,
        "actions": {"event": "begun", "event_data": variables},
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})
    begun = []
    hass.bus.async_listen(
        "begun", lambda event: begun.append((f"{dt_util.now():%H:%M}", event.data["summary"]))
    )
    entity = hass.data[DATA_COMPONENT].get_entity(TALKS)
    day = dt_util.start_of_local_day(), dt_util.start_of_local_day() + timedelta(days=1)
    uids = {event.summary: event.uid for event in await entity.async_get_events(hass, *day)}
    for minute in range(31, 131):
        freezer.move_to(f"2026-01-10T{9 + minute // 60:02}:{minute % 60:02}:00.600000+00:00")
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        if minute == 62:
            # What the web interface's commands do.
            await entity.async_delete_event(uids["deleted"])
            start = dt_util.start_of_local_day() + timedelta(hours=10, minutes=37)
            moved = {"summary": "moved", "dtstart": start, "dtend": start + timedelta(minutes=10)}
            await entity.async_update_event(uids["moved"], moved)
            listed = [
                (f"{event.start:%H:%M}", event.summary)
                for event in await entity.async_get_events(hass, *day)
            ]
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.talks"}, blocking=True
    )
    with capsys.disabled():
        print()
        print(trigger["trigger"], "- listed at 10:02:", listed, "- begun:", sorted(begun))
    assert listed == [("10:07", "kept"), ("10:37", "moved")]
    assert sorted(begun) == [
        ("10:07", "deleted"),
        ("10:07", "kept"),
        ("10:07", "moved"),
        ("10:37", "moved"),
    ]
PYTHON
venv/bin/python -m pytest --quiet -o asyncio_mode=auto test_calendar.py
