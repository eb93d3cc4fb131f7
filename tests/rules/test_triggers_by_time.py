"""Tests of triggers that fire by time: the delivery has the trigger's time."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.event_relay.queue.delivery import Delivery
from tools.simulators.frigate import FrigateSimulator

from ..home import coordinator
from .calendar import Calendar
from .home import DOORBELL, rule_subentry, set_up

BEGIN = datetime(2026, 11, 22, 11, 52, 7, tzinfo=UTC)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENT = CalendarEvent(start=NOON, end=NOON + timedelta(hours=1), summary="Lunch")


@pytest.fixture(autouse=True)
async def london(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Be in London on a Sunday, shortly before noon."""
    freezer.move_to(BEGIN)
    await hass.config.async_update(
        time_zone="Europe/London", latitude=51.5, longitude=0.0
    )


@pytest.fixture
async def sources(hass: HomeAssistant) -> AsyncIterator[None]:
    """Add a calendar, a schedule and a helper."""
    assert await async_setup_component(hass, "calendar", {})
    await hass.data[DATA_COMPONENT].async_add_entities([Calendar([EVENT])])
    block = [{"from": "12:00:00", "to": "13:00:00"}]
    schedule = {"quiet": {"name": "Quiet", "sunday": block}}
    assert await async_setup_component(hass, "schedule", {"schedule": schedule})
    lunch = {"has_time": True, "has_date": False, "initial": "12:00:00"}
    helpers = {"input_datetime": {"lunch": lunch}}
    assert await async_setup_component(hass, "input_datetime", helpers)
    await hass.async_block_till_done()
    yield
    await hass.data["entity_components"]["schedule"].async_remove_entity(
        "schedule.quiet"
    )


async def accepted_until(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    freezer: FrozenDateTimeFactory,
    trigger: dict[str, Any],
    until: datetime,
) -> list[Delivery]:
    """Return the deliveries that a rule has accepted by a later time."""
    fields = {**DOORBELL["fields"], "sub_label": "{{ trigger.platform }}"}
    rule = {**DOORBELL, "triggers": [trigger], "fields": fields}
    entry = await set_up(hass, frigate, rule_subentry(rule))
    coordinator(entry).worker.pause()
    accepted: list[Delivery] = []
    coordinator(entry).queue.listen(accepted.append)
    now = BEGIN
    while now < until:
        now += timedelta(minutes=1) - timedelta(seconds=now.second)
        freezer.move_to(now)
        async_fire_time_changed(hass, now)
        await hass.async_block_till_done()
    return accepted


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "time", "at": "12:00:00"},
        {"trigger": "time", "at": "input_datetime.lunch"},
        {"trigger": "time_pattern", "hours": 12, "minutes": 0},
        {"trigger": "calendar", "entity_id": "calendar.test", "event": "start"},
        {
            "trigger": "calendar.event_started",
            "target": {"entity_id": "calendar.test"},
            "options": {"offset": {"minutes": 0}, "offset_type": "before"},
        },
        {
            "trigger": "schedule.block_started",
            "target": {"entity_id": "schedule.quiet"},
        },
        {"trigger": "state", "entity_id": "schedule.quiet", "to": "on"},
        {"trigger": "template", "value_template": "{{ now().hour == 12 }}"},
    ],
    ids=lambda trigger: trigger["trigger"],
)
async def test_noon_triggers(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    freezer: FrozenDateTimeFactory,
    trigger: dict[str, Any],
) -> None:
    until = NOON + timedelta(minutes=3)

    (delivery,) = await accepted_until(hass, frigate, freezer, trigger, until)

    assert timedelta() <= delivery.occurred_at - NOON < timedelta(seconds=1)
    assert delivery.payload["sub_label"] == trigger["trigger"]


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "sun", "event": "sunset", "offset": "-04:00:00"},
        {
            "trigger": "sun.sunset",
            "options": {"offset": {"hours": 4}, "offset_type": "before"},
        },
    ],
    ids=lambda trigger: trigger["trigger"],
)
async def test_sun_triggers(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    freezer: FrozenDateTimeFactory,
    trigger: dict[str, Any],
) -> None:
    until = NOON + timedelta(minutes=10)

    (delivery,) = await accepted_until(hass, frigate, freezer, trigger, until)

    assert abs(delivery.occurred_at - NOON) < timedelta(minutes=5)
    assert delivery.payload["sub_label"] == trigger["trigger"]


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "state", "entity_id": "light.hall", "to": "on"},
        {"trigger": "numeric_state", "entity_id": "sensor.heat", "above": 20},
        {
            "trigger": "template",
            "value_template": "{{ is_state('light.hall', 'on') }}",
        },
        {
            "trigger": "light.turned_on",
            "target": {"entity_id": "light.hall"},
            "options": {"for": {"minutes": 5}},
        },
    ],
    ids=lambda trigger: trigger["trigger"],
)
async def test_duration_occurs_once_it_has_passed(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    freezer: FrozenDateTimeFactory,
    trigger: dict[str, Any],
) -> None:
    hass.states.async_set("light.hall", "off")
    hass.states.async_set("sensor.heat", "19")
    if "options" not in trigger:
        trigger = {**trigger, "for": {"minutes": 5}}
    assert not await accepted_until(hass, frigate, freezer, trigger, BEGIN)
    (entry,) = hass.config_entries.async_entries("event_relay")
    accepted: list[Delivery] = []
    coordinator(entry).queue.listen(accepted.append)  # type: ignore[arg-type]

    hass.states.async_set("light.hall", "on")
    hass.states.async_set("sensor.heat", "21")
    await hass.async_block_till_done()
    assert not accepted
    lasted = BEGIN + timedelta(minutes=5, seconds=1)
    freezer.move_to(lasted)
    async_fire_time_changed(hass, lasted)
    await hass.async_block_till_done()

    (delivery,) = accepted
    assert delivery.occurred_at == lasted
