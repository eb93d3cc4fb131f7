"""System health of Event Relay as a whole."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .const import CONF_BACKEND, DOMAIN
from .coordinator import RelayConfigEntry
from .queue.store.store import StoreUnavailable
from .registry import BY_NAME
from .storage import async_get_store


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the system health callback."""
    register.async_register_info(async_system_health_info)


async def async_system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return reachable backends, pending deliveries and the size of the file.

    Sends no requests: a connection knows its health from the last contact.
    """
    entries: list[RelayConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    counts = [entry.runtime_data.counts.data for entry in entries]
    reachable = {
        name: _reachable(one for one in entries if one.data[CONF_BACKEND] == name)
        for name in BY_NAME
        if any(one.data[CONF_BACKEND] == name for one in entries)
    }
    moments = {
        "oldest_pending": min(_known(one.oldest_at for one in counts), default=None),
        "last_delivery": max(_known(one.delivered_at for one in counts), default=None),
    }
    return {
        **reachable,
        "pending_deliveries": sum(one.waiting for one in counts),
        "failed_deliveries": sum(one.failed for one in counts),
        **{name: moment for name, moment in moments.items() if moment is not None},
        "outbox_size": _size(hass),
    }


def _reachable(entries: Iterable[RelayConfigEntry]) -> str | dict[str, str]:
    """Return whether all connections to one backend are reachable."""
    if all(entry.runtime_data.last_update_success for entry in entries):
        return "ok"
    return {"type": "failed", "error": "unreachable"}


def _known(moments: Iterable[datetime | None]) -> list[datetime]:
    """Return the moments that are not None."""
    return [moment for moment in moments if moment is not None]


async def _size(hass: HomeAssistant) -> str | dict[str, str]:
    """Return the size of the file."""
    try:
        size = await (await async_get_store(hass)).size()
    except StoreUnavailable as error:
        return {"type": "failed", "error": str(error)}
    return f"{size / 2**20:.2f} MiB"
