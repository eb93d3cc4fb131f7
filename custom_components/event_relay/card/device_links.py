"""Links the devices of rules and mirrors to their deliveries in the card.

The card has no address of its own: a device leads to the dashboard that shows it, and
to nothing while none does.
"""

import asyncio
import logging

from homeassistant.const import EVENT_LOVELACE_UPDATED
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.start import async_at_started

from ..coordinator import RelayConfigEntry
from ..entities.subentry_entity import async_see_runners, part_identifier
from ..rules.subentry_runner import SubentryRunner
from .address import async_card_path, rule_address

_LOGGER = logging.getLogger(__name__)

SETTLING = 2.0
"""Seconds from a change of a dashboard or rule until the devices are linked.

Debounces a user who edits a dashboard, and all rules of a connection at its set-up.
"""
AT_ONCE = 50
"""Devices that are changed in one iteration of the event loop."""


@callback
def async_link_devices(hass: HomeAssistant, entry: RelayConfigEntry) -> CALLBACK_TYPE:
    """Keep the devices of a connection's rules linked; return a callback to stop."""

    async def link() -> None:
        await _async_link(hass, entry)

    debouncer = Debouncer(
        hass,
        _LOGGER,
        cooldown=SETTLING,
        immediate=False,
        function=link,
        background=True,
    )

    @callback
    def changed(_: Event | SubentryRunner) -> None:
        debouncer.async_schedule_call()

    @callback
    def home_started(_: HomeAssistant) -> None:
        async_see_runners(entry, changed)

    stop_listening = hass.bus.async_listen(EVENT_LOVELACE_UPDATED, changed)
    stop_waiting = async_at_started(hass, home_started)

    @callback
    def stop() -> None:
        stop_listening()
        stop_waiting()
        debouncer.async_shutdown()

    return stop


async def _async_link(hass: HomeAssistant, entry: RelayConfigEntry) -> None:
    """Link the devices as the dashboards are now."""
    path = await async_card_path(hass, entry.entry_id)
    registry = dr.async_get(hass)
    rules = entry.runtime_data.rules
    changed = 0
    for runner_id in tuple(rules.runners) if rules is not None else ():
        device = registry.async_get_device_by_identifier(
            part_identifier(entry, runner_id), entry.entry_id
        )
        url = f"homeassistant:/{rule_address(path, runner_id)}" if path else None
        if device is None or device.configuration_url == url:
            continue
        registry.async_update_device(device.id, configuration_url=url)
        changed += 1
        if not changed % AT_ONCE:
            await asyncio.sleep(0)
