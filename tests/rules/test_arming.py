"""Tests of triggers that cannot be attached: the others work, and they are retried."""

from typing import Any

from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.rules.rule_runner import AGAIN
from custom_components.event_relay.rules.triggers import Triggers
from tools.simulators.frigate import FrigateSimulator

from ..home import act, turn
from ..markdown import read
from ..waiting import wait_until
from .calendar import Calendar
from .home import (
    BELL,
    DOOR,
    DOORBELL,
    OPENED,
    PRESSED,
    RULE_ID,
    rule_subentry,
    runner_of,
    set_states,
    set_up,
    wait_for_events,
)

ISSUE = f"rule_not_armed_{RULE_ID}"
BY_CALENDAR = {"trigger": "calendar", "entity_id": "calendar.test", "event": "start"}
UNKNOWN = {"trigger": "nothing.happens"}


def repair_of(hass: HomeAssistant) -> tuple[str | None, str]:
    """Return the rule's repair and the reason that it shows."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, ISSUE)
    if issue is None or issue.data is None:
        return None, ""
    return issue.translation_key, read(str(issue.data["reason"]))


def repairs(hass: HomeAssistant) -> set[str | None]:
    """Return the texts of all repairs."""
    return {one.translation_key for one in ir.async_get(hass).issues.values()}


async def pass_retry_time(hass: HomeAssistant) -> None:
    """Let the time until the next attempt pass."""
    async_fire_time_changed(hass, dt_util.utcnow() + AGAIN)
    await hass.async_block_till_done()


@pytest.mark.parametrize("broken", [BY_CALENDAR, UNKNOWN], ids=["attach", "validate"])
async def test_other_triggers_of_the_rule_fire(
    hass: HomeAssistant, frigate: FrigateSimulator, broken: dict[str, Any]
) -> None:
    await set_states(hass, BELL, "off")
    fields = {**DOORBELL["fields"], "sub_label": "{{ trigger.idx }}"}
    triggers = [{**broken, "alias": "The odd one"}, PRESSED]
    entry = await set_up(
        hass,
        frigate,
        rule_subentry({**DOORBELL, "triggers": triggers, "fields": fields}),
    )

    assert runner_of(entry).armed
    key, reason = repair_of(hass)
    assert key == "rule_partly_armed"
    assert reason.startswith("The odd one (1): ")
    assert "; " not in reason
    await set_states(hass, BELL, "on")
    (event,) = await wait_for_events(frigate, 1)
    assert event.sub_label == "1"


async def test_rule_without_working_triggers_is_inactive(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    triggers = [BY_CALENDAR, UNKNOWN, {**PRESSED, "enabled": False}]
    entry = await set_up(
        hass, frigate, rule_subentry({**DOORBELL, "triggers": triggers})
    )

    assert not runner_of(entry).armed
    key, reason = repair_of(hass)
    assert key == "rule_not_armed"
    assert "calendar (1): " in reason
    assert "nothing.happens (2): " in reason


async def test_only_failed_triggers_are_retried(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    ring = {"trigger": "event", "event_type": "rang"}
    triggers = [PRESSED, BY_CALENDAR, ring]
    await set_up(hass, frigate, rule_subentry({**DOORBELL, "triggers": triggers}))
    assert repair_of(hass)[0] == "rule_partly_armed"
    await pass_retry_time(hass)
    assert repair_of(hass)[0] == "rule_partly_armed"

    assert await async_setup_component(hass, "calendar", {})
    await hass.data[DATA_COMPONENT].async_add_entities([Calendar([])])
    await pass_retry_time(hass)

    assert repair_of(hass) == (None, "")
    await set_states(hass, BELL, "on")
    hass.bus.async_fire("rang")
    await wait_for_events(frigate, 2)
    await hass.async_block_till_done()
    assert len(frigate.events) == 2


async def test_working_end_triggers_end_the_event(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, DOOR, "off")
    ends = {**OPENED["until"], "triggers": [UNKNOWN, *OPENED["until"]["triggers"]]}
    await set_up(hass, frigate, rule_subentry({**OPENED, "until": ends}))
    assert repair_of(hass)[0] == "rule_partly_armed"

    await set_states(hass, DOOR, "on", "off")

    (event,) = await wait_for_events(frigate, 1)
    await wait_until(lambda: event.end_time is not None)


async def test_rule_removed_while_attaching_leaves_nothing_attached(
    hass: HomeAssistant,
) -> None:
    fired: list[object] = []

    async def triggered(variables: dict[str, Any], _: object = None) -> None:
        fired.append(variables)

    ring = {"trigger": "event", "event_type": "rang"}
    triggers = Triggers(hass, [ring], "test", triggered)
    attaching = hass.async_create_task(triggers.async_attach(), eager_start=False)
    triggers.detach()
    await attaching

    hass.bus.async_fire("rang")
    await hass.async_block_till_done()

    assert not triggers.attached
    assert not fired


async def test_rule_that_is_switched_off_and_on_before_the_start_fires_once(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    hass.set_state(CoreState.not_running)
    await set_up(hass, frigate, rule_subentry(DOORBELL))
    for service in (SERVICE_TURN_OFF, SERVICE_TURN_ON):
        await turn(hass, service, "switch.doorbell")
    await hass.async_start()
    await hass.async_block_till_done()

    await set_states(hass, BELL, "on")
    await wait_for_events(frigate, 1)
    assert len((await act(hass, "list_deliveries"))["deliveries"]) == 1


async def test_repairs_of_a_rule_disappear_while_it_is_switched_off(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    missing = {**PRESSED, "entity_id": "binary_sensor.nowhere"}
    rule = {**DOORBELL, "triggers": [UNKNOWN, missing]}
    await set_up(hass, frigate, rule_subentry(rule))
    assert repairs(hass) == {"rule_partly_armed", "rule_refers"}
    await turn(hass, SERVICE_TURN_OFF, "switch.doorbell")
    assert repairs(hass) == set()
    await turn(hass, SERVICE_TURN_ON, "switch.doorbell")
    assert repairs(hass) == {"rule_partly_armed", "rule_refers"}
