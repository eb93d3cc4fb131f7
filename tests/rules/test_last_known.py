"""Tests of entities that were unavailable: new states fire, known ones are counted."""

from datetime import timedelta
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.event_relay.rules.held_back import Reason
from custom_components.event_relay.rules.last_known import async_last_known_states
from custom_components.event_relay.rules.startup_filter import reason_to_ignore
from tools.simulators.frigate import FrigateSimulator

from ..waiting import wait_until
from .home import (
    DOORBELL,
    outcomes_of,
    rule_subentry,
    runner_of,
    set_states,
    set_up,
    wait_for_events,
)

DOOR = "binary_sensor.door"
FREEZER = "sensor.freezer"
HELD_BACK = "sensor.doorbell_ignored_triggers"

OPENED = {"trigger": "state", "entity_id": DOOR, "to": "on"}
CHANGED = {"trigger": "state", "entity_id": DOOR}
WARM = {"trigger": "numeric_state", "entity_id": FREEZER, "above": -10}
TEMPLATE = {
    "trigger": "template",
    "value_template": "{{ is_state('binary_sensor.door', 'on') }}",
}


@pytest.mark.parametrize(
    ("trigger", "entity_id", "states"),
    [
        (OPENED, DOOR, ["off", "unavailable", "on"]),
        (OPENED, DOOR, ["off", "unknown", "unavailable", "on"]),
        (CHANGED, DOOR, ["off", "unavailable", "on"]),
        (TEMPLATE, DOOR, ["off", "unavailable", "on"]),
        (WARM, FREEZER, ["-18", "unavailable", "5"]),
        (WARM, FREEZER, ["-18", "unknown", "5"]),
        ({**CHANGED, "entity_id": "event.bell"}, "event.bell", ["unknown", "12:00"]),
        ({**CHANGED, "entity_id": "tag.card"}, "tag.card", ["unknown", "12:00"]),
        ({**CHANGED, "entity_id": "image.door"}, "image.door", ["unknown", "12:00"]),
        (
            {**CHANGED, "entity_id": "event.bell"},
            "event.bell",
            ["12:00", "unavailable", "12:01"],
        ),
    ],
)
async def test_change_during_a_gap_fires_afterwards(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    trigger: dict[str, Any],
    entity_id: str,
    states: list[str],
) -> None:
    await set_states(hass, entity_id, states[0])
    await set_up(hass, frigate, rule_subentry({**DOORBELL, "triggers": [trigger]}))

    await set_states(hass, entity_id, *states[1:])

    await wait_for_events(frigate, 1)


async def test_entity_is_removed_and_added_again(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, DOOR, "off")
    await set_up(hass, frigate, rule_subentry({**DOORBELL, "triggers": [OPENED]}))

    hass.states.async_remove(DOOR)
    await hass.async_block_till_done()
    await set_states(hass, DOOR, "on")

    await wait_for_events(frigate, 1)


@pytest.mark.parametrize(
    ("trigger", "entity_id", "states", "reason", "count"),
    [
        (OPENED, DOOR, ["on", "unavailable", "on"], "came_back", 1),
        (CHANGED, DOOR, ["on", "unavailable", "on"], "came_back", 2),
        (CHANGED, DOOR, ["on", "unavailable"], "vanished", 1),
        (OPENED, DOOR, [None, "on"], "appeared", 1),
        (OPENED, DOOR, ["unavailable", "on"], "appeared", 1),
        (WARM, FREEZER, ["3", "unavailable", "5"], "came_back", 1),
        (
            {**CHANGED, "entity_id": "event.bell"},
            "event.bell",
            ["12:00", "unavailable", "12:00"],
            "came_back",
            2,
        ),
    ],
)
async def test_known_state_is_held_back_and_counted(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    trigger: dict[str, Any],
    entity_id: str,
    states: list[str | None],
    reason: str,
    count: int,
) -> None:
    first, *others = states
    if first is not None:
        await set_states(hass, entity_id, first)
    entry = await set_up(
        hass, frigate, rule_subentry({**DOORBELL, "triggers": [trigger]})
    )
    outcomes = outcomes_of(entry)

    await set_states(hass, entity_id, *(one for one in others if one is not None))

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
    await hass.async_block_till_done()
    state = hass.states.get(HELD_BACK)
    assert state is not None
    assert state.state == str(count)
    assert state.attributes["last_reason"] == reason
    assert state.attributes["last_entity"] == entity_id
    assert not outcomes


async def test_duration_not_reached_before_the_gap_fires_afterwards(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, DOOR, "off")
    lasting = {**OPENED, "for": {"hours": 1}}
    await set_up(hass, frigate, rule_subentry({**DOORBELL, "triggers": [lasting]}))

    await set_states(hass, DOOR, "on", "unavailable", "on")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=1, minutes=1))

    await wait_for_events(frigate, 1)


@pytest.mark.parametrize(
    ("open_before", "reason"),
    [(timedelta(minutes=2), None), (timedelta(minutes=6), Reason.CAME_BACK)],
)
async def test_duration_reached_before_the_gap_does_not_fire_again(
    hass: HomeAssistant, open_before: timedelta, reason: Reason | None
) -> None:
    gap = dt_util.utcnow()
    opened = State(DOOR, "on", last_changed=gap - open_before)
    data = EventStateChangedData(
        entity_id=DOOR, old_state=opened, new_state=State(DOOR, "unavailable")
    )
    assert async_last_known_states(hass).begins(data)
    async_last_known_states(hass).remember(
        Event(EVENT_STATE_CHANGED, data, time_fired_timestamp=gap.timestamp())
    )
    trigger = {
        "entity_id": DOOR,
        "from_state": State(DOOR, "unavailable"),
        "to_state": State(DOOR, "on"),
        "for": timedelta(minutes=5),
    }

    assert reason_to_ignore(hass, {"trigger": trigger}, {"platform": "state"}) is reason


async def test_conditions_and_limits_are_counted(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, DOOR, "off")
    away = {"condition": "state", "entity_id": "input_boolean.away", "state": "on"}
    rule = {
        **DOORBELL,
        "triggers": [OPENED],
        "conditions": [away],
        "limits": {"cool_down": 60},
    }
    entry = await set_up(hass, frigate, rule_subentry(rule))

    def reason() -> tuple[str, str]:
        state = hass.states.get(HELD_BACK)
        assert state is not None
        return state.state, state.attributes["last_reason"]

    await set_states(hass, "input_boolean.away", "off")
    await set_states(hass, DOOR, "on", "off")
    await wait_until(lambda: reason() == ("1", "conditions"))
    await set_states(hass, "input_boolean.away", "on")
    await set_states(hass, DOOR, "on", "off", "on", "off")
    await wait_until(lambda: reason() == ("2", "limits"))
    assert runner_of(entry).enabled
    await wait_for_events(frigate, 1)
