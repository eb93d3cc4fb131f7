"""Sends what is claimed as slots become free, and settles what became of it."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime
from functools import partial
import logging
from typing import Any

from ..backends.errors import Unavailable
from . import transitions
from .absence import Absence
from .connection import Connection, QueueObserver
from .delivery import Delivery, DeliveryState, Failure, altered
from .executor import Executor, Outcome, persist
from .flow_control import FlowControl
from .in_flight import InFlight, Tasks
from .look_up import LookUp
from .optimistic_send import OptimisticSend
from .store.store import StaleDelivery, StoreUnavailable
from .wake_up import WakeUp

_LOGGER = logging.getLogger(__name__)

UNSETTLED_ATTEMPTS = (DeliveryState.SENDING, DeliveryState.UNCERTAIN)
"""States in which the task of a delivery can break."""

type _Work = Coroutine[Any, Any, None]


class Dispatcher:
    """Has deliveries executed, commits each outcome, and only then tells of it."""

    def __init__(
        self,
        *,
        connection: Connection,
        flow_control: FlowControl,
        wake_up: WakeUp,
        observer: QueueObserver,
    ) -> None:
        """Share the worker's parts, and set who is told of outcomes."""
        self._store = connection.store
        self._clock = connection.clock
        self._flow_control = flow_control
        self._wake_up = wake_up
        self._observer = observer
        self.in_flight = InFlight(connection.backend, connection.clock, flow_control)
        absence = Absence(connection.backend.write_time)
        self._executor = Executor(connection, absence)
        self._look_ups = LookUp(connection, absence)

    def fill_slots(self) -> None:
        """Send claimed deliveries as long as slots are free."""
        while (ready := self.in_flight.pop()) is not None:
            delivery, payload = ready
            self._begin(self.in_flight.sending, delivery, self._send(delivery, payload))

    def send_optimistically(self, optimistic: OptimisticSend) -> None:
        """Send a delivery while its acceptance is being committed."""
        work = self._send_optimistically(optimistic)
        self._begin(self.in_flight.sending, optimistic.delivery, work)

    def look_up(self, delivery: Delivery) -> None:
        """Look up the unknown outcome of a delivery."""
        self._begin(self.in_flight.looking_up, delivery, self._look_up(delivery))

    def notify(self, delivery: Delivery) -> None:
        """Tell the observer of an outcome.

        Unless it was delivered there is work again: it waits, or deliveries that follow
        it are to be discarded.
        """
        if delivery.state is not DeliveryState.DELIVERED:
            self._wake_up.now()
        self._observer.changed(delivery)

    async def put_back(self) -> None:
        """Put claimed deliveries back that are not to be sent now.

        Those that were lost with a damaged file are written anew. Raises
        StoreUnavailable; then the next call does it.
        """
        now = self.in_flight.follow_clock()
        held = self._flow_control.held(now)
        if not (back := self.in_flight.pop_all(now, held=held)):
            return
        written = await asyncio.gather(
            *(
                self._store.update(
                    transitions.unclaimed(delivery, now),
                    was=DeliveryState.SENDING,
                    anew=True,
                )
                for delivery in back
            ),
            return_exceptions=True,
        )
        trouble: StoreUnavailable | None = None
        for delivery, outcome in zip(back, written, strict=True):
            if isinstance(outcome, StoreUnavailable):
                trouble = outcome
                self.in_flight.add((delivery,))
            elif isinstance(outcome, Delivery) and held:
                # While nothing is held it is claimed again at once; callers wait on.
                self._observer.changed(outcome)
            elif isinstance(outcome, BaseException) and not isinstance(
                outcome, StaleDelivery
            ):
                _LOGGER.error(
                    "Delivery %s failed unexpectedly", delivery.id, exc_info=outcome
                )
                self.in_flight.broken.add(delivery.id)
        if trouble is not None:
            raise trouble

    async def fail_broken(self) -> None:
        """Fail deliveries whose task has broken, so that none stays in flight for ever.

        Raises StoreUnavailable; then the next call does it.
        """
        for delivery_id in tuple(self.in_flight.broken):
            delivery = await self._store.get(delivery_id)
            if delivery is not None and delivery.state in UNSETTLED_ATTEMPTS:
                failure = Failure(code="internal_error")
                failed = transitions.failed(
                    altered(delivery, outcome_unknown=True), failure, self._clock()
                )
                with suppress(StaleDelivery):
                    await self._store.update(failed, was=delivery.state)
                    self._observer.changed(failed)
            self.in_flight.broken.discard(delivery_id)

    async def stop(self, until: float) -> None:
        """Wait for deliveries in flight until a time of the loop, then cancel them."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self.in_flight.until_accepted()
        try:
            await self.put_back()
        except StoreUnavailable as error:
            _LOGGER.debug("Claimed deliveries are looked up in the next run: %s", error)
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                # The end of a task may begin a commit.
                while tasks := self.in_flight.tasks:
                    await asyncio.wait(tasks)
        late = self.in_flight.tasks
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _begin(self, tasks: Tasks, delivery: Delivery, work: _Work) -> None:
        """Start a task that works on a delivery."""
        # Eagerly, so that its request is sent before anything else is done.
        task = asyncio.create_task(
            work, name=f"event_relay {delivery.id}", eager_start=True
        )
        tasks[delivery.id] = task
        task.add_done_callback(partial(self._ended, delivery.id, tasks))

    def _ended(self, delivery_id: str, tasks: Tasks, task: asyncio.Task[None]) -> None:
        """Send the next delivery, unless its slot was free before."""
        self.in_flight.remove(delivery_id, task)
        error = None if task.cancelled() else task.exception()
        if error is None and delivery_id in self.in_flight.settling:
            return
        self.fill_slots()
        self._over(delivery_id, error, looked_up=tasks is self.in_flight.looking_up)

    def _over(
        self, delivery_id: str, error: BaseException | None, *, looked_up: bool = False
    ) -> None:
        """Log an unexpected end, and wake the worker if there can be more to do."""
        if isinstance(error, StaleDelivery):
            # It was discarded meanwhile.
            _LOGGER.debug("Delivery %s has moved on", delivery_id)
        elif error is not None:
            _LOGGER.error("Delivery %s ended unexpectedly", delivery_id, exc_info=error)
            self.in_flight.broken.add(delivery_id)
        if self._wake_up.at_rest:
            if self.in_flight.broken:
                self._wake_up.now()
        elif (
            looked_up
            or self.in_flight.is_short
            or self._flow_control.held(self._clock())
        ):
            self._wake_up.now()

    async def _send(
        self,
        delivery: Delivery,
        payload: object,
        optimistic: OptimisticSend | None = None,
    ) -> None:
        """Run the remaining steps; each is committed before the next begins.

        A payload that is None is read back. Nothing is committed before the acceptance
        is.
        """
        plan = await self._executor.plan(delivery, payload)
        if isinstance(plan, Failure):
            failed = self._executor.failed(delivery, plan)
            await self._commit(failed, delivery.state, optimistic)
            return
        outcome = await self._executor.check_address(delivery, plan)
        self._update_flow_control(outcome)
        while (delivery := outcome.delivery).state is DeliveryState.SENDING:
            outcome = await self._executor.run_next(delivery, plan)
            self._update_flow_control(outcome)
            if outcome.delivery.state is DeliveryState.SENDING:
                await self._commit(outcome.delivery, DeliveryState.SENDING, optimistic)
        if not self.in_flight.free_slot(delivery):
            await self._commit(delivery, DeliveryState.SENDING, optimistic)
            return
        if optimistic is None:
            self._settle(delivery)
        self.fill_slots()
        if self.in_flight.waits_for_file:
            self._store.hurry()
        if optimistic is not None:
            await self._commit(delivery, DeliveryState.SENDING, optimistic)

    def _settle(self, delivery: Delivery) -> None:
        """Begin to commit an outcome, for which its task need not wait."""
        commit = self._store.updating(delivery, was=DeliveryState.SENDING, anew=True)
        self.in_flight.settling[delivery.id] = commit
        commit.add_done_callback(partial(self._settled, delivery))

    def _settled(self, delivery: Delivery, commit: asyncio.Future[None]) -> None:
        """Tell the observer of an outcome that is committed; try again if it is not."""
        self.in_flight.remove(delivery.id, commit)
        if commit.cancelled():
            return
        error = commit.exception()
        if not isinstance(error, StoreUnavailable):
            self._over(delivery.id, error)
            if error is None:
                self.notify(delivery)
        elif not self._flow_control.stopping:
            work = self._commit(delivery, DeliveryState.SENDING)
            self._begin(self.in_flight.settling, delivery, work)

    async def _send_optimistically(self, optimistic: OptimisticSend) -> None:
        """Run the steps while the acceptance is being committed."""
        try:
            await self._send(optimistic.delivery, optimistic.payload, optimistic)
        finally:
            optimistic.broke_off()

    async def _look_up(self, delivery: Delivery) -> None:
        """Look up the unknown outcome of a step, and commit what that tells."""
        plan = await self._executor.plan(delivery)
        if isinstance(plan, Failure):
            failed = self._executor.failed(delivery, plan)
            await self._commit(failed, DeliveryState.UNCERTAIN)
            return
        outcome = await self._executor.check_address(delivery, plan)
        self._update_flow_control(outcome)
        if outcome.error is None and not outcome.delivery.state.settled:
            outcome = await self._look_ups.look_up(outcome.delivery, plan)
            self._update_flow_control(outcome)
        await self._commit(outcome.delivery, DeliveryState.UNCERTAIN)

    async def _commit(
        self,
        delivery: Delivery,
        was: DeliveryState,
        optimistic: OptimisticSend | None = None,
    ) -> None:
        """Commit the next state of a delivery, and tell the observer.

        The delivery is written anew if its file was set aside as damaged.
        """
        if optimistic is not None and not await optimistic.is_to_be_kept(delivery):
            return
        try:
            await self._store.updating(delivery, was=was, anew=True)
        except StoreUnavailable:
            await persist(lambda: self._store.update(delivery, was=was, anew=True))
        if delivery.state is not DeliveryState.SENDING:
            self.notify(delivery)

    def _update_flow_control(self, outcome: Outcome) -> None:
        """Let an answer or an error of the backend set the pace."""
        if (error := outcome.error) is None:
            if outcome.answered_at is not None:
                self._note_response(outcome.answered_at)
        elif isinstance(error, Unavailable) and error.this_request_only:
            # The backend is there, and takes other deliveries.
            self._note_response(self._clock())
        else:
            self._flow_control.failed(error, self._clock())
            self._observer.contacted(error)

    def _note_response(self, now: datetime) -> None:
        """Note an answer; if it closes the breaker, deliveries may go out again."""
        if self._flow_control.succeeded(now):
            self._wake_up.now()
        self._observer.contacted(None)
