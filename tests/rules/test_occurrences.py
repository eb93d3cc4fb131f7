"""Tests of missed occurrences: which triggers have them, their bounds and errors."""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.components.schedule import Schedule
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.typing import ConfigType
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.event_relay.rules.occurrences import (
    LONGEST,
    MOST,
    CannotTell,
    Occurrence,
    missed_occurrences,
    occurrence_of,
    recurs,
)
from custom_components.event_relay.rules.triggers import Triggers, validate_triggers

from .calendar import Calendar

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TARGET = {"target": {"entity_id": "schedule.day"}}
STATE = {"trigger": "state", "entity_id": "schedule.day"}
WHOLE_WEEK = {
    day: [{"from": "08:00", "to": "09:00"}, {"from": "09:00", "to": "24:00"}]
    for day in (
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    )
}


async def validated(hass: HomeAssistant, trigger: dict[str, Any]) -> ConfigType:
    [config] = await validate_triggers(hass, [trigger])
    return config


async def missed_by(
    hass: HomeAssistant, trigger: dict[str, Any], since: datetime = NOW - DAY
) -> list[Occurrence]:
    config = await validated(hass, trigger)
    return await missed_occurrences(hass, config, 3, since, NOW)


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ({"trigger": "time", "at": "10:00"}, True),
        ({"trigger": "time_pattern", "minutes": 5}, True),
        ({"trigger": "calendar", "entity_id": "calendar.x"}, True),
        (
            {"trigger": "calendar.event_ended", "target": {"entity_id": "calendar.x"}},
            True,
        ),
        ({"trigger": "schedule.block_started", **TARGET}, True),
        ({"trigger": "schedule.block_ended", **TARGET}, True),
        (
            {
                "trigger": "schedule.block_ended",
                **TARGET,
                "options": {"for": {"minutes": 5}},
            },
            False,
        ),
        (
            {
                "trigger": "schedule.block_started",
                **TARGET,
                "options": {"behavior": "all"},
            },
            False,
        ),
        ({**STATE, "to": "on"}, True),
        ({**STATE, "from": "on", "to": "off"}, True),
        (STATE, False),
        ({**STATE, "to": "on", "for": "00:05:00"}, False),
        ({**STATE, "not_to": "on"}, False),
        ({**STATE, "attribute": "level", "to": 2}, False),
        ({**STATE, "entity_id": ["schedule.day", "switch.x"], "to": "on"}, False),
        ({"trigger": "event", "event_type": "test"}, False),
        ({"trigger": "homeassistant", "event": "start"}, False),
    ],
    ids=str,
)
async def test_which_triggers_are_caught_up(
    hass: HomeAssistant, trigger: dict[str, Any], expected: bool
) -> None:
    config = await validated(hass, trigger)
    assert recurs(config) is expected
    if not expected:
        assert occurrence_of(config, 0, {"trigger": {}}) is None
        assert await missed_occurrences(hass, config, 0, NOW - DAY, NOW) == []


async def test_bounds_are_inclusive(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("UTC")
    trigger = {"trigger": "time", "at": ["12:00", "12:00", "18:00"]}
    found = await missed_by(hass, trigger)
    assert [one.instant for one in found] == [NOW - DAY, NOW - DAY / 4 * 3, NOW]
    assert {one.index for one in found} == {3}


async def test_nothing_is_missed_if_the_clock_was_set_back(hass: HomeAssistant) -> None:
    assert (
        await missed_by(hass, {"trigger": "time_pattern", "seconds": 1}, NOW + DAY)
        == []
    )


async def test_current_time_zone_applies(hass: HomeAssistant) -> None:
    for zone, hour in (("Asia/Kathmandu", 2), ("America/New_York", 13)):
        await hass.config.async_set_time_zone(zone)
        [found] = await missed_by(hass, {"trigger": "time", "at": "08:00"})
        assert found.instant.hour == hour
        assert found.variables["trigger"]["now"].hour == 8


@pytest.mark.parametrize("enabled", [False, "{{ 1 == 2 }}"])
async def test_disabled_trigger_misses_nothing(
    hass: HomeAssistant, enabled: object
) -> None:
    trigger = {"trigger": "time", "at": "12:00", "enabled": enabled}
    assert await missed_by(hass, trigger) == []


async def test_only_the_latest_occurrences_are_returned(hass: HomeAssistant) -> None:
    trigger = {"trigger": "time_pattern", "seconds": "*"}
    found = await missed_by(hass, trigger, NOW - 2 * DAY)
    assert len(found) == MOST
    assert found[0].left_out == 2 * 86_400 + 1 - MOST
    assert {one.left_out for one in found[1:]} == {0}
    assert found[-1].instant == NOW
    assert found[0].instant == NOW - timedelta(seconds=MOST - 1)


async def test_look_back_is_bounded(hass: HomeAssistant) -> None:
    found = await missed_by(
        hass, {"trigger": "time", "at": "08:00"}, NOW - 20 * LONGEST
    )
    assert len(found) == LONGEST.days


async def test_id_depends_on_rule_trigger_instant_and_mark() -> None:
    one = Occurrence(index=0, instant=NOW, mark="x", variables={})
    same = Occurrence(index=0, instant=NOW, mark="x", variables={"trigger": {}})
    assert one.delivery_id("rule") == same.delivery_id("rule")
    # Ids outlive versions: an update must not deliver anything a second time.
    assert one.delivery_id("rule") == "19e68b92-d49a-57c6-bb98-fbfd9181de48"
    others = [
        Occurrence(index=1, instant=NOW, mark="x", variables={}),
        Occurrence(index=0, instant=NOW, mark="y", variables={}),
        Occurrence(index=0, instant=NOW + DAY, mark="x", variables={}),
    ]
    ids = {other.delivery_id("rule") for other in others}
    assert len(ids | {one.delivery_id("rule"), one.delivery_id("another")}) == 5


@pytest.mark.parametrize(
    ("trigger", "now", "instant"),
    [
        ({"trigger": "time_pattern", "minutes": "/5"}, (10, 5, 3, 400), (10, 5, 0)),
        ({"trigger": "time_pattern", "seconds": "/20"}, (10, 5, 44, 0), (10, 5, 40)),
        ({"trigger": "time_pattern", "seconds": "*"}, (10, 5, 44, 9), (10, 5, 44)),
        ({"trigger": "time", "at": ["10:00", "10:05"]}, (10, 5, 7, 1), (10, 5, 0)),
        ({"trigger": "time", "at": "{{ '10:0' ~ 5 }}"}, (10, 5, 0, 1), (10, 5, 0)),
        ({"trigger": "time", "at": "10:00"}, (10, 5, 7, 1), (10, 5, 7)),
    ],
    ids=str,
)
async def test_late_firing_is_the_same_occurrence(
    hass: HomeAssistant,
    trigger: dict[str, Any],
    now: tuple[int, int, int, int],
    instant: tuple[int, int, int],
) -> None:
    config = await validated(hass, trigger)
    zone = dt_util.get_default_time_zone()
    fired = datetime(2026, 11, 22, *now, tzinfo=zone)
    occurrence = occurrence_of(
        config, 0, {"trigger": {"now": fired, "entity_id": None}}
    )
    assert occurrence is not None
    assert occurrence.instant == datetime(2026, 11, 22, *instant, tzinfo=zone)


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "time", "at": "sensor.gone"},
        {"trigger": "time", "at": "sensor.away"},
        {"trigger": "time", "at": "{{ 'no time' }}"},
        {"trigger": "time", "at": "{{ 1 / 0 }}"},
        {"trigger": "time", "at": "12:00", "variables": {"x": "{{ 1 / 0 }}"}},
        {"trigger": "time", "at": "12:00", "enabled": "{{ 1 / 0 }}"},
        {"trigger": "schedule.block_started", **TARGET},
        {**STATE, "to": "on"},
        {"trigger": "calendar", "entity_id": "calendar.gone"},
        {"trigger": "calendar.event_started", "target": {"entity_id": "calendar.x"}},
    ],
    ids=str,
)
async def test_unavailable_source_is_an_error(
    hass: HomeAssistant, trigger: dict[str, Any]
) -> None:
    hass.states.async_set("sensor.away", "unavailable")
    with pytest.raises(CannotTell):
        await missed_by(hass, trigger, NOW - 2 * DAY)


@pytest.mark.parametrize(
    "error", [HomeAssistantError("no"), ValueError(), TimeoutError()]
)
async def test_failing_calendar_is_an_error(
    hass: HomeAssistant, error: Exception
) -> None:
    trigger = {"trigger": "calendar", "entity_id": "calendar.test"}
    assert await async_setup_component(hass, "calendar", {})
    calendar = Calendar([])
    await hass.data[DATA_COMPONENT].async_add_entities([calendar])
    assert await missed_by(hass, trigger) == []
    with (
        patch.object(calendar, "async_get_events", side_effect=error),
        pytest.raises(CannotTell),
    ):
        await missed_by(hass, trigger)
    calendar._attr_available = False
    with pytest.raises(CannotTell):
        await missed_by(hass, trigger)


@pytest.mark.parametrize(
    "options",
    [
        {"offset": timedelta(minutes=45), "offset_type": "before"},
        {"offset": timedelta(minutes=-45), "offset_type": "after"},
        {"offset": timedelta(minutes=-45)},
    ],
    ids=["2026.10, before", "2026.10, after", "2026.11"],
)
async def test_calendar_offset_of_any_release_is_read(
    hass: HomeAssistant, options: dict[str, Any]
) -> None:
    # As the validation of a release leaves it: from 2026.11 on, without its type.
    config = {
        "platform": "calendar.event_started",
        "options": options,
        "target": {"entity_id": ["calendar.test"]},
    }
    assert await async_setup_component(hass, "calendar", {})
    begins = NOW + timedelta(minutes=40)
    calendar = Calendar([CalendarEvent(begins, begins + DAY, "Concert")])
    await hass.data[DATA_COMPONENT].async_add_entities([calendar])

    (occurrence,) = await missed_occurrences(hass, config, 0, NOW - DAY, NOW)

    assert occurrence.instant == NOW - timedelta(minutes=5)
    assert occurrence.variables["trigger"]["offset"] == timedelta(minutes=-45)


async def test_target_without_schedules_misses_nothing(hass: HomeAssistant) -> None:
    trigger = {"trigger": "schedule.block_started", "target": {"label_id": "none"}}
    assert await missed_by(hass, trigger) == []


async def test_changed_schedule_is_no_occurrence(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOW - timedelta(minutes=1))
    day = {"name": "Day", **WHOLE_WEEK}
    assert await async_setup_component(hass, "schedule", {"schedule": {"day": day}})
    fired: list[dict[str, Any]] = []

    async def triggered(
        variables: dict[str, Any], context: Context | None = None
    ) -> None:
        fired.append(variables)

    trigger = {"trigger": "schedule.block_started", **TARGET}
    triggers = Triggers(hass, [trigger], "test", triggered)
    await triggers.async_attach()
    changed = {**day, "sunday": [{"from": "11:00", "to": "13:00"}]}
    entity = hass.data[DATA_INSTANCES]["schedule"].get_entity("schedule.day")
    assert isinstance(entity, Schedule)
    await entity.async_update_config({"id": "day", **changed})
    await hass.async_block_till_done()
    assert len(fired) == 1
    assert occurrence_of(triggers.configs[0], 0, fired[0]) is None
    triggers.detach()
    await hass.data[DATA_INSTANCES]["schedule"].async_remove_entity("schedule.day")


async def test_unavailable_schedule_is_no_occurrence(hass: HomeAssistant) -> None:
    config = await validated(hass, {**STATE, "to": "on"})
    on = State("schedule.day", "on")
    for before, after in ((None, on), (on, None), (on, on)):
        trigger = {"entity_id": on.entity_id, "from_state": before, "to_state": after}
        assert occurrence_of(config, 0, MappingProxyType({"trigger": trigger})) is None
