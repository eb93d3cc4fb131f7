"""Tests of removed and reloaded connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
import sqlite3

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.event_relay import storage
from custom_components.event_relay.coordinator import TIDYING
from custom_components.event_relay.queue.store import file
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect, coordinator, remove, wait_for_state

pytestmark = pytest.mark.usefixtures("socket_enabled")

DOORBELL = {"camera": "front_door", "label": "doorbell"}
CREATE = "/api/events/*/create"
EVENTS = 12


@pytest.fixture
async def other_frigate() -> AsyncIterator[FrigateSimulator]:
    """Run another Frigate simulator."""
    async with FrigateSimulator(async_delay=0) as simulator:
        yield simulator


async def _ring(hass: HomeAssistant, entry: MockConfigEntry, **data: object) -> str:
    """Deliver an event with a connection, and return its id."""
    answer = await act(
        hass,
        "create_camera_event",
        config_entry_id=entry.entry_id,
        **{**DOORBELL, **data},
    )
    return str(answer["delivery_id"])


async def _owners(hass: HomeAssistant) -> frozenset[str]:
    """Return the connections of the deliveries in the file."""
    return await (await storage.async_get_store(hass)).owners()


async def test_removal_leaves_no_rows_in_any_state(
    hass: HomeAssistant, frigate: FrigateSimulator, other_frigate: FrigateSimulator
) -> None:
    removed, kept = (
        await connect(hass, frigate),
        await connect(hass, other_frigate, "Other"),
    )
    await _ring(hass, kept)
    await _ring(hass, removed)
    await frigate.stop()
    await _ring(hass, removed, wait=0)
    await _ring(hass, removed, wait=0)
    assert await _owners(hass) == {removed.entry_id, kept.entry_id}

    await remove(hass, removed)

    assert await _owners(hass) == {kept.entry_id}
    assert removed.entry_id.encode() not in Path(storage.FILE_NAME).read_bytes()


async def test_remaining_rows_are_removed_by_the_next_clean_up(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    other_frigate: FrigateSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file, "_BUSY", 0.1)
    removed, kept = (
        await connect(hass, frigate),
        await connect(hass, other_frigate, "Other"),
    )
    disabled = await connect(hass, frigate, "Disabled")
    for entry in (removed, kept, disabled):
        await _ring(hass, entry)
    assert await hass.config_entries.async_unload(disabled.entry_id)

    with closing(sqlite3.connect(storage.FILE_NAME, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        await remove(hass, removed)
        holder.execute("ROLLBACK")
    everybody = {removed.entry_id, kept.entry_id, disabled.entry_id}
    assert await _owners(hass) == everybody

    async_fire_time_changed(hass, dt_util.utcnow() + TIDYING + timedelta(seconds=1))
    async with asyncio.timeout(60):
        while await _owners(hass) == everybody:
            await asyncio.sleep(0.01)

    assert await _owners(hass) == {kept.entry_id, disabled.entry_id}


async def test_reload_with_deliveries_in_flight_loses_nothing(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await connect(hass, frigate)
    frigate.add_faults(
        Fault(
            kind=FaultKind.DELAY, path="/api/events/*/create", seconds=0.05, times=None
        )
    )
    ids = []
    for number in range(EVENTS):
        ids.append(await _ring(hass, entry, label=f"label-{number}", wait=0))
        if number % 4 == 3:
            async with asyncio.timeout(60):
                while not coordinator(entry).worker._in_flight.sending:
                    await asyncio.sleep(0.001)
            assert await hass.config_entries.async_reload(entry.entry_id)
            assert entry.state is ConfigEntryState.LOADED

    for delivery_id in ids:
        await wait_for_state(hass, delivery_id, "delivered")
    labels = sorted(event.label for event in frigate.events)
    assert labels == sorted(f"label-{number}" for number in range(EVENTS))


async def test_reload_with_a_hanging_backend_looks_up_interrupted_attempts(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.event_relay.queue.worker.STOP_PATIENCE", 0.1)
    entry = await connect(hass, frigate)
    frigate.add_faults(Fault(kind=FaultKind.HANG, path=CREATE, handled=True))
    delivery_id = await _ring(hass, entry, wait=0)
    async with asyncio.timeout(60):
        while not frigate.events:
            await asyncio.sleep(0.01)

    assert await hass.config_entries.async_reload(entry.entry_id)

    await wait_for_state(hass, delivery_id, "delivered")
    assert len(frigate.events) == 1
