"""Tests of firing rules and of what they deliver."""

import asyncio
from dataclasses import replace
from typing import Any

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.queue.delivery import Delivery, OriginKind
from custom_components.event_relay.queue.queue import Request
from custom_components.event_relay.queue.store.rule_state import Note
from custom_components.event_relay.queue.store.store import (
    QueueFull,
    StoreError,
    StoreUnavailable,
)
from custom_components.event_relay.rules import attachment, rule_runner
from custom_components.event_relay.rules.outcome import OutcomeKind
from custom_components.event_relay.rules.rule import Rule
from custom_components.event_relay.storage import async_get_store
from tools.simulators.frigate import FrigateSimulator

from ..home import act, coordinator
from ..markdown import read
from ..waiting import wait_until
from .home import (
    BELL,
    DOORBELL,
    PRESSED,
    RULE_ID,
    outcomes_of,
    rule_subentry,
    runner_of,
    set_states,
    set_up,
    wait_for_events,
)


async def test_trigger_creates_an_event(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    outcomes = outcomes_of(entry)

    hass.states.async_set(BELL, "on", context=Context(id="the button's"))
    (event,) = await wait_for_events(frigate, 1)
    await wait_until(lambda: outcomes)

    assert (event.camera, event.label) == ("front_door", "doorbell")
    (outcome,) = outcomes
    assert outcome.kind == "delivered"
    assert outcome.delivery is not None
    assert outcome.delivery.origin.kind is OriginKind.RULE
    assert outcome.delivery.origin.subentry_id == RULE_ID
    assert outcome.context is not None
    assert outcome.context.parent_id == "the button's"
    state = hass.states.get(BELL)
    assert state is not None
    assert outcome.occurred_at == state.last_updated


async def test_templates_have_the_trigger(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    fields = {
        "camera": "{{ 'front_' ~ 'door' }}",
        "label": "{{ trigger.to_state.object_id }}",
        "sub_label": "{{ trigger.nothing }}",
        "duration": "{{ 10 + 5 }}",
    }
    await set_up(hass, frigate, rule_subentry({**DOORBELL, "fields": fields}))

    await set_states(hass, BELL, "on")

    (event,) = await wait_for_events(frigate, 1)
    assert (event.camera, event.label) == ("front_door", "doorbell")
    assert event.sub_label is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "on"),
        ("unknown", "on"),
        ("unavailable", "on"),
        ("on", "unavailable"),
        ("on", None),
    ],
)
async def test_unavailability_fires_only_by_option(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    before: str | None,
    after: str | None,
) -> None:
    any_change = {"trigger": "state", "entity_id": BELL}
    asked = {**DOORBELL, "triggers": [any_change], "from_unknown": True}
    await set_up(
        hass,
        frigate,
        rule_subentry({**DOORBELL, "triggers": [any_change]}),
        rule_subentry(
            {**asked, "fields": {"camera": "garden", "label": "asked"}}, "b", "b"
        ),
    )
    if before is not None:
        await set_states(hass, BELL, before)
    seen = len(await _settled_events(hass, frigate))

    if after is None:
        hass.states.async_remove(BELL)
    else:
        hass.states.async_set(BELL, after)

    labels = [event.label for event in (await _settled_events(hass, frigate))[seen:]]
    assert labels == ["asked"]


async def _settled_events(hass: HomeAssistant, frigate: FrigateSimulator) -> list[Any]:
    """Return the events once no delivery is in flight."""
    await hass.async_block_till_done()
    async with asyncio.timeout(60):
        while (await act(hass, "list_deliveries", state=["pending", "sending"]))[
            "deliveries"
        ]:
            await asyncio.sleep(0.01)
    return list(frigate.events)


async def test_first_press_of_a_doorbell_fires(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, "event.bell", "unknown")
    triggers = [{"trigger": "state", "entity_id": "event.bell"}]
    await set_up(hass, frigate, rule_subentry({**DOORBELL, "triggers": triggers}))

    await set_states(hass, "event.bell", "2026-11-22T12:00:00.000+00:00")

    await wait_for_events(frigate, 1)


async def test_unmet_conditions_prevent_firing(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    await set_states(hass, "input_boolean.away", "off")
    condition = {
        "condition": "state",
        "entity_id": "input_boolean.away",
        "state": "on",
    }
    await set_up(hass, frigate, rule_subentry({**DOORBELL, "conditions": [condition]}))

    await set_states(hass, BELL, "on", "off")
    await set_states(hass, "input_boolean.away", "on")
    await set_states(hass, BELL, "on")

    await wait_for_events(frigate, 1)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"debounce": 30}, ["bell", "gate"]),
        ({"cool_down": 30}, ["bell"]),
        ({"most": 2, "period": 300}, ["bell", "bell"]),
    ],
)
async def test_limits_prevent_firing_even_after_a_restart(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    limits: dict[str, int],
    expected: list[str],
) -> None:
    gate = "binary_sensor.gate"
    await set_states(hass, BELL, "off")
    await set_states(hass, gate, "off")
    data = {
        **DOORBELL,
        "triggers": [{**PRESSED, "entity_id": [BELL, gate]}],
        "fields": {
            "camera": "garden",
            "label": "{{ trigger.to_state.object_id | replace('door', '') }}",
            "duration": 5,
        },
        "limits": limits,
    }
    entry = await set_up(hass, frigate, rule_subentry(data))

    await set_states(hass, BELL, "on", "off", "on", "off")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await set_states(hass, BELL, "on", "off")
    await set_states(hass, gate, "on", "off", "on", "off")

    await _settled_events(hass, frigate)
    listed = await act(hass, "list_deliveries")
    labels = [one["summary"].split(" / ")[1] for one in listed["deliveries"]]
    assert labels[::-1] == expected


@pytest.mark.parametrize(
    "refused", [QueueFull(waiting=1, limit=1), StoreUnavailable("locked")]
)
async def test_firing_that_the_queue_rejected_does_not_count_towards_limits(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    monkeypatch: pytest.MonkeyPatch,
    refused: StoreError,
) -> None:
    await set_states(hass, BELL, "off")
    limited = {**DOORBELL, "limits": {"most": 2, "period": 300}}
    entry = await set_up(hass, frigate, rule_subentry(limited))
    outcomes = outcomes_of(entry)
    queue = coordinator(entry).queue
    submit = queue.submit
    is_refused = asyncio.Event()

    async def refuse_the_first(request: Request, *, wait: float) -> Delivery:
        monkeypatch.setattr(queue, "submit", submit)
        await is_refused.wait()
        raise refused

    monkeypatch.setattr(queue, "submit", refuse_the_first)
    for state in ("on", "off", "on", "off"):
        hass.states.async_set(BELL, state)
    await wait_until(lambda: len(frigate.events) == 1)
    is_refused.set()
    await wait_until(
        lambda: [one.kind for one in outcomes].count(OutcomeKind.FAILED) == 1
    )

    await set_states(hass, BELL, "on", "off", "on", "off")

    assert len(await _settled_events(hass, frigate)) == 2


async def test_simultaneous_firings_all_count_towards_limits(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_states(hass, BELL, "off")
    limited = {**DOORBELL, "limits": {"most": 3, "period": 300}}
    entry = await set_up(hass, frigate, rule_subentry(limited))
    queue = coordinator(entry).queue
    submit = queue.submit
    all_have_fired = asyncio.Event()

    def ring() -> None:
        hass.states.async_set(BELL, "off")
        hass.states.async_set(BELL, "on")

    async def hold_the_second(request: Request, *, wait: float) -> Delivery:
        monkeypatch.setattr(queue, "submit", submit)
        await all_have_fired.wait()
        return await submit(request)

    async def ring_again_before_the_first_returns(
        request: Request, *, wait: float
    ) -> Delivery:
        monkeypatch.setattr(queue, "submit", hold_the_second)
        delivery = await submit(request)
        ring()
        return delivery

    monkeypatch.setattr(queue, "submit", ring_again_before_the_first_returns)
    ring()
    await wait_until(lambda: len(frigate.events) == 1)
    ring()
    ring()
    await wait_until(lambda: len(frigate.events) > 1)
    all_have_fired.set()

    assert len(await _settled_events(hass, frigate)) == 3


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"camera": "nowhere", "label": "x"}, "camera"),
        ({"camera": "garden", "label": "{{ 1 / 0 }}"}, "division by zero"),
        ({"camera": "garden", "label": ""}, "label"),
    ],
)
async def test_invalid_firing_has_a_failed_outcome(
    hass: HomeAssistant, frigate: FrigateSimulator, fields: dict[str, str], reason: str
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry({**DOORBELL, "fields": fields}))
    outcomes = outcomes_of(entry)

    await set_states(hass, BELL, "on")
    await wait_until(lambda: outcomes)

    assert outcomes[0].kind == "failed"
    assert reason in outcomes[0].reason
    assert (await act(hass, "list_deliveries"))["deliveries"] == []


async def test_rule_leaves_traces_of_automations_alone(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    from homeassistant.helpers.trace import trace_get  # noqa: PLC0415

    await set_states(hass, BELL, "off")
    condition = {"condition": "template", "value_template": "{{ true }}"}
    await set_up(hass, frigate, rule_subentry({**DOORBELL, "conditions": [condition]}))
    trace_get(clear=True)

    hass.states.async_set(BELL, "on")
    await wait_for_events(frigate, 1)

    assert not trace_get(clear=False)


async def test_test_delivers_like_a_firing(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    never = {"condition": "template", "value_template": "{{ false }}"}
    fields = {**DOORBELL["fields"], "label": "{{ trigger.to_state.object_id }}"}
    entry = await set_up(
        hass,
        frigate,
        rule_subentry({**DOORBELL, "fields": fields, "conditions": [never]}),
    )
    runner = runner_of(entry)

    await runner.async_test(Context())  # type: ignore[attr-defined]

    (event,) = await wait_for_events(frigate, 1)
    assert event.label == "doorbell"
    (listed,) = (await act(hass, "list_deliveries"))["deliveries"]
    assert listed["origin"] == "test"


async def test_invalid_rule_affects_no_other(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    broken = {**DOORBELL, "triggers": [{"trigger": "nothing.happens"}]}
    entry = await set_up(
        hass,
        frigate,
        rule_subentry(DOORBELL),
        rule_subentry(broken, "Broken", "broken"),
    )
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "rule_not_armed_broken")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["rule"] == "Broken"

    await set_states(hass, BELL, "on")
    await wait_for_events(frigate, 1)

    hass.config_entries.async_update_subentry(
        entry, entry.subentries["broken"], data=DOORBELL
    )
    await hass.async_block_till_done()
    assert ir.async_get(hass).async_get_issue(DOMAIN, "rule_not_armed_broken") is None
    await set_states(hass, BELL, "off", "on")
    await wait_for_events(frigate, 3)


async def test_missing_entity_is_reported_until_it_exists(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_up(hass, frigate, rule_subentry(DOORBELL))
    issues = ir.async_get(hass)
    issue = issues.async_get_issue(DOMAIN, f"rule_refers_{RULE_ID}")
    assert issue is not None
    assert issue.data is not None
    assert read(str(issue.data["reason"])) == BELL

    await set_states(hass, BELL, "off")

    assert issues.async_get_issue(DOMAIN, f"rule_refers_{RULE_ID}") is None


async def test_only_the_changed_rule_is_restarted(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(
        hass,
        frigate,
        rule_subentry(DOORBELL),
        rule_subentry(DOORBELL, "Other", "other"),
    )
    rules = coordinator(entry).rules
    assert rules is not None
    kept, replaced = rules.runners[RULE_ID], rules.runners["other"]

    hass.config_entries.async_update_subentry(
        entry,
        entry.subentries["other"],
        data={**DOORBELL, "fields": {"camera": "garden", "label": "new"}},
    )
    await hass.async_block_till_done()

    assert rules.runners[RULE_ID] is kept
    assert rules.runners["other"] is not replaced
    await set_states(hass, BELL, "on")
    assert {event.label for event in await wait_for_events(frigate, 2)} == {
        "doorbell",
        "new",
    }


async def test_notes_are_read_once_for_many_changed_rules(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up(
        hass,
        frigate,
        rule_subentry(DOORBELL),
        *(rule_subentry(DOORBELL, one, one) for one in "abc"),
    )
    rules, store = coordinator(entry).rules, await async_get_store(hass)
    assert rules is not None
    before = dict(rules.runners)
    reads: list[str] = []
    recall = store.recall

    async def count(owner: str) -> dict[str, dict[str, Note]]:
        reads.append(owner)
        return await recall(owner)

    monkeypatch.setattr(store, "recall", count)
    await rules.async_sync(
        {
            subentry_id: replace(subentry, title="New")
            for subentry_id, subentry in entry.subentries.items()
        }
    )

    assert all(rules.runners[one] is not before[one] for one in before)
    assert reads == [entry.entry_id]


async def test_disabled_rule_does_not_fire_after_a_reload(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))

    await runner_of(entry).async_disable()
    await set_states(hass, BELL, "on", "off")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert not runner_of(entry).enabled
    await set_states(hass, BELL, "on", "off")
    await runner_of(entry).async_enable()
    await set_states(hass, BELL, "on")

    await wait_for_events(frigate, 1)


async def test_rules_do_not_fire_before_home_assistant_has_started(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    from homeassistant.core import CoreState  # noqa: PLC0415

    hass.set_state(CoreState.not_running)
    await set_states(hass, BELL, "off")
    await set_up(hass, frigate, rule_subentry(DOORBELL))
    await set_states(hass, BELL, "on", "off")
    await hass.async_start()
    await hass.async_block_till_done()
    await set_states(hass, BELL, "on")

    await wait_for_events(frigate, 1)


async def test_firing_while_attaching_is_not_lost(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = {"trigger": "event", "event_type": "rang"}

    async def arm_slowly(
        hass: HomeAssistant,
        rule: Rule,
        **others: Any,  # noqa: ANN401 - passed on
    ) -> attachment.Armed:
        made = await attachment.arm(hass, rule, **others)
        hass.bus.async_fire("rang")
        await asyncio.sleep(0)
        return made

    monkeypatch.setattr(rule_runner, "arm", arm_slowly)
    await set_up(hass, frigate, rule_subentry({**DOORBELL, "triggers": [ring]}))

    await wait_for_events(frigate, 1)


async def test_burst_is_delivered_completely(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await async_setup_component(hass, "homeassistant", {})
    await set_states(hass, BELL, "off")
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    outcomes = outcomes_of(entry)

    @callback
    def ring() -> None:
        hass.states.async_set(BELL, "on")
        hass.states.async_set(BELL, "off")

    for _ in range(50):
        ring()
    await wait_until(lambda: len(outcomes) == 50)

    assert len(frigate.events) == 50
