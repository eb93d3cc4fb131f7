"""Tests of every trigger of Home Assistant that needs no hardware."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
import sqlite3
from typing import Any
from unittest.mock import AsyncMock, Mock

from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import config_validation as cv
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockModule,
    mock_integration,
    mock_platform,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay import storage
from custom_components.event_relay.queue.delivery import Delivery
from custom_components.event_relay.rules.triggers import Triggers
from tools.simulators.frigate import FrigateSimulator

from ..home import coordinator
from ..waiting import wait_until
from .home import DOORBELL, outcomes_of, rule_subentry, set_up, wait_for_events

CAUSE = Context(id="the cause")
ELSEWHERE = {"latitude": 10.0, "longitude": 10.0, "gps_accuracy": 1}
AT_SHOP = {"latitude": 52.0, "longitude": 13.0, "gps_accuracy": 1}

type Attributes = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """A trigger that an entity's new state fires."""

    trigger: Mapping[str, Any]
    entity_id: str
    states: tuple[str, str]
    attributes: tuple[Attributes, Attributes] = field(default=({}, {}))
    components: Mapping[str, Any] = field(default_factory=dict)


def target_trigger(key: str, entity_id: str, **options: object) -> dict[str, Any]:
    """Return a trigger with a target."""
    target = {"target": {"entity_id": entity_id}}
    return {"trigger": key, **target, **({"options": options} if options else {})}


def class_attributes(device_class: str) -> tuple[Attributes, Attributes]:
    """Return the attributes of an entity of a device class."""
    return {"device_class": device_class}, {"device_class": device_class}


def turn_change(
    key: str, entity_id: str, before: str, after: str, kind: str = ""
) -> Change:
    """Return a change for a target trigger without options."""
    return Change(
        trigger=target_trigger(key, entity_id),
        entity_id=entity_id,
        states=(before, after),
        attributes=class_attributes(kind) if kind else ({}, {}),
    )


def event_change(key: str, kind: str, kind_of_event: str, **options: object) -> Change:
    """Return the first event of an event entity."""
    attributes = {"device_class": kind, "event_type": kind_of_event}
    return Change(
        trigger=target_trigger(key, "event.bell", **options),
        entity_id="event.bell",
        states=("unknown", "2026-11-22T12:00:00.000+00:00"),
        attributes=({"device_class": kind}, attributes),
    )


CHANGES = [
    Change(
        trigger={"trigger": "state", "entity_id": "light.hall", "to": "on"},
        entity_id="light.hall",
        states=("off", "on"),
    ),
    Change(
        trigger={
            "trigger": "state",
            "entity_id": "light.hall",
            "attribute": "colour",
            "to": "red",
        },
        entity_id="light.hall",
        states=("on", "on"),
        attributes=({"colour": "blue"}, {"colour": "red"}),
    ),
    Change(
        trigger={"trigger": "numeric_state", "entity_id": "sensor.heat", "above": 20},
        entity_id="sensor.heat",
        states=("19.5", "20.5"),
    ),
    Change(
        trigger={
            "trigger": "template",
            "value_template": "{{ is_state('light.hall', 'on') }}",
        },
        entity_id="light.hall",
        states=("off", "on"),
    ),
    Change(
        trigger={
            "trigger": "zone",
            "entity_id": "device_tracker.car",
            "zone": "zone.shop",
            "event": "enter",
        },
        entity_id="device_tracker.car",
        states=("not_home", "Shop"),
        attributes=(ELSEWHERE, AT_SHOP),
        components={
            "zone": {"name": "Shop", "latitude": 52, "longitude": 13, "radius": 100}
        },
    ),
    turn_change("light.turned_on", "light.hall", "off", "on"),
    turn_change("switch.turned_off", "switch.pump", "on", "off"),
    turn_change("door.opened", "binary_sensor.door", "off", "on", "door"),
    turn_change("door.closed", "binary_sensor.door", "on", "off", "door"),
    Change(
        trigger=target_trigger("garage_door.opened", "cover.garage"),
        entity_id="cover.garage",
        states=("closed", "open"),
        attributes=(
            {"device_class": "garage", "is_closed": True},
            {"device_class": "garage", "is_closed": False},
        ),
    ),
    turn_change("window.opened", "binary_sensor.window", "off", "on", "window"),
    turn_change("motion.detected", "binary_sensor.motion", "off", "on", "motion"),
    turn_change("occupancy.detected", "binary_sensor.room", "off", "on", "occupancy"),
    turn_change("lock.unlocked", "lock.front", "locked", "unlocked"),
    turn_change(
        "alarm_control_panel.triggered",
        "alarm_control_panel.home",
        "armed_away",
        "triggered",
    ),
    turn_change(
        "button.pressed", "button.bell", "unknown", "2026-11-22T12:00:00+00:00"
    ),
    event_change("event.received", "button", "press", event_type=["press"]),
    event_change("doorbell.rang", "doorbell", "ring"),
]


def rule_for(trigger: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule whose delivery contains the template's result."""
    fields = {**DOORBELL["fields"], "sub_label": "{{ trigger.platform }}"}
    return {**DOORBELL, "triggers": [dict(trigger)], "fields": fields}


@pytest.mark.parametrize("case", CHANGES, ids=lambda case: case.trigger["trigger"])
async def test_state_trigger_fires(
    hass: HomeAssistant, frigate: FrigateSimulator, case: Change
) -> None:
    for component, config in case.components.items():
        assert await async_setup_component(hass, component, {component: config})
    before, after = case.attributes
    hass.states.async_set(case.entity_id, case.states[0], before)
    entry = await set_up(hass, frigate, rule_subentry(rule_for(case.trigger)))
    outcomes = outcomes_of(entry)

    hass.states.async_set(case.entity_id, case.states[1], after, context=CAUSE)
    (event,) = await wait_for_events(frigate, 1)
    await wait_until(lambda: outcomes)

    assert event.sub_label == case.trigger["trigger"]
    state = hass.states.get(case.entity_id)
    assert state is not None
    (outcome,) = outcomes
    assert outcome.occurred_at == state.last_updated
    assert outcome.context is not None
    assert (outcome.context.parent_id, outcome.context.id == CAUSE.id) == (
        CAUSE.id,
        False,
    )


async def fire_event(hass: HomeAssistant) -> None:
    """Fire a matching event, and another one."""
    hass.bus.async_fire("rang", {"button": "back"}, context=CAUSE)
    hass.bus.async_fire("rang", {"button": "front"}, context=CAUSE)


async def scan_tag(hass: HomeAssistant) -> None:
    """Scan a tag."""
    hass.bus.async_fire("tag_scanned", {"tag_id": "mine"}, context=CAUSE)


async def notify(hass: HomeAssistant) -> None:
    """Make a notification."""
    await hass.services.async_call(
        "persistent_notification",
        "create",
        {"message": "Hello", "notification_id": "mine"},
        blocking=True,
        context=CAUSE,
    )


@pytest.mark.parametrize(
    ("component", "trigger", "happen", "has_parent"),
    [
        (
            "homeassistant",
            {
                "trigger": "event",
                "event_type": "rang",
                "event_data": {"button": "front"},
            },
            fire_event,
            True,
        ),
        ("tag", {"trigger": "tag", "tag_id": "mine"}, scan_tag, True),
        (
            "persistent_notification",
            {
                "trigger": "persistent_notification",
                "update_type": ["added"],
                "notification_id": "mine",
            },
            notify,
            False,
        ),
    ],
    ids=["event", "tag", "persistent_notification"],
)
async def test_trigger_without_an_entity_fires(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    component: str,
    trigger: dict[str, Any],
    happen: Callable[[HomeAssistant], Awaitable[None]],
    has_parent: bool,
) -> None:
    assert await async_setup_component(hass, component, {})
    entry = await set_up(hass, frigate, rule_subentry(rule_for(trigger)))
    outcomes = outcomes_of(entry)
    before = dt_util.utcnow()

    await happen(hass)
    (event,) = await wait_for_events(frigate, 1)
    await wait_until(lambda: outcomes)

    assert event.sub_label == trigger["trigger"]
    (outcome,) = outcomes
    assert before <= outcome.occurred_at <= dt_util.utcnow()
    assert outcome.context is not None
    assert outcome.context.parent_id == (CAUSE.id if has_parent else None)


async def test_webhook_fires(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "webhook", {})
    trigger = {"trigger": "webhook", "webhook_id": "a-secret", "local_only": True}
    rule = rule_for(trigger)
    rule["fields"] = {**rule["fields"], "sub_label": "{{ trigger.json.who }}"}
    await set_up(hass, frigate, rule_subentry(rule))
    client = await hass_client_no_auth()

    async with client.post("/api/webhook/a-secret", json={"who": "courier"}) as reply:
        assert reply.status == 200

    (event,) = await wait_for_events(frigate, 1)
    assert event.sub_label == "courier"


async def test_start_of_home_assistant_fires(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    hass.set_state(CoreState.not_running)
    trigger = {"trigger": "homeassistant", "event": "start"}
    entry = await set_up(hass, frigate, rule_subentry(rule_for(trigger)))
    assert not frigate.events

    await hass.async_start()
    await wait_for_events(frigate, 1)

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await wait_for_events(frigate, 1)


async def test_stop_of_home_assistant_is_accepted_before_it_stops(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    trigger = {"trigger": "homeassistant", "event": "shutdown"}
    await set_up(hass, frigate, rule_subentry(rule_for(trigger)))

    await hass.async_stop(force=True)

    # It may still be sent now; otherwise it is sent after the next start.
    with closing(sqlite3.connect(storage.FILE_NAME)) as file:
        ((state,),) = file.execute("SELECT state FROM deliveries").fetchall()
    assert state in ("pending", "sending", "delivered")


async def test_ids_and_variables_of_triggers(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    triggers = [
        {"trigger": "event", "event_type": "never", "enabled": False},
        {
            "trigger": "event",
            "event_type": "rang",
            "id": "front",
            "alias": "The bell",
            "variables": {"who": "{{ trigger.event.data.who | upper }}"},
        },
    ]
    label = "{{ trigger.id }} {{ trigger.idx }} {{ trigger.alias }} {{ who }}"
    fields = {**DOORBELL["fields"], "sub_label": label}
    await set_up(
        hass,
        frigate,
        rule_subentry({**DOORBELL, "triggers": triggers, "fields": fields}),
    )

    hass.bus.async_fire("never")
    hass.bus.async_fire("rang", {"who": "me"})

    (event,) = await wait_for_events(frigate, 1)
    assert event.sub_label == "front 1 The bell ME"


OLD_STYLE = {"trigger": "state", "entity_id": "light.hall", "to": "on"}
NEW_STYLE = target_trigger("light.turned_on", "light.hall")


@pytest.mark.parametrize("trigger", [OLD_STYLE, NEW_STYLE], ids=["old", "new"])
@pytest.mark.parametrize(
    ("own", "shown"), [({}, "1"), ({"id": "front"}, "front")], ids=["none", "own"]
)
async def test_second_of_three_triggers_knows_its_place(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    trigger: Mapping[str, Any],
    own: Mapping[str, str],
    shown: str,
) -> None:
    variables = {
        "place": "{{ 'place' ~ trigger.idx }}",
        "both": "{{ trigger.id }}, {{ place }}",
        "trigger": "replaced",
    }
    never = {"trigger": "event", "event_type": "never"}
    triggers = [never, {**trigger, **own, "variables": variables}, never]
    label = "{{ trigger.id == own and trigger.idx == '1' }}, {{ both }}"
    fields = {**DOORBELL["fields"], "sub_label": label.replace("own", f"'{shown}'")}
    hass.states.async_set("light.hall", "off")
    await set_up(
        hass,
        frigate,
        rule_subentry({**DOORBELL, "triggers": triggers, "fields": fields}),
    )

    hass.states.async_set("light.hall", "on")

    (event,) = await wait_for_events(frigate, 1)
    assert event.sub_label == f"True, {shown}, place1"


async def test_trigger_whose_variables_fail_does_not_fire(hass: HomeAssistant) -> None:
    platform = Mock(
        spec=["TRIGGER_SCHEMA", "async_attach_trigger"],
        TRIGGER_SCHEMA=cv.TRIGGER_BASE_SCHEMA,
        async_attach_trigger=AsyncMock(return_value=Mock()),
    )
    mock_integration(hass, MockModule("bell"))
    mock_platform(hass, "bell.trigger", platform)
    fired: list[dict[str, Any]] = []

    async def triggered(
        variables: dict[str, Any], context: Context | None = None
    ) -> None:
        fired.append(variables)

    raw: list[dict[str, Any]] = [
        {"trigger": "bell", "enabled": False},
        {"trigger": "bell"},
        {"trigger": "bell", "variables": {"share": "{{ 1 / trigger.people }}"}},
    ]
    triggers = Triggers(hass, raw, "test", triggered)
    await triggers.async_attach()
    assert not triggers.problem
    _, (_, config, action, info) = (
        call.args for call in platform.async_attach_trigger.await_args_list
    )
    assert (config["id"], info["trigger_data"]["id"]) == ("2", "2")

    with pytest.raises(TemplateError, match="ZeroDivisionError"):
        await action({"trigger": {**info["trigger_data"], "people": 0}})
    assert not fired
    reported = {**info["trigger_data"], "people": 4}
    await action({"trigger": reported})
    (variables,) = fired
    assert variables == {"trigger": {**reported, "idx": "2"}, "share": 0.25}
    triggers.detach()


@pytest.mark.parametrize("enabled", [False, "{{ false }}"])
async def test_rule_with_only_disabled_triggers_does_nothing(
    hass: HomeAssistant, frigate: FrigateSimulator, *, enabled: bool | str
) -> None:
    disabled = {"trigger": "event", "event_type": "rang", "enabled": enabled}
    entry = await set_up(
        hass,
        frigate,
        rule_subentry({**DOORBELL, "triggers": [disabled]}),
        rule_subentry(
            {**DOORBELL, "triggers": [{**disabled, "enabled": True}]}, "b", "b"
        ),
    )
    silent = outcomes_of(entry)

    hass.bus.async_fire("rang")

    await wait_for_events(frigate, 1)
    assert not silent


async def test_many_rules_share_a_trigger(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    ring = {"trigger": "event", "event_type": "rang"}
    rules = [
        rule_subentry(
            {
                **DOORBELL,
                "triggers": [ring],
                "fields": {**DOORBELL["fields"], "label": f"label-{number}"},
            },
            f"{number}",
            f"rule-{number}",
        )
        for number in range(50)
    ]
    await set_up(hass, frigate, *rules)

    hass.bus.async_fire("rang")

    labels = {event.label for event in await wait_for_events(frigate, 50)}
    assert labels == {f"label-{number}" for number in range(50)}


async def test_thousand_firings_in_one_loop_iteration_keep_their_order(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    ring = {"trigger": "event", "event_type": "rang"}
    fields = {**DOORBELL["fields"], "label": "{{ trigger.event.data.number }}"}
    entry = await set_up(
        hass, frigate, rule_subentry({**DOORBELL, "triggers": [ring], "fields": fields})
    )
    runtime = coordinator(entry)
    runtime.worker.pause()
    accepted: list[Delivery] = []
    runtime.queue.listen(accepted.append)

    for number in range(1000):
        hass.bus.async_fire("rang", {"number": f"n{number}"})
    await wait_until(lambda: len(accepted) == 1000)

    labels = [one.payload["label"] for one in accepted]
    assert labels == [f"n{number}" for number in range(1000)]
    times = [one.occurred_at for one in accepted]
    assert times == sorted(times)
