"""Tests of missed occurrences in a local calendar with recurring events."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import local_calendar
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .live_triggers import LiveHome, comparable

SINCE = datetime(2026, 10, 23, 22, 7, 7, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=3)

ICS = """\
BEGIN:VCALENDAR
PRODID:-//event-relay//EN
VERSION:2.0
BEGIN:VEVENT
DTSTAMP:20261001T000000
UID:daily
DTSTART;TZID=Europe/Berlin:20261020T023000
DTEND;TZID=Europe/Berlin:20261020T050000
RRULE:FREQ=DAILY
SUMMARY:Every night
END:VEVENT
BEGIN:VEVENT
DTSTAMP:20261001T000000
UID:bin
DTSTART;VALUE=DATE:20261025
DTEND;VALUE=DATE:20261026
SUMMARY:Put the bins out
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("event", ["start", "end"])
async def test_recurring_events(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    event: str,
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(SINCE)
    monkeypatch.setattr(local_calendar, "STORAGE_PATH", str(tmp_path / "{key}.ics"))
    (tmp_path / "home.ics").write_text(ICS)
    entry = MockConfigEntry(
        domain="local_calendar", data={"calendar_name": "Home", "storage_key": "home"}
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    living = LiveHome(hass=hass, freezer=freezer)
    trigger = {"trigger": "calendar", "entity_id": "calendar.home", "event": event}
    (firings,) = await living.run([trigger], SINCE, UNTIL)
    computed = await living.computed(firings, SINCE, UNTIL)
    assert [comparable(one) for one in computed] == [
        comparable(one) for one in firings.fired
    ]
    assert len({one.delivery_id("rule") for one in firings.fired}) == 4
