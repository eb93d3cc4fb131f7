"""Tests of the summary of a rule: a sentence, and its last firings."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    mock_restore_cache_with_extra_data,
)

from custom_components.event_relay.entities import summary_sensor
from custom_components.event_relay.registry import BY_NAME
from custom_components.event_relay.rule_summary import (
    LONGEST_STATE,
    Summary,
    async_summarise,
)
from custom_components.event_relay.rules.outcome import Outcome, OutcomeKind
from custom_components.event_relay.rules.rule import read_rule
from tools.simulators.frigate import FrigateSimulator

from .rules.home import (
    BELL,
    DOOR,
    DOORBELL,
    OPENED,
    RULE_ID,
    entry_with_rules,
    rule_subentry,
    runner_of,
    set_states,
    set_up,
)
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("socket_enabled")

SUMMARY = "sensor.door_summary"
CASES: list[tuple[dict[str, Any], str]] = [
    (
        {"trigger": "state", "entity_id": [BELL], "from": "off", "to": "on"},
        "Bell: Off → On",
    ),
    (
        {"platform": "state", "entity_id": DOOR, "to": ["on", "off"]},
        "Door: Open / Closed",
    ),
    ({"trigger": "state", "entity_id": BELL}, "Bell"),
    (
        {"trigger": "numeric_state", "entity_id": "sensor.gone", "above": 5},
        "sensor.gone > 5",
    ),
    ({"trigger": "time", "at": ["08:00:00", BELL]}, "08:00:00, Bell"),
    ({"trigger": "time_pattern", "minutes": "/5"}, "*:/5:*"),
    ({"trigger": "sun", "event": "sunset"}, "Sunset"),
    ({"trigger": "homeassistant", "event": "start"}, "Home Assistant starts"),
    ({"trigger": "webhook", "webhook_id": "a canary"}, "Webhook"),
    ({"trigger": "event", "event_type": "rang", "alias": "It rings"}, "It rings"),
    ({"trigger": "door.opened", "target": {"area_id": ["hall"]}}, "Door opened (Hall)"),
    ({"trigger": "door.opened", "target": {"entity_id": DOOR}}, "Door opened (Door)"),
    ({"triggers": [{"trigger": "tag", "tag_id": "a canary"}]}, "Tag"),
    ({"trigger": "template", "value_template": "{{ 'a canary' }}"}, "Template"),
]
CONDITIONS: list[tuple[Any, str]] = [
    ("{{ 'a canary' }}", "Template"),
    ({"condition": "state", "entity_id": DOOR, "state": "off"}, "Door: Closed"),
    ({"or": [{"condition": "sun"}, "{{ 1 }}"]}, "(Sun / Template)"),
    ({"condition": "not", "conditions": [{"condition": "sun"}]}, "≠ (Sun)"),
    (
        {"condition": "time", "after": "08:00", "weekday": ["mon", "tue"]},
        "08:00 -  Monday, Tuesday",
    ),
    ({"condition": "numeric_state", "entity_id": BELL, "below": 3}, "Bell < 3"),
]


@pytest.fixture(autouse=True)
async def named_entities(hass: HomeAssistant) -> None:
    """Add entities with names."""
    hass.states.async_set(BELL, "off", {"friendly_name": "Bell"})
    hass.states.async_set(
        DOOR, "off", {"friendly_name": "Door", "device_class": "door"}
    )
    ar.async_get(hass).async_create("Hall")
    for domain in ("binary_sensor", "door", "event_relay"):
        assert await async_setup_component(hass, domain, {})
    await hass.async_block_till_done()


async def sentence_of(hass: HomeAssistant, **data: Any) -> Any:  # noqa: ANN401 - a rule's
    """Return the sentence about a rule."""
    raw = rule_subentry({**DOORBELL, **data})
    rule = read_rule(
        ConfigSubentry(
            data=MappingProxyType(dict(raw["data"])),
            subentry_id=RULE_ID,
            subentry_type="rule",
            title="Door",
            unique_id=None,
        )
    )
    labels = data.get("labels", {})
    return await async_summarise(hass, rule, BY_NAME["frigate"], labels)


@pytest.mark.parametrize(("trigger", "expected"), CASES)
async def test_triggers_in_the_sentence(
    hass: HomeAssistant, trigger: dict[str, Any], expected: str
) -> None:
    summary = await sentence_of(hass, triggers=[trigger])
    assert summary.when == expected
    assert "canary" not in str(summary)


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
async def test_conditions_in_the_sentence(
    hass: HomeAssistant, condition: object, expected: str
) -> None:
    summary = await sentence_of(hass, conditions=[condition])
    assert summary.only_if == expected
    assert "canary" not in str(summary)


async def test_conditions_in_the_home_language(hass: HomeAssistant) -> None:
    hass.config.language = "de"
    days = {"condition": "time", "weekday": ["mon", "sun"]}
    summary = await sentence_of(hass, conditions=[days])
    assert summary.only_if == "Montag, Sonntag"


OLD_KINDS = {
    "calendar": "Kalender",
    "conversation": "Satz",
    "device": "Gerät",
    "event": "Manuelles Ereignis empfangen",
    "geo_location": "Geolokalisierung",
    "mqtt": "MQTT",
    "persistent_notification": "Anhaltende Benachrichtigung",
    "tag": "Tag",
    "template": "Template",
    "webhook": "Webhook",
    "zone": "Zone",
}


@pytest.mark.parametrize("kind", OLD_KINDS)
async def test_old_kinds_of_triggers_have_names_in_the_home_language(
    hass: HomeAssistant, kind: str
) -> None:
    """Home Assistant translates them in its frontend only."""
    hass.config.language = "de"
    assert (await sentence_of(hass, triggers=[{"trigger": kind}])).when == OLD_KINDS[
        kind
    ]


async def test_conditions_have_names_in_the_home_language(hass: HomeAssistant) -> None:
    hass.config.language = "fr"
    kinds = [{"condition": "trigger", "id": "a"}, "{{ 1 }}", {"condition": "sun"}]
    summary = await sentence_of(hass, conditions=kinds)
    assert summary.only_if == "Déclenché par, Modèle, Soleil"


async def test_sentence_of_a_rule(hass: HomeAssistant) -> None:
    whole = {
        **OPENED,
        "conditions": [{"condition": "state", "entity_id": BELL, "state": "off"}],
        "labels": {"camera": {"garden": "Garden"}},
        "fields": {"camera": "garden", "label": "{{ 'a canary' }}"},
    }
    summary = await sentence_of(hass, **whole)
    assert summary.sentence == (
        "Door: Open → Create camera event: Garden, only if Bell: Off,"
        " until Door: Closed / ≤ 0:10:00"
    )


async def test_long_sentence_is_cut(hass: HomeAssistant) -> None:
    summary = await sentence_of(
        hass,
        triggers=[{"trigger": "time", "at": [f"0{i}:00:00" for i in range(10)] * 5}],
    )
    assert len(summary.sentence) == LONGEST_STATE
    assert len(summary.when) > LONGEST_STATE


async def test_personal_text_is_not_shown(hass: HomeAssistant) -> None:
    texts = await async_get_translations(hass, "en", "services", {"event_relay"})
    raw = {"operation": "create_custom_event", "fields": {"title": "a canary"}}
    rule = read_rule(
        ConfigSubentry(
            data=MappingProxyType({**DOORBELL, **raw}),
            subentry_id=RULE_ID,
            subentry_type="rule",
            title="Door",
            unique_id=None,
        )
    )
    summary = await async_summarise(hass, rule, BY_NAME["guance"], {})
    name = "component.event_relay.services.create_custom_event.name"
    assert summary.deliver == texts[name]


async def test_sensor_follows_the_rule_and_its_outcomes(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    earlier = [{"time": "2026-01-01T00:00:00+00:00", "outcome": "failed"}]
    mock_restore_cache_with_extra_data(
        hass, [(State(SUMMARY, ""), {"outcomes": earlier * 12})]
    )
    entry = await set_up(hass, frigate, rule_subentry(OPENED, "Door"))
    state = hass.states.get(SUMMARY)
    assert state is not None
    assert state.state.startswith("Door: Open → Create camera event: garden, door")
    assert state.attributes["until"] == "Door: Closed / ≤ 0:10:00"
    assert state.attributes["last_outcomes"] == earlier * 10

    await set_states(hass, DOOR, "on")
    await wait_until(lambda: "delivered" in str(hass.states.get(SUMMARY)))
    runner_of(entry).tell(
        Outcome(
            kind=OutcomeKind.FAILED, occurred_at=dt_util.utcnow(), reason_key="rejected"
        )
    )
    await wait_until(lambda: "rejected" in str(hass.states.get(SUMMARY)))
    shown = hass.states.get(SUMMARY)
    assert shown is not None
    last, former, *others = shown.attributes["last_outcomes"]
    assert (last["outcome"], last["reason"]) == ("failed", "rejected")
    assert (former["outcome"], bool(former["delivery_id"])) == ("delivered", True)
    assert others == earlier * 8

    subentry = entry.subentries[RULE_ID]
    other = {**OPENED, "fields": {"camera": "front_door", "label": "door"}}
    hass.config_entries.async_update_subentry(entry, subentry, data=other)
    await wait_until(lambda: "front_door" in str(hass.states.get(SUMMARY)))


async def test_rule_that_changes_while_its_summary_is_made(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = entry_with_rules(frigate.url, rule_subentry(OPENED, "Door"))
    other = {**OPENED, "fields": {"camera": "front_door", "label": "door"}}

    async def summarise(*data: Any) -> Summary:  # noqa: ANN401 - those of the original
        if entry.subentries[RULE_ID].data != other:
            before = runner_of(entry)
            subentry = entry.subentries[RULE_ID]
            hass.config_entries.async_update_subentry(entry, subentry, data=other)
            await wait_until(lambda: runner_of(entry) is not before)
        return await async_summarise(*data)

    monkeypatch.setattr(summary_sensor, "async_summarise", summarise)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert "front_door" in str(hass.states.get(SUMMARY))
