"""Tests of entities that are created after the rule that names them."""

from typing import Any

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.event_relay.const import DOMAIN
from tools.simulators.frigate import FrigateSimulator

from .home import DOOR, DOORBELL, RULE_ID, rule_subentry, set_up, wait_for_events

OTHER = "binary_sensor.other_door"
OPENED = {"trigger": "door.opened", "target": {"entity_id": [DOOR, OTHER]}}
RULE: dict[str, Any] = {**DOORBELL, "triggers": [OPENED]}
IS_A_DOOR = {"device_class": "door"}


async def _set_states_at(hass: HomeAssistant, entity_id: str, *states: str) -> None:
    for state in states:
        hass.states.async_set(entity_id, state, IS_A_DOOR)
        await hass.async_block_till_done()


def _missing(hass: HomeAssistant) -> bool:
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"rule_refers_{RULE_ID}")
    return issue is not None


@pytest.mark.parametrize("state", [CoreState.running, CoreState.starting])
async def test_trigger_with_a_target_includes_entities_added_later(
    hass: HomeAssistant, frigate: FrigateSimulator, state: CoreState
) -> None:
    assert await async_setup_component(hass, "door", {})
    await _set_states_at(hass, OTHER, "off")
    hass.set_state(state)
    await set_up(hass, frigate, rule_subentry(RULE))
    assert _missing(hass) is (state is CoreState.running)

    await _set_states_at(hass, DOOR, "off")
    assert not _missing(hass)
    await _set_states_at(hass, DOOR, "on")
    await wait_for_events(frigate, 1)
    # The earlier entity still fires it, once.
    await _set_states_at(hass, OTHER, "on")
    await _set_states_at(hass, DOOR, "off", "on")
    await wait_for_events(frigate, 3)
