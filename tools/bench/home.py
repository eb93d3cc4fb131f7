"""A Home Assistant in this process, set up for the measurements."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
import logging
from pathlib import Path
import tempfile
from types import MappingProxyType
from typing import Any

from homeassistant import bootstrap, loader
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntries,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentryDataWithId,
)
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.runner import create_event_loop
from homeassistant.setup import async_setup_component

from custom_components.event_relay.const import CONF_BACKEND, CONF_CAPABILITIES, DOMAIN
from custom_components.event_relay.coordinator import RelayConfigEntry

from .backend import BENCH
from .forms import register

_ALWAYS = ("homeassistant", "network", "persistent_notification")


def run[ResultT](work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run work on the kind of event loop that Home Assistant uses."""
    with asyncio.Runner(loop_factory=create_event_loop) as runner:
        return runner.run(work)


@asynccontextmanager
async def home(
    config: dict[str, Any] | None = None, folder: Path | None = None
) -> AsyncIterator[HomeAssistant]:
    """Yield a started Home Assistant with some integrations set up.

    Without a folder it uses a temporary one.
    """
    with tempfile.TemporaryDirectory(prefix="event-relay-bench-") as temporary:
        # It warns of every custom integration.
        logging.getLogger(loader.__name__).setLevel(logging.ERROR)
        hass = HomeAssistant(str(folder or temporary))
        hass.config.skip_pip = True
        loader.async_setup(hass)
        hass.config_entries = ConfigEntries(hass, config or {})
        await loader.async_get_custom_components(hass)
        await bootstrap.async_load_base_functionality(hass)
        await async_process_ha_core_config(hass, {})
        for integration in (*_ALWAYS, *(config or {})):
            if not await async_setup_component(hass, integration, config or {}):
                raise RuntimeError(f"{integration} cannot be set up")
        await hass.async_start()
        register()
        try:
            yield hass
        finally:
            await hass.async_stop()


def a_connection(
    address: str,
    rules: Sequence[ConfigSubentryDataWithId] = (),
    *,
    entry_id: str = "bench",
    data: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
) -> RelayConfigEntry:
    """Return a connection as its form stores it, by default to the bench's backend."""
    return ConfigEntry(
        data={
            CONF_BACKEND: BENCH.name,
            CONF_URL: address,
            CONF_CAPABILITIES: {},
            **(data or {}),
        },
        discovery_keys=MappingProxyType({}),
        domain=DOMAIN,
        entry_id=entry_id,
        minor_version=1,
        options=options or {},
        source=SOURCE_USER,
        subentries_data=rules,
        title=entry_id.capitalize(),
        unique_id=None,
        version=1,
    )


async def connect(hass: HomeAssistant, entry: RelayConfigEntry) -> None:
    """Set up a connection, as Home Assistant does after its form."""
    await hass.config_entries.async_add(entry)
    if entry.state is not ConfigEntryState.LOADED:
        raise RuntimeError(f"the connection is not loaded: {entry.reason}")
    await hass.async_block_till_done()
