"""Tests of rules with an end: each started event is ended once."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.event_relay.queue.store.store import Store
from custom_components.event_relay.rules.rule_runner import RuleRunner
from tools.simulators.frigate import FrigateSimulator

from ..failing_store import disk_full
from ..home import act, coordinator, switch_off, wait_for_state
from ..waiting import wait_until
from .home import (
    DAMAGED,
    DOOR,
    OPENED,
    RULE_ID,
    damage_notes,
    outcomes_of,
    rule_subentry,
    runner_of,
    set_states,
    set_up,
    wait_for_events,
)

WINDOW = "binary_sensor.window"


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a rule for a closed door."""
    await set_states(hass, DOOR, "off")
    return await set_up(hass, frigate, rule_subentry(OPENED, "Door"))


async def wait_for_end(frigate: FrigateSimulator, number: int = 0) -> float:
    """Return the end time of an event, once it has one."""
    await wait_until(lambda: frigate.events[number].end_time is not None)
    end = frigate.events[number].end_time
    assert end is not None
    return end


async def test_end_follows_its_start(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await set_states(hass, DOOR, "on")
    (event,) = await wait_for_events(frigate, 1)
    assert event.end_time is None

    await set_states(hass, DOOR, "off")

    await wait_for_end(frigate)
    await wait_for_events(frigate, 1)


async def test_immediate_end_follows_its_start(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    hass.states.async_set(DOOR, "on")
    hass.states.async_set(DOOR, "off")
    await hass.async_block_till_done()

    await wait_until(lambda: len(frigate.events) == 1)
    await wait_for_end(frigate)


async def test_second_start_opens_no_other_event(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await set_states(hass, DOOR, "on", "idle", "on")
    await wait_for_events(frigate, 1)

    await set_states(hass, DOOR, "off")
    await wait_for_end(frigate)
    await wait_for_events(frigate, 1)


async def test_each_entity_ends_its_own_event(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, DOOR, "off")
    await set_states(hass, WINDOW, "off")
    both = [DOOR, WINDOW]
    data: dict[str, Any] = {
        **OPENED,
        "triggers": [{"trigger": "state", "entity_id": both, "to": "on"}],
        "fields": {"camera": "garden", "label": "{{ trigger.to_state.object_id }}"},
        "until": {
            "triggers": [
                {"trigger": "state", "entity_id": both, "to": "off"},
                {"trigger": "event", "event_type": "all_clear"},
            ],
        },
    }
    await set_up(hass, frigate, rule_subentry(data))
    await set_states(hass, DOOR, "on")
    await set_states(hass, WINDOW, "on")
    await wait_for_events(frigate, 2)
    label = {event.label: number for number, event in enumerate(frigate.events)}

    await set_states(hass, WINDOW, "off")
    await wait_for_end(frigate, label["window"])
    assert frigate.events[label["door"]].end_time is None
    hass.bus.async_fire("all_clear")

    await wait_for_end(frigate, label["door"])


async def test_time_limit_ends_the_event(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await set_states(hass, DOOR, "on")
    await wait_for_events(frigate, 1)
    await wait_until(lambda: not coordinator(entry).worker._in_flight.sending)

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=601))
    await hass.async_block_till_done()

    listed = (await act(hass, "list_deliveries"))["deliveries"]
    assert [one["operation"] for one in listed] == [
        "end_camera_event",
        "create_camera_event",
    ]


async def test_time_limit_ends_the_event_after_the_clock_was_set_back(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = dt_util.utcnow
    with monkeypatch.context() as wrong:
        wrong.setattr(dt_util, "utcnow", lambda: real() + timedelta(days=3))
        await set_states(hass, DOOR, "on")
        await wait_for_events(frigate, 1)
        await wait_until(lambda: not coordinator(entry).worker._in_flight.sending)

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=601))

    await wait_for_end(frigate)


async def test_event_stays_open_when_its_sensor_becomes_unavailable(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    until_any = {"triggers": [{"trigger": "state", "entity_id": DOOR}]}
    await set_states(hass, DOOR, "off")
    await set_up(hass, frigate, rule_subentry({**OPENED, "until": until_any}))
    await set_states(hass, DOOR, "on")
    (event,) = await wait_for_events(frigate, 1)

    await set_states(hass, DOOR, "unavailable")
    hass.states.async_remove(DOOR)
    await hass.async_block_till_done()
    assert event.end_time is None
    await set_states(hass, DOOR, "off")

    await wait_for_end(frigate)


AS_DOOR = {"device_class": "door"}
CLOSED = {"trigger": "door.closed", "options": {"behavior": "each"}}
FROM_ON = {"trigger": "state", "from": "on"}


@pytest.mark.parametrize(
    ("trigger", "ended"),
    [
        ({**CLOSED, "target": {"entity_id": DOOR}}, True),
        ({**CLOSED, "target": {"label_id": "doors"}}, True),
        ({**CLOSED, "target": {"entity_id": WINDOW}}, False),
        ({**FROM_ON, "entity_id": DOOR, "to": "off"}, True),
        ({**FROM_ON, "entity_id": DOOR}, True),
        ({**FROM_ON, "entity_id": DOOR, "to": "locked"}, False),
        ({**FROM_ON, "entity_id": WINDOW, "to": "off"}, False),
        ({**FROM_ON, "entity_id": DOOR, "attribute": "way"}, False),
        ({"trigger": "state", "entity_id": DOOR, "to": "off", "for": 60}, False),
        ({"trigger": "event", "event_type": "all_clear"}, False),
        ({**CLOSED, "target": {"entity_id": DOOR}, "enabled": False}, False),
    ],
)
async def test_end_that_home_assistant_misses_in_a_gap(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    trigger: dict[str, Any],
    ended: bool,
) -> None:
    """Some triggers ignore a change from unavailable, and the door is closed by now."""
    registry = er.async_get(hass)
    for entity_id in (DOOR, WINDOW):
        name = entity_id.partition(".")[2]
        registry.async_get_or_create(
            "binary_sensor", "test", name, suggested_object_id=name
        )
        hass.states.async_set(entity_id, "off", AS_DOOR)
    registry.async_update_entity(DOOR, labels={"doors"})
    entry = await set_up(
        hass, frigate, rule_subentry({**OPENED, "until": {"triggers": [trigger]}})
    )
    hass.states.async_set(DOOR, "on", AS_DOOR)
    (event,) = await wait_for_events(frigate, 1)

    for state in ("unavailable", "on", "unavailable", "unknown"):
        hass.states.async_set(DOOR, state, AS_DOOR)
        await hass.async_block_till_done()
    assert len((await act(hass, "list_deliveries"))["deliveries"]) == 1
    hass.states.async_set(DOOR, "off", AS_DOOR)
    await hass.async_block_till_done()

    if ended:
        closed = hass.states.get(DOOR)
        assert closed is not None
        end = await wait_for_end(frigate)
        assert end == pytest.approx(closed.last_updated.timestamp())
        hass.states.async_set(DOOR, "on", AS_DOOR)
        await wait_for_events(frigate, 2)
    else:
        assert len((await act(hass, "list_deliveries"))["deliveries"]) == 1
        assert event.end_time is None
        await switch_off(hass, entry)


async def test_end_that_home_assistant_misses_after_a_restart(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """The door is not there yet when rules become active, and is closed by then."""
    hass.states.async_set(DOOR, "off", AS_DOOR)
    closed = {**CLOSED, "target": {"entity_id": DOOR}}
    data = {**OPENED, "until": {"triggers": [closed]}}
    entry = await set_up(hass, frigate, rule_subentry(data))
    hass.states.async_set(DOOR, "on", AS_DOOR)
    await wait_for_events(frigate, 1)
    await switch_off(hass, entry)
    hass.states.async_set(DOOR, "unavailable", AS_DOOR)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    hass.states.async_set(DOOR, "off", AS_DOOR)

    await wait_for_end(frigate)


@pytest.mark.parametrize("now", ["off", "on", "unavailable"])
async def test_event_is_ended_after_a_restart_if_its_cause_is_over(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry, now: str
) -> None:
    await set_states(hass, DOOR, "on")
    (event,) = await wait_for_events(frigate, 1)
    await switch_off(hass, entry)
    await set_states(hass, DOOR, now)

    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    if now != "off":
        assert (await act(hass, "list_deliveries", state="pending"))["deliveries"] == []
        assert event.end_time is None
        await set_states(hass, DOOR, "off")
    await wait_for_end(frigate)
    await wait_for_events(frigate, 1)


async def test_deleting_the_rule_ends_the_open_event(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await set_states(hass, DOOR, "on")
    await wait_for_events(frigate, 1)

    hass.config_entries.async_remove_subentry(entry, RULE_ID)
    await hass.async_block_till_done()

    await wait_for_end(frigate)
    rules = coordinator(entry).rules
    assert rules is not None
    assert not rules.runners
    assert await coordinator(entry).queue._store.recall(entry.entry_id) == {}


async def test_deleting_the_rule_while_frigate_is_down_discards_the_start(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await frigate.stop()
    await set_states(hass, DOOR, "on")
    hass.config_entries.async_remove_subentry(entry, RULE_ID)
    await hass.async_block_till_done()

    async def states() -> set[str]:
        listed = await act(hass, "list_deliveries")
        return {one["state"] for one in listed["deliveries"]}

    # A start in flight at that moment is ended as soon as possible.
    assert await states() <= {"discarded", "sending", "pending", "uncertain"}
    await frigate.start()
    coordinator(entry).worker.resume()
    await wait_until(lambda: all(event.end_time for event in frigate.events))


async def test_disabling_the_rule_ends_the_open_event(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await set_states(hass, DOOR, "on")
    await wait_for_events(frigate, 1)

    await runner_of(entry).async_disable()

    await wait_for_end(frigate)


@pytest.mark.parametrize("written", DAMAGED)
async def test_open_event_with_a_damaged_note_is_ended(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry, written: str
) -> None:
    await set_states(hass, DOOR, "on")
    await wait_for_events(frigate, 1)
    await switch_off(hass, entry)
    damage_notes(written, "%")

    assert await hass.config_entries.async_setup(entry.entry_id)

    await wait_for_end(frigate)
    assert not [name for name in runner_of(entry).notes if "open" in name]


async def test_failed_start_is_not_open(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    # So that no attempt is in progress when it is discarded.
    coordinator(entry).worker.pause()
    await set_states(hass, DOOR, "on")
    (start,) = (await act(hass, "list_deliveries"))["deliveries"]
    await wait_for_state(hass, start["delivery_id"], "pending")

    await act(hass, "discard_delivery", delivery_id=start["delivery_id"])
    await set_states(hass, DOOR, "off", "on")

    listed = (await act(hass, "list_deliveries"))["deliveries"]
    assert [one["operation"] for one in listed] == ["create_camera_event"] * 2


async def test_end_that_cannot_be_stored_is_retried_soon(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await set_states(hass, DOOR, "on")
    await wait_for_events(frigate, 1)
    with monkeypatch.context() as broken:
        broken.setattr(Store, "accept", disk_full)
        await set_states(hass, DOOR, "off")
    closed = dt_util.utcnow().timestamp()
    assert frigate.events[0].end_time is None

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))

    assert await wait_for_end(frigate) <= closed + 61
    await wait_for_events(frigate, 1)
    listed = await act(hass, "list_deliveries")
    assert [one["operation"] for one in listed["deliveries"]] == [
        "end_camera_event",
        "create_camera_event",
    ]


EDITS: dict[str, dict[str, Any]] = {
    "no end any more": {**OPENED, "until": None},
    "another label": {**OPENED, "fields": {**OPENED["fields"], "label": "gate"}},
    "another end": {**OPENED, "until": {**OPENED["until"], "longest_open": 60}},
    "another entity": {
        **OPENED,
        "triggers": [{"trigger": "state", "entity_id": WINDOW, "to": "on"}],
        "until": {
            "triggers": [{"trigger": "state", "entity_id": WINDOW, "to": "off"}],
        },
    },
}


@pytest.mark.parametrize("edited", EDITS.values(), ids=EDITS)
async def test_edit_ends_the_open_event_and_the_next_firing_starts_another(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    edited: dict[str, Any],
) -> None:
    await set_states(hass, WINDOW, "off")
    await set_states(hass, DOOR, "on")
    await wait_for_events(frigate, 1)

    data = {name: value for name, value in edited.items() if value is not None}
    hass.config_entries.async_update_subentry(
        entry, entry.subentries[RULE_ID], data=data
    )
    await hass.async_block_till_done()

    await wait_for_end(frigate)
    for entity_id in (DOOR, WINDOW):
        await set_states(hass, entity_id, "off", "on")
    labels = {"door", "gate"}
    await wait_until(lambda: sum(one.label in labels for one in frigate.events) > 1)
    runner = runner_of(entry)
    assert isinstance(runner, RuleRunner)
    assert runner.held_back.count == 0


async def test_edit_while_frigate_is_down_keeps_start_and_end(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await frigate.stop()
    await set_states(hass, DOOR, "on")
    edited = EDITS["another label"]

    hass.config_entries.async_update_subentry(
        entry, entry.subentries[RULE_ID], data=edited
    )
    await hass.async_block_till_done()

    listed = (await act(hass, "list_deliveries"))["deliveries"]
    assert {(one["operation"], one["state"]) for one in listed} == {
        ("create_camera_event", "pending"),
        ("end_camera_event", "pending"),
    }


async def test_new_title_keeps_the_event_open(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await set_states(hass, DOOR, "on")
    (event,) = await wait_for_events(frigate, 1)

    hass.config_entries.async_update_subentry(
        entry, entry.subentries[RULE_ID], title="Front door"
    )
    await hass.async_block_till_done()

    assert event.end_time is None
    await set_states(hass, DOOR, "off")
    await wait_for_end(frigate)


@pytest.mark.parametrize("renamed", [False, True], ids=["removed", "renamed"])
async def test_open_event_ends_when_its_entity_is_replaced(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entity_registry: er.EntityRegistry,
    *,
    renamed: bool,
) -> None:
    """Otherwise only its time limit could end it."""
    known = entity_registry.async_get_or_create(
        "binary_sensor", "zha", "old", suggested_object_id="door"
    )
    assert known.entity_id == DOOR
    await set_states(hass, DOOR, "off")
    await set_up(hass, frigate, rule_subentry(OPENED, "Door"))
    await set_states(hass, DOOR, "on")
    (event,) = await wait_for_events(frigate, 1)
    entity_registry.async_update_entity(DOOR, name="My door")
    await hass.async_block_till_done()
    assert event.end_time is None

    if renamed:
        entity_registry.async_update_entity(DOOR, new_entity_id="binary_sensor.old")
    else:
        entity_registry.async_remove(DOOR)
    await hass.async_block_till_done()

    await wait_for_end(frigate)


async def test_event_that_frigate_lost_needs_no_end_and_no_repair(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await set_states(hass, DOOR, "on")
    (event,) = await wait_for_events(frigate, 1)
    async with aiohttp.ClientSession() as session:
        address = f"{frigate.url}/api/events/{event.id}"
        async with session.delete(address) as reply:
            assert reply.status == HTTPStatus.OK
    outcomes = outcomes_of(entry)

    await set_states(hass, DOOR, "off")
    await wait_until(lambda: [one for one in outcomes if one.kind == "discarded"])

    listed = (await act(hass, "list_deliveries", state="discarded"))["deliveries"]
    assert [(one["operation"], one["error"]["code"]) for one in listed] == [
        ("end_camera_event", "unknown_event")
    ]
    await hass.async_block_till_done()
    assert not ir.async_get(hass).issues
    assert not [one for one in outcomes if one.kind == "failed"]
