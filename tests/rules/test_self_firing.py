"""Tests that Event Relay's own changes fire no rule, and no rule fires itself."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.components.persistent_notification import async_create
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.outcomes.announcer import EVENT_OUTCOME
from custom_components.event_relay.rules.issues import RuleIssues
from custom_components.event_relay.rules.self_firing import SelfFiring
from tools.simulators.frigate import FrigateSimulator

from ..home import act
from ..waiting import wait_until
from .home import (
    BELL,
    DOORBELL,
    RULE_ID,
    rule_subentry,
    set_states,
    set_up,
    wait_for_events,
)

pytestmark = pytest.mark.usefixtures("all_enabled")

ISSUE = f"rule_fires_itself_{RULE_ID}"
SECOND = "01JDOORBELLRULE00000000002"


def rule_for(*triggers: dict[str, Any], camera: str = "garden") -> dict[str, Any]:
    """Return a rule with triggers, whose event contains the trigger."""
    fields = {**DOORBELL["fields"], "camera": camera}
    return {**DOORBELL, "triggers": list(triggers), "fields": fields}


async def wait_for_deliveries(
    hass: HomeAssistant, frigate: FrigateSimulator, count: int
) -> None:
    """Wait until exactly this many are delivered and nothing more happens."""
    await wait_until(lambda: len(frigate.events) >= count)
    rounds = 0
    async with asyncio.timeout(60):
        while rounds < 3:
            await asyncio.sleep(0)
            await hass.async_block_till_done()
            listed = (await act(hass, "list_deliveries"))["deliveries"]
            assert len(listed) <= count, "It goes on and on"
            at_rest = {one["state"] for one in listed} == {"delivered"}
            rounds = rounds + 1 if at_rest and len(listed) == count else 0
    await wait_for_events(frigate, count)


def has_repair(hass: HomeAssistant) -> bool:
    """Return whether there is a repair for a rule that fires itself."""
    return ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is not None


ALL_THERE_IS: list[dict[str, Any]] = [
    {"trigger": "event", "event_type": "state_changed"},
    {
        "trigger": "event",
        "event_type": ["call_service", "entity_registry_updated", "state_changed"],
    },
]


@pytest.mark.parametrize("trigger", ALL_THERE_IS)
async def test_own_changes_do_not_fire(
    hass: HomeAssistant, frigate: FrigateSimulator, trigger: dict[str, Any]
) -> None:
    """One change causes one delivery, whatever else changes as a result."""
    assert await async_setup_component(hass, "homeassistant", {})
    await set_states(hass, BELL, "off")
    await set_up(hass, frigate, rule_subentry(rule_for(trigger)))
    before = len(frigate.events)

    await set_states(hass, BELL, "on")

    await wait_for_deliveries(hass, frigate, before + 1)
    assert not has_repair(hass)


async def test_own_notifications_do_not_fire(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    assert await async_setup_component(hass, "persistent_notification", {})
    await set_up(
        hass, frigate, rule_subentry(rule_for({"trigger": "persistent_notification"}))
    )

    async_create(hass, "ours", notification_id=f"{DOMAIN}_test_1")
    async_create(hass, "theirs", notification_id="theirs")

    await wait_for_deliveries(hass, frigate, 1)


async def test_explicitly_named_entities_fire(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """Such as the outcome of another rule."""
    await set_states(hass, BELL, "off")
    outcome = {
        "trigger": "event",
        "event_type": EVENT_OUTCOME,
        "event_data": {"name": "Doorbell"},
    }
    switch = {"trigger": "state", "entity_id": "switch.doorbell", "to": "off"}
    await set_up(
        hass,
        frigate,
        rule_subentry(DOORBELL),
        rule_subentry(rule_for(outcome, switch), "Teller", SECOND),
    )

    await set_states(hass, BELL, "on")
    await wait_for_deliveries(hass, frigate, 2)
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.doorbell"}, blocking=True
    )
    await wait_for_deliveries(hass, frigate, 3)
    assert not has_repair(hass)


async def looping_rule(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> MockConfigEntry:
    """Set up a rule with a trigger on its own outcome."""
    return await set_up(
        hass,
        frigate,
        rule_subentry(
            rule_for(
                {"trigger": "event", "event_type": EVENT_OUTCOME},
                {"trigger": "state", "entity_id": BELL},
            )
        ),
    )


async def test_rule_with_a_trigger_on_its_own_outcome_is_stopped(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    await looping_rule(hass, frigate)

    await set_states(hass, BELL, "on")
    await wait_for_deliveries(hass, frigate, 1)

    await wait_until(lambda: has_repair(hass))
    await set_states(hass, BELL, "off")
    await wait_for_deliveries(hass, frigate, 2)


async def test_rule_with_a_trigger_on_a_sensor_that_it_changes_is_stopped(
    hass: HomeAssistant,
) -> None:
    """The sensors of its connection change a moment after each of its deliveries."""
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    sensor = er.async_get(hass).async_get_or_create(
        "sensor", DOMAIN, "last", config_entry=entry
    )
    now = dt_util.utcnow()

    def firings(connection: str, apart: timedelta) -> list[bool]:
        """Return which of ten firings by the sensor are stopped."""
        issues = RuleIssues(hass, connection, RULE_ID, "Rule")
        rule = SelfFiring(hass, RULE_ID, connection, issues)
        return [
            rule.stops(Context(), sensor.entity_id, now + number * apart)
            for number in range(10)
        ]

    second, hour = timedelta(seconds=1), timedelta(hours=1)
    assert firings(entry.entry_id, second) == [False] * 6 + [True] * 4
    assert firings(entry.entry_id, hour) == [False] * 10
    assert firings("another connection", second) == [False] * 10


async def test_repair_is_removed_when_the_rule_is_changed(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await looping_rule(hass, frigate)
    await set_states(hass, BELL, "on")
    await wait_until(lambda: has_repair(hass))

    hass.config_entries.async_update_subentry(
        entry, entry.subentries[RULE_ID], data=DOORBELL
    )
    await hass.async_block_till_done()

    assert not has_repair(hass)


async def test_loop_through_an_automation_is_detected(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    turn = {"action": "input_boolean.toggle", "target": {"entity_id": "all"}}
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"seen": None}}
    )
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": [{"trigger": "event", "event_type": EVENT_OUTCOME}],
                "actions": [turn],
            }
        },
    )
    seen = {"trigger": "state", "entity_id": "input_boolean.seen"}
    bell = {"trigger": "state", "entity_id": BELL}
    await set_up(hass, frigate, rule_subentry(rule_for(seen, bell)))

    await set_states(hass, BELL, "on")
    await wait_for_deliveries(hass, frigate, 1)

    await wait_until(lambda: has_repair(hass))


async def test_two_rules_that_fire_each_other_are_detected(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    outcomes = [
        {
            "trigger": "event",
            "event_type": EVENT_OUTCOME,
            "event_data": {"name": name},
        }
        for name in ("Second", "First")
    ]
    bell = {"trigger": "state", "entity_id": BELL}
    await set_up(
        hass,
        frigate,
        rule_subentry(rule_for(outcomes[0], bell), "First"),
        rule_subentry(rule_for(outcomes[1]), "Second", SECOND),
    )

    await set_states(hass, BELL, "on")
    await wait_for_deliveries(hass, frigate, 2)

    await wait_until(lambda: has_repair(hass))


async def test_nested_triggers_fire(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """Home Assistant flattens nested lists, so there are more triggers than entered."""
    await set_states(hass, BELL, "off")
    nested = [
        {"trigger": "event", "event_type": "state_changed", "event_data": {"x": 1}},
        {"trigger": "state", "entity_id": BELL},
    ]
    await set_up(hass, frigate, rule_subentry(rule_for({"triggers": nested})))

    await set_states(hass, BELL, "on")

    await wait_for_deliveries(hass, frigate, 1)
