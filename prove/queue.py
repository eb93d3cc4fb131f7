"""The product's own outbox, in a file of the proof's own.

The file is also the proof's memory: what was sent is in it before it is sent, so that
a later run can remove what a killed one has left.
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
    """A delivery ended otherwise than delivered."""

    code = "rejected"


class Queue:
    """Delivers one thing after the other, as Home Assistant would."""

    def __init__(
        self,
        folder: Path,
        *,
        backend: Backend,
        client: Client,
        capabilities: object,
        look_up_after: Sequence[float] | None = None,
    ) -> None:
        """Take what delivers; `look_up_after` replaces the backend's own seconds."""
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
        """What each delivery has been, by its id."""

    async def __aenter__(self) -> Self:
        """Open the file and begin to deliver."""
        await self._store.open()
        self._running = asyncio.create_task(self._worker.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, and leave what has not ended in the file."""
        await self._worker.stop(patience=0)
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._store.close()

    async def deliver(
        self, operation: str, data: Mapping[str, Any], *, patience: float
    ) -> Delivery:
        """Deliver something, and return it once it has arrived.

        Raises NotDelivered, what the system refuses access with, and TooSlow, or the
        last trouble there was, after so many seconds.
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
                    await self._something()
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
        """Return all that is in the file, the newest first."""
        return await self._store.listing(limit=None)

    def _last_trouble(self, operation: str) -> BackendError | TooSlow:
        """Return why something has not arrived in time."""
        if self._trouble is None or isinstance(self._trouble, OutcomeUnknown):
            return TooSlow(operation)
        return self._trouble

    async def _something(self) -> None:
        """Wait until something has happened; raises what lets nothing in."""
        if isinstance(self._trouble, InvalidCredentials | PermissionDenied):
            raise self._trouble
        await self._happened.wait()
        self._happened.clear()

    def changed(self, delivery: Delivery) -> None:
        """Take note of the outcome of an attempt, or of the end of a delivery."""
        self._queue.changed(delivery)
        self.states.setdefault(delivery.id, []).append(delivery.state)
        self._happened.set()

    def contacted(self, error: BackendError | None) -> None:
        """Take note of why the system gave no useful answer."""
        if error is not None:
            self._trouble = error
            self._happened.set()


async def left_in(folder: Path) -> Sequence[Delivery]:
    """Return what a former run has kept; raises StoreUnavailable.

    Nothing of it is sent.
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
