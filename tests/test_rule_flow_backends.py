"""Tests of the forms of rules of each backend: fields, lists and validation."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay import coordinator
from custom_components.event_relay.backends.choice_forms import ChoiceSelector
from custom_components.event_relay.backends.palabra.operations.fields import LANGUAGES
from custom_components.event_relay.registry import BY_NAME
from tools.simulators.aipix import AipixSimulator
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.palabra import PalabraSimulator

from . import home, home_guance, home_palabra
from .checks.files import PACKAGE, read_yaml
from .home_aipix import connect_aipix, wait_for_choices
from .markdown import read
from .rule_flow import EMPTY, WHEN, Form, add_rule, only_rule

pytestmark = pytest.mark.usefixtures("socket_enabled")


def options(form: Form, field: str) -> dict[str, str]:
    """Return the options of a list, by value."""
    selector: ChoiceSelector = form.result["data_schema"].schema[field]
    assert selector.config["custom_value"]
    shown: Any = selector.config["options"]
    assert [one["label"] for one in shown] == [*selector.options.values()]
    return dict(selector.options)


def fields(form: Form) -> set[str]:
    """Return the fields of the form, including those in sections."""
    schema = form.result["data_schema"].schema
    return {
        *map(str, schema),
        *(str(one) for one in schema["more"].schema.schema),
    }


# aipix.


async def test_camera_mark(hass: HomeAssistant, aipix: AipixSimulator) -> None:
    entry = await connect_aipix(hass, aipix)
    form = await add_rule(hass, entry)
    assert await form.submit(**WHEN, operation="create_camera_mark") == (
        "create_camera_mark"
    )
    assert options(form, "camera_id") == {"12": "Camera 12 (12)"}
    filled = {**EMPTY, "camera_id": "12", "title": "Parcel"}
    assert await form.submit(**{**filled, "camera_id": "twelve"}) == (
        "create_camera_mark"
    )
    assert form.errors == {"camera_id": "refused"}
    assert form.placeholders["reason"] == '"Camera" must be a number, such as 30 or 0.5'
    wrong = {**filled, "more": {"start": "2026-01-02", "end": "2026-01-01"}}
    assert await form.submit(**wrong) == "create_camera_mark"
    assert form.errors == {"more": "refused"}
    assert form.placeholders["reason"] == '"End" must be after "Start"'
    assert await form.submit(**filled) == "preview"
    await form.submit()
    assert only_rule(entry).data["fields"] == {"camera_id": "12", "title": "Parcel"}


async def test_script(hass: HomeAssistant, aipix: AipixSimulator) -> None:
    entry = await connect_aipix(hass, aipix)
    form = await add_rule(hass, entry)
    assert await form.submit(**WHEN, operation="create_script") == "create_script"
    assert options(form, "event_id").keys() == {"11", "41"}
    assert options(form, "reaction_id").keys() == {"3", "4"}
    assert options(form, "users").keys() == {"7", "8"}
    filled = {**EMPTY, "title": "At night", "event_id": "41", "users": ["7", "9"]}
    no_helper = {**filled, "schedule_entity": "schedule.gone"}
    assert await form.submit(**no_helper) == "create_script"
    assert form.errors == {"schedule_entity": "refused"}
    secret = {**filled, "more": {"extra": {"token": "a canary"}}}
    assert await form.submit(**secret) == "preview"
    assert "a canary" not in str(form.placeholders)
    await form.submit()
    assert only_rule(entry).data["fields"] == {
        "title": "At night",
        "event_id": "41",
        "users": ["7", "9"],
        "extra": {"token": "a canary"},
    }


async def test_changed_operation_keeps_common_fields(
    hass: HomeAssistant, aipix: AipixSimulator
) -> None:
    entry = await connect_aipix(hass, aipix)
    form = await add_rule(hass, entry)
    await form.submit(**WHEN, operation="create_camera_mark")
    await form.submit(**EMPTY, camera_id="12", title="Parcel")
    await form.submit()
    subentry_id = only_rule(entry).subentry_id
    form = Form(hass, await entry.start_subentry_reconfigure_flow(hass, subentry_id))
    assert form.suggested()["operation"] == "create_camera_mark"
    await form.submit(**WHEN, operation="create_script")
    assert form.suggested()["title"] == "Parcel"
    assert await form.submit(**EMPTY, title="Parcel", event_id="41") == "preview"
    await form.submit()
    assert only_rule(entry).data["operation"] == "create_script"
    assert only_rule(entry).data["fields"] == {"title": "Parcel", "event_id": "41"}


async def test_administrator_api_only_offers_scripts(
    hass: HomeAssistant, aipix: AipixSimulator
) -> None:
    entry = await connect_aipix(hass, aipix, "administrator")
    form = await add_rule(hass, entry)
    assert await form.submit(**WHEN) == "create_script"
    assert not fields(form) & {"title", "status", "cameras", "timetable", "extra"}
    assert await form.submit(**EMPTY, event_id="41") == "preview"
    # Shown before it is sent, and afterwards.
    unmarked = "This system has no field that could mark it as a test."
    assert read(form.placeholders["result"]) == unmarked
    assert await form.submit(send_test=True) == "preview"
    assert read(form.placeholders["result"]).endswith(unmarked)


@pytest.mark.parametrize(
    ("kind", "listed_before"),
    [(FaultKind.RESET_BEFORE, True), (FaultKind.HANG, True), (FaultKind.HANG, False)],
)
async def test_ids_can_be_entered_while_aipix_is_down(
    hass: HomeAssistant,
    aipix: AipixSimulator,
    monkeypatch: pytest.MonkeyPatch,
    kind: FaultKind,
    listed_before: bool,
) -> None:
    entry = await connect_aipix(hass, aipix)
    await wait_for_choices(entry)
    monkeypatch.setattr(coordinator, "LISTS", 0.2)
    if not listed_before:
        entry.runtime_data._asked = {}
    aipix.add_faults(Fault(kind=kind, times=None))
    form = await add_rule(hass, entry)
    await form.submit(**WHEN, operation="create_camera_mark")
    assert bool(options(form, "camera_id")) is listed_before
    assert await form.submit(**EMPTY, camera_id="12", title="Parcel") == "preview"


# Guance and TrueWatch.


async def test_custom_event(hass: HomeAssistant, guance: GuanceSimulator) -> None:
    hass.states.async_set("binary_sensor.doorbell", "off", {"friendly_name": "Bell"})
    entry = await home_guance.connect(hass, guance)
    form = await add_rule(hass, entry)
    assert await form.submit(**WHEN) == "create_custom_event"
    assert "warning" in options(form, "status")
    filled: dict[str, Any] = {**EMPTY, "status": "warning", "title": "Rang"}
    assert await form.submit(**{**filled, "status": "grave"}) == "create_custom_event"
    assert form.errors == {"status": "refused"}
    assert await form.submit(**filled, tags={"date": 1}) == "create_custom_event"
    assert form.errors == {"tags": "refused"}
    assert form.placeholders["reason"].startswith('"Tags.date" uses a reserved')
    tags = {"who": "{{ trigger.to_state.name }}", "floor": 0}
    assert await form.submit(**filled, tags=tags) == "preview"
    assert "who: Bell" in form.placeholders["values"]
    await form.submit()
    assert only_rule(entry).data["fields"]["tags"] == tags


# Palabra.


async def test_live_event(hass: HomeAssistant, palabra: PalabraSimulator) -> None:
    entry = await home_palabra.connect(hass, palabra)
    form = await add_rule(hass, entry)
    assert await form.submit(**WHEN) == "create_live_event"
    assert form.placeholders["calendar_start"] == "{{ trigger.calendar_event.start }}"
    times = {
        "start": "{{ now() + timedelta(hours=1) }}",
        "end": "{{ now() + timedelta(hours=2) }}",
    }
    filled: dict[str, Any] = {
        **EMPTY,
        **times,
        "title": "Meeting",
        "event_type": "online",
        "target_languages": ["de", "xx-yy"],
        "more": {"access_code": "a canary"},
    }
    assert await form.submit(**{**filled, "title": "x"}) == "create_live_event"
    assert form.errors == {"title": "refused"}
    wrong = {**filled, "target_languages": ["German!"]}
    assert await form.submit(**wrong) == "create_live_event"
    assert form.errors == {"target_languages": "refused"}
    wrong = {**filled, "more": {"timezone": "Mars/Crater"}}
    assert await form.submit(**wrong) == "create_live_event"
    assert form.errors == {"more": "refused"}
    past = {**filled, "start": "2020-01-01T10:00:00", "end": "2020-01-01T11:00:00"}
    assert await form.submit(**past) == "create_live_event"
    assert form.errors == {"end": "refused"}
    assert await form.submit(**filled) == "preview"
    assert "a canary" not in form.placeholders["values"]
    await form.submit()
    assert only_rule(entry).data["fields"]["access_code"] == "a canary"


async def test_times_of_a_calendar_are_templates(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> None:
    entry = await home_palabra.connect(hass, palabra)
    form = await add_rule(hass, entry)
    await form.submit(**WHEN)
    assert (
        await form.submit(
            **EMPTY,
            title="Meeting",
            event_type="online",
            start="{{ trigger.calendar_event.start }}",
            end="{{ trigger.calendar_event.end }}",
        )
        == "preview_partly"
    )
    assert read(form.placeholders["unknown"]).startswith(
        '- "Start" uses calendar_event, which this trigger does not provide'
    )
    assert await form.submit() == FlowResultType.CREATE_ENTRY


def test_languages_equal_those_of_the_action() -> None:
    action = read_yaml(PACKAGE / "services.yaml")["create_live_event"]
    wait_for_choices = action["fields"]["target_languages"]["selector"]["select"][
        "options"
    ]
    assert list(LANGUAGES) == wait_for_choices


# Frigate.


@pytest.mark.parametrize(
    ("version", "there", "lacking"),
    [
        ("0.18.0", {"description", "pre_capture"}, {"source_type"}),
        ("0.14.1", {"source_type"}, {"pre_capture"}),
    ],
)
async def test_fields_missing_in_a_version_are_not_shown(
    hass: HomeAssistant, version: str, there: set[str], lacking: set[str]
) -> None:
    async with FrigateSimulator(version=version) as frigate:
        entry: MockConfigEntry = await home.connect(hass, frigate)
        await entry.runtime_data.async_refresh()
        form = await add_rule(hass, entry)
        await form.submit(**WHEN)
        assert fields(form) >= there
        assert not fields(form) & lacking


# Tests of rules.


@pytest.mark.parametrize(
    ("backend", "operation", "data", "expected"),
    [
        ("frigate", "create_camera_event", {"label": "x"}, {"sub_label": "Test"}),
        (
            "frigate",
            "create_camera_event",
            {"sub_label": "y" * 100},
            {"sub_label": "Test: " + "y" * 100},
        ),
        ("aipix", "create_camera_mark", {"title": "x"}, {"title": "Test: x"}),
        ("aipix", "create_script", {"event_id": 41}, {}),
        (
            "guance",
            "create_custom_event",
            {"title": "y" * 256, "tags": {"a": 1}},
            {"title": "Test: " + "y" * 256, "tags": {"a": 1, "test": "true"}},
        ),
        (
            "guance",
            "create_custom_event",
            {"title": "x"},
            {"title": "Test: x", "tags": {"test": "true"}},
        ),
        ("palabra", "create_live_event", {"title": " x "}, {"title": "Test: x"}),
    ],
)
def test_test_is_marked_as_a_test(
    backend: str, operation: str, data: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert BY_NAME[backend].as_test(operation, data) == {**data, **expected}
