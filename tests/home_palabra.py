"""A connection to a simulated Palabra in a test's Home Assistant."""

import asyncio
from collections.abc import Sequence

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.const import (
    CONF_API_KEY,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_URL,
)
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import CONF_BACKEND, CONF_CAPABILITIES, DOMAIN
from tools.simulators.palabra import PalabraSimulator


async def connect(
    hass: HomeAssistant,
    simulator: PalabraSimulator,
    *,
    older: bool = False,
    answers: bool = True,
    entry_id: str | None = None,
    subentries: Sequence[ConfigSubentryDataWithId] = (),
) -> MockConfigEntry:
    """Set up a connection and wait for its first contact."""
    settings = simulator.settings
    entry = MockConfigEntry(
        domain=DOMAIN,
        entry_id=entry_id,
        title="Palabra",
        subentries_data=subentries,
        data={
            CONF_BACKEND: "palabra",
            CONF_URL: simulator.url,
            CONF_API_KEY: "" if older else settings.api_key,
            CONF_CLIENT_ID: settings.client_id if older else "",
            CONF_CLIENT_SECRET: settings.client_secret if older else "",
            CONF_CAPABILITIES: {},
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    async with asyncio.timeout(60):
        while answers and not any(seen.status for seen in simulator.requests):
            await asyncio.sleep(0.01)
    await hass.async_block_till_done()
    return entry
