"""Tests of the repair of a missing permission and its dialog."""

from collections.abc import AsyncIterator

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.coordinator import permission_issue
from tools.simulators.frigate import FrigateSimulator

from .config_flows import offered_steps
from .home import act, connect, coordinator, wait_for_state
from .repair_dialog import Dialog
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
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection and repairs."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await connect(hass, frigate, **LOGIN)
    await coordinator(entry).async_refresh()
    return entry


async def forbid(hass: HomeAssistant, frigate: FrigateSimulator) -> str:
    """Remove the permission, and return the id of a delivery that waits for it."""
    frigate.configure(role="viewer")
    frigate.expire_logins()
    answer = await act(hass, "create_camera_event", **DOORBELL)
    assert answer["state"] == "pending"
    return str(answer["delivery_id"])


def issue(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return the repair, if any."""
    return ir.async_get(hass).async_get_issue(DOMAIN, permission_issue(entry))


async def test_confirmed_repair_retries_at_once(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    delivery_id = await forbid(hass, frigate)
    assert issue(hass, entry) is not None
    frigate.configure(role="admin")

    dialog = Dialog(await hass_client(), permission_issue(entry))
    menu = await dialog.open()
    assert offered_steps(menu) == ["try_again", "reconfigure"]
    assert "viewer" in menu["description_placeholders"]["reason"]
    assert (await dialog.choose("try_again"))["reason"] == "tried_again"

    await wait_for_state(hass, delivery_id, "delivered")
    assert issue(hass, entry) is None


async def test_repair_stays_while_the_permission_is_missing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    delivery_id = await forbid(hass, frigate)
    dialog = Dialog(await hass_client(), permission_issue(entry))
    await dialog.open()
    assert (await dialog.choose("try_again"))["reason"] == "tried_again"
    await wait_until(lambda: coordinator(entry).worker.held)
    await wait_for_state(hass, delivery_id, "pending")
    assert issue(hass, entry) is not None


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "still_refused"), (502, "no_answer")]
)
async def test_repair_shows_the_systems_reason(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
    status: int,
    reason: str,
) -> None:
    await forbid(hass, frigate)
    frigate.add_faults(respond(status, method="GET", times=None))
    dialog = Dialog(await hass_client(), permission_issue(entry))
    await dialog.open()
    assert (await dialog.choose("try_again"))["reason"] == reason
    assert issue(hass, entry) is not None


async def test_repair_opens_the_form_of_the_connection(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    await forbid(hass, frigate)
    dialog = Dialog(await hass_client(), permission_issue(entry))
    await dialog.open()
    led = await dialog.choose("reconfigure")
    assert led["reason"] == "form_opened"
    (flow,) = hass.config_entries.flow.async_progress()
    assert led["next_flow"] == ["config_flow", flow["flow_id"]]
    assert flow["context"]["source"] == SOURCE_RECONFIGURE
    assert issue(hass, entry) is not None


async def test_repair_is_removed_without_waiting_deliveries(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    delivery_id = await forbid(hass, frigate)
    await act(hass, "discard_delivery", delivery_id=delivery_id)
    await coordinator(entry).counts.async_refresh()
    await coordinator(entry).async_refresh()
    assert issue(hass, entry) is None


async def test_repair_is_removed_by_a_successful_reload(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    delivery_id = await forbid(hass, frigate)
    dialog = Dialog(await hass_client(), permission_issue(entry))
    await dialog.open()
    frigate.configure(role="admin")

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert issue(hass, entry) is None
    assert (await dialog.choose("try_again"))["reason"] == "not_loaded"
    assert await hass.config_entries.async_setup(entry.entry_id)
    await wait_for_state(hass, delivery_id, "delivered")
    assert issue(hass, entry) is None
