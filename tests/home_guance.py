"""A connection to a simulated Guance workspace in a test's Home Assistant."""

from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import CONF_BACKEND, CONF_CAPABILITIES, DOMAIN
from tools.simulators.guance import GuanceSimulator


def workspace_entry(simulator: GuanceSimulator, **data: object) -> MockConfigEntry:
    """Return a connection's entry."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Workspace",
        unique_id=simulator.settings.workspace,
        data={
            CONF_BACKEND: "guance",
            CONF_URL: simulator.url,
            CONF_API_KEY: simulator.settings.api_key,
            CONF_CAPABILITIES: {"retention_days": 14},
            **data,
        },
    )


async def connect(
    hass: HomeAssistant, simulator: GuanceSimulator, **data: object
) -> MockConfigEntry:
    """Set up a connection and wait for its first contact."""
    entry = workspace_entry(simulator, **data)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=False)
    await entry.runtime_data.async_refresh()
    return entry
