"""Tests of a second connection to a backend: old calls keep working."""

from typing import Any

from homeassistant.components.blueprint.models import Blueprint, DomainBlueprints
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay.const import CONF_DEFAULT, DOMAIN
from tools.simulators.frigate import FrigateSimulator

from .config_flows import offered_steps, open_form, submit
from .home import act, connect
from .markdown import read
from .repair_dialog import Dialog

ISSUE = "default_connection_frigate"
CREATE = "event_relay.create_camera_event"
EVENT = {"camera": "front_door", "label": "doorbell", "duration": 5}


@pytest.fixture
async def first(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    return await connect(hass, frigate, "Home")


async def add_second(hass: HomeAssistant) -> FrigateSimulator:
    """Add a connection to another Frigate with its form."""
    simulator = FrigateSimulator(async_delay=0)
    await simulator.start()
    added = await submit(
        hass,
        await open_form(hass, "frigate"),
        {"url": simulator.url, "username": "", "password": "", "verify_ssl": True},
    )
    assert added["type"] is FlowResultType.CREATE_ENTRY
    await simulator.stop()
    return simulator


def action_step(**data: str) -> dict[str, Any]:
    """Return a step that calls the action."""
    return {"action": CREATE, "data": {**EVENT, **data}}


AUTOMATIONS = {
    "Plain [x](y)": [action_step()],
    "Deep down": [
        {
            "choose": [
                {
                    "conditions": [],
                    "sequence": [{"parallel": [{"sequence": [action_step()]}]}],
                }
            ]
        }
    ],
    "Reads": [
        {
            "if": [{"condition": "template", "value_template": "{{ true }}"}],
            "then": [
                {
                    "action": "event_relay.end_camera_event",
                    "data": {"event_id": "1.2-abc"},
                }
            ],
        }
    ],
    "Names it": [action_step(config_entry_id="x")],
    "Names it by a template": [action_step(config_entry_id="{{ 'x' }}")],
    "Names a delivery": [
        {"action": "event_relay.end_camera_event", "data": {"delivery_id": "x"}}
    ],
    "Another backend": [
        {"action": "event_relay.create_custom_event", "data": {"title": "x"}}
    ],
}


async def add_automations(hass: HomeAssistant) -> None:
    """Set up automations and a script, some without a connection in their calls."""
    automations = [
        {"id": f"a{number}", "alias": alias, "triggers": [], "actions": actions}
        for number, (alias, actions) in enumerate(AUTOMATIONS.items())
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    script = {"ring": {"alias": "Ring", "sequence": [action_step()]}}
    assert await async_setup_component(hass, "script", {"script": script})
    await hass.async_block_till_done()


def affected(hass: HomeAssistant) -> str:
    """Return the automations that the repair names; empty without a repair."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, ISSUE)
    if issue is None:
        return ""
    assert issue.translation_placeholders is not None
    return read(issue.translation_placeholders["concerned"])


async def test_calls_without_a_connection_are_reported_and_keep_working(
    hass: HomeAssistant, frigate: FrigateSimulator, first: MockConfigEntry
) -> None:
    await add_automations(hass)
    assert not affected(hass)

    await add_second(hass)

    assert affected(hass).splitlines() == [
        "- [Plain [x](y)](/config/automation/edit/a0)",
        "- [Deep down](/config/automation/edit/a1)",
        "- [Reads](/config/automation/edit/a2)",
        "- [Ring](/config/script/edit/ring)",
    ]
    await hass.services.async_call("script", "ring", blocking=True)
    answer = await act(hass, "create_camera_event", **EVENT)
    assert answer["state"] == "delivered"
    assert len(frigate.events) == 2


async def test_blueprint_is_searched_and_reported(
    hass: HomeAssistant, first: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    blueprint = Blueprint(
        {
            "blueprint": {"name": "Bell", "domain": "automation", "input": {}},
            "triggers": [],
            "actions": [action_step()],
        },
        path="event_relay/bell.yaml",
        expected_domain="automation",
        schema=lambda config: config,
    )

    async def found(*_: object) -> Blueprint:
        return blueprint

    monkeypatch.setattr(DomainBlueprints, "async_get_blueprint", found)
    used = {
        "id": "b",
        "alias": "Bell",
        "use_blueprint": {"path": "event_relay/bell.yaml"},
    }
    assert await async_setup_component(hass, "automation", {"automation": [used]})
    await hass.async_block_till_done()

    await add_second(hass)

    (line,) = affected(hass).splitlines()
    assert line == "- [Bell](/config/automation/edit/b) (event_relay/bell.yaml)"


async def test_nothing_is_asked_if_nothing_is_affected(
    hass: HomeAssistant, first: MockConfigEntry
) -> None:
    await add_second(hass)

    assert not affected(hass)
    assert first.options[CONF_DEFAULT] is True


@pytest.mark.parametrize("choice", ["keep_default", "no_default"])
async def test_user_chooses_the_default(
    hass: HomeAssistant,
    first: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    choice: str,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    await add_automations(hass)
    await add_second(hass)
    dialog = Dialog(await hass_client(), ISSUE)
    opened = await dialog.open()
    assert offered_steps(opened) == ["keep_default", "no_default"]
    assert opened["description_placeholders"]["connection"] == "Home"

    assert (await dialog.choose(choice))["type"] == "create_entry"

    assert not affected(hass)
    kept = choice == "keep_default"
    assert first.options[CONF_DEFAULT] is kept
    if kept:
        await act(hass, "create_camera_event", **EVENT)
    else:
        with pytest.raises(ServiceValidationError, match="none is the default"):
            await act(hass, "create_camera_event", **EVENT)


async def change_options(
    hass: HomeAssistant, entry: ConfigEntry, **changes: object
) -> None:
    """Change options with their form."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["data_schema"] is not None
    defaults = form["data_schema"]({})
    await hass.config_entries.options.async_configure(
        form["flow_id"], {**defaults, **changes}
    )
    await hass.async_block_till_done()


async def test_default_is_an_option_of_one_connection(
    hass: HomeAssistant, frigate: FrigateSimulator, first: MockConfigEntry
) -> None:
    await add_automations(hass)
    await add_second(hass)
    second = next(
        one for one in hass.config_entries.async_entries(DOMAIN) if one is not first
    )
    before = first.runtime_data

    await change_options(hass, second, default=True)

    assert (first.options[CONF_DEFAULT], second.options[CONF_DEFAULT]) == (False, True)
    assert first.runtime_data is before, "It was loaded again"
    assert not affected(hass)
    await act(hass, "create_camera_event", **EVENT, wait=0)
    (listed,) = (await act(hass, "list_deliveries"))["deliveries"]
    assert listed["config_entry_id"] == second.entry_id
    await change_options(hass, second, default=False)
    with pytest.raises(ServiceValidationError, match="none is the default"):
        await act(hass, "create_camera_event", **EVENT)
    assert not frigate.events


async def test_unloaded_default_is_not_replaced(
    hass: HomeAssistant, first: MockConfigEntry
) -> None:
    await add_second(hass)
    await hass.config_entries.async_unload(first.entry_id)

    with pytest.raises(ServiceValidationError, match="Home is not loaded"):
        await act(hass, "create_camera_event", **EVENT)


async def test_repair_is_removed_with_the_second_connection(
    hass: HomeAssistant, first: MockConfigEntry
) -> None:
    await add_automations(hass)
    await add_second(hass)
    second = next(
        one for one in hass.config_entries.async_entries(DOMAIN) if one is not first
    )

    await hass.config_entries.async_remove(second.entry_id)
    await hass.async_block_till_done()

    assert not affected(hass)


async def test_third_connection_changes_nothing(
    hass: HomeAssistant, first: MockConfigEntry
) -> None:
    await add_second(hass)
    second = next(
        one for one in hass.config_entries.async_entries(DOMAIN) if one is not first
    )
    await change_options(hass, second, default=True)
    await add_automations(hass)

    await add_second(hass)

    assert not affected(hass)
    assert second.options[CONF_DEFAULT] is True
