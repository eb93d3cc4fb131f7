"""Tests of the triggers for outcomes in automations."""

import asyncio
from typing import Any

from homeassistant.components.websocket_api.automation import (
    async_get_triggers_for_target,
)
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.trigger import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.outcomes.announcer import EVENT_OUTCOME
from custom_components.event_relay.rules.outcome import Outcome, OutcomeKind
from custom_components.event_relay.rules.samples import async_sample, example_template
from custom_components.event_relay.rules.triggers import validate_triggers
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect
from .responses import respond
from .rules.home import DOORBELL, RULE_ID, rule_subentry, runner_of, set_up
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("socket_enabled")

FAILED = f"{DOMAIN}.delivery_failed"
DELIVERED = f"{DOMAIN}.delivered"

type Told = list[dict[str, Any]]


async def automate(hass: HomeAssistant, trigger: str, **given: object) -> Told:
    """Add an automation; return a list that collects its trigger's data."""
    told: Told = []
    hass.bus.async_listen("told", callback(lambda event: told.append(dict(event.data))))
    automation = {
        "id": "tested",
        "alias": "Tested",
        "triggers": {"trigger": trigger, **given},
        "actions": {"event": "told", "event_data": {"trigger": "{{ trigger }}"}},
        "mode": "queued",
    }
    config = {"automation": [automation]}
    assert await async_setup_component(hass, "automation", config)
    await hass.async_block_till_done(wait_background_tasks=False)
    (state,) = hass.states.async_all("automation")
    assert state.state == "on", state
    return told


def failed_outcome(reason: str = "template_error") -> Outcome:
    """Return a failed outcome."""
    return Outcome(
        kind=OutcomeKind.FAILED, occurred_at=dt_util.utcnow(), reason_key=reason
    )


async def settle(hass: HomeAssistant) -> None:
    """Let all triggers fire."""
    for _ in range(3):
        await asyncio.sleep(0)
        await hass.async_block_till_done(wait_background_tasks=False)


def device_id_of(hass: HomeAssistant, entry: MockConfigEntry, *subentry: str) -> str:
    """Return the id of the device of a connection, or of one of its rules."""
    found = dr.async_get_device_id_by_identifier(
        hass,
        (DOMAIN, "_".join((entry.entry_id, *subentry))),
        config_entry_id=entry.entry_id,
    )
    assert found is not None
    return found


async def test_rejected_delivery_fires_with_its_reason(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await connect(hass, frigate)
    told = await automate(hass, FAILED)
    await act(hass, "create_camera_event", camera="garden", label="fine")
    frigate.add_faults(respond(422, {"secret": 1}, method="POST"))
    with pytest.raises(HomeAssistantError):
        await act(
            hass,
            "create_camera_event",
            camera="garden",
            label="visitor",
            description="secret",
        )
    await wait_until(lambda: told)

    (one,) = told
    trigger = one["trigger"]
    assert trigger["platform"] == FAILED
    assert trigger["outcome"] == "failed"
    assert trigger["name"] == trigger["connection"] == "Frigate"
    assert trigger["operation"] == "create_camera_event"
    assert trigger["about"] == "garden / visitor"
    assert trigger["reason"] == "rejected"
    sentence = "camera event not created, garden / visitor: it was rejected"
    assert trigger["message"] == sentence
    assert trigger["description"] == f"Frigate: {sentence}"
    assert trigger["device_id"] == device_id_of(hass, entry)
    listed = (await act(hass, "list_deliveries", state=["failed"]))["deliveries"]
    assert [trigger["delivery_id"]] == [known["delivery_id"] for known in listed]
    assert "secret" not in str(told)


async def test_success_only_fires_the_other_trigger(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await connect(hass, frigate)
    told = await automate(hass, DELIVERED)
    context = Context()
    seen: list[Context] = []
    hass.bus.async_listen("told", callback(lambda event: seen.append(event.context)))

    await act(hass, "create_camera_event", context, camera="garden", label="visitor")
    await wait_until(lambda: told)

    assert [one["trigger"]["outcome"] for one in told] == ["delivered"]
    assert seen[0].parent_id == context.id


ENDS = (
    ("delivered", None),
    ("discarded", None),
    ("skipped", None),
    ("failed", "rejected"),
    ("failed", "outcome_unknown"),
    ("failed", "sent_elsewhere"),
    ("expired", "cannot_connect"),
)


@pytest.mark.parametrize(
    ("chosen", "reasons"),
    [
        (["failed"], ["rejected"]),
        (["outcome_unknown"], ["outcome_unknown", "sent_elsewhere"]),
        (["expired", "failed"], ["rejected", "cannot_connect"]),
    ],
)
async def test_only_chosen_outcomes_fire(
    hass: HomeAssistant, chosen: list[str], reasons: list[str]
) -> None:
    """The event on the bus is enough: no connection has to be loaded."""
    assert await async_setup_component(hass, DOMAIN, {})
    told = await automate(hass, FAILED, options={"outcome": chosen})

    for outcome, reason in ENDS:
        hass.bus.async_fire(
            EVENT_OUTCOME, {"name": "Frigate", "outcome": outcome, "reason": reason}
        )
    await wait_until(lambda: len(told) >= len(reasons))
    await settle(hass)

    assert [one["trigger"]["reason"] for one in told] == reasons
    assert {one["trigger"]["outcome"] for one in told} == {*chosen}


@pytest.mark.parametrize("aim", ["connection", "rule", "its entity", "its area"])
async def test_target_may_be_connections_or_rules(
    hass: HomeAssistant, frigate: FrigateSimulator, aim: str
) -> None:
    other = "01JDOORBELLRULE00000000002"
    entry = await set_up(
        hass, frigate, rule_subentry(DOORBELL), rule_subentry(DOORBELL, "Other", other)
    )
    rule = device_id_of(hass, entry, RULE_ID)
    dr.async_get(hass).async_update_device(rule, area_id="porch")
    target = {
        "connection": {ATTR_DEVICE_ID: [device_id_of(hass, entry)]},
        "rule": {ATTR_DEVICE_ID: rule},
        "its entity": {"entity_id": "switch.doorbell"},
        "its area": {"area_id": "porch"},
    }[aim]
    told = await automate(hass, FAILED, target=target)

    runner_of(entry, other).tell(failed_outcome())
    runner_of(entry).tell(failed_outcome())
    wanted = ["Other", "Doorbell"] if aim == "connection" else ["Doorbell"]
    await wait_until(lambda: len(told) >= len(wanted))
    await settle(hass)

    names = [one["trigger"]["name"] for one in told]
    assert names == wanted


async def test_removed_target_does_not_fire(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    told = await automate(hass, FAILED, target={ATTR_DEVICE_ID: "gone"})
    runner_of(entry).tell(failed_outcome())
    await settle(hass)
    assert told == []


async def test_rule_fires_on_failures_of_others_but_not_its_own(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """Its trigger need not have a target."""
    teller = {
        **DOORBELL,
        "triggers": [{"trigger": FAILED}],
        "fields": {
            **DOORBELL["fields"],
            "sub_label": "{{ trigger.name }}",
            "label": "failed",
        },
    }
    entry = await set_up(
        hass,
        frigate,
        rule_subentry(DOORBELL),
        rule_subentry(teller, "Teller", "01JDOORBELLRULE00000000002"),
    )
    frigate.add_faults(respond(422, {}, method="POST"))

    runner_of(entry).tell(failed_outcome())
    async with asyncio.timeout(60):
        while True:
            listed = (await act(hass, "list_deliveries"))["deliveries"]
            if listed and all(one["state"] == "failed" for one in listed):
                break
            await asyncio.sleep(0.01)
    await settle(hass)

    assert len((await act(hass, "list_deliveries"))["deliveries"]) == 1


async def test_trigger_is_offered_for_our_devices(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    described = await async_get_all_descriptions(hass)
    failed = described[FAILED]
    assert failed is not None
    assert failed["fields"]["outcome"]["default"] == [
        "failed",
        "outcome_unknown",
        "expired",
    ]
    for aim in ((), (RULE_ID,)):
        target = {ATTR_DEVICE_ID: [device_id_of(hass, entry, *aim)]}
        offered = await async_get_triggers_for_target(hass, target, expand_group=False)
        assert {FAILED, DELIVERED} <= offered
    hass.states.async_set("light.kitchen", "on")
    er.async_get(hass).async_get_or_create("light", "other", "kitchen")
    elsewhere = {"entity_id": ["light.kitchen"]}
    offered = await async_get_triggers_for_target(hass, elsewhere, expand_group=False)
    assert offered.isdisjoint({FAILED, DELIVERED})


async def test_form_of_a_rule_has_a_sample(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    raw = [{"trigger": FAILED}]
    configs = await validate_triggers(hass, raw)
    assert example_template(configs) == "{{ trigger.message }}"
    sample = await async_sample(hass, configs, raw, None)
    assert str(sample.variables["trigger"]["message"]) == "Sample message"


@pytest.mark.parametrize(
    "options", [{"outcome": []}, {"outcome": ["delivered"]}, {"outcomes": ["failed"]}]
)
async def test_invalid_outcome_is_refused(
    hass: HomeAssistant, options: dict[str, Any]
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    with pytest.raises(Exception, match="outcome"):
        await validate_triggers(hass, [{"trigger": FAILED, "options": options}])
