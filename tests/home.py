"""A connection to a simulated Frigate in a test's Home Assistant."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import CONF_BACKEND, CONF_CAPABILITIES, DOMAIN
from custom_components.event_relay.coordinator import RelayCoordinator
from custom_components.event_relay.queue import absence
from custom_components.event_relay.queue.absence import Absence
from custom_components.event_relay.reload import async_stop_kept_rules
from tools.simulators.frigate import FrigateSimulator

from .responses import invalid_field

CAPABILITIES: dict[str, Any] = {
    "version": "0.18.0-e3fa701",
    "username": "anonymous",
    "role": "admin",
    "cameras": {
        "front_door": {
            "friendly_name": "Front door",
            "enabled": True,
            "records": True,
            "pre_capture": 5,
        },
        "garden": {
            "friendly_name": "Garden",
            "enabled": True,
            "records": True,
            "pre_capture": 5,
        },
    },
}


def connection_entry(
    url: str, title: str = "Frigate", **data: object
) -> MockConfigEntry:
    """Return a connection's entry."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=title,
        data={
            CONF_BACKEND: "frigate",
            CONF_URL: url,
            CONF_USERNAME: "",
            CONF_PASSWORD: "",
            CONF_VERIFY_SSL: True,
            CONF_CAPABILITIES: CAPABILITIES,
            **data,
        },
    )


async def connect(
    hass: HomeAssistant,
    simulator: FrigateSimulator,
    title: str = "Frigate",
    **data: object,
) -> MockConfigEntry:
    """Set up a connection and wait for its first contact."""
    entry = connection_entry(simulator.url, title, **data)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await _ended(f"{DOMAIN} first look {entry.entry_id}")
    return entry


async def switch_off(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload a connection as Home Assistant's stop does: its rules stop, too."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    await async_stop_kept_rules(hass, entry)


async def remove(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Remove a connection, and wait for its clean-up."""
    assert await hass.config_entries.async_remove(entry.entry_id)
    await wait_for_clean_up(entry)


async def wait_for_clean_up(entry: MockConfigEntry) -> None:
    """Wait until a removed connection is cleaned up."""
    await _ended(f"{DOMAIN} clean up {entry.entry_id}")


async def _ended(name: str) -> None:
    """Wait for background tasks, for which Home Assistant's harness does not wait."""
    if tasks := [one for one in asyncio.all_tasks() if one.get_name() == name]:
        await asyncio.wait(tasks)


def coordinator(entry: MockConfigEntry) -> RelayCoordinator:
    """Return the coordinator of a loaded connection."""
    runtime: RelayCoordinator = entry.runtime_data
    return runtime


def look_up_at_once(monkeypatch: pytest.MonkeyPatch, entry: MockConfigEntry) -> None:
    """Let a connection look up without delay what became of a lost response."""
    dispatcher = coordinator(entry).worker._dispatcher
    absent = Absence(timedelta())
    executor, look_ups = dispatcher._executor, dispatcher._look_ups
    connection = look_ups._connection
    quick = replace(connection.backend, look_up_after=(0.01,))
    monkeypatch.setattr(executor, "_backend", quick)
    monkeypatch.setattr(look_ups, "_connection", replace(connection, backend=quick))
    for part in (executor, look_ups):
        monkeypatch.setattr(part, "_absence", absent)
    # Otherwise one look-up shorter than a millisecond would prove an absence.
    monkeypatch.setattr(absence, "_ROUNDING", 0.0)


async def act(
    hass: HomeAssistant, action: str, context: Context | None = None, /, **data: object
) -> Mapping[str, Any]:
    """Call an action and return its response."""
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=context
    )
    assert answer is not None
    return answer


async def wait_for_listed(hass: HomeAssistant, *delivery_ids: str) -> None:
    """Wait until exactly these deliveries are listed, newest first.

    Home Assistant runs timed work in the background, such as the clean-up.
    """
    async with asyncio.timeout(60):
        while True:
            listed = (await act(hass, "list_deliveries"))["deliveries"]
            if [one["delivery_id"] for one in listed] == list(delivery_ids):
                return
            await asyncio.sleep(0.01)


async def wait_for_state(
    hass: HomeAssistant, delivery_id: str, state: str
) -> Mapping[str, Any]:
    """Wait until a delivery is in a state, and return its list entry."""
    async with asyncio.timeout(60):
        while True:
            listed = await act(hass, "list_deliveries")
            for delivery in listed["deliveries"]:
                if (
                    delivery["delivery_id"] == delivery_id
                    and delivery["state"] == state
                ):
                    return delivery  # type: ignore[no-any-return]
            await asyncio.sleep(0.01)


async def rejected_delivery(
    hass: HomeAssistant, simulator: FrigateSimulator, label: str = "doorbell"
) -> str:
    """Let an event be rejected, and return the id of its delivery."""
    simulator.add_faults(invalid_field())
    with pytest.raises(HomeAssistantError):
        await act(hass, "create_camera_event", camera="garden", label=label)
    failed = await act(hass, "list_deliveries", state="failed")
    return str(failed["deliveries"][0]["delivery_id"])


def state_of(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an existing entity."""
    found = hass.states.get(entity_id)
    assert found is not None
    return found


async def turn(hass: HomeAssistant, service: str, switch: str) -> None:
    """Turn a switch on or off as a user does."""
    await hass.services.async_call(
        "switch", service, {"entity_id": switch}, blocking=True
    )
    await hass.async_block_till_done()


async def press(
    hass: HomeAssistant, button: str, context: Context | None = None
) -> None:
    """Press a button as a user does."""
    await hass.services.async_call(
        "button", "press", {"entity_id": button}, blocking=True, context=context
    )
