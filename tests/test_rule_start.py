"""Tests of starting points of a new rule: pattern, other rule, automation, YAML."""

from collections.abc import AsyncIterator, Mapping
from copy import deepcopy
from typing import Any
from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.core import EventBus, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.trigger import async_get_all_descriptions
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.menu_forms import NEXT_STEP
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.flows.rule_start import (
    async_show_triggers,
    of_yaml,
)
from custom_components.event_relay.registry import BY_NAME
from tools.simulators.aipix import AipixSimulator
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.palabra import PalabraSimulator

from . import home_aipix, home_guance, home_palabra
from .backends.http.target import Target, serving
from .config_flows import offered_steps
from .home import act, connect, wait_for_state
from .http import home as home_http
from .rule_flow import EMPTY, Form, add_rule, only_rule
from .rules.home import DOORBELL, OPENED, rule_subentry, set_up

pytestmark = pytest.mark.usefixtures("socket_enabled")

BELL = "event.doorbell"
CLASSES = {
    "doorbell_to_camera_event": "doorbell",
    "doorbell_to_camera_mark": "doorbell",
    "doorbell_to_request": "doorbell",
    "open_until_closed": "door",
}
"""Device classes of the entities in patterns."""
SHORT = 30
"""The longest name of a rule that is shown completely beside others."""
CONDITION = {"condition": "state", "entity_id": "sun.sun", "state": "below_horizon"}
AUTOMATION = {
    "id": "night",
    "alias": "Night visitor",
    "triggers": [{"trigger": "state", "entity_id": "binary_sensor.bell", "to": "on"}],
    "conditions": [CONDITION],
    "actions": [
        {"delay": 1},
        {
            "if": "{{ true }}",
            "then": [
                {
                    "action": "event_relay.create_camera_event",
                    "data": {
                        "config_entry_id": "another",
                        "camera": "garden",
                        "label": "{{ trigger.to_state.name }}",
                        "duration": 20,
                        "wait": 0,
                    },
                }
            ],
        },
    ],
}


def without_labels(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a rule without the stored labels."""
    return {name: value for name, value in data.items() if name != "labels"}


def offered_starts(form: Form) -> list[str]:
    """Return the starting points that the form offers."""
    return offered_steps(form.result)


async def finish(form: Form, **missing: object) -> None:
    """Submit each page with its suggestions, and missing values on the second."""
    operation = await form.submit(**form.suggested())
    suggested = {name: value for name, value in form.suggested().items() if value != {}}
    assert await form.submit(**{**EMPTY, "until": {}, **suggested, **missing}) in {
        "preview",
        "preview_partly",
    }, (operation, form.errors, form.placeholders)
    assert await form.submit() == "create_entry"


# Patterns


def filled_triggers(data: Mapping[str, Any], entity_id: str) -> list[dict[str, Any]]:
    """Return the triggers of a pattern with an entity."""
    triggers = deepcopy([*data["triggers"]])
    for trigger in triggers:
        if "target" in trigger:
            assert trigger["target"] == {}
            trigger["target"] = {"entity_id": entity_id}
        else:
            assert trigger["entity_id"] == []
            trigger["entity_id"] = [entity_id]
    return triggers


async def add_by_pattern(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    name: str,
    entity_id: str,
    **missing: object,
) -> Mapping[str, Any]:
    """Add a rule with a pattern and only entities; return its data."""
    forms = BY_NAME[entry.data["backend"]]
    pattern = forms.patterns[name].data()
    for one in (entity_id, f"{entity_id}_2"):  # with two options, none is preselected
        if hass.states.get(one) is None:
            hass.states.async_set(one, "unknown", {"device_class": CLASSES.get(name)})
    form = await add_rule(hass, entry, None)
    assert [one for one in offered_starts(form) if one in forms.patterns] == [
        *forms.patterns
    ]
    assert await form.submit(**{NEXT_STEP: name}) == "when"
    when = form.suggested()
    assert 0 < len(when["name"]) <= SHORT
    assert ":" not in when["name"]
    known = {one["trigger"].partition(".")[0] for one in when["triggers"]}
    set_up_anyway = {"state", *Platform}
    assert known - set_up_anyway <= hass.config.components, "The editor knows them"
    assert await form.submit(**when) == "when", "It lacks its entities"
    assert form.errors == {"triggers": "nothing_watched"}
    when["triggers"] = filled_triggers(pattern, entity_id)
    assert await form.submit(**when) == pattern["operation"], form.placeholders
    shown = form.suggested()
    if until := shown.get("until"):
        until["triggers"] = filled_triggers(pattern["until"], entity_id)
    ended: dict[str, Any] = {"until": {}} if "until" in form.sections() else {}
    given = {name: value for name, value in shown.items() if value != {}}
    empty = {name: one for name, one in EMPTY.items() if name in form.sections()}
    entered = {**empty, **ended, **given, **missing}
    step = await form.submit(**entered)
    assert step in {"preview", "preview_partly"}, (form.errors, form.placeholders)
    assert await form.submit() == "create_entry"
    return only_rule(entry).data


async def test_triggers_are_known_before_home_assistant_has_registered_them(
    hass: HomeAssistant,
) -> None:
    # It does so in the background, once it hears that their integration is set up.
    with patch.object(EventBus, "async_fire_internal"):
        await async_show_triggers(hass, [{"trigger": "door.opened"}])
        assert "door.opened" in await async_get_all_descriptions(hass)


@pytest.mark.parametrize(
    ("name", "entity_id"),
    [
        ("doorbell_to_camera_event", BELL),
        ("open_until_closed", "binary_sensor.door"),
        ("alarm_until_disarmed", "alarm_control_panel.home"),
    ],
)
async def test_patterns_for_frigate_only_need_entities_and_a_camera(
    hass: HomeAssistant, frigate: FrigateSimulator, name: str, entity_id: str
) -> None:
    entry = await connect(hass, frigate)
    data = await add_by_pattern(hass, entry, name, entity_id, camera="garden")
    assert data["fields"]["camera"] == "garden"
    assert ("until" in data) is (name != "doorbell_to_camera_event")


DOORBELL_CLASS = {"device_class": "doorbell"}


async def test_pattern_uses_the_only_matching_entity(
    hass: HomeAssistant, frigate: FrigateSimulator, guance: GuanceSimulator
) -> None:
    entry = await connect(hass, frigate)
    hass.states.async_set(BELL, "unknown", DOORBELL_CLASS)
    hass.states.async_set("event.remote", "unknown", {"device_class": "button"})
    panel = "alarm_control_panel.home"
    hass.states.async_set(panel, "disarmed")
    form = await add_rule(hass, entry, None)
    await form.submit(**{NEXT_STEP: "doorbell_to_camera_event"})
    (trigger,) = form.suggested()["triggers"]
    assert trigger["target"] == {"entity_id": [BELL]}
    assert form.errors == {}
    assert await form.submit(**form.suggested()) == "create_camera_event"
    form = await add_rule(hass, entry, None)
    await form.submit(**{NEXT_STEP: "alarm_until_disarmed"})
    await form.submit(**form.suggested())
    (ends,) = form.suggested()["until"]["triggers"]
    assert ends["target"] == {"entity_id": [panel]}
    workspace = await home_guance.connect(hass, guance)
    form = await add_rule(hass, workspace, None)
    await form.submit(**{NEXT_STEP: "alarm_and_recovery"})
    triggered, over = form.suggested()["triggers"]
    assert triggered["target"] == {"entity_id": [panel]}
    assert over["entity_id"] == [panel], "It is about one thing"


async def test_pattern_without_a_matching_entity_requires_another_trigger(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """A trigger that no entity can fire would have an empty list of targets."""
    entry = await connect(hass, frigate)
    hass.states.async_set("input_button.doorbell", "unknown")
    form = await add_rule(hass, entry, None)
    assert await form.submit(**{NEXT_STEP: "doorbell_to_camera_event"}) == "when"
    assert form.suggested()["triggers"] == []
    # Nothing is invalid yet, so there is no error.
    assert form.errors == {}
    assert form.placeholders["hint"].startswith("No entity in your home fits the")
    when = form.suggested()
    assert await form.submit(**when) == "when"
    assert form.errors == {"triggers": "no_triggers"}
    assert form.placeholders["hint"] == ""
    pressed = {"trigger": "state", "entity_id": ["input_button.doorbell"]}
    assert await form.submit(**{**when, "triggers": [pressed]}) == "create_camera_event"
    assert form.suggested()["label"] == "doorbell"


async def test_own_calendars_match_no_pattern(hass: HomeAssistant) -> None:
    """A rule for its own calendar would follow itself."""
    async with PalabraSimulator() as palabra:
        entry = await home_palabra.connect(hass, palabra)
        registry = er.async_get(hass)
        own = registry.async_get_or_create("calendar", DOMAIN, "a mirror's schedule")
        hass.states.async_set(own.entity_id, "off")
        form = await add_rule(hass, entry, None)
        await form.submit(**{NEXT_STEP: "calendar_to_live_event"})
        assert form.errors == {}
        assert form.placeholders["hint"].startswith("No entity in your home fits the")


@pytest.fixture
async def guance() -> AsyncIterator[GuanceSimulator]:
    """Run a Guance simulator."""
    async with GuanceSimulator(ingest_lag=0) as simulator:
        yield simulator


@pytest.mark.parametrize(
    ("name", "entity_id"),
    [
        ("alarm_and_recovery", "alarm_control_panel.home"),
        ("problem_and_recovery", "binary_sensor.smoke"),
    ],
)
async def test_patterns_for_guance(
    hass: HomeAssistant, guance: GuanceSimulator, name: str, entity_id: str
) -> None:
    entry = await home_guance.connect(hass, guance)
    data = await add_by_pattern(hass, entry, name, entity_id)
    assert [one["id"] for one in data["triggers"]] == ["alarm", "recovery"]


async def test_alarm_for_guance_ends_when_the_panel_is_no_longer_triggered(
    hass: HomeAssistant, guance: GuanceSimulator
) -> None:
    """A panel disarmed without an alarm is no event."""
    entry = await home_guance.connect(hass, guance)
    panel = "alarm_control_panel.home"
    hass.states.async_set(panel, "disarmed", {"friendly_name": "Home"})
    await add_by_pattern(hass, entry, "alarm_and_recovery", panel)
    for state in ("armed_away", "disarmed", "armed_away", "triggered", "disarmed"):
        hass.states.async_set(panel, state, {"friendly_name": "Home"})
        await hass.async_block_till_done()
    deliveries = (await act(hass, "list_deliveries"))["deliveries"]
    for delivery in deliveries:
        await wait_for_state(hass, delivery["delivery_id"], "delivered")
    told = [(one.status, one.message) for one in guance.events]
    assert told == [("critical", "Home: triggered"), ("ok", "Home: disarmed")]


async def test_pattern_for_palabra(hass: HomeAssistant) -> None:
    async with PalabraSimulator() as palabra:
        entry = await home_palabra.connect(hass, palabra)
        calendar = "calendar.office"
        data = await add_by_pattern(hass, entry, "calendar_to_live_event", calendar)
        assert data["triggers"][0]["options"]["offset"]["hours"] == 1


@pytest.fixture
async def http_target() -> AsyncIterator[Target]:
    """Run a target of requests."""
    async with serving() as target:
        yield target


UNTIL = "problem_until_solved"
NOTE_UNTIL: dict[str, Any] = {
    **home_http.NOTE,
    "end": {"path": "/end", "body_kind": "none", "repeat": "repeatable"},
}


@pytest.mark.parametrize(
    ("name", "entity_id"),
    [
        ("doorbell_to_request", BELL),
        ("alarm_to_request", "alarm_control_panel.home"),
        (UNTIL, "binary_sensor.leak"),
    ],
)
async def test_patterns_for_a_single_request_only_need_entities(
    hass: HomeAssistant, http_target: Target, name: str, entity_id: str
) -> None:
    entry = await home_http.connect(hass, http_target.origin, {"Note": NOTE_UNTIL})
    data = await add_by_pattern(hass, entry, name, entity_id)
    (request,) = entry.get_subentries_of_type("request")
    assert data["fields"] == {
        "request": request.subentry_id,
        "data": {"text": "{{ trigger.to_state.name }}"},
    }
    assert ("until" in data) is (name == UNTIL)


async def test_patterns_for_http_have_existing_requests(
    hass: HomeAssistant, http_target: Target
) -> None:
    requests: dict[str, dict[str, Any]] = {}
    begins = ["doorbell_to_request", "alarm_to_request"]
    for title, definition, patterns, chosen in (
        (None, {}, [], None),
        ("Hook", home_http.of_preset("webhook", path="/hook"), begins, "Hook"),
        ("Alert", home_http.of_preset("alertmanager"), [*begins, UNTIL], None),
    ):
        if title is not None:
            requests[title] = definition
        entry = await home_http.connect(hass, http_target.origin, requests)
        form = await add_rule(hass, entry, None)
        assert offered_starts(form) == [
            "when",
            *patterns,
            "from_automation",
            "from_yaml",
        ]
        settings = entry.runtime_data.forms.settings_of(entry)
        found = entry.runtime_data.forms.patterns_for(settings)
        titles = {one.title: key for key, one in entry.subentries.items()}
        if chosen is not None:
            fields = found["doorbell_to_request"].fields
            assert fields["request"] == titles[chosen]
            assert {*fields["data"]} == {"entity_id", "name", "state"}
        elif patterns:
            # Several requests could be meant; only a single one has its end described.
            assert found["doorbell_to_request"].fields == {}
            assert found[UNTIL].fields["request"] == titles["Alert"]
            assert {*found[UNTIL].fields["data"]} == {"alertname", "summary"}
        assert await hass.config_entries.async_remove(entry.entry_id)


@pytest.mark.parametrize("api", ["client", "administrator"])
async def test_pattern_for_aipix_needs_the_right_to_create_marks(
    hass: HomeAssistant, api: str
) -> None:
    async with AipixSimulator() as aipix:
        entry = await home_aipix.connect_aipix(hass, aipix, api)
        if api == "administrator":
            form = await add_rule(hass, entry, None)
            starts = ["when", "script_mirror", "from_automation", "from_yaml"]
            assert offered_starts(form) == starts
            return
        name = "doorbell_to_camera_mark"
        await add_by_pattern(hass, entry, name, BELL, camera_id="12")


# Another rule


async def test_copied_rule_leaves_the_original_unchanged(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    hass.states.async_set("binary_sensor.door", "off")
    entry = await set_up(hass, frigate, rule_subentry(OPENED, "Door"))
    form = await add_rule(hass, entry, "from_rule")
    assert await form.submit(rule=only_rule(entry).subentry_id) == "when"
    assert form.suggested()["name"] == "Door 2"
    await finish(form)
    first, second = entry.get_subentries_of_type("rule")
    assert (first.title, second.title) == ("Door", "Door 2")
    assert first.data == OPENED
    assert without_labels(second.data) == OPENED


async def test_rules_of_another_connection_of_the_kind_can_be_copied(
    hass: HomeAssistant, frigate: FrigateSimulator, guance: GuanceSimulator
) -> None:
    other = await set_up(hass, frigate, rule_subentry(DOORBELL))
    entry = await connect(hass, frigate, "Second")
    form = await add_rule(hass, entry, None)
    assert "from_rule" in offered_starts(form)
    await form.submit(**{NEXT_STEP: "from_rule"})
    (choice,) = form.result["data_schema"].schema.values()
    assert [one["label"] for one in choice.config["options"]] == ["Doorbell (Frigate)"]
    assert await form.submit(rule=only_rule(other).subentry_id) == "when"
    unlike = await home_guance.connect(hass, guance)
    assert "from_rule" not in offered_starts(await add_rule(hass, unlike, None))


# An automation


async def automation(hass: HomeAssistant, config: Mapping[str, Any]) -> None:
    """Set up an automation."""
    assert await async_setup_component(hass, "automation", {"automation": [config]})
    await hass.async_block_till_done()


async def test_automation_becomes_a_rule(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await connect(hass, frigate)
    hass.states.async_set("binary_sensor.bell", "off", {"friendly_name": "Bell"})
    await automation(hass, AUTOMATION)
    form = await add_rule(hass, entry, "from_automation")
    assert await form.submit(automation="automation.night_visitor") == "when"
    await finish(form)
    rule = only_rule(entry)
    assert rule.title == "Night visitor"
    assert without_labels(rule.data) == {
        "triggers": AUTOMATION["triggers"],
        "conditions": [CONDITION],
        "operation": "create_camera_event",
        "fields": {
            "camera": "garden",
            "label": "{{ trigger.to_state.name }}",
            "duration": "20",
        },
    }
    assert hass.states.is_state("automation.night_visitor", "on")


async def test_automation_in_the_old_syntax_becomes_a_rule(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await connect(hass, frigate)
    called = {"camera": "garden", "label": "bell"}
    await automation(
        hass,
        {
            "id": "old",
            "alias": "Old",
            "trigger": {"platform": "event", "event_type": "rang"},
            "condition": "{{ true }}",
            "action": {"service": "event_relay.create_camera_event", "data": called},
        },
    )
    form = await add_rule(hass, entry, "from_automation")
    assert await form.submit(automation="automation.old") == "when"
    await finish(form)
    assert only_rule(entry).data["fields"] == called


@pytest.mark.parametrize(
    ("entity_id", "problem"),
    [("automation.unlike", "no_action"), ("automation.gone", "no_automation")],
)
async def test_automation_without_an_action_of_ours_is_refused(
    hass: HomeAssistant, frigate: FrigateSimulator, entity_id: str, problem: str
) -> None:
    entry = await connect(hass, frigate)
    action = {"action": "event_relay.create_live_event", "data": {}}
    await automation(
        hass, {**AUTOMATION, "id": "u", "alias": "Unlike", "actions": [action]}
    )
    form = await add_rule(hass, entry, "from_automation")
    assert await form.submit(automation=entity_id) == "from_automation"
    assert form.errors == {"automation": problem}
    assert form.suggested() == {"automation": entity_id}


# YAML


async def test_rule_is_copied_and_pasted_as_yaml(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    hass.states.async_set("binary_sensor.door", "off")
    whole = {**OPENED, "conditions": [CONDITION], "limits": {"debounce": 5}}
    entry = await set_up(hass, frigate, rule_subentry(whole, "Door"))
    known = only_rule(entry).subentry_id
    form = Form(hass, await entry.start_subentry_reconfigure_flow(hass, known))
    await form.submit(**form.suggested())
    shown = {name: value for name, value in form.suggested().items() if value != {}}
    assert await form.submit(**{**EMPTY, "until": {}, **shown}) == "preview"
    copied = form.suggested()["as_yaml"]["rule"]
    assert copied == {"name": "Door", **whole}
    assert form.folded() == {"as_yaml"}
    assert await form.submit(as_yaml={"rule": {"changed": "in vain"}}) == "abort"
    assert without_labels(only_rule(entry).data) == whole

    form = await add_rule(hass, entry, "from_yaml")
    assert await form.submit(rule=copied) == "when"
    await finish(form)
    first, second = entry.get_subentries_of_type("rule")
    assert without_labels(first.data) == without_labels(second.data) == whole


async def test_editor_of_a_rule_is_empty_at_first(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    """The frontend writes two quotes into a required editor without a default.

    Pasted text comes after them, and is then invalid.
    """
    form = await add_rule(hass, await connect(hass, frigate), "from_yaml")
    (marker,) = form.result["data_schema"].schema
    assert marker.default() == {}


@pytest.mark.parametrize("entered", [{}, None, [], "a text"])
async def test_empty_editor_says_what_to_paste(
    hass: HomeAssistant, frigate: FrigateSimulator, entered: object
) -> None:
    form = await add_rule(hass, await connect(hass, frigate), "from_yaml")
    assert await form.submit(rule=entered) == "from_yaml"
    assert form.errors == {"rule": "not_pasted"}


@pytest.mark.parametrize(
    ("entered", "part"),
    [
        ({"name": "Door", "alias": "Door"}, "alias"),
        ({"triggers": {}}, "triggers"),
        ({"fields": []}, "fields"),
        ({"operation": "create_live_event"}, "operation"),
    ],
)
async def test_invalid_rule_is_refused(
    hass: HomeAssistant, frigate: FrigateSimulator, entered: object, part: str
) -> None:
    entry = await connect(hass, frigate)
    form = await add_rule(hass, entry, "from_yaml")
    assert await form.submit(rule=entered) == "from_yaml"
    assert form.errors == {"rule": "no_rule"}
    assert form.placeholders["reason"] == part
    assert form.suggested() == {"rule": entered}


def test_rule_in_yaml_only_needs_its_fields() -> None:
    assert of_yaml({"fields": {"camera": "garden"}}, ["create_camera_event"]) == (
        "",
        {
            "fields": {"camera": "garden"},
            "operation": "create_camera_event",
            "triggers": [],
        },
    )
