"""Serves the dashboard card, and registers it as a dashboard resource.

Not as an extra frontend module: a page does not wait for those, and may then show
permanently that the card does not exist.
"""

import asyncio
from hashlib import sha256
import logging
from pathlib import Path
from typing import Any

from homeassistant.components.http.server import StaticPathConfig
from homeassistant.components.lovelace.const import CONF_RESOURCE_TYPE_WS, LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.const import CONF_ID, CONF_URL, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

_LOGGER = logging.getLogger(__name__)

FILE = Path(__file__).parents[1] / "frontend" / "event-relay-card.js"
ADDRESS = f"/{DOMAIN}/{FILE.name}"

_LOCK: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}_card")


async def async_serve_card(hass: HomeAssistant) -> None:
    """Serve the card's file if there is a web server.

    Call it once per run. Dashboards show the card as long as it is served.
    """
    hass.data[_LOCK] = asyncio.Lock()

    async def stop(_: Event) -> None:
        if not hass.config_entries.async_entries(DOMAIN):
            await _withdraw(hass)

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop)
    if "http" in hass.config.components:
        await hass.http.async_register_static_paths(
            [StaticPathConfig(ADDRESS, str(FILE), cache_headers=True)]
        )


async def async_offer_card(hass: HomeAssistant) -> None:
    """Register the card as a resource, with a URL that changes with its content.

    With resources in YAML mode only the user can do that. Errors are only logged:
    deliveries do not depend on it.
    """
    resources = _resources(hass)
    if resources is None:
        return
    try:
        async with hass.data[_LOCK]:
            content = await hass.async_add_executor_job(FILE.read_bytes)
            address = f"{ADDRESS}?v={sha256(content).hexdigest()[:12]}"
            await _register(resources, address)
    except (OSError, HomeAssistantError) as error:
        _LOGGER.warning("The dashboards are not told of the card: %s", error)


async def _withdraw(hass: HomeAssistant) -> None:
    """Remove the card from the resources.

    Without a connection the integration does not run after a restart and does not
    serve the file.
    """
    if (resources := _resources(hass)) is not None:
        for one in await _ours(resources):
            await resources.async_delete_item(one[CONF_ID])


async def _register(resources: ResourceStorageCollection, address: str) -> None:
    """Ensure that the card is registered exactly once, with its current URL."""
    wanted = {CONF_RESOURCE_TYPE_WS: "module", CONF_URL: address}
    present = await _ours(resources)
    if not present:
        await resources.async_create_item(wanted)
    for one in present[:1]:
        if one[CONF_URL] != address:
            await resources.async_update_item(one[CONF_ID], wanted)
    for one in present[1:]:
        await resources.async_delete_item(one[CONF_ID])


def _resources(hass: HomeAssistant) -> ResourceStorageCollection | None:
    """Return the dashboard resources if they can be changed."""
    lovelace = hass.data.get(LOVELACE_DATA)
    resources = lovelace.resources if lovelace else None
    return resources if isinstance(resources, ResourceStorageCollection) else None


async def _ours(resources: ResourceStorageCollection) -> list[dict[str, Any]]:
    """Return the resources of the card."""
    # This loads them; until then the collection is empty.
    await resources.async_get_info()
    return [
        one for one in resources.async_items() if one[CONF_URL].split("?")[0] == ADDRESS
    ]
