"""Tests of start and stop with a full queue, within Home Assistant's time limits."""

import asyncio
from contextlib import closing
from pathlib import Path
import sqlite3

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
import pytest

from custom_components.event_relay import storage
from custom_components.event_relay.queue.store.store import Store
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect, coordinator, switch_off

pytestmark = pytest.mark.usefixtures("socket_enabled")

WAITING, ENDED = 10_000, 50_000
STEPS = 10 * WAITING
"""Of SQLite's virtual machine. What waits is counted once, in an index; to read that,
or what has ended, would take several steps for each row and column."""


def _multiply(state: str, times: int, due_in: float = 0) -> None:
    """Copy the only delivery in a state; each copy gets its own id.

    Copies are due `due_in` seconds later.
    """
    with closing(sqlite3.connect(storage.FILE_NAME)) as database:
        columns = [
            name
            for _, name, *_ in database.execute("PRAGMA table_info(deliveries)")
            if name not in {"sequence", "id", "key", "checksum"}
        ]
        listed = ", ".join(columns)
        values = listed.replace("due_at", "due_at + ?")
        numbers = (
            "WITH RECURSIVE number (n) AS"
            " (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT ?)"
        )
        database.execute(
            f"{numbers} INSERT INTO deliveries (id, key, {listed})"  # noqa: S608 - names of columns
            f" SELECT id || n, id || n, {values} FROM deliveries, number"
            " WHERE state = ?",
            (times - 1, due_in, state),
        )
        database.commit()


class _StepCounter:
    """Counts SQLite's steps for a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.steps = 0

    def _step(self) -> int:
        self.steps += 1
        return 0

    async def attach(self) -> None:
        """Begin to count."""
        await self.store._database.run(
            lambda database: database.set_progress_handler(self._step, 1),
            without_transaction=True,
        )


@pytest.mark.parametrize("due_in", [0, 300])
async def test_full_queue_delays_neither_start_nor_stop(
    hass: HomeAssistant, frigate: FrigateSimulator, due_in: float
) -> None:
    entry = await connect(hass, frigate)
    doorbell = {"camera": "front_door", "label": "doorbell"}
    await act(hass, "create_camera_event", **doorbell)
    await frigate.stop()
    await act(hass, "create_camera_event", **doorbell)
    await switch_off(hass, entry)
    await hass.async_add_executor_job(_multiply, "pending", WAITING, due_in)
    await hass.async_add_executor_job(_multiply, "delivered", ENDED)
    meter = _StepCounter(await storage.async_get_store(hass))
    await meter.attach()

    assert await hass.config_entries.async_setup(entry.entry_id)
    async with asyncio.timeout(60):
        while not coordinator(entry).worker._in_flight.sending:
            await asyncio.sleep(0)
    started = meter.steps
    await switch_off(hass, entry)
    unloaded = meter.steps
    assert await hass.config_entries.async_setup(entry.entry_id)
    before = meter.steps
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    stopped = meter.steps

    assert 0 < started < STEPS
    assert unloaded - started < STEPS
    assert stopped - before < STEPS
    assert not coordinator(entry).worker._in_flight.sending
    with closing(sqlite3.connect(Path(storage.FILE_NAME))) as database:
        counted = dict(
            database.execute(
                "SELECT settled_at IS NULL, count(*) FROM deliveries GROUP BY 1"
            ).fetchall()
        )
    assert counted == {1: WAITING, 0: ENDED}
