"""The repair of a connection that lacks a right, as its dialog leads through it."""

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
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from .config_flows import offered
from .home import act, connect, coordinator, until_state
from .repair_dialog import Dialog
from .rules.home import wait_until

pytestmark = pytest.mark.usefixtures("socket_enabled")

DOORBELL = {"camera": "front_door", "label": "doorbell"}
LOGIN = {CONF_USERNAME: "user", CONF_PASSWORD: "password"}


@pytest.fixture
async def frigate() -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate that asks for a login."""
    async with FrigateSimulator(
        user="user", password="password", async_delay=0
    ) as simulator:
        yield simulator


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection, and what shows repairs."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await connect(hass, frigate, **LOGIN)
    await coordinator(entry).async_refresh()
    return entry


async def forbidden(hass: HomeAssistant, frigate: FrigateSimulator) -> str:
    """Take the right away, and return the id of a delivery that waits for it."""
    frigate.configure(role="viewer")
    frigate.expire_logins()
    answer = await act(hass, "create_camera_event", **DOORBELL)
    assert answer["state"] == "pending"
    return str(answer["delivery_id"])


def issue(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return the repair, if there is one."""
    return ir.async_get(hass).async_get_issue(DOMAIN, permission_issue(entry))


async def test_it_is_tried_at_once_when_the_user_says_so(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    delivery_id = await forbidden(hass, frigate)
    assert issue(hass, entry) is not None
    frigate.configure(role="admin")

    dialog = Dialog(await hass_client(), permission_issue(entry))
    menu = await dialog.open()
    assert offered(menu) == ["try_again", "reconfigure"]
    assert "viewer" in menu["description_placeholders"]["reason"]
    assert (await dialog.choose("try_again"))["reason"] == "tried_again"

    await until_state(hass, delivery_id, "delivered")
    assert issue(hass, entry) is None


async def test_it_stays_where_nothing_is_permitted_yet(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    delivery_id = await forbidden(hass, frigate)
    dialog = Dialog(await hass_client(), permission_issue(entry))
    await dialog.open()
    assert (await dialog.choose("try_again"))["reason"] == "tried_again"
    await wait_until(lambda: coordinator(entry).worker.held)
    await until_state(hass, delivery_id, "pending")
    assert issue(hass, entry) is not None


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "still_refused"), (502, "no_answer")]
)
async def test_it_says_what_the_system_says(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
    status: int,
    reason: str,
) -> None:
    await forbidden(hass, frigate)
    frigate.add_faults(
        Fault(kind=FaultKind.STATUS, method="GET", status=status, times=None)
    )
    dialog = Dialog(await hass_client(), permission_issue(entry))
    await dialog.open()
    assert (await dialog.choose("try_again"))["reason"] == reason
    assert issue(hass, entry) is not None


async def test_it_leads_to_the_form_of_the_connection(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    await forbidden(hass, frigate)
    dialog = Dialog(await hass_client(), permission_issue(entry))
    await dialog.open()
    led = await dialog.choose("reconfigure")
    assert led["reason"] == "form_opened"
    (flow,) = hass.config_entries.flow.async_progress()
    assert led["next_flow"] == ["config_flow", flow["flow_id"]]
    assert flow["context"]["source"] == SOURCE_RECONFIGURE
    assert issue(hass, entry) is not None


async def test_it_goes_when_nothing_waits_for_it_any_more(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    delivery_id = await forbidden(hass, frigate)
    await act(hass, "discard_delivery", delivery_id=delivery_id)
    await coordinator(entry).counts.async_refresh()
    await coordinator(entry).async_refresh()
    assert issue(hass, entry) is None


async def test_it_goes_with_a_reload_that_mends_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    delivery_id = await forbidden(hass, frigate)
    dialog = Dialog(await hass_client(), permission_issue(entry))
    await dialog.open()
    frigate.configure(role="admin")

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert issue(hass, entry) is None
    assert (await dialog.choose("try_again"))["reason"] == "not_loaded"
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until_state(hass, delivery_id, "delivered")
    assert issue(hass, entry) is None
