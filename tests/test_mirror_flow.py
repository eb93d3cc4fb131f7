"""Tests of the forms of mirrors with simulated systems."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, section
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.selector import (
    EntitySelector,
    SelectSelector,
    TriggerSelector,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import voluptuous as vol

from custom_components.event_relay.backends.menu_forms import NEXT_STEP
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.flows.rule_form import when_schema
from tools.simulators.aipix import AipixSimulator
from tools.simulators.palabra import PalabraSimulator

from .checks.files import PACKAGE, read_json
from .config_flows import offered_steps
from .home import remove
from .home_aipix import connect_aipix, wait_for_choices
from .home_palabra import connect as connect_palabra
from .repair_dialog import Dialog

pytestmark = pytest.mark.usefixtures("socket_enabled")

TEXTS: Mapping[str, Any] = read_json(PACKAGE / "translations/en.json")
SCRIPT = {
    "title": "At night",
    "schedule_entity": "schedule.office",
    "event_id": "41",
    "reaction_id": "3",
    "users": ["7", "8"],
    "extra": {"chat_id": 5},
}
STEPS = ("user", "reconfigure")
CALENDAR = {
    "calendar_entity": "calendar.events",
    "ahead": 7,
    "filter": "talk",
    "filter_is_pattern": False,
    "event_type": "in_person",
    "target_languages": ["de", "pt-BR"],
    "listener_language_mode": "auto",
    "access_code": "1234",
    "details": True,
    "delete": True,
}


@pytest.fixture
async def helper(hass: HomeAssistant) -> AsyncIterator[None]:
    """Set up two schedule helpers, one without times."""
    hours = [{"from": "08:00:00", "to": "12:00:00"}]
    assert await async_setup_component(
        hass,
        "schedule",
        {
            "schedule": {
                "office": {"name": "Office", "monday": hours},
                "empty": {"name": "Empty"},
            }
        },
    )
    await hass.async_block_till_done()
    yield
    for entity in list(hass.data[DATA_INSTANCES]["schedule"].entities):
        await entity.async_remove()


async def open_form(hass: HomeAssistant, entry: MockConfigEntry, kind: str) -> Any:  # noqa: ANN401 - a flow's result
    """Open the form that adds a mirror."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind), context={"source": SOURCE_USER}
    )


async def submit(hass: HomeAssistant, flow: Any, data: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a flow's result
    """Submit a form."""
    result = await hass.config_entries.subentries.async_configure(
        flow["flow_id"], dict(data)
    )
    await hass.async_block_till_done()
    return result


def fields(flow: Any) -> set[str]:  # noqa: ANN401 - a flow's result
    """Return the fields of a form."""
    return {str(marker) for marker in flow["data_schema"].schema}


async def test_mirror_only_lists_outcomes_that_it_can_have(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    aipix: AipixSimulator,
    helper: None,
) -> None:
    """Only rules skip what was missed."""
    entry = await connect_aipix(hass, aipix)
    await submit(hass, await open_form(hass, entry, "script_mirror"), SCRIPT)
    (subentry_id,) = entry.subentries
    (outcome,) = (
        one
        for one in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if (one.domain, one.config_subentry_id) == ("event", subentry_id)
    )
    assert outcome.capabilities == {
        "event_types": ["delivered", "failed", "expired", "discarded"]
    }


async def test_script_mirror_is_added_and_changed(
    hass: HomeAssistant, aipix: AipixSimulator, helper: None
) -> None:
    entry = await connect_aipix(hass, aipix)
    flow = await open_form(hass, entry, "script_mirror")
    texts = TEXTS["config_subentries"]["script_mirror"]["step"]["user"]
    assert fields(flow) == set(texts["data"])
    selector = flow["data_schema"].schema["users"]
    assert isinstance(selector, SelectSelector)
    assert {"value": "7", "label": "User 7 (7)"} in selector.config["options"]

    flow = await submit(hass, flow, {**SCRIPT, "schedule_entity": "schedule.empty"})
    assert flow["errors"] == {"schedule_entity": "empty_schedule"}
    flow = await submit(hass, flow, {**SCRIPT, "event_id": "people"})
    assert flow["errors"] == {"event_id": "not_a_number"}
    flow = await submit(hass, flow, {**SCRIPT, "extra": ["5"]})
    assert flow["errors"] == {"extra": "not_a_mapping"}
    flow = await submit(hass, flow, SCRIPT)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = entry.subentries.values()
    assert subentry.title == "At night"
    labels = {
        "event_id": {"41": "person_counting (41)"},
        "reaction_id": {"3": "telegram (3)"},
        "users": {"7": "User 7 (7)", "8": "User 8 (8)"},
    }
    assert dict(subentry.data) == SCRIPT | {
        "event_id": 41,
        "reaction_id": 3,
        "users": [7, 8],
        "labels": labels,
    }

    flow = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    shown = {
        str(marker): marker.description["suggested_value"]
        for marker in (flow["data_schema"] or vol.Schema({})).schema
        if marker.description
    }
    assert shown == {
        **SCRIPT,
        "event_id": labels["event_id"]["41"],
        "reaction_id": labels["reaction_id"]["3"],
    }
    flow = await submit(hass, flow, {**shown, "title": "By day"})
    assert flow["reason"] == "reconfigure_successful"
    (subentry,) = entry.subentries.values()
    assert subentry.title == subentry.data["title"] == "By day"
    assert subentry.data["event_id"] == 41


async def test_required_fields_have_one_star_and_no_default(
    hass: HomeAssistant, aipix: AipixSimulator, palabra: PalabraSimulator
) -> None:
    """Home Assistant marks required texts, entities and drop-down lists itself.

    It marks neither triggers nor lists of radio buttons, which it shows for few
    options.
    """
    script = await open_form(hass, await connect_aipix(hass, aipix), "script_mirror")
    calendar = await open_form(
        hass, await connect_palabra(hass, palabra), "calendar_mirror"
    )
    asked: list[tuple[str, str, vol.Schema]] = [
        ("rule", "when", when_schema(["create_script", "create_camera_mark"], {})),
        *(("script_mirror", step, script["data_schema"]) for step in STEPS),
        *(("calendar_mirror", step, calendar["data_schema"]) for step in STEPS),
    ]
    required = [
        (TEXTS["config_subentries"][kind]["step"][step]["data"][str(marker)], selector)
        for kind, step, schema in asked
        for marker, selector in schema.schema.items()
        if isinstance(marker, vol.Required) and not isinstance(selector, section)
    ]
    entities = [one for _, one in required if isinstance(one, EntitySelector)]
    assert len(entities) == len(asked) - 1
    starred = [label for label, _ in required if label.endswith("*")]
    unmarked = [one for one, of in required if isinstance(of, TriggerSelector)]
    assert starred == unmarked == ["Triggers*"]
    lists = {
        marker: selector
        for _, _, schema in asked
        for marker, selector in schema.schema.items()
        if isinstance(marker, vol.Required) and isinstance(selector, SelectSelector)
    }
    assert {str(one) for one in lists} == {"event_id", "event_type", "operation"}
    assert {one.config["mode"] for one in lists.values()} == {"dropdown"}
    assert all(isinstance(one.default, vol.Undefined) for one in lists)
    assert all(one.description == {"suggested_value": ""} for one in lists)


async def test_script_mirror_keeps_labels_of_missing_choices(
    hass: HomeAssistant, aipix: AipixSimulator, helper: None
) -> None:
    entry = await connect_aipix(hass, aipix)
    await submit(hass, await open_form(hass, entry, "script_mirror"), SCRIPT)
    (subentry,) = entry.subentries.values()
    aipix.settings.users = [9]
    flow = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    assert flow["data_schema"] is not None
    users = flow["data_schema"].schema["users"].config["options"]
    assert [one["label"] for one in users] == [
        "User 7 (7)",
        "User 8 (8)",
        "User 9 (9)",
    ]


async def test_form_for_the_administrator_api_has_no_lists(
    hass: HomeAssistant, aipix: AipixSimulator, helper: None
) -> None:
    entry = await connect_aipix(hass, aipix, "administrator")
    flow = await open_form(hass, entry, "script_mirror")
    assert not {"title", "cameras", "extra"} & fields(flow)
    await aipix.stop()
    data = {"schedule_entity": "schedule.office", "event_id": "41"}
    flow = await submit(hass, flow, data)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    assert flow["title"] == "Office"
    await aipix.start()


async def test_form_has_no_lists_if_aipix_is_unreachable(
    hass: HomeAssistant, aipix: AipixSimulator, helper: None
) -> None:
    entry = await connect_aipix(hass, aipix)
    await wait_for_choices(entry)
    entry.runtime_data._asked = {}
    await aipix.stop()
    flow = await open_form(hass, entry, "script_mirror")
    assert flow["data_schema"].schema["users"].config["options"] == []
    flow = await submit(hass, flow, SCRIPT)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await aipix.start()


async def test_calendar_mirror_is_added_and_changed(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> None:
    hass.states.async_set("calendar.events", "off", {"friendly_name": "Events"})
    entry = await connect_palabra(hass, palabra)
    flow = await open_form(hass, entry, "calendar_mirror")
    texts = TEXTS["config_subentries"]["calendar_mirror"]["step"]["user"]
    assert fields(flow) == set(texts["data"])

    flow = await submit(
        hass, flow, {**CALENDAR, "filter": "(", "filter_is_pattern": True}
    )
    assert flow["errors"] == {"filter": "bad_pattern"}
    assert flow["description_placeholders"]["reason"]
    flow = await submit(hass, flow, {**CALENDAR, "target_languages": ["German!"]})
    assert flow["errors"] == {"target_languages": "not_a_language"}
    for ahead, problem in (
        (0, "out_of_range"),
        (366, "out_of_range"),
        (1.5, "not_whole"),
    ):
        flow = await submit(hass, flow, {**CALENDAR, "ahead": ahead})
        assert flow["errors"] == {"ahead": problem}
        if problem == "out_of_range":
            limits = {"field": "ahead", "minimum": "1", "maximum": "365"}
            assert flow["description_placeholders"] == limits
    flow = await submit(hass, flow, {**CALENDAR, "access_code": "a" * 501})
    assert flow["errors"] == {"access_code": "too_long"}
    flow = await submit(hass, flow, CALENDAR)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = entry.subentries.values()
    assert subentry.title == "Events"
    assert dict(subentry.data) == CALENDAR
    assert isinstance(subentry.data["ahead"], int)

    flow = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    flow = await submit(hass, flow, {**CALENDAR, "ahead": 30})
    assert flow["reason"] == "reconfigure_successful"
    assert entry.subentries[subentry.subentry_id].data["ahead"] == 30


@pytest.mark.usefixtures("all_enabled")
async def test_calendar_mirror_does_not_follow_its_own_calendar(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> None:
    entry = await connect_palabra(hass, palabra)
    (own,) = hass.states.async_entity_ids("calendar")
    flow = await open_form(hass, entry, "calendar_mirror")
    with pytest.raises(InvalidData):
        await submit(hass, flow, {**CALENDAR, "calendar_entity": own})


async def test_unloaded_connection_is_aborted(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> None:
    entry = await connect_palabra(hass, palabra)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    flow = await open_form(hass, entry, "calendar_mirror")
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "entry_not_loaded")
    assert entry.domain == DOMAIN


async def test_repair_of_a_mirror_opens_its_form(
    hass: HomeAssistant, palabra: PalabraSimulator, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    hass.states.async_set("calendar.events", "off")
    entry = await connect_palabra(hass, palabra)
    flow = await open_form(hass, entry, "calendar_mirror")
    assert (await submit(hass, flow, CALENDAR))["type"] is FlowResultType.CREATE_ENTRY
    (subentry_id,) = entry.subentries
    issue_id = f"mirror_source_{subentry_id}"
    issues = ir.async_get(hass)
    assert issues.async_get_issue(DOMAIN, issue_id) is None
    hass.states.async_remove("calendar.events")
    await hass.async_block_till_done()
    assert issues.async_get_issue(DOMAIN, issue_id) is not None

    dialog = Dialog(await hass_client(), issue_id)
    shown = await dialog.open()
    assert "calendar.events" in shown["description_placeholders"]["entity"]
    led = await dialog.submit()
    assert led["reason"] == "form_opened"
    (form,) = hass.config_entries.subentries.async_progress()
    assert led["next_flow"] == ["config_subentries_flow", form["flow_id"]]
    assert form["handler"] == (entry.entry_id, "calendar_mirror")
    assert form["context"]["subentry_id"] == subentry_id

    hass.states.async_set("calendar.others", "off")
    changed = {**CALENDAR, "calendar_entity": "calendar.others"}
    assert (await submit(hass, form, changed))["reason"] == "reconfigure_successful"
    assert issues.async_get_issue(DOMAIN, issue_id) is None


async def test_repair_of_a_mirror_is_removed_with_its_connection(
    hass: HomeAssistant, palabra: PalabraSimulator
) -> None:
    hass.states.async_set("calendar.events", "off")
    entry = await connect_palabra(hass, palabra)
    await submit(hass, await open_form(hass, entry, "calendar_mirror"), CALENDAR)
    (subentry_id,) = entry.subentries
    hass.states.async_remove("calendar.events")
    await hass.async_block_till_done()
    issue = (DOMAIN, f"mirror_source_{subentry_id}")
    assert ir.async_get(hass).async_get_issue(*issue) is not None

    await remove(hass, entry)
    assert ir.async_get(hass).async_get_issue(*issue) is None


@pytest.mark.parametrize("kind", ["calendar_mirror", "script_mirror"])
async def test_mirror_is_offered_beside_rules(
    hass: HomeAssistant,
    palabra: PalabraSimulator,
    aipix: AipixSimulator,
    hass_client: ClientSessionGenerator,
    kind: str,
) -> None:
    assert await async_setup_component(hass, "config", {})
    entry = (
        await connect_palabra(hass, palabra)
        if kind == "calendar_mirror"
        else await connect_aipix(hass, aipix)
    )
    client = await hass_client()
    address = "/api/config/config_entries/subentries/flow"
    response = await client.post(address, json={"handler": [entry.entry_id, "rule"]})
    start = await response.json()
    assert start["description_placeholders"]["connected"] == ""
    assert kind in offered_steps(start)

    response = await client.post(
        f"{address}/{start['flow_id']}", json={NEXT_STEP: kind}
    )
    led = await response.json()
    assert (led["type"], led["reason"]) == ("abort", "mirror_opened")
    (form,) = hass.config_entries.subentries.async_progress()
    assert form["handler"] == (entry.entry_id, kind)
    assert led["next_flow"] == ["config_subentries_flow", form["flow_id"]]
    # Home Assistant's frontend needs these to show that form.
    assert led["result"]["entry_id"] == entry.entry_id
    assert led["result"]["domain"] == DOMAIN
