"""A queue with a real file, a worker, and a backend with prepared outcomes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from custom_components.event_relay.backends.base import Backend, Instance
from custom_components.event_relay.backends.errors import BackendError
from custom_components.event_relay.queue.connection import Connection
from custom_components.event_relay.queue.delivery import Delivery, DeliveryState
from custom_components.event_relay.queue.queue import DeliveryQueue, Request
from custom_components.event_relay.queue.store.store import Store
from custom_components.event_relay.queue.worker import Worker

from .ledger import ACTION, LEDGER, Clock, LedgerClient

OWNER = "connection"


@dataclass
class Pipeline:
    """All parts that a delivery passes through."""

    store: Store
    clock: Clock = field(default_factory=Clock)
    client: LedgerClient = field(default_factory=LedgerClient)
    changes: list[Delivery] = field(default_factory=list)
    contacts: list[BackendError | None] = field(default_factory=list)
    running: asyncio.Task[None] | None = None
    chance: Callable[[], float] = lambda: 1.0
    backend: Backend = LEDGER
    instance: Instance | None = None

    def __post_init__(self) -> None:
        connection = Connection(
            id=OWNER,
            backend=self.backend,
            client=self.client,
            capabilities=lambda: None,
            store=self.store,
            clock=self.clock,
            instance=self.instance,
            chance=self.chance,
        )
        self.queue = DeliveryQueue(connection=connection)
        self.worker = Worker(connection=connection, observer=self)
        self.queue.attach(self.worker)

    def changed(self, delivery: Delivery) -> None:
        """Record an outcome."""
        self.changes.append(delivery)
        self.queue.changed(delivery)

    def contacted(self, error: BackendError | None) -> None:
        """Record a contact, or its failure."""
        self.contacts.append(error)

    def start(self) -> None:
        """Start the worker."""
        self.running = asyncio.create_task(self.worker.run())

    async def stop(self) -> None:
        """Stop the worker as when a connection is unloaded."""
        await self.worker.stop()
        if self.running is not None:
            await self.running

    async def submit(self, wait: float = 60, **data: object) -> Delivery:
        """Accept a line and wait for its first outcome."""
        return await self.queue.submit(self.request(**data), wait=wait)

    def request(self, **data: object) -> Request:
        """Return a request for a line, now."""
        return Request(
            operation="write_line",
            data={"text": "hello", **data},
            origin=ACTION,
            occurred_at=self.clock(),
        )

    async def stored(self, delivery: Delivery) -> Delivery:
        """Return a delivery from the file."""
        stored = await self.store.get(delivery.id)
        assert stored is not None
        return stored

    async def wait_for(self, delivery: Delivery, state: DeliveryState) -> Delivery:
        """Wait until a delivery has a state."""
        async with asyncio.timeout(60):
            while (stored := await self.stored(delivery)).state is not state:
                await asyncio.sleep(0.005)
        return stored

    async def advance_to_look_up(self, delivery: Delivery) -> Delivery:
        """Advance to the next look-up, and return the delivery after it."""
        before = await self.stored(delivery)
        assert before.due_at is not None
        self.clock.forward(seconds=(before.due_at - self.clock()).total_seconds())
        async with asyncio.timeout(60):
            while True:
                self.worker.wake()
                after = await self.stored(delivery)
                if after.look_ups != before.look_ups or after.state != before.state:
                    return after

    async def wait_until_known(self, delivery: Delivery) -> None:
        """Wait until an unknown outcome is resolved."""
        while (await self.stored(delivery)).state is DeliveryState.UNCERTAIN:
            await self.advance_to_look_up(delivery)

    async def pass_time(self, **parts: float) -> None:
        """Move the clock and wake the worker."""
        self.clock.forward(**parts)
        self.worker.wake()
        await asyncio.sleep(0)
