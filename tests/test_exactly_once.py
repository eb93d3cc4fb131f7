"""Tests of many events with a failing Frigate and an interrupted worker."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
import random

from aiohttp import ClientSession, DummyCookieJar
import pytest

from custom_components.event_relay.backends.errors import BackendError
from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.backends.frigate.api.models import (
    FrigateCapabilities,
)
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from custom_components.event_relay.queue import backoff
from custom_components.event_relay.queue.clock import SteadyClock
from custom_components.event_relay.queue.connection import Connection
from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Origin,
    OriginKind,
)
from custom_components.event_relay.queue.queue import DeliveryQueue, Request
from custom_components.event_relay.queue.store.store import Store
from custom_components.event_relay.queue.worker import Worker
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

EVENTS = 60
CRASH_EVERY = 20
KINDS = (
    FaultKind.RESET_AFTER,
    FaultKind.RESET_BEFORE,
    FaultKind.REFUSE,
    FaultKind.GARBAGE,
    FaultKind.HALF_BODY,
    FaultKind.STATUS,
)
STATUSES = (429, 500, 502, 503, 504)
SEED = 20261122
WRITE_TIME = timedelta(seconds=4)
"""More than the simulator takes for what comes between two crashes: up to 0.04 s for
each of 40 events, one after the other."""
RESTART_SECONDS = 0.5
"""The downtime after a crash, during which Frigate continues."""


def _now() -> datetime:
    return datetime.now(UTC)


class CrashableQueue:
    """A queue whose worker can be interrupted as by a crash."""

    def __init__(
        self,
        store: Store,
        client: FrigateClient,
        capabilities: FrigateCapabilities,
        chance: random.Random,
    ) -> None:
        self.store = store
        self.client = client
        self.capabilities = capabilities
        self.chance = chance
        self.backend = replace(FRIGATE, look_up_after=(0.2, 0.5), write_time=WRITE_TIME)

    def start(self) -> None:
        """Start as Home Assistant does, with the contents of the file."""
        connection = Connection(
            id="frigate",
            backend=self.backend,
            client=self.client,
            capabilities=lambda: self.capabilities,
            store=self.store,
            clock=SteadyClock(_now),
            chance=self.chance.random,
        )
        self.queue = DeliveryQueue(connection=connection)
        self.worker = Worker(connection=connection, observer=self)
        self.queue.attach(self.worker)
        self.running = asyncio.create_task(self.worker.run())

    def changed(self, delivery: Delivery) -> None:
        """Record an outcome."""
        self.queue.changed(delivery)

    def contacted(self, _: BackendError | None) -> None:
        """Record a contact."""

    async def crash(self) -> None:
        """Interrupt everything, and settle nothing."""
        # A dead process sends none of its claims.
        self.worker._flow_control.stopping = True
        tasks = [
            self.running,
            *self.worker._in_flight.sending.values(),
            *self.worker._in_flight.settling.values(),
            *self.worker._in_flight.looking_up.values(),
        ]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def submit(self, operation: str, **data: object) -> Delivery:
        """Accept a delivery without waiting."""
        return await self.queue.submit(
            Request(
                operation=operation,
                data=data,
                origin=Origin(kind=OriginKind.ACTION),
                occurred_at=_now(),
            )
        )

    async def wait_for_all(self) -> Counter[DeliveryState]:
        """Wait until nothing is left to do, and count the final states."""
        async with asyncio.timeout(240):
            while True:
                counted = Counter(
                    one.state for one in await self.store.listing(limit=None)
                )
                if all(state.settled for state in counted):
                    return counted
                await asyncio.sleep(0.05)


@asynccontextmanager
async def _misbehaving(
    frigate: FrigateSimulator, chance: random.Random
) -> AsyncIterator[None]:
    """Add a fault every few hundredths of a second."""

    async def misbehave() -> None:
        while True:
            await asyncio.sleep(chance.random() * 0.05)
            frigate.add_faults(
                Fault(
                    kind=chance.choice(KINDS),
                    method=chance.choice(("POST", "PUT", "*")),
                    status=chance.choice(STATUSES),
                )
            )

    misbehaving = asyncio.create_task(misbehave())
    try:
        yield
    finally:
        misbehaving.cancel()
        frigate.clear_faults()


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("version", ["0.18.0-e3fa701", "0.17.2"])
async def test_nothing_is_lost_or_duplicated(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.05)
    monkeypatch.setattr(backoff, "BACK_OFF_CAP", 0.5)
    monkeypatch.setattr(backoff, "RETRY_AFTER_SHORTEST", 0.05)
    chance = random.Random(SEED)  # noqa: S311 - faults, not secrets
    store = Store(tmp_path / "event_relay.db")
    await store.open()
    async with (
        FrigateSimulator(version=version, async_delay=0.05) as frigate,
        ClientSession(cookie_jar=DummyCookieJar()) as session,
    ):
        client = FrigateClient(session, frigate.url)
        queue = CrashableQueue(store, client, await client.capabilities(), chance)
        queue.start()
        async with _misbehaving(frigate, chance):
            for number in range(EVENTS):
                label = f"label {number % 7}"
                if number % 3:
                    await queue.submit(
                        "create_camera_event",
                        camera="front_door",
                        label=label,
                        duration=5,
                    )
                else:
                    start = await queue.submit(
                        "create_camera_event",
                        camera="garden",
                        label=label,
                        until_ended=True,
                    )
                    await queue.submit("end_camera_event", delivery_id=start.id)
                if number % CRASH_EVERY == CRASH_EVERY - 1:
                    await queue.crash()
                    await asyncio.sleep(RESTART_SECONDS)
                    frigate.flush()
                    queue.start()
        ended = await queue.wait_for_all()
        await queue.crash()
    await store.close()

    assert ended == {DeliveryState.DELIVERED: EVENTS + EVENTS // 3}
    assert len(frigate.events) == EVENTS
    assert all(event.end_time is not None for event in frigate.events)
