"""Tests of the config flow of a connection to aipix."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import (
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    EVENT_HOMEASSISTANT_CLOSE,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.aipix.api.client import AipixClient
from custom_components.event_relay.backends.aipix.forms import AipixForms
from custom_components.event_relay.backends.errors import CannotConnect
from custom_components.event_relay.const import CONF_CAPABILITIES, DOMAIN
from tests.config_flows import form_without_set_up, submit
from tests.home import remove
from tests.home_aipix import DEVICE, USERNAME, connect_aipix, connection_data
from tools.simulators.aipix import AipixSimulator

from ...responses import respond
from .connection_form import ADMINISTRATOR, FORM, aipix

pytestmark = pytest.mark.usefixtures("socket_enabled")

entered = FORM.entered


@pytest.fixture
async def form(hass: HomeAssistant) -> AsyncIterator[ConfigFlowResult]:
    """Return the form for aipix; the connection that it adds is not set up."""
    async with form_without_set_up(hass, "aipix") as form:
        yield form


def without_capabilities(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != CONF_CAPABILITIES}


@pytest.mark.parametrize("api", ["client", "administrator"])
async def test_connection_has_its_own_device_id(
    hass: HomeAssistant, form: ConfigFlowResult, api: str
) -> None:
    async with aipix() as url:
        result = await submit(
            hass, form, entered(url, api=api, **{CONF_USERNAME: f" {USERNAME} "})
        )

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "aipix (127.0.0.1)"
    data = result["result"].data
    device = data["device_id"]
    assert UUID(device).version == 4
    assert without_capabilities(data) == connection_data(url, api, device_id=device)
    assert data[CONF_CAPABILITIES]["version"] == "24.03.0.0"


@pytest.mark.parametrize(
    "copied", ["", "/", "/admin", "/admin/", "/api", "/api/v1", "/api/admin/v1"]
)
async def test_address_with_a_prefix(
    hass: HomeAssistant, form: ConfigFlowResult, copied: str
) -> None:
    async with AipixSimulator(prefix="/vms") as simulator:
        result = await submit(hass, form, entered(f" {simulator.url}{copied} "))
    assert result["result"].data[CONF_URL] == simulator.url


def test_address_without_a_scheme_is_https() -> None:
    data = AipixForms().normalise(entered("vms.example.com/admin"))
    assert data[CONF_URL] == "https://vms.example.com"


async def test_failed_attempts_use_one_device_and_one_session(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    async with AipixSimulator() as simulator:
        self_ = respond(503, path="*/users/self", times=2)
        simulator.add_faults(self_)
        for _ in range(2):
            form = await submit(hass, form, entered(simulator.url))
            assert form["errors"] == {"base": "unavailable"}
        result = await submit(hass, form, entered(simulator.url))

        assert len(set(simulator.devices)) == 1
        assert simulator.devices[0] == result["result"].data["device_id"]
        assert len(simulator.auth.sessions) == 1


async def test_same_account_is_added_once(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, data=connection_data("https://vms.example.com")
    )
    entry.add_to_hass(hass)
    result = await submit(hass, form, entered("VMS.example.com/"))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_reauth_keeps_the_device_and_shows_errors(hass: HomeAssistant) -> None:
    async with AipixSimulator() as simulator:
        entry = await connect_aipix(hass, simulator)
        simulator.configure(password="another password")
        form = await entry.start_reauth_flow(hass)
        assert form["step_id"] == "aipix_reauth"
        wrong = {CONF_USERNAME: USERNAME, CONF_PASSWORD: "wrong"}
        form = await submit(hass, form, wrong)
        assert form["errors"] == {"base": "invalid_auth"}
        simulator.configure(captcha=True)
        right = wrong | {CONF_PASSWORD: "another password"}
        form = await submit(hass, form, right)
        assert form["errors"] == {"base": "captcha_required"}
        simulator.configure(captcha=False)
        result = await submit(hass, form, right)
        await entry.runtime_data.async_refresh()

        assert result["reason"] == "reauth_successful"
        assert entry.data["device_id"] == DEVICE
        assert set(simulator.devices) <= {DEVICE, ""}
        await remove(hass, entry)
        assert not simulator.auth.sessions


async def test_reconfigure_keeps_the_device(hass: HomeAssistant) -> None:
    async with AipixSimulator() as simulator, AipixSimulator() as other:
        entry = await connect_aipix(hass, simulator)
        form = await entry.start_reconfigure_flow(hass)
        assert form["step_id"] == "aipix_reconfigure"
        result = await submit(
            hass, form, entered(other.url, **ADMINISTRATOR, verify_ssl=False)
        )
        await entry.runtime_data.async_refresh()

        assert result["reason"] == "reconfigure_successful"
        assert without_capabilities(entry.data) == connection_data(
            other.url, "administrator", verify_ssl=False
        )


async def test_option_sets_the_numbers_of_weekdays(hass: HomeAssistant) -> None:
    async with AipixSimulator() as simulator:
        entry = await connect_aipix(hass, simulator, "administrator")
        form = await hass.config_entries.options.async_init(entry.entry_id)
        assert form["step_id"] == "aipix"
        result = await hass.config_entries.options.async_configure(
            form["flow_id"], {"weekdays": "monday_1"}
        )
        await hass.async_block_till_done()
        await entry.runtime_data.async_refresh()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["weekdays"] == "monday_1"


async def test_clients_are_closed_with_home_assistant(hass: HomeAssistant) -> None:
    client = AipixForms().create_client(hass, connection_data("http://127.0.0.1"))
    assert isinstance(client, AipixClient)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_CLOSE)
    await hass.async_block_till_done()
    with pytest.raises(CannotConnect, match="session is closed"):
        await client.capabilities()
