"""The queue API of a connection: accept, wait, retry, discard."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
import logging
from random import Random
from typing import Self

from ..backends.base import Backend, Instance, Receipt, UnreadablePayload
from ..backends.errors import OutcomeUnknown
from . import transitions
from .connection import Connection
from .delivery import (
    SENT_ELSEWHERE,
    Delivery,
    DeliveryState,
    Failure,
    Origin,
    shifted,
)
from .store.rule_state import Memory, Notes
from .store.store import UNSETTLED_LIMIT, StaleDelivery, StoreUnavailable
from .worker import Worker

_LOGGER = logging.getLogger(__name__)

_RANDOM = Random()  # noqa: S311 - an id is unique, not secret
"""Seeded by the operating system, once.

To ask it for each id would let go of Python's lock each time, for so short that the
file's thread cannot take it, and yet begins its wait for it anew.
"""

_RANDOM_BITS = 0xFFFFFFFF_FFFF_0FFF_3FFF_FFFFFFFFFFFF
_VERSION_4 = 0x00000000_0000_4000_8000_000000000000

type _Waiter = asyncio.Queue[Delivery | None]
"""Outcomes of a delivery, or None to wait no longer unless it is being sent."""


class NotAllowed(Exception):
    """The state of a delivery does not allow an action; `code` is the key of a text."""

    def __init__(self, code: str, state: DeliveryState) -> None:
        """Set the reason, and the state of the delivery."""
        super().__init__(f"{code}: {state}")
        self.code = code
        self.state = state


@dataclass(frozen=True, kw_only=True)
class Request:
    """Request for a delivery, before it is accepted."""

    operation: str
    data: Mapping[str, object]
    origin: Origin
    occurred_at: datetime
    """When it happened in the home; it has a time zone."""
    id: str | None = None
    """Id of the delivery; set if an occurrence must not be accepted twice."""
    planned: bool = False
    """Whether it comes at a moment that is the same in all homes, such as 08:00."""
    notes: Notes = field(default_factory=dict)
    """State of the rule or mirror that is committed with it."""


class DeliveryQueue:
    """Accepts deliveries of one connection, and tells of their outcomes."""

    def __init__(
        self,
        *,
        connection: Connection,
        limit: int = UNSETTLED_LIMIT,
        random_delay: Callable[[], timedelta] = timedelta,
    ) -> None:
        """Set the connection.

        No delivery is accepted while `limit` or more wait. `random_delay` returns the
        delay of a planned delivery.
        """
        self._connection = connection
        self._backend = connection.backend
        self._capabilities = connection.capabilities
        self._store = connection.store
        self._clock = connection.clock
        self._instance = connection.instance
        self.limit = limit
        self._random_delay = random_delay
        self._worker: Worker | None = None
        self._waiting: dict[str, list[_Waiter]] = {}
        self._listeners: list[Callable[[Delivery], None]] = []

    @property
    def instance(self) -> Instance | None:
        """The system to which the connection leads, if that is known."""
        return self._instance

    def attach(self, worker: Worker) -> None:
        """Set the worker that empties this queue."""
        self._worker = worker

    def hand_over_to(self, successor: Self) -> None:
        """Hand over what is still being accepted, since the connection was reloaded.

        The successor's worker sends it, and its listeners are told.
        """
        self._worker = successor._worker
        self.listen(successor._notify)

    def listen(self, listener: Callable[[Delivery], None]) -> Callable[[], None]:
        """Tell a listener of each delivery that is accepted, retried, or has changed.

        It is told of the outcome of each attempt and of each end, not of the start of
        an attempt. Return a function that removes the listener.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def changed(self, delivery: Delivery) -> None:
        """Tell an outcome to those who wait for the delivery, and to all listeners."""
        for waiter in self._waiting.get(delivery.id, ()):
            waiter.put_nowait(delivery)
        self._notify(delivery)

    def release(self) -> None:
        """End all waits for deliveries that are not being sent now."""
        for waiters in self._waiting.values():
            for waiter in waiters:
                waiter.put_nowait(None)

    async def submit(self, request: Request, *, wait: float = 0) -> Delivery:
        """Accept a request and return the delivery as it is after the wait.

        The wait, in seconds, ends with the outcome of the first attempt, and at once
        while the connection sends nothing. Raises InvalidField, QueueFull and
        StoreUnavailable; then there is no such delivery. SentUnrecorded, which is a
        StoreUnavailable, means that it may have arrived all the same.
        """
        if self._worker is not None:
            await self._worker.follow_clock()
        delivery, payload = self._delivery(request)
        if wait <= 0:
            return await self._accepted(request, delivery, payload)
        waiter = self._waiter(delivery.id)
        try:
            accepted = await self._accepted(request, delivery, payload)
            return await self._outcome(accepted, waiter, wait)
        finally:
            self._forget(delivery.id, waiter)

    async def _accepted(
        self, request: Request, delivery: Delivery, payload: object
    ) -> Delivery:
        """Commit a delivery, tell listeners if it is new, and return it as stored."""
        stored, new = await self._committed(request, delivery, payload)
        accepted = shifted(stored, self._clock.total_shift)
        if new:
            self._notify(accepted)
        return accepted

    async def _committed(
        self, request: Request, delivery: Delivery, payload: object
    ) -> tuple[Delivery, bool]:
        """Commit a delivery; return it as stored, and whether it is new.

        If it is claimed, it is sent meanwhile, or once it is committed.
        """
        accept = partial(
            self._store.accepting,
            delivery,
            limit=self.limit,
            noted=self._memory(request),
        )
        worker = self._worker
        if worker is None or delivery.state is not DeliveryState.SENDING:
            accepted = await accept(on_written=self._notice)
            # One that was already in the file has been read from there.
            return accepted, accepted.origin is delivery.origin
        if worker.can_send_optimistically(delivery.accepted_at) and self._overlaps(
            delivery, payload
        ):
            optimistic = worker.send_optimistically(delivery, payload, accept())
            return await optimistic.acceptance(), True
        return await accept(on_written=worker.expect(delivery, payload)), True

    def _notice(self, accepted: Delivery | BaseException) -> None:
        """Tell the worker that a delivery waits in the file.

        It may be another worker than before: the connection may have been reloaded.
        """
        if self._worker is not None and isinstance(accepted, Delivery):
            self._worker.notice()

    async def retry(
        self, delivery: Delivery, *, confirm: bool = False, wait: float = 0
    ) -> Delivery:
        """Retry a failed or expired delivery; it keeps its id.

        One whose outcome is unknown is only retried with `confirm`, and looked up first
        if the backend can be asked. An uncertain one is looked up at once. Raises
        NotAllowed and KeyError.
        """
        if delivery.state not in (
            DeliveryState.FAILED,
            DeliveryState.EXPIRED,
            DeliveryState.UNCERTAIN,
        ):
            raise NotAllowed("not_retryable", delivery.state)
        if outcome_unknown(delivery) and not confirm:
            raise NotAllowed("confirmation_needed", delivery.state)
        operation = self._backend.operation(delivery.operation)
        payload = operation.load(delivery.version, delivery.payload)
        capabilities = self._capabilities()
        steps = operation.steps(payload, capabilities)
        step = next((one for one in steps if one.name not in delivery.results), None)
        now = self._clock()
        present = shifted(delivery, self._clock.total_shift)
        askable = (
            step is None
            or transitions.repeats(present, step, now)
            or step.find is not None
        )
        if delivery.failure is not None and delivery.failure.code == SENT_ELSEWHERE:
            # This system was asked before, and the user wants it sent here.
            askable = False
        opened = transitions.reopened(
            present,
            operation.expires(payload, now, capabilities),
            ask=askable and (delivery.outcome_unknown or _uncertain(delivery)),
            now=now,
        )
        opened = await self._store.update(opened, was=delivery.state)
        # Not earlier: listeners may not have been told yet how it ended before.
        waiter = self._waiter(delivery.id)
        try:
            self._notify(opened)
            self._wake()
            return await self._outcome(opened, waiter, wait)
        finally:
            self._forget(delivery.id, waiter)

    async def failed(self, *, unknown: bool = False) -> list[Delivery]:
        """Return deliveries that failed for a known reason, oldest first.

        With `unknown`, return those whose outcome is unknown instead. Raises
        StoreUnavailable.
        """
        deliveries = await self._store.listing(
            owner=self._connection.id, states=(DeliveryState.FAILED,), limit=None
        )
        return [one for one in reversed(deliveries) if outcome_unknown(one) is unknown]

    async def retry_failed(self) -> list[Delivery]:
        """Retry all deliveries that failed for a known reason, and return them.

        Those that cannot be read, or have changed meanwhile, stay as they are. Raises
        StoreUnavailable.
        """
        opened = []
        for delivery in await self.failed():
            try:
                opened.append(await self.retry(delivery))
            except (StaleDelivery, UnreadablePayload, KeyError) as error:
                _LOGGER.info("Delivery %s is not retried: %r", delivery.id, error)
        return opened

    async def discard_failed(self) -> list[Delivery]:
        """Discard all deliveries that failed for a known reason, and return them.

        Those that have changed meanwhile stay as they are. Raises StoreUnavailable.
        """
        discarded = []
        for delivery in await self.failed():
            with suppress(StaleDelivery):
                discarded.append(await self.discard(delivery))
        return discarded

    async def discard(self, delivery: Delivery) -> Delivery:
        """Discard a delivery that is not delivered.

        Raises NotAllowed if it has ended or is being sent, and StaleDelivery if that
        happened meanwhile.
        """
        if delivery.state not in (
            DeliveryState.PENDING,
            DeliveryState.UNCERTAIN,
            DeliveryState.FAILED,
        ):
            raise NotAllowed("not_discardable", delivery.state)
        return await self._settle(
            delivery, transitions.discarded(delivery, self._clock())
        )

    async def arrived(self, delivery: Delivery) -> Delivery:
        """Mark a delivery of unknown outcome as delivered, because the user saw it.

        Raises NotAllowed if the outcome is known, and StaleDelivery if it became known
        meanwhile.
        """
        asked = (DeliveryState.UNCERTAIN, DeliveryState.FAILED)
        if delivery.state not in asked or not outcome_unknown(delivery):
            raise NotAllowed("outcome_known", delivery.state)
        receipt = delivery.receipt or Receipt()
        return await self._settle(
            delivery, transitions.delivered(delivery, receipt, self._clock())
        )

    async def _settle(self, delivery: Delivery, ended: Delivery) -> Delivery:
        """Commit the end that the user has chosen, and tell listeners."""
        ended = await self._store.update(ended, was=delivery.state)
        self.changed(ended)
        self._wake()
        return ended

    def fitting(
        self, operation: str, data: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Return the data of an operation with its texts cut to their limits."""
        fitting, _ = self._backend.operation(operation).shortened(data)
        return fitting

    def _delivery(self, request: Request) -> tuple[Delivery, object]:
        """Return a new delivery and its payload; raises InvalidField.

        It is already claimed if no other waits before it, and a slot is free.
        """
        operation = self._backend.operation(request.operation)
        data, warnings = operation.shortened(request.data)
        payload = operation.parse(data)
        capabilities = self._capabilities()
        now = self._clock()
        operation.check(payload, capabilities, now)
        delivery_id = request.id or new_id()
        delivery = Delivery(
            id=delivery_id,
            connection=self._connection.id,
            operation=operation.name,
            version=operation.version,
            payload=operation.dump(payload),
            summary=operation.summary(payload),
            origin=request.origin,
            occurred_at=request.occurred_at,
            accepted_at=now,
            shifted_by=self._clock.total_shift,
            key=operation.key(payload, delivery_id),
            lane=operation.lane(payload, capabilities),
            follows=operation.follows(payload),
            target_at=self._instance if operation.target_id(payload) else None,
            expires_at=operation.expires(payload, request.occurred_at, capabilities),
            due_at=now + self._random_delay() if request.planned else now,
            warnings=warnings,
            ahead=bool(self._backend.claims_ahead) and operation.claims_ahead(payload),
        )
        if (
            self._worker is not None
            and request.id is None
            and not request.planned
            and _keeps_no_order(delivery)
            and self._worker.can_accept_claimed(delivery)
        ):
            delivery = transitions.claimed(delivery, now, self._instance)
        return delivery, payload

    def _overlaps(self, delivery: Delivery, payload: object) -> bool:
        """Return whether a delivery may be sent while it is being committed."""
        operation = self._backend.operation(delivery.operation)
        return operation.overlaps(payload, self._capabilities())

    def _memory(self, request: Request) -> Memory | None:
        """Return the rule state that is committed with a request, if there is any."""
        subject = request.origin.subentry_id
        if subject is None or not request.notes:
            return None
        return Memory(
            connection=self._connection.id, subject=subject, notes=request.notes
        )

    def _waiter(self, delivery_id: str) -> _Waiter:
        """Return a new queue of outcomes, to be made before there can be one."""
        waiter: _Waiter = asyncio.Queue()
        self._waiting.setdefault(delivery_id, []).append(waiter)
        return waiter

    def _forget(self, delivery_id: str, waiter: _Waiter) -> None:
        """Remove a queue of outcomes."""
        self._waiting[delivery_id].remove(waiter)
        if not self._waiting[delivery_id]:
            del self._waiting[delivery_id]

    async def _outcome(
        self, delivery: Delivery, waiter: _Waiter, wait: float
    ) -> Delivery:
        """Return the first outcome within `wait` seconds, or the delivery as it is."""
        held = self._worker is None or self._worker.held
        in_flight = delivery.state is DeliveryState.SENDING
        if wait <= 0 or (held and not in_flight) or delivery.state.settled:
            return delivery
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while True:
                    if (outcome := await waiter.get()) is not None:
                        return outcome
                    stored = await self._stored(delivery)
                    if stored.state is not DeliveryState.SENDING:
                        return stored
        return await self._stored(delivery)

    async def _stored(self, delivery: Delivery) -> Delivery:
        """Return a delivery as it is in the file, or as it is known.

        Raises StoreUnavailable if it is gone.
        """
        try:
            stored = await self._store.get(delivery.id)
        except StoreUnavailable:
            return delivery
        if stored is None:
            message = "the delivery went with an outbox that was set aside"
            raise StoreUnavailable(message)
        return stored

    def _notify(self, delivery: Delivery) -> None:
        """Tell all listeners; an exception in one is logged."""
        for listener in tuple(self._listeners):
            try:
                listener(delivery)
            except Exception:
                _LOGGER.exception("A listener failed at delivery %s", delivery.id)

    def _wake(self) -> None:
        """Tell the worker that there is something to do."""
        if self._worker is not None:
            self._worker.wake()


def new_id() -> str:
    """Return the id of a new delivery, a UUID of version 4.

    It is written directly, since an object of UUID takes twice as long.
    """
    one = f"{_RANDOM.getrandbits(128) & _RANDOM_BITS | _VERSION_4:032x}"
    return f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}"


def _keeps_no_order(delivery: Delivery) -> bool:
    """Return whether the order of a delivery among others does not matter."""
    alone = delivery.key is None or delivery.key == delivery.id
    return alone and delivery.lane is None and delivery.follows is None


def outcome_unknown(delivery: Delivery) -> bool:
    """Return whether it is not known, or not yet, whether a delivery has arrived."""
    return (
        _uncertain(delivery)
        or delivery.outcome_unknown
        or delivery.failure == Failure(code=OutcomeUnknown.code)
    )


def held_back(delivery: Delivery, backend: Backend) -> bool:
    """Return whether a delivery waits until somebody fixes why it is refused."""
    return (
        delivery.state in (DeliveryState.PENDING, DeliveryState.UNCERTAIN)
        and delivery.failure is not None
        and delivery.failure.code in backend.held_back_by
    )


def _uncertain(delivery: Delivery) -> bool:
    """Return whether a delivery is still being looked up."""
    return delivery.state is DeliveryState.UNCERTAIN
