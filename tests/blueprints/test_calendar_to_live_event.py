"""Tests of the blueprint for calendars, with a simulated Palabra."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

from homeassistant.components.calendar import CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from tools.simulators.palabra import PalabraSimulator

from ..home_palabra import connect
from ..rules.calendar import Calendar
from ..waiting import wait_until
from .home import FOLDER, automate, idle

pytestmark = pytest.mark.usefixtures("socket_enabled")

PATH = FOLDER / "event_relay" / "calendar_to_live_event.yaml"
AHEAD = timedelta(hours=2)
SOON = timedelta(minutes=5)
"""Time until the events are due; calendars are read 15 minutes ahead."""


class TownCalendar(Calendar):
    """A calendar with a unique name."""

    entity_id = "calendar.town"
    _attr_name = "Town"


@pytest.fixture
async def town(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> AsyncIterator[dict[str, Any]]:
    """Set up a connection to it, and yield the input of a user."""
    entry: MockConfigEntry = await connect(hass, palabra)
    yield {
        "calendar": TownCalendar.entity_id,
        "connection": entry.entry_id,
        "ahead": {"hours": 2},
    }
    # A calendar is still read after Home Assistant has stopped.
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.tested"}, blocking=True
    )


async def keep(hass: HomeAssistant, *entries: CalendarEvent) -> None:
    """Set up a calendar with some entries."""
    assert await async_setup_component(hass, "calendar", {})
    await hass.data[DATA_COMPONENT].async_add_entities([TownCalendar([*entries])])


async def let_them_come(hass: HomeAssistant) -> None:
    """Advance to the time at which they are announced."""
    async_fire_time_changed(hass, dt_util.utcnow() + SOON + timedelta(seconds=1))
    await idle(hass)


def meeting(
    title: str, *, description: str | None = None, location: str | None = None
) -> CalendarEvent:
    """Return an entry that will be announced soon."""
    start = dt_util.now().replace(microsecond=0) + AHEAD + SOON
    return CalendarEvent(
        start=start,
        end=start + timedelta(hours=1),
        summary=title,
        description=description,
        location=location,
    )


async def test_entry_becomes_a_live_event(
    hass: HomeAssistant, palabra: PalabraSimulator, town: dict[str, Any]
) -> None:
    await hass.config.async_set_time_zone("Asia/Tokyo")
    entry = meeting("Town meeting", description="All come", location="Town hall")
    await keep(hass, entry)
    await automate(
        hass,
        PATH,
        **town,
        event_type="online",
        target_languages=["de", "pt-br"],
        listener_language_mode="approval",
    )
    assert palabra.events == []

    await let_them_come(hass)
    await wait_until(lambda: palabra.events)

    (event,) = palabra.events
    assert event.start == entry.start
    assert event.end == entry.end
    shown = event.as_json()
    assert shown["title"] == "Town meeting"
    assert shown["event_type"] == "online"
    assert shown["description"] == "All come"
    assert shown["location"] == "Town hall"
    assert shown["target_languages"] == ["de", "pt-br"]
    assert shown["listener_language_mode"] == "approval"


async def test_entry_without_details_becomes_an_event_without_details(
    hass: HomeAssistant, palabra: PalabraSimulator, town: dict[str, Any]
) -> None:
    await keep(hass, meeting("Market"))
    await automate(hass, PATH, **town)
    await let_them_come(hass)
    await wait_until(lambda: palabra.events)
    (event,) = palabra.events
    assert event.as_json()["event_type"] == "in-person"


async def test_entries_without_the_word_are_ignored(
    hass: HomeAssistant, palabra: PalabraSimulator, town: dict[str, Any]
) -> None:
    await keep(hass, meeting("Dentist"), meeting("TOWN Meeting"))
    await automate(hass, PATH, **town, containing=" town meeting ")
    await let_them_come(hass)
    await wait_until(lambda: palabra.events)
    assert [event.as_json()["title"] for event in palabra.events] == ["TOWN Meeting"]


@pytest.mark.parametrize("wanted", [True, False])
async def test_all_day_entries_are_optional(
    hass: HomeAssistant, palabra: PalabraSimulator, town: dict[str, Any], wanted: bool
) -> None:
    await hass.config.async_set_time_zone("Asia/Tokyo")
    tomorrow = dt_util.now().date() + timedelta(days=2)
    fair = CalendarEvent(
        start=tomorrow, end=tomorrow + timedelta(days=1), summary="Fair"
    )
    ahead = fair.start_datetime_local - dt_util.now() - SOON
    await keep(hass, fair)
    town["ahead"] = {"seconds": ahead.total_seconds()}
    await automate(hass, PATH, **town, all_day=wanted)
    await let_them_come(hass)
    if not wanted:
        assert palabra.events == []
        return
    await wait_until(lambda: palabra.events)
    (event,) = palabra.events
    assert event.start == midnight(tomorrow)
    assert event.end == midnight(tomorrow + timedelta(days=1))


def midnight(day: date) -> datetime:
    """Return when a day begins in local time."""
    return dt_util.start_of_local_day(day)
