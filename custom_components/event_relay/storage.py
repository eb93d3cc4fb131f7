"""The one outbox file that all connections share, opened when first needed."""

import asyncio
from pathlib import Path

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .outbox.store import Store

FILE_NAME = f"{DOMAIN}.db"

_STORE: HassKey[asyncio.Future[Store]] = HassKey(DOMAIN)


async def async_get_store(hass: HomeAssistant) -> Store:
    """Return the open store; raises StoreUnavailable, and tries anew next time."""
    if _STORE in hass.data:
        return await asyncio.shield(hass.data[_STORE])
    opening: asyncio.Future[Store] = hass.loop.create_future()
    hass.data[_STORE] = opening
    store = Store(Path(hass.config.path(FILE_NAME)))
    try:
        await store.open()
    except BaseException as error:
        del hass.data[_STORE]
        opening.set_exception(error)
        opening.exception()
        raise

    async def close(_: Event) -> None:
        """Close the file after the last worker has stopped."""
        await store.close()

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, close)
    opening.set_result(store)
    return store
