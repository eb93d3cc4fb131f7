"""Tests of the flow of a rule: each step, its errors, and changes."""

from collections.abc import Mapping
from datetime import timedelta
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.rules.rule import read_rule
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.frigate.settings import named_cameras

from .home import act, connect, wait_for_state
from .markdown import read
from .rule_flow import DOORBELL, EMPTY, WHEN, Form, add_rule, only_rule

OVER = {"trigger": "state", "entity_id": "binary_sensor.doorbell", "to": "off"}
DEFAULTS = "duration: 30\ninclude_recording: true\nretain: false"
"""The fields of an event with only required input."""
DELIVER = {**EMPTY, "camera": "Front door", "label": "doorbell", "until": {}}
"""The frontend's input without further entries: labels of the chosen options."""
LABELS = {"camera": {"front_door": "Front door"}}


def fields_of(entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a form, without those about missed occurrences."""
    return {name: value for name, value in entered.items() if name != "missed"}


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    hass.states.async_set(
        "binary_sensor.doorbell", "off", {"friendly_name": "Doorbell"}
    )
    return await connect(hass, frigate)


async def test_doorbell(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    form = await add_rule(hass, entry)
    assert form.step == "when"
    assert await form.submit(**WHEN) == "create_camera_event"
    assert await form.submit(**DELIVER) == "preview"
    values = f"camera: front_door\nlabel: doorbell\n{DEFAULTS}"
    assert form.placeholders["values"] == values
    assert await form.submit() == FlowResultType.CREATE_ENTRY
    subentry = only_rule(entry)
    assert subentry.title == "Doorbell"
    assert dict(subentry.data) == {
        "operation": "create_camera_event",
        "triggers": [DOORBELL],
        "fields": {"camera": "front_door", "label": "doorbell"},
        "labels": LABELS,
    }
    rule = read_rule(subentry)
    assert rule.until is None
    assert rule.missed.deliver


ERRORS: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("no name", {"name": "  "}, "name", "no_name", ""),
    ("no trigger", {"triggers": []}, "triggers", "no_triggers", ""),
    (
        "unknown trigger",
        {"triggers": [{"trigger": "no_such_thing"}]},
        "triggers",
        "invalid_triggers",
        "no_such_thing",
    ),
    (
        "trigger without its entity",
        {"triggers": [{"trigger": "state", "to": "on"}]},
        "triggers",
        "nothing_watched",
        "",
    ),
    (
        "condition without its state",
        {
            "only_if": {
                "conditions": [{"condition": "state", "entity_id": "sun.sun"}],
                "from_unknown": True,
            }
        },
        "only_if",
        "invalid_conditions",
        "state",
    ),
]


@pytest.mark.parametrize(
    ("entered", "where", "error", "reason"),
    [case[1:] for case in ERRORS],
    ids=[case[0] for case in ERRORS],
)
async def test_triggers_are_validated(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    entered: dict[str, Any],
    where: str,
    error: str,
    reason: str,
) -> None:
    form = await add_rule(hass, entry)
    wrong = {**WHEN, **entered}
    assert await form.submit(**wrong) == "when"
    assert form.errors == {where: error}
    assert reason in read(form.placeholders.get("reason", ""))
    assert form.suggested() == fields_of(wrong)
    assert await form.submit(**WHEN) == "create_camera_event"


WRONG_FIELDS: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("no camera", {"camera": ""}, "camera", "refused", '"Camera" is required'),
    ("no label", {"label": " "}, "label", "refused", '"Label" is required'),
    (
        "unknown camera",
        {"camera": "shed"},
        "camera",
        "refused",
        "no camera shed. The cameras are: front_door (Front door), garden (Garden)",
    ),
    (
        "broken template",
        {"sub_label": "{{ trigger.to_state"},
        "sub_label",
        "invalid_template",
        "unexpected end of template",
    ),
    (
        "broken template among the seldom ones",
        {"more": {"description": "{% if %}"}},
        "more",
        "invalid_template",
        "Expected an expression",
    ),
    (
        "number out of range",
        {"more": {"score": "2"}},
        "more",
        "refused",
        '"Score" must be from 0 to 1',
    ),
    (
        "entry of a list",
        {"more": {"boxes": [{"box": [0, 0, 2, 1]}]}},
        "more",
        "refused",
        '"Boxes[0].box" must be from 0 to 1',
    ),
    (
        "end without a trigger",
        {"until": {"longest_open": {"hours": 2}}},
        "until",
        "no_end",
        "",
    ),
    (
        "no time to be open",
        {"until": {"triggers": [OVER], "longest_open": {"hours": 0}}},
        "until",
        "no_time",
        "",
    ),
    (
        "unknown trigger that ends it",
        {"until": {"triggers": [{"trigger": "no_such_thing"}]}},
        "until",
        "invalid_triggers",
        "no_such_thing",
    ),
    (
        "a length and an end",
        {"duration": "20", "until": {"triggers": [OVER]}},
        "duration",
        "ended_otherwise",
        "",
    ),
    (
        "a period without a number",
        {"limits": {"period": {"minutes": 5}}},
        "limits",
        "no_most",
        "",
    ),
    (
        "no firing at all",
        {"limits": {"most": 0}},
        "limits",
        "refused",
        '"At most" must be from 1 to 10000',
    ),
    (
        "too many firings",
        {"limits": {"most": 10_001}},
        "limits",
        "refused",
        '"At most" must be from 1 to 10000',
    ),
    (
        "a firing and a half",
        {"limits": {"most": 1.5}},
        "limits",
        "refused",
        '"At most" must be a whole number',
    ),
    (
        "a period of nothing",
        {"limits": {"most": 3, "period": {"seconds": 0}}},
        "limits",
        "no_time",
        "",
    ),
]


async def test_fields_are_validated(
    hass: HomeAssistant, entry: MockConfigEntry, subtests: pytest.Subtests
) -> None:
    for case, entered, where, error, reason in WRONG_FIELDS:
        with subtests.test(case):
            form = await add_rule(hass, entry)
            await form.submit(**WHEN)
            wrong = {**DELIVER, **entered}
            assert await form.submit(**wrong) == "create_camera_event"
            assert form.errors == {where: error}
            assert reason in read(form.placeholders.get("reason", ""))
            assert form.suggested() == fields_of(wrong)
            assert await form.submit(**DELIVER) == "preview"


EVERYTHING_WHEN: dict[str, Any] = {
    "name": "Visitors",
    "triggers": [
        {**DOORBELL, "for": {"seconds": 1}, "id": "bell"},
        {"trigger": "time", "at": "08:00:00"},
    ],
    "only_if": {
        "conditions": [
            {
                "condition": "template",
                "value_template": "{{ is_state('sun.sun', 'above_horizon') }}",
            },
            {"condition": "time", "after": "08:00:00", "weekday": ["mon"]},
            {"condition": "state", "entity_id": "sun.sun", "state": "x", "for": 5},
        ],
        "from_unknown": True,
    },
}
EVERYTHING_DELIVER: dict[str, Any] = {
    "camera": "{{ 'front_door' }}",
    "label": "doorbell",
    "sub_label": "{{ trigger.to_state.name }}",
    "more": {
        "description": "{{ trigger.calendar_event.summary }}",
        "include_recording": "No",
        "retain": "Yes",
        "pre_capture": "5",
        "score": "0.5",
        "boxes": [{"box": [0, 0, 1, 1], "color": [0, 0, 255], "score": "{{ 0.5 }}"}],
    },
    "until": {
        "triggers": [OVER],
        "longest_open": {"hours": 0, "minutes": 10, "seconds": 0},
    },
    "limits": {
        "debounce": {"hours": 0, "minutes": 0, "seconds": 30},
        "cool_down": {"hours": 0, "minutes": 1, "seconds": 30},
        "most": 3,
        "period": {"hours": 26, "minutes": 0, "seconds": 0},
    },
    "missed": {
        "deliver": False,
        "grace": {"hours": 0, "minutes": 0, "seconds": 0},
    },
}
EVERYTHING: dict[str, Any] = {
    "triggers": EVERYTHING_WHEN["triggers"],
    "conditions": EVERYTHING_WHEN["only_if"]["conditions"],
    "from_unknown": True,
    "operation": "create_camera_event",
    "fields": {
        "camera": "{{ 'front_door' }}",
        "label": "doorbell",
        "sub_label": "{{ trigger.to_state.name }}",
        **EVERYTHING_DELIVER["more"],
        "include_recording": "no",
        "retain": "yes",
    },
    "until": {"triggers": [OVER], "longest_open": 600},
    "limits": {"debounce": 30, "cool_down": 90, "most": 3, "period": 93600},
    "missed": {"deliver": False, "grace": 0},
}


async def test_rule_is_stored_shown_and_changed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    form = await add_rule(hass, entry)
    await form.submit(**EVERYTHING_WHEN)
    assert await form.submit(**EVERYTHING_DELIVER) == "preview_partly"
    assert read(form.placeholders["unknown"]) == (
        '- "Description" uses calendar_event, which this trigger does not provide'
    )
    assert "sub_label: Doorbell" in form.placeholders["values"]
    await form.submit()
    subentry = only_rule(entry)
    assert json.loads(json.dumps(dict(subentry.data))) == EVERYTHING
    assert read_rule(subentry).limits.period == timedelta(hours=26)

    form = Form(
        hass, await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    )
    assert form.step == "when"
    assert form.suggested() == EVERYTHING_WHEN
    assert form.folded() == set()
    await form.submit(**{**EVERYTHING_WHEN, "name": "Callers"})
    assert form.suggested() == EVERYTHING_DELIVER
    assert form.folded() == set()
    await form.submit(**DELIVER)
    values = f"camera: front_door\nlabel: doorbell\n{DEFAULTS}"
    assert form.placeholders["values"] == values
    await form.submit()
    assert form.result["reason"] == "reconfigure_successful"
    subentry = only_rule(entry)
    assert subentry.title == "Callers"
    assert dict(subentry.data) == {
        **{name: EVERYTHING[name] for name in ("triggers", "conditions")},
        "from_unknown": True,
        "operation": "create_camera_event",
        "fields": {"camera": "front_door", "label": "doorbell"},
        "labels": LABELS,
    }


async def test_advanced_fields_are_collapsed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    form = await add_rule(hass, entry)
    assert form.folded() == {"only_if"}
    await form.submit(**WHEN)
    assert form.folded() == {"more", "until", "limits"}


async def test_preview_has_the_order_of_the_form(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """The frontend sends fields in the order in which they were filled."""
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    await form.submit(**EMPTY, until={}, label="doorbell", camera="garden")
    values = f"camera: garden\nlabel: doorbell\n{DEFAULTS}"
    assert form.placeholders["values"] == values


async def test_no_camera_is_preselected(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """The frontend would choose the first option of a required list."""
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    assert form.suggested()["camera"] == ""
    assert await form.submit(**{**DELIVER, "camera": ""}) == "create_camera_event"
    assert form.errors == {"camera": "refused"}
    assert form.placeholders["reason"] == '"Camera" is required'


async def test_nothing_is_stored_before_the_preview_is_submitted(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    await form.submit(**DELIVER)
    assert form.step == "preview"
    assert not entry.subentries


async def test_preview_of_a_rule_with_an_end(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    await form.submit(**{**DELIVER, "until": {"triggers": [OVER]}})
    assert "until_ended: true" in form.placeholders["values"]
    await form.submit()
    assert only_rule(entry).data["fields"] == {
        "camera": "front_door",
        "label": "doorbell",
    }
    assert only_rule(entry).data["until"] == {"triggers": [OVER]}


async def test_invalid_result_of_a_template_is_only_a_warning(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It may be valid when the rule fires."""
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    camera = "{{ trigger.to_state.state }}"
    assert await form.submit(**{**DELIVER, "camera": camera}) == "preview_refused"
    assert read(form.placeholders["reason"]).startswith(
        '"Camera": there is no camera on'
    )
    assert await form.submit() == FlowResultType.CREATE_ENTRY


async def test_triggers_with_targets_have_a_sample(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "switch", {})
    hass.states.async_set("switch.bell", "off", {"friendly_name": "Bell"})
    form = await add_rule(hass, entry)
    turned_on = {"trigger": "switch.turned_on", "target": {"entity_id": "switch.bell"}}
    assert await form.submit(**{**WHEN, "triggers": [turned_on]}) != "when", form.errors
    await form.submit(**{**DELIVER, "sub_label": "{{ trigger.to_state.name }}"})
    assert "sub_label: Bell" in form.placeholders["values"]


async def test_unloaded_connection_is_aborted(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    form = await add_rule(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    assert await form.submit(**WHEN) == FlowResultType.ABORT
    assert form.result["reason"] == "entry_not_loaded"
    form = await add_rule(hass, entry)
    assert form.result["reason"] == "entry_not_loaded"


async def test_cameras_are_offered_while_frigate_is_down(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    await frigate.stop()
    assert await hass.config_entries.async_reload(entry.entry_id)
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    options = form.result["data_schema"].schema["camera"].config["options"]
    assert [option["label"] for option in options] == ["Front door", "Garden"]
    assert await form.submit(**DELIVER) == "preview"


async def test_chosen_option_keeps_its_label(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    """Even if Frigate no longer lists it, and in place of a typed id."""
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    await form.submit(**{**DELIVER, "camera": "front_door", "label": ""})
    assert form.suggested()["camera"] == "Front door"
    await form.submit(**DELIVER)
    await form.submit()
    frigate.settings.cameras = named_cameras(["shed"])
    await entry.runtime_data.async_refresh()
    form = Form(
        hass,
        await entry.start_subentry_reconfigure_flow(hass, only_rule(entry).subentry_id),
    )
    await form.submit(**WHEN)
    options = form.result["data_schema"].schema["camera"].config["options"]
    assert [option["label"] for option in options] == ["Front door", "Shed"]
    assert form.suggested()["camera"] == "Front door"
    assert await form.submit(**DELIVER) == "create_camera_event"
    assert read(form.placeholders["reason"]) == (
        '"Camera": there is no camera front_door. The cameras are: shed (Shed)'
    )
    await form.submit(**{**DELIVER, "camera": "Shed"})
    await form.submit()
    assert only_rule(entry).data["fields"]["camera"] == "shed"
    assert only_rule(entry).data["labels"] == {"camera": {"shed": "Shed"}}


async def test_new_rule_does_not_reload_its_connection(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    before = entry.runtime_data
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    await form.submit(**DELIVER)
    await form.submit()
    assert entry.runtime_data is before


async def test_new_rule_is_active_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    await form.submit(**{**DELIVER, "sub_label": "{{ trigger.to_state.name }}"})
    await form.submit()
    hass.states.async_set("binary_sensor.doorbell", "on", {"friendly_name": "Bell"})
    await hass.async_block_till_done()
    (delivery,) = (await act(hass, "list_deliveries"))["deliveries"]
    await wait_for_state(hass, delivery["delivery_id"], "delivered")
    (event,) = frigate.events
    assert (event.camera, event.label, event.sub_label) == (
        "front_door",
        "doorbell",
        "Bell",
    )
