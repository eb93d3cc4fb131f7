"""Tests of the test of a rule: what it sends, its sample and its report."""

from contextlib import suppress
from typing import Any

from homeassistant.components.persistent_notification import (
    DOMAIN as NOTIFICATION,
    _async_get_or_create_notifications as notifications,
)
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.base import Json
from custom_components.event_relay.home_language import texts_of
from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Failure,
    Origin,
    OriginKind,
)
from custom_components.event_relay.rule_test import async_test_rule, outcome_in_words
from custom_components.event_relay.rules.last_firing import (
    LAST_FIRING,
    read_last_firing,
)
from custom_components.event_relay.rules.rule_runner import RuleRunner
from tools.simulators.faults import Fault
from tools.simulators.frigate import FrigateSimulator

from ..home import act, coordinator, switch_off
from ..markdown import read
from ..responses import respond
from ..rule_flow import EMPTY, WHEN, Form, add_rule
from ..waiting import wait_until
from .home import (
    BELL,
    DOOR,
    DOORBELL,
    OPENED,
    RULE_ID,
    damage_notes,
    rule_subentry,
    runner_of,
    set_states,
    set_up,
    wait_for_events,
)

SUB_LABEL = "{{ trigger.from_state.state }} to {{ trigger.to_state.state }}"
RULE = {**DOORBELL, "fields": {**DOORBELL["fields"], "sub_label": SUB_LABEL}}


def rule_runner_of(entry: MockConfigEntry, subentry_id: str = RULE_ID) -> RuleRunner:
    """Return the runner of a rule."""
    runner = runner_of(entry, subentry_id)
    assert isinstance(runner, RuleRunner)
    return runner


async def run_test(
    hass: HomeAssistant, entry: MockConfigEntry, subentry_id: str = RULE_ID
) -> str:
    """Test a rule with its button, and return the notification."""
    try:
        rule = rule_runner_of(entry, subentry_id)
        await async_test_rule(hass, entry, rule, Context())
    finally:
        shown = notification(hass, subentry_id)
    return shown


def notification(hass: HomeAssistant, subentry_id: str = RULE_ID) -> str:
    """Return the notification about the test of a rule; empty if none."""
    shown = notifications(hass).get(f"event_relay_test_{subentry_id}")
    return read(shown["message"]) if shown else ""


# Samples.

TELLING: dict[str, tuple[dict[str, Any], str]] = {
    "webhook": (
        {"trigger": "webhook", "webhook_id": "a-canary"},
        "{{ trigger.json.message }}",
    ),
    "event": (
        {"trigger": "event", "event_type": "rang"},
        "{{ trigger.event.data.name }}",
    ),
    "calendar": (
        {"trigger": "calendar.event_started", "target": {"entity_id": "calendar.ours"}},
        "{{ trigger.calendar_event.summary }}",
    ),
    "template": (
        {"trigger": "template", "value_template": "{{ is_state('light.hall', 'on') }}"},
        "{{ trigger.to_state.name }}",
    ),
    "notification": (
        {"trigger": "persistent_notification"},
        "{{ trigger.notification.title }}",
    ),
}
SAID = {
    "webhook": "Test: Sample message",
    "event": "Test: Sample name",
    "calendar": "Test: Sample event",
    "template": "Test: hall",
    "notification": "Test: Sample title",
}


async def test_each_kind_of_trigger_has_a_sample(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    for component in ("homeassistant", "calendar", "webhook", NOTIFICATION):
        assert await async_setup_component(hass, component, {})
    hass.states.async_set("light.hall", "off")
    rules = [
        rule_subentry(
            {
                **DOORBELL,
                "triggers": [trigger],
                "fields": {**DOORBELL["fields"], "sub_label": template},
            },
            title=f"A {kind}-test [x]",
            subentry_id=kind,
        )
        for kind, (trigger, template) in TELLING.items()
    ]
    entry = await set_up(hass, frigate, *rules)

    for kind in TELLING:
        before = len(frigate.events)
        shown = await run_test(hass, entry, kind)

        assert shown.startswith("The test arrived in Frigate."), kind
        assert "Based on a sample for the trigger" in shown
        notice = notifications(hass)[f"event_relay_test_{kind}"]
        assert notice["title"] == f"Test of A {kind}-test [x]"
        (sent,) = list(frigate.events)[before:]
        assert sent.sub_label == SAID[kind]
    assert rule_runner_of(entry, "template").held_back.count == 0


async def test_last_firing_is_used_even_after_a_restart(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(RULE))
    shown = await run_test(hass, entry)
    assert 'Based on a sample for the trigger "doorbell: On"' in shown
    hass.states.async_set(BELL, "ajar")
    await set_states(hass, BELL, "on")
    await wait_for_events(frigate, 2)
    await set_states(hass, BELL, "off")

    shown = await run_test(hass, entry)
    assert 'Based on what the trigger "doorbell: On" provided on' in shown
    await switch_off(hass, entry)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    shown = await run_test(hass, entry)

    assert 'Based on what the trigger "doorbell: On" provided on' in shown
    said = [event.sub_label for event in await wait_for_events(frigate, 4)]
    assert said[1:] == ["ajar to on", "Test: ajar to on", "Test: ajar to on"]

    damage_notes('{"at": 1, "trigger": "x", "variables": {"$kind": "?"}}', LAST_FIRING)
    other = {**RULE, "triggers": [{**RULE["triggers"][0], "to": "ajar"}]}
    subentry = entry.subentries[RULE_ID]
    hass.config_entries.async_update_subentry(entry, subentry, data=other)
    await hass.async_block_till_done()
    assert "Based on a sample" in await run_test(hass, entry)


async def test_secrets_are_not_stored(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    trigger = {"trigger": "event", "event_type": "rang"}
    entry = await set_up(
        hass, frigate, rule_subentry({**DOORBELL, "triggers": [trigger]})
    )
    hass.bus.async_fire(
        "rang",
        {
            "who": "Ann",
            "token": "a canary",
            "access_token": "a canary",
            "nested": [{"password": "a canary", "API-Key": "a canary"}],
            "picture": "/api/camera?authSig=a_canary&time=5",
        },
    )
    await wait_for_events(frigate, 1)

    rule = rule_runner_of(entry)
    await rule.async_save_progress()
    note = rule.notes[LAST_FIRING]
    assert "canary" not in str(note.value)
    last = read_last_firing(note.value)
    assert last is not None
    data = last.seen_by_templates()["trigger"]["event"].data
    assert data["who"] == "Ann"
    assert data["picture"] == "/api/camera?authSig=********&time=5"


async def test_large_firing_is_not_stored(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(RULE))
    hass.states.async_set(BELL, "on", {"much": "x" * 40_000})
    await wait_for_events(frigate, 1)

    assert rule_runner_of(entry).last_firing is None
    assert "Based on a sample" in await run_test(hass, entry)


# Reports.


async def test_failing_fields_are_named(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    wrong = {
        **DOORBELL["fields"],
        "sub_label": "{{ trigger.json.message }}",
        "description": "{{ 'x' | int }}",
    }
    entry = await set_up(hass, frigate, rule_subentry({**DOORBELL, "fields": wrong}))

    with pytest.raises(HomeAssistantError) as raised:
        await run_test(hass, entry)

    assert raised.value.translation_key == "test_not_sent"
    expected = (
        '"Sub label" uses json, which this trigger does not provide. "Description"'
        " cannot be filled in: Template error: int got invalid input 'x'"
    )
    assert expected in str(raised.value)
    assert expected in notification(hass)
    assert not frigate.events


async def test_rejection_is_reported(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    fields = {**DOORBELL["fields"], "camera": "shed"}
    entry = await set_up(hass, frigate, rule_subentry({**DOORBELL, "fields": fields}))

    with pytest.raises(HomeAssistantError, match='"Camera": there is no camera shed'):
        await run_test(hass, entry)

    assert 'The test was not sent: "Camera": there is no camera shed' in notification(
        hass
    )


async def test_waiting_delivery_and_its_end_are_reported(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    coordinator(entry).worker.pause()
    waits = "The test is waiting because Frigate cannot accept it now."
    assert waits in await run_test(hass, entry)
    (listed,) = (await act(hass, "list_deliveries"))["deliveries"]

    await act(hass, "discard_delivery", delivery_id=listed["delivery_id"])
    await hass.async_block_till_done()

    assert "The test did not arrive: it was discarded. The card and" in notification(
        hass
    )
    assert "Based on a sample" in notification(hass)


def refusing(status: int) -> Fault:
    """Return a fault that refuses events in the backend's own words."""
    said: Json = {"detail": [{"loc": ["body"], "msg": "a canary"}]}
    return respond(status, said, path="*/create", times=None)


@pytest.mark.parametrize(
    ("language", "status", "said"),
    [
        ("en", 422, "The test did not arrive: it was rejected. The card and"),
        ("de", 422, "Der Test ist nicht angekommen: es wurde abgelehnt. Die Karte"),
        ("en", 429, "The test is waiting for Frigate: it is limiting requests. It"),
        ("pl", 429, "Test czeka na system Frigate: system ogranicza liczbę żądań."),
    ],
)
async def test_notification_gives_the_reason_in_the_home_language(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    language: str,
    status: int,
    said: str,
) -> None:
    """Everyone sees it, so it has no words of the backend."""
    hass.config.language = language
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    frigate.add_faults(refusing(status))

    with suppress(HomeAssistantError):
        await run_test(hass, entry)

    assert notification(hass).startswith(said)
    assert "canary" not in notification(hass)


@pytest.mark.parametrize(
    ("state", "failure", "said"),
    [
        ("failed", "rejected", "The test did not arrive: it was rejected."),
        (
            "failed",
            "outcome_unknown",
            "The test may have arrived: the response was lost.",
        ),
        (
            "failed",
            "sent_elsewhere",
            "The test may have arrived: it was sent to another system.",
        ),
        (
            "expired",
            "timeout",
            "The test did not arrive: expired, it did not respond in time.",
        ),
        ("expired", None, "The test did not arrive: expired."),
        ("discarded", None, "The test did not arrive: it was discarded."),
        (
            "uncertain",
            "outcome_unknown",
            (
                "The response was lost. "
                "Event Relay checks whether the test arrived in Porch."
            ),
        ),
    ],
)
async def test_every_end_of_a_test_has_its_words(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    state: str,
    failure: str | None,
    said: str,
) -> None:
    """Without the backend's own."""
    await set_up(hass, frigate)
    now = dt_util.utcnow()
    delivery = Delivery(
        id="d",
        connection="c",
        operation="create_camera_event",
        payload={},
        origin=Origin(kind=OriginKind.TEST),
        version=1,
        summary="",
        occurred_at=now,
        accepted_at=now,
        due_at=now,
        state=DeliveryState(state),
        failure=Failure(code=failure, reason="a canary") if failure else None,
    )
    assert read(outcome_in_words(texts_of(hass, "common"), delivery, "Porch")) == said


async def test_disabled_rule_can_be_tested(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    await rule_runner_of(entry).async_disable()

    assert "The test arrived" in await run_test(hass, entry)
    await wait_for_events(frigate, 1)


async def test_rule_without_a_possible_firing_is_reported(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    broken = {**DOORBELL, "triggers": [{"trigger": "nothing.happens"}]}
    entry = await set_up(hass, frigate, rule_subentry(broken))

    with pytest.raises(HomeAssistantError) as raised:
        await run_test(hass, entry)

    assert raised.value.translation_key == "rule_not_armed"


async def test_test_prevents_no_real_firing(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, DOOR, "off")
    entry = await set_up(hass, frigate, rule_subentry(OPENED))
    await run_test(hass, entry)
    (test,) = await wait_for_events(frigate, 1)

    await set_states(hass, DOOR, "on")
    _, real = await wait_for_events(frigate, 2)
    await set_states(hass, DOOR, "off")
    await wait_until(lambda: real.end_time is not None)

    assert test.end_time is None
    assert rule_runner_of(entry).held_back.count == 0


# In the form.

DELIVER = {**EMPTY, "camera": "front_door", "label": "doorbell", "until": {}}


async def test_test_can_be_sent_before_the_rule_is_saved(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    hass.states.async_set(BELL, "off", {"friendly_name": "Doorbell"})
    entry = await set_up(hass, frigate)
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    await form.submit(**{**DELIVER, "sub_label": "{{ trigger.to_state.name }}"})
    assert read(form.placeholders["basis"]).startswith("Based on a sample for")
    assert form.placeholders["result"] == ""
    assert not frigate.events

    assert await form.submit(send_test=True) == "preview"

    assert read(form.placeholders["result"]) == "The test arrived in Frigate."
    (sent,) = await wait_for_events(frigate, 1)
    assert sent.sub_label == "Test: Doorbell"
    assert not entry.subentries
    (listed,) = (await act(hass, "list_deliveries"))["deliveries"]
    assert listed["origin"] == "test"
    assert await form.submit(send_test=False) == FlowResultType.CREATE_ENTRY
    await wait_for_events(frigate, 1)


async def test_open_event_sent_from_the_form_ends_by_itself(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    hass.states.async_set(BELL, "off")
    entry = await set_up(hass, frigate)
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    over = {"triggers": [{"trigger": "state", "entity_id": BELL, "to": "off"}]}
    await form.submit(**{**DELIVER, "until": over})
    assert "until_ended: true" in form.placeholders["values"]

    await form.submit(send_test=True)

    (sent,) = await wait_for_events(frigate, 1)
    assert sent.end_time is not None


async def test_form_shows_why_the_test_failed(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    hass.states.async_set(BELL, "off")
    entry = await set_up(hass, frigate)
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    await form.submit(**DELIVER)
    said: Json = {"detail": [{"loc": ["body", "duration"], "msg": "too long"}]}
    frigate.add_faults(respond(422, said, path="*/create"))

    assert await form.submit(send_test=True) == "preview"

    result = read(form.placeholders["result"])
    assert result.startswith("The test did not arrive: Frigate rejected it")
    assert result.endswith("too long.")


async def test_changed_rule_is_tested_with_its_last_firing(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(RULE))
    hass.states.async_set(BELL, "ajar")
    await set_states(hass, BELL, "on")
    await wait_for_events(frigate, 1)
    form = Form(hass, await entry.start_subentry_reconfigure_flow(hass, RULE_ID))
    await form.submit(**{**WHEN, "triggers": RULE["triggers"]})

    await form.submit(**{**DELIVER, "sub_label": SUB_LABEL})

    assert "provided on" in read(form.placeholders["basis"])
    assert "sub_label: ajar to on" in form.placeholders["values"]
