"""A connection to a simulated aipix in a test's Home Assistant."""

import asyncio
from typing import Any

from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import CONF_BACKEND, CONF_CAPABILITIES, DOMAIN
from tools.simulators.aipix import AipixSimulator

USERNAME = "relay"
PASSWORD = "a good password"
DEVICE = "device-1"


def connection_data(url: str, api: str = "client", **data: object) -> dict[str, Any]:
    """Return the data of a connection, without capabilities."""
    return {
        CONF_BACKEND: "aipix",
        CONF_URL: url,
        "api": api,
        CONF_USERNAME: USERNAME,
        CONF_PASSWORD: PASSWORD,
        CONF_VERIFY_SSL: True,
        "device_id": DEVICE,
        **data,
    }


async def connect_aipix(
    hass: HomeAssistant,
    simulator: AipixSimulator,
    api: str = "client",
    options: dict[str, Any] | None = None,
    **data: object,
) -> MockConfigEntry:
    """Set up a connection and wait for its first contact."""
    capabilities = {
        "version": "24.03.0.0",
        "api": api,
        "user_id": 7,
        "lists_scripts": api == "client",
    }
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="VMS",
        data=connection_data(simulator.url, api, **data)
        | {CONF_CAPABILITIES: capabilities},
        options=options or {},
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await entry.runtime_data.async_refresh()
    return entry


async def wait_for_choices(entry: MockConfigEntry) -> None:
    """Wait until a connection has read its choices."""
    async with asyncio.timeout(60):
        while not entry.runtime_data.lists:
            await asyncio.sleep(0.01)
