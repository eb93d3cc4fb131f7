"""The product's own queue, with its own file.

The file is also the proof's memory: every delivery is stored before it is sent, so a
later run can remove the objects of a killed one.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from custom_components.event_relay.backends.base import Backend, Client
from custom_components.event_relay.backends.errors import (
    BackendError,
    InvalidCredentials,
    OutcomeUnknown,
    PermissionDenied,
)
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

from .outcome import TooSlow

FILE = "event_relay.db"
_CONNECTION = "proof"


class NotDelivered(BackendError):
    """A delivery ended in another state than delivered."""

    code = "rejected"


class Queue:
    """Executes one delivery after the other, as Home Assistant would."""

    def __init__(
        self,
        folder: Path,
        *,
        backend: Backend,
        client: Client,
        capabilities: object,
        look_up_after: Sequence[float] | None = None,
    ) -> None:
        """Take the queue's parts; `look_up_after` replaces the backend's seconds."""
        if look_up_after is not None:
            backend = replace(backend, look_up_after=tuple(look_up_after))
        self._store = Store(folder / FILE)
        connection = Connection(
            id=_CONNECTION,
            backend=backend,
            client=client,
            capabilities=lambda: capabilities,
            store=self._store,
            clock=SteadyClock(_now),
        )
        self._queue = DeliveryQueue(connection=connection)
        self._worker = Worker(connection=connection, observer=self)
        self._queue.attach(self._worker)
        self._running: asyncio.Task[None] | None = None
        self._happened = asyncio.Event()
        self._trouble: BackendError | None = None
        self.states: dict[str, list[DeliveryState]] = {}
        """All states of each delivery, by id."""

    async def __aenter__(self) -> Self:
        """Open the file and start to deliver."""
        await self._store.open()
        self._running = asyncio.create_task(self._worker.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, and leave unfinished deliveries in the file."""
        await self._worker.stop(patience=0)
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._store.close()

    async def deliver(
        self, operation: str, data: Mapping[str, Any], *, patience: float
    ) -> Delivery:
        """Submit a delivery, and return it once it has arrived.

        Raises NotDelivered, the system's error if it refuses access, and TooSlow, or
        the last error, after so many seconds.
        """
        self._trouble = None
        request = Request(
            operation=operation,
            data=data,
            origin=Origin(kind=OriginKind.TEST),
            occurred_at=_now(),
        )
        delivery = await self._queue.submit(request)
        try:
            async with asyncio.timeout(patience):
                while not delivery.state.settled:
                    await self._next_change()
                    delivery = await self._store.get(delivery.id) or delivery
        except TimeoutError:
            raise self._last_trouble(operation) from None
        if delivery.state is not DeliveryState.DELIVERED:
            failure = delivery.failure
            raise NotDelivered(
                failure.reason if failure else "",
                code=failure.code if failure else delivery.state.value,
            )
        return delivery

    async def kept(self) -> Sequence[Delivery]:
        """Return all deliveries in the file, newest first."""
        return await self._store.listing(limit=None)

    def _last_trouble(self, operation: str) -> BackendError | TooSlow:
        """Return why a delivery has not arrived in time."""
        if self._trouble is None or isinstance(self._trouble, OutcomeUnknown):
            return TooSlow(operation)
        return self._trouble

    async def _next_change(self) -> None:
        """Wait for the next change; raises an error of access."""
        if isinstance(self._trouble, InvalidCredentials | PermissionDenied):
            raise self._trouble
        await self._happened.wait()
        self._happened.clear()

    def changed(self, delivery: Delivery) -> None:
        """Record the result of an attempt, or the end of a delivery."""
        self._queue.changed(delivery)
        self.states.setdefault(delivery.id, []).append(delivery.state)
        self._happened.set()

    def contacted(self, error: BackendError | None) -> None:
        """Record why the system gave no useful response."""
        if error is not None:
            self._trouble = error
            self._happened.set()


async def left_in(folder: Path) -> Sequence[Delivery]:
    """Return the deliveries of a former run; raises StoreUnavailable.

    None of them is sent.
    """
    if not await asyncio.to_thread((folder / FILE).exists):
        return ()
    store = Store(folder / FILE)
    await store.open()
    try:
        return await store.listing(limit=None)
    finally:
        await store.close()


def _now() -> datetime:
    return datetime.now(UTC)
