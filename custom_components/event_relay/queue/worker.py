"""The worker of a connection: claims what is due and has it dispatched."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
import logging

from .connection import Connection, QueueObserver
from .delivery import Delivery
from .dispatcher import Dispatcher
from .executor import STORE_PATIENCE, persist
from .flow_control import FlowControl
from .health_check import HealthChecks
from .in_flight import AHEAD_PATIENCE, is_late
from .optimistic_send import OptimisticSend
from .store.batches import OnWritten
from .store.store import Taken
from .wake_up import WakeUp

_LOGGER = logging.getLogger(__name__)

STOP_PATIENCE = 8.0
"""Seconds that requests in flight get when the worker stops."""

LOOK_AT_CLOCK = 60.0
"""Seconds after which a waiting worker checks whether the clock was set."""


class Worker:
    """Empties the queue of one connection, at the pace that its backend can take."""

    def __init__(
        self,
        *,
        connection: Connection,
        observer: QueueObserver,
        starts_after: timedelta = timedelta(),
    ) -> None:
        """Set the connection, and who is told of outcomes and answers.

        The worker starts with `run`, and sends nothing within `starts_after` from now.
        """
        self._connection = connection
        self._store = connection.store
        self._clock = connection.clock
        self._flow_control = FlowControl(connection.backend, connection.chance)
        self._wake_up = WakeUp()
        self._dispatcher = Dispatcher(
            connection=connection,
            flow_control=self._flow_control,
            wake_up=self._wake_up,
            observer=observer,
        )
        self._in_flight = self._dispatcher.in_flight
        self._health_checks = HealthChecks(
            connection, self._flow_control, self._wake_up
        )
        self._look_timer: asyncio.TimerHandle | None = None
        if starts_after:
            self._flow_control.hold(self._clock() + starts_after)
        self._turning = asyncio.Lock()
        self._begun = False
        """Whether this run has begun in the file, which then follows its clock."""
        self._releases = False
        """Whether what was held back becomes due at the next turn."""
        self._jump = timedelta()
        self._following_clock = asyncio.Lock()

    @property
    def held(self) -> bool:
        """Whether nothing is sent now: paused, stopping, on hold, breaker open."""
        return self._flow_control.held(self._clock())

    @property
    def busy(self) -> bool:
        """Whether anything is being sent now."""
        return bool(self._in_flight.sending)

    @property
    def at_rest(self) -> bool:
        """Whether nothing waited in the file at the last turn."""
        return self._wake_up.at_rest

    @property
    def held_until(self) -> datetime | None:
        """When deliveries may be sent again, if that is known and later than now."""
        return self._flow_control.next_at(self._clock())

    def wake(self) -> None:
        """Look for work now."""
        self._wake_up.now()

    def notice(self) -> None:
        """Look for work once a slot is free."""
        self._wake_up.notice()
        if self._in_flight.is_short or self.held:
            self._wake_up.now()

    def can_accept_claimed(self, delivery: Delivery) -> bool:
        """Return whether a new delivery may be accepted as claimed.

        Only if nothing waits in the file: then no order and no limit is concerned.
        """
        now = delivery.accepted_at
        return (
            self._wake_up.at_rest
            and self._store.healthy
            and not self._flow_control.held(now)
            and not is_late(delivery, now)
            and self._in_flight.can_accept_claimed(delivery)
        )

    def can_send_optimistically(self, now: datetime) -> bool:
        """Return whether a delivery can be sent while its acceptance is committed."""
        return self._in_flight.has_slot(now)

    def expect(self, delivery: Delivery, payload: object) -> OnWritten[Delivery]:
        """Reserve a slot for a delivery that is being accepted as claimed.

        Return a function for the result of the commit, which sends the delivery,
        whether or not the caller still waits.
        """
        self._in_flight.expect()
        if self._in_flight.waits_for_file:
            self._store.hurry()

        def written(accepted: Delivery | BaseException) -> None:
            """Send the delivery if it is new."""
            known = accepted if isinstance(accepted, Delivery) else None
            new = known is not None and known.origin is delivery.origin
            self._in_flight.arrive(known if new else None, payload)
            self._dispatcher.fill_slots()
            self._watch_claimed(delivery.accepted_at)

        return written

    def _watch_claimed(self, now: datetime) -> None:
        """Have claims that wait for a slot looked at before they become stale."""
        if not self._in_flight.holds_any:
            return
        if self._flow_control.held(now):
            self.wake()
        elif self._look_timer is None:
            self._look_timer = asyncio.get_running_loop().call_later(
                AHEAD_PATIENCE.total_seconds(), self._look_at_claimed
            )

    def _look_at_claimed(self) -> None:
        """Take a turn if a claim still waits for a slot."""
        self._look_timer = None
        if self._in_flight.holds_any:
            self.wake()

    def send_optimistically(
        self, delivery: Delivery, payload: object, accepting: asyncio.Future[Delivery]
    ) -> OptimisticSend:
        """Begin to send a delivery that has a slot, and whose acceptance is queued."""
        optimistic = OptimisticSend(
            delivery=delivery,
            payload=payload,
            accepted=accepting,
            attempted=asyncio.get_running_loop().create_future(),
        )
        self._dispatcher.send_optimistically(optimistic)
        return optimistic

    @property
    def switched_off(self) -> bool:
        """Whether the user has switched the connection off."""
        return self._flow_control.switched_off

    def switch(self, *, on: bool) -> None:
        """Switch sending on or off; deliveries still expire, and requests end."""
        self._flow_control.switched_off = not on
        self.wake()

    def pause(self) -> None:
        """Send nothing until resumed; deliveries still expire."""
        self._flow_control.paused = True
        self.wake()

    def resume(self) -> None:
        """End a pause, and any wait that the backend has asked for."""
        self._flow_control.resume()
        self.wake()

    def release_held_back(self) -> None:
        """Send what was held back, since the backend takes some of it again."""
        self._releases = True
        self.wake()

    async def run(self) -> None:
        """Work until stopped or cancelled."""
        await persist(self._recover)
        try:
            await self._take_turns()
        finally:
            if self._look_timer is not None:
                self._look_timer.cancel()
            await self._health_checks.stop()

    async def _recover(self) -> int:
        """Begin a run in the file."""
        now, total_shift = self._clock(), self._clock.total_shift
        self._flow_control.shift(self._clock.take_jump())
        recovered = await self._store.recover(
            self._connection.id,
            now,
            total_shift,
            self._connection.backend.held_back_by,
        )
        self._begun = True
        return recovered

    async def _take_turns(self) -> None:
        """Take a turn whenever something is due, until stopped."""
        while not self._flow_control.stopping:
            self._wake_up.clear()
            async with self._turning:
                pause = await self._safe_turn()
            self._health_checks.follow()
            await self._wake_up.wait(pause)

    async def stop(self, patience: float | None = None) -> None:
        """Claim nothing more, and wait `patience` seconds for deliveries in flight.

        Those that are cut off stay in `sending`; the next run looks them up.
        """
        until = asyncio.get_running_loop().time()
        until += STOP_PATIENCE if patience is None else patience
        self._flow_control.stopping = True
        self.wake()
        if self._store.healthy:
            # Deliveries that a turn is claiming now are put back after it.
            with suppress(TimeoutError):
                async with asyncio.timeout_at(until), self._turning:
                    pass
        await self._dispatcher.stop(until)

    async def _safe_turn(self) -> float | None:
        """Take a turn; after an exception the next one is soon."""
        try:
            return await self._turn()
        except Exception:
            _LOGGER.exception(
                "The worker of %s failed unexpectedly; it goes on", self._connection.id
            )
            return STORE_PATIENCE

    async def _turn(self) -> float | None:
        """Do what is due; return the seconds to the next turn, None for no bound."""
        self._wake_up.begin_turn()
        await persist(self.follow_clock)
        await persist(self._dispatcher.put_back)
        await persist(self._dispatcher.fail_broken)
        now, total_shift = self._clock(), self._clock.total_shift
        flow_control, in_flight = self._flow_control, self._in_flight
        slots, look_ups = in_flight.slots(now)
        if self._releases:
            self._releases = False
            await persist(
                lambda: self._store.release_held_back(
                    self._connection.id, now, self._connection.backend.held_back_by
                )
            )
        # A copy, since the file's thread reads it while the loop goes on.
        busy = tuple(in_flight.looking_up)
        if (limit := flow_control.back_offs_to_end(slots)) != 0:
            await persist(
                lambda: self._store.end_back_off(self._connection.id, now, limit=limit)
            )
        taken = await persist(
            lambda: self._store.take(
                self._connection.id,
                now,
                most=in_flight.claims(slots),
                free_slots=in_flight.at_once(slots),
                look_ups=look_ups,
                busy=busy,
                steady=self._clock.steady,
                total_shift=total_shift,
                instance=self._connection.instance,
            )
        )
        for delivery in taken.ended:
            self._dispatcher.notify(delivery)
        if taken.more_expire:
            self.wake()
        in_flight.add(taken.claimed)
        self._dispatcher.fill_slots()
        sends_alone = flow_control.sends_alone and bool(taken.claimed)
        # The connection may have been paused meanwhile.
        _, look_ups = in_flight.slots(self._clock())
        for delivery in () if sends_alone else taken.look_ups[:look_ups]:
            self._dispatcher.look_up(delivery)
        return self._pause_after(taken, now)

    def _pause_after(self, taken: Taken, now: datetime) -> float | None:
        """Return the seconds to the next turn if nothing wakes the worker before.

        None only if nothing waits, neither in the file nor in memory. Otherwise there
        is a turn from time to time, so that nothing can be forgotten.
        """
        waits = taken.waiting or self._in_flight.holds_any
        self._wake_up.end_turn(waiting=taken.waiting or self._in_flight.is_stuck(now))
        moments = (taken.next_at, self._flow_control.next_at(now))
        pauses = [
            (moment - now).total_seconds()
            for moment in moments
            if moment is not None and moment > now
        ]
        if (stale_at := self._in_flight.next_at) is not None:
            # It may have become stale during this turn.
            pauses.append(max(0, (stale_at - now).total_seconds()))
        if not (pauses or waits) and self._clock.steady:
            return None
        return min([*pauses, LOOK_AT_CLOCK])

    async def follow_clock(self) -> None:
        """Move the times of waiting deliveries if the system clock was set.

        It is to be called before a delivery is accepted, whose times are right. Raises
        StoreUnavailable; then the next call does it.
        """
        if not self._begun or not (self._clock.jumped or self._jump):
            return
        async with self._following_clock:
            self._jump += self._clock.take_jump()
            if not (jump := self._jump):
                return
            await self._store.shift(self._connection.id, jump, self._clock())
            _LOGGER.warning("The clock was set by %s; what waits was moved along", jump)
            self._jump -= jump
            self._flow_control.shift(jump)
