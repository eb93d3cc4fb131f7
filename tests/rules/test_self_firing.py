"""What Event Relay does itself fires no rule, and no rule fires itself."""

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
from custom_components.event_relay.rules.self_firing import SelfFiring
from tools.simulators.frigate import FrigateSimulator

from ..home import act
from .home import BELL, DOORBELL, RULE_ID, a_rule, change, events, set_up, until

pytestmark = pytest.mark.usefixtures("all_enabled")

ISSUE = f"rule_fires_itself_{RULE_ID}"
SECOND = "01JDOORBELLRULE00000000002"


def rule_for(*triggers: dict[str, Any], camera: str = "garden") -> dict[str, Any]:
    """Return a rule with these triggers, whose event tells which it was."""
    fields = {**DOORBELL["fields"], "camera": camera}
    return {**DOORBELL, "triggers": list(triggers), "fields": fields}


async def delivered(hass: HomeAssistant, frigate: FrigateSimulator, count: int) -> None:
    """Wait until so many are delivered and everything has come to rest: no more."""
    await until(lambda: len(frigate.events) >= count)
    rounds = 0
    async with asyncio.timeout(60):
        while rounds < 3:
            await asyncio.sleep(0)
            await hass.async_block_till_done()
            listed = (await act(hass, "list_deliveries"))["deliveries"]
            assert len(listed) <= count, "It goes on and on"
            at_rest = {one["state"] for one in listed} == {"delivered"}
            rounds = rounds + 1 if at_rest and len(listed) == count else 0
    await events(frigate, count)


def told(hass: HomeAssistant) -> bool:
    """Say whether there is a repair for a rule that fires itself."""
    return ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is not None


ALL_THERE_IS: list[dict[str, Any]] = [
    {"trigger": "event", "event_type": "state_changed"},
    {
        "trigger": "event",
        "event_type": ["call_service", "entity_registry_updated", "state_changed"],
    },
]


@pytest.mark.parametrize("trigger", ALL_THERE_IS)
async def test_what_is_its_own_fires_nothing(
    hass: HomeAssistant, frigate: FrigateSimulator, trigger: dict[str, Any]
) -> None:
    """One change is one delivery, whatever that changes on the way."""
    assert await async_setup_component(hass, "homeassistant", {})
    await change(hass, BELL, "off")
    await set_up(hass, frigate, a_rule(rule_for(trigger)))
    before = len(frigate.events)

    await change(hass, BELL, "on")

    await delivered(hass, frigate, before + 1)
    assert not told(hass)


async def test_own_devices_are_not_meant_by_an_area_and_own_notices_by_all(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    assert await async_setup_component(hass, "persistent_notification", {})
    await set_up(
        hass, frigate, a_rule(rule_for({"trigger": "persistent_notification"}))
    )

    async_create(hass, "ours", notification_id=f"{DOMAIN}_test_1")
    async_create(hass, "theirs", notification_id="theirs")

    await delivered(hass, frigate, 1)


async def test_what_is_named_fires(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """Such as the outcome of another rule, for a rule that tells of it."""
    await change(hass, BELL, "off")
    outcome = {
        "trigger": "event",
        "event_type": EVENT_OUTCOME,
        "event_data": {"name": "Doorbell"},
    }
    switch = {"trigger": "state", "entity_id": "switch.doorbell", "to": "off"}
    await set_up(
        hass,
        frigate,
        a_rule(DOORBELL),
        a_rule(rule_for(outcome, switch), "Teller", SECOND),
    )

    await change(hass, BELL, "on")
    await delivered(hass, frigate, 2)
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.doorbell"}, blocking=True
    )
    await delivered(hass, frigate, 3)
    assert not told(hass)


async def looping_rule(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> MockConfigEntry:
    """Set up a rule on its own outcome."""
    return await set_up(
        hass,
        frigate,
        a_rule(
            rule_for(
                {"trigger": "event", "event_type": EVENT_OUTCOME},
                {"trigger": "state", "entity_id": BELL},
            )
        ),
    )


async def test_a_rule_on_its_own_outcome_is_stopped_and_told(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await change(hass, BELL, "off")
    await looping_rule(hass, frigate)

    await change(hass, BELL, "on")
    await delivered(hass, frigate, 1)

    await until(lambda: told(hass))
    await change(hass, BELL, "off")
    await delivered(hass, frigate, 2)


async def test_a_rule_on_a_sensor_that_it_changes_is_stopped(
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
        rule = SelfFiring(hass, RULE_ID, connection)
        return [
            rule.fires_itself(Context(), sensor.entity_id, now + number * apart)
            for number in range(10)
        ]

    second, hour = timedelta(seconds=1), timedelta(hours=1)
    assert firings(entry.entry_id, second) == [False] * 6 + [True] * 4
    assert firings(entry.entry_id, hour) == [False] * 10
    assert firings("another connection", second) == [False] * 10


async def test_the_repair_goes_when_the_rule_is_changed(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await change(hass, BELL, "off")
    entry = await looping_rule(hass, frigate)
    await change(hass, BELL, "on")
    await until(lambda: told(hass))

    hass.config_entries.async_update_subentry(
        entry, entry.subentries[RULE_ID], data=DOORBELL
    )
    await hass.async_block_till_done()

    assert not told(hass)


async def test_a_circle_through_an_automation_is_found(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await change(hass, BELL, "off")
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
    await set_up(hass, frigate, a_rule(rule_for(seen, bell)))

    await change(hass, BELL, "on")
    await delivered(hass, frigate, 1)

    await until(lambda: told(hass))


async def test_two_rules_that_fire_each_other_are_found(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await change(hass, BELL, "off")
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
        a_rule(rule_for(outcomes[0], bell), "First"),
        a_rule(rule_for(outcomes[1]), "Second", SECOND),
    )

    await change(hass, BELL, "on")
    await delivered(hass, frigate, 2)

    await until(lambda: told(hass))


async def test_triggers_in_a_list_of_their_own_fire(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """Home Assistant takes lists in the list, so that there are more than entered."""
    await change(hass, BELL, "off")
    nested = [
        {"trigger": "event", "event_type": "state_changed", "event_data": {"x": 1}},
        {"trigger": "state", "entity_id": BELL},
    ]
    await set_up(hass, frigate, a_rule(rule_for({"triggers": nested})))

    await change(hass, BELL, "on")

    await delivered(hass, frigate, 1)
