"""Tests of the repair of a rule, which opens its form."""

from http import HTTPStatus
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay.const import DOMAIN
from tools.simulators.frigate import FrigateSimulator

from .home import (
    BELL,
    DOORBELL,
    PRESSED,
    RULE_ID,
    rule_subentry,
    set_states,
    set_up,
    wait_for_events,
)

FORM = "/api/config/config_entries/subentries/flow"
BROKEN = {**DOORBELL, "triggers": [{"trigger": "nothing.happens"}]}


@pytest.mark.parametrize(
    ("issue_id", "rule"),
    [
        (f"rule_not_armed_{RULE_ID}", BROKEN),
        (
            f"rule_refers_{RULE_ID}",
            {**DOORBELL, "triggers": [{**PRESSED, "entity_id": "binary_sensor.gone"}]},
        ),
    ],
)
async def test_repair_opens_the_form_of_the_rule(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
    issue_id: str,
    rule: dict[str, Any],
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    assert await async_setup_component(hass, "config", {})
    await set_states(hass, BELL, "off")
    await set_up(hass, frigate, rule_subentry(rule))
    client = await hass_client()

    async def post(path: str, content: dict[str, Any]) -> dict[str, Any]:
        response = await client.post(path, json=content)
        assert response.status == HTTPStatus.OK, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer

    repair = "/api/repairs/issues/fix"
    shown = await post(repair, {"handler": DOMAIN, "issue_id": issue_id})
    assert shown["step_id"] == "confirm"
    assert "Doorbell" in str(shown["description_placeholders"])
    led = await post(f"{repair}/{shown['flow_id']}", {})
    assert (led["type"], led["reason"]) == ("abort", "form_opened")
    kind, flow_id = led["next_flow"]
    assert kind == "config_subentries_flow"
    # Opening the form alone fixes nothing.
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None

    form = f"{FORM}/{flow_id}"
    when = {"name": "Doorbell", "triggers": [PRESSED], "only_if": {}}
    assert (await post(form, when))["step_id"] == "create_camera_event"
    fields = {"camera": "front_door", "label": "doorbell", "duration": "20"}
    sections: dict[str, object] = {"more": {}, "until": {}, "limits": {}}
    assert (await post(form, {**fields, **sections}))["step_id"] == "preview"
    assert (await post(form, {}))["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()

    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    await set_states(hass, BELL, "on")
    await wait_for_events(frigate, 1)


async def test_repair_of_a_removed_rule_is_aborted(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    entry = await set_up(hass, frigate, rule_subentry(BROKEN))
    client = await hass_client()
    issue_id = f"rule_not_armed_{RULE_ID}"
    repair = "/api/repairs/issues/fix"
    opened = await client.post(repair, json={"handler": DOMAIN, "issue_id": issue_id})
    shown = await opened.json()

    hass.config_entries.async_remove_subentry(entry, RULE_ID)
    await hass.async_block_till_done()

    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    ended = await client.post(f"{repair}/{shown['flow_id']}", json={})
    assert ended.status == HTTPStatus.OK
    assert (await ended.json())["reason"] == "rule_gone"
