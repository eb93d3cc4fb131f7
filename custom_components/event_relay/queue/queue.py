"""The queue of a connection: accept, wait, list, retry, discard."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
import logging
from typing import Self
from uuid import uuid4

from ..backends.base import Instance, Receipt, UnreadablePayload
from ..backends.errors import OutcomeUnknown
from . import transitions
from .connection import Connection
from .delivery import SENT_ELSEWHERE, Delivery, DeliveryState, Failure, Origin, brought
from .store.rule_state import Memory, Notes
from .store.store import UNSETTLED_LIMIT, StaleDelivery, StoreUnavailable
from .worker import Worker

_LOGGER = logging.getLogger(__name__)

type _Waiter = asyncio.Queue[Delivery | None]
"""What became of a delivery, or None to wait no longer unless it is being sent."""


class NotAllowed(Exception):
    """A delivery is in no state for what is asked; `code` is the key of a text."""

    def __init__(self, code: str, state: DeliveryState) -> None:
        """Keep why, and the state that stands in the way."""
        super().__init__(f"{code}: {state}")
        self.code = code
        self.state = state


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody wants delivered, before it is accepted."""

    operation: str
    data: Mapping[str, object]
    origin: Origin
    occurred_at: datetime
    """When it happened at home; an instant with its time zone."""
    id: str | None = None
    """Set where the same occurrence must not be accepted twice."""
    planned: bool = False
    """Whether it is of a moment that comes to all homes at once, such as 08:00."""
    notes: Notes = field(default_factory=dict)
    """What the rule or mirror that asks is to remember with it."""


class DeliveryQueue:
    """Takes requests for one connection and tells what became of them."""

    def __init__(
        self,
        *,
        connection: Connection,
        limit: int = UNSETTLED_LIMIT,
        put_off: Callable[[], timedelta] = timedelta,
    ) -> None:
        """Take the connection to which everything goes.

        While `limit` deliveries wait, or more, no new one is accepted. `put_off`
        returns how much later than others what is planned may be sent.
        """
        self._connection = connection
        self._backend = connection.backend
        self._capabilities = connection.capabilities
        self._store = connection.store
        self._clock = connection.clock
        self._instance = connection.instance
        self.limit = limit
        self._put_off = put_off
        self._worker: Worker | None = None
        self._waiting: dict[str, list[_Waiter]] = {}
        self._listeners: list[Callable[[Delivery], None]] = []

    @property
    def instance(self) -> Instance | None:
        """The system to which the connection leads, if that is known."""
        return self._instance

    def attach(self, worker: Worker) -> None:
        """Name the worker that empties this outbox."""
        self._worker = worker

    def give_way(self, successor: Self) -> None:
        """Let another send, and tell of, what is still being accepted here.

        It is the outbox of the same connection, which was loaded again.
        """
        self._worker = successor._worker
        self.listen(successor._tell)

    def listen(self, listener: Callable[[Delivery], None]) -> Callable[[], None]:
        """Tell a listener of every delivery that is new, opened again or has changed.

        It hears of each outcome of an attempt and each end, not of the start of an
        attempt. Return what ends that.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def changed(self, delivery: Delivery) -> None:
        """Tell those who wait for a delivery, and all listeners, what became of it."""
        for waiter in self._waiting.get(delivery.id, ()):
            waiter.put_nowait(delivery)
        self._tell(delivery)

    def release(self) -> None:
        """Let nobody wait any longer for what is not being sent now."""
        for waiters in self._waiting.values():
            for waiter in waiters:
                waiter.put_nowait(None)

    async def submit(self, request: Request, *, wait: float = 0) -> Delivery:
        """Accept a request and return the delivery as it stands after the wait.

        The wait, in seconds, ends with the first attempt's outcome, and at once
        while the connection sends nothing. Raises InvalidField, OutboxFull and
        StoreUnavailable; then there is no such delivery. Of these SentUnrecorded
        says that it may have arrived all the same.
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
        """Commit a delivery and tell of it, if it is new; return it as stored."""
        stored, new = await self._committed(request, delivery, payload)
        accepted = brought(stored, self._clock.moved)
        if new:
            self._tell(accepted)
        return accepted

    async def _committed(
        self, request: Request, delivery: Delivery, payload: object
    ) -> tuple[Delivery, bool]:
        """Commit a delivery; return it as stored, and whether it is new.

        One that has taken a slot is sent meanwhile, or as soon as it is committed.
        """
        accept = partial(
            self._store.accepting,
            delivery,
            limit=self.limit,
            noted=self._memory(request),
        )
        worker = self._worker
        if worker is None or delivery.state is not DeliveryState.SENDING:
            accepted = await accept(told=self._notice)
            # One that was there already is read from the file, and nothing new.
            return accepted, accepted.origin is delivery.origin
        if worker.has_slot(delivery.accepted_at) and self._overlaps(delivery, payload):
            overlap = worker.send_optimistically(delivery, payload, accept())
            return await overlap.acceptance(), True
        return await accept(told=worker.expect(delivery, payload)), True

    def _notice(self, accepted: Delivery | BaseException) -> None:
        """Tell the worker of what waits in the file.

        Not the worker from before: the connection may have been loaded again.
        """
        if self._worker is not None and isinstance(accepted, Delivery):
            self._worker.notice()

    async def retry(
        self, delivery: Delivery, *, confirm: bool = False, wait: float = 0
    ) -> Delivery:
        """Open a failed or expired delivery again; it keeps its id.

        One whose outcome is unknown is only opened with `confirm`, and looked up
        first where the backend can be asked, which for an uncertain one is at once.
        Raises NotAllowed and KeyError.
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
        askable = step is None or step.repeatable or step.find is not None
        if delivery.failure is not None and delivery.failure.code == SENT_ELSEWHERE:
            # This system has been asked already, and the user wants it sent there.
            askable = False
        now = self._clock()
        opened = transitions.reopened(
            brought(delivery, self._clock.moved),
            operation.expires(payload, now, capabilities),
            ask=askable and (delivery.unclear or _uncertain(delivery)),
            now=now,
        )
        opened = await self._store.update(opened, was=delivery.state)
        # Only now: how it ended before may still be about to be told.
        waiter = self._waiter(delivery.id)
        try:
            self._tell(opened)
            self._wake()
            return await self._outcome(opened, waiter, wait)
        finally:
            self._forget(delivery.id, waiter)

    async def failed(self, *, unknown: bool = False) -> list[Delivery]:
        """Return what failed for a known reason, the first accepted first.

        With `unknown`, instead what failed because its outcome is unknown. Raises
        StoreUnavailable.
        """
        deliveries = await self._store.listing(
            owner=self._connection.id, states=(DeliveryState.FAILED,), limit=None
        )
        return [one for one in reversed(deliveries) if outcome_unknown(one) is unknown]

    async def retry_failed(self) -> list[Delivery]:
        """Open all that failed for a known reason again, and return them.

        What cannot be read any more, or has changed meanwhile, stays as it is.
        Raises StoreUnavailable.
        """
        opened = []
        for delivery in await self.failed():
            try:
                opened.append(await self.retry(delivery))
            except (StaleDelivery, UnreadablePayload, KeyError) as error:
                _LOGGER.info("Delivery %s is not retried: %r", delivery.id, error)
        return opened

    async def discard(self, delivery: Delivery) -> Delivery:
        """Give a delivery up that has not arrived.

        Raises NotAllowed where it has ended or is being sent, and StaleDelivery
        where that happened meanwhile.
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
        """End a delivery of unknown outcome as delivered, because the user saw it.

        Raises NotAllowed where the outcome is known, and StaleDelivery where it
        became known meanwhile.
        """
        asked = (DeliveryState.UNCERTAIN, DeliveryState.FAILED)
        if delivery.state not in asked or not outcome_unknown(delivery):
            raise NotAllowed("outcome_known", delivery.state)
        receipt = delivery.receipt or Receipt()
        return await self._settle(
            delivery, transitions.delivered(delivery, receipt, self._clock())
        )

    async def _settle(self, delivery: Delivery, ended: Delivery) -> Delivery:
        """Commit how the user ends a delivery, and tell of it."""
        ended = await self._store.update(ended, was=delivery.state)
        self.changed(ended)
        self._wake()
        return ended

    def fitting(
        self, operation: str, data: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Return the data of an operation with texts cut as they are at acceptance."""
        fitting, _ = self._backend.operation(operation).shortened(data)
        return fitting

    def _delivery(self, request: Request) -> tuple[Delivery, object]:
        """Make the delivery of a request, and its payload; raises InvalidField.

        It is claimed already if nothing waits before it, and there is room for it among
        what is claimed.
        """
        operation = self._backend.operation(request.operation)
        data, warnings = operation.shortened(request.data)
        payload = operation.parse(data)
        capabilities = self._capabilities()
        now = self._clock()
        operation.check(payload, capabilities, now)
        delivery_id = request.id or str(uuid4())
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
            moved=self._clock.moved,
            key=operation.key(payload, delivery_id),
            lane=operation.lane(payload, capabilities),
            follows=operation.follows(payload),
            target_at=self._instance if operation.target_id(payload) else None,
            expires_at=operation.expires(payload, request.occurred_at, capabilities),
            due_at=now + self._put_off() if request.planned else now,
            warnings=warnings,
            ahead=bool(self._backend.claims_ahead) and operation.claims_ahead(payload),
        )
        if (
            self._worker is not None
            and request.id is None
            and not request.planned
            and _keeps_no_order(delivery)
            and self._worker.can_send_optimistically(delivery)
        ):
            delivery = transitions.claimed(delivery, now, self._instance)
        return delivery, payload

    def _overlaps(self, delivery: Delivery, payload: object) -> bool:
        """Say whether a delivery may be sent while it is being committed."""
        operation = self._backend.operation(delivery.operation)
        return operation.overlaps(payload, self._capabilities())

    def _memory(self, request: Request) -> Memory | None:
        """Return what is to be remembered with a request, if anything is."""
        subject = request.origin.subentry_id
        if subject is None or not request.notes:
            return None
        return Memory(
            connection=self._connection.id, subject=subject, notes=request.notes
        )

    def _waiter(self, delivery_id: str) -> _Waiter:
        """Wait for what becomes of a delivery, before it can become anything."""
        waiter: _Waiter = asyncio.Queue()
        self._waiting.setdefault(delivery_id, []).append(waiter)
        return waiter

    def _forget(self, delivery_id: str, waiter: _Waiter) -> None:
        """Wait no longer."""
        self._waiting[delivery_id].remove(waiter)
        if not self._waiting[delivery_id]:
            del self._waiting[delivery_id]

    async def _outcome(
        self, delivery: Delivery, waiter: _Waiter, wait: float
    ) -> Delivery:
        """Return what became of a delivery within so many seconds."""
        held = self._worker is None or self._worker.held
        on_its_way = delivery.state is DeliveryState.SENDING
        if wait <= 0 or (held and not on_its_way) or delivery.state.settled:
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
        """Return an accepted delivery as it stands, as far as can be told.

        Raises StoreUnavailable if it is no more.
        """
        try:
            stored = await self._store.get(delivery.id)
        except StoreUnavailable:
            return delivery
        if stored is None:
            message = "the delivery went with an outbox that was set aside"
            raise StoreUnavailable(message)
        return stored

    def _tell(self, delivery: Delivery) -> None:
        """Tell all listeners; one that breaks must not end what told of it."""
        for listener in tuple(self._listeners):
            try:
                listener(delivery)
            except Exception:
                _LOGGER.exception("A listener broke at delivery %s", delivery.id)

    def _wake(self) -> None:
        """Tell the worker that there is something to do."""
        if self._worker is not None:
            self._worker.wake()


def _keeps_no_order(delivery: Delivery) -> bool:
    """Say whether a delivery goes neither before nor after another."""
    alone = delivery.key is None or delivery.key == delivery.id
    return alone and delivery.lane is None and delivery.follows is None


def outcome_unknown(delivery: Delivery) -> bool:
    """Say whether nobody can tell, or not yet, whether a delivery has arrived."""
    return (
        _uncertain(delivery)
        or delivery.unclear
        or delivery.failure == Failure(code=OutcomeUnknown.code)
    )


def _uncertain(delivery: Delivery) -> bool:
    """Say whether a delivery is still being asked for; also one from before a start."""
    return delivery.state is DeliveryState.UNCERTAIN
