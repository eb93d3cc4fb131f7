"""Tests of the repair of a missing permission and its dialog."""

from collections.abc import AsyncIterator

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay.coordinator import permission_issue
from tools.simulators.frigate import FrigateSimulator

from .config_flows import offered_steps
from .home import act, connect, coordinator, wait_for_state
from .repair_dialog import RepairHome
from .responses import respond
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("socket_enabled")

DOORBELL = {"camera": "front_door", "label": "doorbell"}
LOGIN = {CONF_USERNAME: "user", CONF_PASSWORD: "password"}


@pytest.fixture
async def frigate() -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate simulator that requires a login."""
    async with FrigateSimulator(
        user="user", password="password", async_delay=0
    ) as simulator:
        yield simulator


@pytest.fixture
async def home(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_client: ClientSessionGenerator
) -> RepairHome:
    """Set up a connection and repairs."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await connect(hass, frigate, **LOGIN)
    await coordinator(entry).async_refresh()
    issue_id = permission_issue(entry)
    return RepairHome(hass, entry, frigate, await hass_client(), issue_id)


async def forbid(home: RepairHome) -> str:
    """Remove the permission, and return the id of a delivery that waits for it."""
    home.frigate.configure(role="viewer")
    home.frigate.expire_logins()
    answer = await act(home.hass, "create_camera_event", **DOORBELL)
    assert answer["state"] == "pending"
    return str(answer["delivery_id"])


async def test_confirmed_repair_retries_at_once(home: RepairHome) -> None:
    delivery_id = await forbid(home)
    assert home.issue is not None
    home.frigate.configure(role="admin")

    menu = await home.dialog.open()
    assert offered_steps(menu) == ["try_again", "reconfigure"]
    assert "viewer" in menu["description_placeholders"]["reason"]
    assert (await home.dialog.choose("try_again"))["reason"] == "tried_again"

    await wait_for_state(home.hass, delivery_id, "delivered")
    assert home.issue is None


async def test_repair_stays_while_the_permission_is_missing(home: RepairHome) -> None:
    delivery_id = await forbid(home)
    await home.dialog.open()
    assert (await home.dialog.choose("try_again"))["reason"] == "tried_again"
    await wait_until(lambda: coordinator(home.entry).worker.held)
    await wait_for_state(home.hass, delivery_id, "pending")
    assert home.issue is not None


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "still_refused"), (502, "no_answer")]
)
async def test_repair_shows_the_systems_reason(
    home: RepairHome, status: int, reason: str
) -> None:
    await forbid(home)
    home.frigate.add_faults(respond(status, method="GET", times=None))
    await home.dialog.open()
    assert (await home.dialog.choose("try_again"))["reason"] == reason
    assert home.issue is not None


async def test_repair_opens_the_form_of_the_connection(home: RepairHome) -> None:
    await forbid(home)
    await home.dialog.open()
    led = await home.dialog.choose("reconfigure")
    assert led["reason"] == "form_opened"
    (flow,) = home.hass.config_entries.flow.async_progress()
    assert led["next_flow"] == ["config_flow", flow["flow_id"]]
    assert flow["context"]["source"] == SOURCE_RECONFIGURE
    assert home.issue is not None


async def test_repair_is_removed_without_waiting_deliveries(home: RepairHome) -> None:
    delivery_id = await forbid(home)
    await act(home.hass, "discard_delivery", delivery_id=delivery_id)
    await coordinator(home.entry).counts.async_refresh()
    await coordinator(home.entry).async_refresh()
    assert home.issue is None


async def test_repair_is_removed_by_a_successful_reload(home: RepairHome) -> None:
    delivery_id = await forbid(home)
    await home.dialog.open()
    home.frigate.configure(role="admin")

    assert await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert home.issue is None
    assert (await home.dialog.choose("try_again"))["reason"] == "not_loaded"
    assert await home.hass.config_entries.async_setup(home.entry.entry_id)
    await wait_for_state(home.hass, delivery_id, "delivered")
    assert home.issue is None
