"""Tests of the forms of actions: their connections, and their live lists."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import EVENT_SERVICE_REGISTERED
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service import async_get_all_descriptions
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.event_relay.const import DOMAIN
from tools.simulators.aipix import AipixSimulator
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.frigate.settings import named_cameras

from .checks.files import PACKAGE, read_yaml
from .home import act, connect, remove
from .home_aipix import connect_aipix, wait_for_choices

pytestmark = pytest.mark.usefixtures("socket_enabled")

HOURS = [{"day": "monday", "ranges": [{"from": "22:00", "to": "06:00"}]}]
STATIC: Mapping[str, Any] = read_yaml(PACKAGE / "services.yaml")


async def fields_of(hass: HomeAssistant, action: str) -> dict[str, Any]:
    """Return the fields of an action's form, including those in sections."""
    description = (await async_get_all_descriptions(hass))[DOMAIN][action]
    assert description["response"]
    fields: dict[str, Any] = {}
    for name, field in description["fields"].items():
        fields |= field.get("fields", {name: field})
    return fields


async def offered_options(
    hass: HomeAssistant, action: str, field: str
) -> dict[str, str]:
    """Return the options of a list in an action's form, by value."""
    select = (await fields_of(hass, action))[field]["selector"]["select"]
    return {one["value"]: one["label"] for one in select["options"]}


async def test_only_connections_of_the_backend_are_offered(
    hass: HomeAssistant, frigate: FrigateSimulator, aipix: AipixSimulator
) -> None:
    house = await connect(hass, frigate, "House")
    vms = await connect_aipix(hass, aipix)
    for action in ("create_camera_event", "end_camera_event"):
        ids = await offered_options(hass, action, "config_entry_id")
        assert ids == {house.entry_id: "House"}
    for action in ("create_script", "list_script_choices"):
        ids = await offered_options(hass, action, "config_entry_id")
        assert ids == {vms.entry_id: "VMS"}
    assert await offered_options(hass, "create_custom_event", "config_entry_id") == {}
    anything = (await fields_of(hass, "list_deliveries"))["config_entry_id"]
    assert anything["selector"] == {"config_entry": {"integration": DOMAIN}}


async def test_options_follow_added_removed_and_renamed_connections(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    house = await connect(hass, frigate, "House")
    barn = await connect(hass, frigate, "Barn")
    registered = async_capture_events(hass, EVENT_SERVICE_REGISTERED)
    hass.config_entries.async_update_entry(house, title="Home")
    ids = await offered_options(hass, "create_camera_event", "config_entry_id")
    assert list(ids.values()) == ["Barn", "Home"]
    assert await hass.config_entries.async_unload(barn.entry_id)
    ids = await offered_options(hass, "create_camera_event", "config_entry_id")
    assert list(ids.values()) == ["Barn", "Home"]
    await remove(hass, barn)
    ids = await offered_options(hass, "create_camera_event", "config_entry_id")
    assert list(ids.values()) == ["Home"]
    await hass.async_block_till_done()
    # Browsers reload descriptions after this event.
    assert registered


async def test_cameras_of_frigate_are_offered_by_name(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await connect(hass, frigate)
    cameras = {"front_door": "Front door", "garden": "Garden"}
    assert await offered_options(hass, "create_camera_event", "camera") == cameras
    await frigate.stop()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert await offered_options(hass, "create_camera_event", "camera") == cameras
    await frigate.start()
    frigate.settings.cameras = named_cameras(["shed"])
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert await offered_options(hass, "create_camera_event", "camera") == {
        "shed": "Shed"
    }
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await offered_options(hass, "create_camera_event", "camera") == {
        "shed": "Shed"
    }
    await remove(hass, entry)
    camera = (await fields_of(hass, "create_camera_event"))["camera"]
    assert camera == STATIC["create_camera_event"]["fields"]["camera"]


async def test_option_of_a_single_connection_names_it(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    await connect(hass, frigate, "House")
    async with FrigateSimulator(
        cameras=named_cameras(["front_door", "shed"])
    ) as second:
        barn = await connect(hass, second, "Barn")
        await barn.runtime_data.async_refresh()
        assert await offered_options(hass, "create_camera_event", "camera") == {
            "front_door": "Front door",
            "garden": "Garden (House)",
            "shed": "Shed (Barn)",
        }


async def test_options_of_aipix(hass: HomeAssistant, aipix: AipixSimulator) -> None:
    await wait_for_choices(await connect_aipix(hass, aipix))
    for action in ("create_script", "update_script"):
        events = await offered_options(hass, action, "event_id")
        assert events["41"] == "person_counting (41)"
        assert (await offered_options(hass, action, "reaction_id"))[
            "3"
        ] == "telegram (3)"
        assert (await offered_options(hass, action, "users"))["7"] == "User 7 (7)"
        users = (await fields_of(hass, action))["users"]
        assert users["selector"]["select"]["multiple"]
    cameras = await offered_options(hass, "create_camera_mark", "camera_id")
    assert cameras == {"12": "Camera 12 (12)"}


async def test_offered_option_is_accepted(
    hass: HomeAssistant, aipix: AipixSimulator
) -> None:
    await connect_aipix(hass, aipix)
    chosen = {"event_id": "41", "reaction_id": "3", "users": ["7", 8]}
    await act(hass, "create_script", title="At night", schedule=HOURS, **chosen)


@pytest.mark.parametrize(
    ("api", "required"), [("client", True), ("administrator", False)]
)
async def test_fields_required_by_the_api_are_required(
    hass: HomeAssistant, aipix: AipixSimulator, api: str, required: bool
) -> None:
    assert STATIC["create_script"]["fields"]["title"]["required"]
    await connect_aipix(hass, aipix, api)
    fields = await fields_of(hass, "create_script")
    assert fields["title"].get("required", False) is required
    assert fields["event_id"]["required"]
