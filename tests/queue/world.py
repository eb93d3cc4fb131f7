"""A home in virtual time, and an outside system that records everything."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
import json
from pathlib import Path
import sqlite3
from typing import Any, override
from unittest.mock import patch

from custom_components.event_relay.backends.base import (
    Absent,
    Finding,
    Found,
    Instance,
    JsonObject,
    StepContext,
    Unclear,
)
from custom_components.event_relay.backends.errors import (
    CannotConnect,
    InvalidCredentials,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from custom_components.event_relay.queue import queue
from custom_components.event_relay.queue.clock import JUMP
from custom_components.event_relay.queue.delivery import (
    TRANSITIONS,
    Delivery,
    DeliveryState,
)
from custom_components.event_relay.queue.queue import Request
from custom_components.event_relay.queue.store.file_marks import BACKUP, advance, mark
from custom_components.event_relay.queue.store.store import Store, StoreUnavailable
from custom_components.event_relay.queue.worker import STOP_PATIENCE

from .ledger import ACTION, LEDGER, REPEATABLE_FOR, Clock, LedgerClient
from .pipeline import OWNER, Pipeline
from .virtual import LoopDatabase, VirtualLoop

type Done = tuple[str, str]
"""The id of a delivery, and a step of it."""

_BUSY = ("sending", "uncertain")
_UNSETTLED = ("pending", *_BUSY)


class Fault(StrEnum):
    """How the outside system responds to a call."""

    FINE = "fine"
    REPLY_LOST = "reply lost"
    REQUEST_LOST = "request lost"
    HANGS = "hangs, and takes effect at once"
    HANGS_FIRST = "hangs, and takes effect in the end"
    REFUSED = "refused"
    LIMITED = "limited"
    BUSY = "busy, for nobody knows how long"
    UNREACHABLE = "unreachable"
    UNAUTHORISED = "unauthorised"
    CANNOT_TELL = "cannot tell"
    LATE = "reply lost, and takes effect a little later"


PATIENCE = 10.0
"""Seconds after which a call without a response times out."""
LANDING = 1.5
"""Seconds until a request that waited in a socket takes effect."""


@dataclass
class OutsideSystem(LedgerClient):
    """Executes its calls, and judges whether each was right.

    It survives every run of the home. `file` is the path of the home's queue.
    """

    done: Counter[Done] = field(default_factory=Counter)
    attempts: Counter[Done] = field(default_factory=Counter)
    unknown: set[Done] = field(default_factory=set)
    """Calls whose outcome is unknown to the home."""
    default_fault: Fault = Fault.FINE
    answers: list[Fault] = field(default_factory=list)
    """Responses to the next calls, before random ones."""
    violations: list[str] = field(default_factory=list)
    """Calls that should never have been made."""
    optimistic: set[str] = field(default_factory=set)
    """Ids of deliveries that may be sent before they are in the file."""
    file: sqlite3.Connection | None = None
    judges: bool = True
    slowness: float = 0.0
    """Seconds that every response takes."""
    landing: list[tuple[float | None, Done]] = field(default_factory=list)
    """Calls that take effect later, and when; None while the outside system is
    stalled."""
    resumed: asyncio.Event | None = None
    """Set when a stall ends."""
    elapsed: Callable[[], float] = lambda: 0.0
    """The outside system's own clock, which is never set."""
    first_sent_at: dict[Done, float] = field(default_factory=dict)
    """When a call may first have arrived, by that clock."""
    forgets: bool = True
    """Whether keys are forgotten; not if the home's clock cannot tell when."""
    system: int = 0
    """The system that the connection leads to."""
    sent_to: dict[Done, int] = field(default_factory=dict)
    """The system that each call was last sent to."""
    happened: dict[Done, float] = field(default_factory=dict)
    """When it took effect, by that clock."""
    told: dict[Done, datetime] = field(default_factory=dict)
    """When it happened at home, as last sent."""
    look_ups: int = 0
    checks: int = 0
    check_fails: Fault | None = None
    """The fault of health checks, unless they fail like all other calls."""
    in_flight: int = 0
    most_in_flight: int = 0

    @override
    async def write(self, step: str, text: str, context: StepContext) -> JsonObject:
        self.land()
        if self.judges:
            self._judge(step, text, context.delivery_id)
        one = (context.delivery_id, step)
        self.attempts[one] += 1
        self.told[one] = context.reported_time
        self.sent_to[one] = self.system
        self.unknown.add(one)
        first = one not in self.first_sent_at
        self.first_sent_at.setdefault(one, self.elapsed())
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        if self.judges and self.in_flight > LEDGER.concurrency:
            self.violations.append(f"{one} sent with no slot free")
        try:
            await self._take_time()
            await self._answer(one, self._fault())
        except OutcomeUnknown:
            raise
        except asyncio.CancelledError:
            raise
        except BaseException:
            self.unknown.discard(one)
            if first:
                del self.first_sent_at[one]
            raise
        finally:
            self.in_flight -= 1
        self.unknown.discard(one)
        return {"id": "/".join(one)}

    @override
    async def find(self, context: StepContext) -> Finding:
        one = (context.delivery_id, "write")
        await self._take_time()
        if self.resumed is not None and not await self._wait_for_resumption(
            self.resumed
        ):
            raise CannotConnect
        self.land()
        self.look_ups += 1
        match self._fault():
            case Fault.UNREACHABLE | Fault.HANGS | Fault.HANGS_FIRST:
                raise CannotConnect
            case Fault.UNAUTHORISED:
                raise InvalidCredentials
            case Fault.LIMITED:
                raise Unavailable(retry_after=120)
            case Fault.BUSY:
                raise Unavailable
            case Fault.CANNOT_TELL:
                return Unclear()
            case _:
                if one not in {landing for _, landing in self.landing} and (
                    self.sent_to.get(one, self.system) == self.system
                ):
                    self.unknown.discard(one)
                if self.done[one] and self._recognises(one, context):
                    return Found(result={"id": "/".join(one)})
                return Absent()

    async def check(self) -> None:
        """Respond to a health check."""
        self.checks += 1
        if self.resumed is not None and not await self._wait_for_resumption(
            self.resumed
        ):
            raise CannotConnect
        _refuse(self.check_fails or self.default_fault)

    @override
    async def recognises(self, outside_id: str) -> bool:
        await self._take_time()
        match self._fault():
            case Fault.FINE | Fault.REPLY_LOST | Fault.LATE:
                delivery_id, step = outside_id.split("/")
                return self._has(delivery_id, step)
            case Fault.UNAUTHORISED:
                raise InvalidCredentials
            case _:
                raise CannotConnect

    def _has(self, delivery_id: str, step: str) -> bool:
        """Return whether this system has a call's effect."""
        one = (delivery_id, step)
        return bool(self.done[one]) and self.sent_to.get(one, 0) == self.system

    async def _answer(self, one: Done, fault: Fault) -> None:
        """Take effect, or not, depending on a fault."""
        _refuse(fault)
        match fault:
            case Fault.REQUEST_LOST:
                raise OutcomeUnknown(outage=True)
            case Fault.LATE:
                self.landing.append((self.elapsed() + LANDING, one))
                raise OutcomeUnknown(outage=True)
            case Fault.HANGS_FIRST:
                await self._wait_for_release()
        if (resumed := self.resumed) is not None:
            self.landing.append((None, one))
            if not await self._wait_for_resumption(resumed):
                raise OutcomeUnknown(outage=True)
            await asyncio.sleep(LANDING)
            self.land()
            return
        self._do(one)
        if fault is Fault.REPLY_LOST:
            raise OutcomeUnknown(outage=True)
        if fault is Fault.HANGS:
            await self._wait_for_release()

    def _do(self, one: Done) -> None:
        """Take effect."""
        self.done[one] += 1
        self.happened[one] = self.elapsed()

    def _recognises(self, one: Done, context: StepContext) -> bool:
        """Return whether an effect matches a look-up, by its two times.

        They are when it took effect, as for Palabra and Frigate, and when it happened
        at home, as for aipix and Guance.
        """
        if one not in self.happened:
            return True  # another process has sent it
        if self.sent_to[one] != self.system:
            return False
        assert context.sent_after is not None
        happened = context.now - timedelta(seconds=self.elapsed() - self.happened[one])
        early = happened < context.sent_after - JUMP
        return not early and context.reported_time == self.told[one]

    def allow_resend(self, delivery_id: str) -> None:
        """Allow another call for an effect that the other system has, or may have."""
        for times in (self.done, self.happened, self.first_sent_at):
            for one in [one for one in times if one[0] == delivery_id]:
                del times[one]
        self.unknown = {one for one in self.unknown if one[0] != delivery_id}
        self.landing = [it for it in self.landing if it[1][0] != delivery_id]

    def was_called(self, delivery_id: str) -> bool:
        """Return whether any step of a delivery has been called."""
        return any(
            times for (one, _), times in self.attempts.items() if one == delivery_id
        )

    def may_have_happened(self, delivery_id: str) -> bool:
        """Return whether any step of a delivery has happened, or may have."""
        return any(one == delivery_id for one, _ in {*+self.done, *self.unknown})

    async def _take_time(self) -> None:
        if self.slowness:
            await asyncio.sleep(self.slowness)

    async def _wait_for_release(self) -> None:
        if self.gate is None:
            self.gate = asyncio.Event()
        await self.gate.wait()

    async def _wait_for_resumption(self, resumed: asyncio.Event) -> bool:
        """Wait until a stall ends, with a timeout."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await resumed.wait()
        return resumed.is_set()

    def stall(self) -> None:
        """Stall; requests wait in the socket."""
        self.landing = [(None, one) for _, one in self.landing]
        self.resumed = asyncio.Event()

    def resume_responses(self) -> None:
        """Run the requests in the socket, after the look-ups."""
        if self.resumed is not None:
            due = self.elapsed() + LANDING
            self.landing = [(due, one) for _, one in self.landing]
            self.resumed.set()
            self.resumed = None

    def land(self) -> None:
        """Run the calls that should have taken effect by now."""
        now = self.elapsed()
        for due, one in tuple(self.landing):
            if due is not None and due <= now:
                self.landing.remove((due, one))
                self._do(one)

    def release(self) -> None:
        """Respond to hanging calls."""
        if self.gate is not None:
            self.gate.set()
            self.gate = None

    def _fault(self) -> Fault:
        return self.answers.pop(0) if self.answers else self.default_fault

    def _judge(self, step: str, text: str, delivery_id: str) -> None:
        """Record the violation if a step should not be called now."""
        one = (delivery_id, step)
        self._judge_repeat(one)
        assert self.file is not None
        row = self.file.execute(
            "SELECT * FROM deliveries WHERE id = ?", (delivery_id,)
        ).fetchone()
        if row is None and delivery_id in self.optimistic and not self.attempts[one]:
            return
        if row is None or row["state"] != "sending":
            self.violations.append(f"{one} sent without being in the file as such")
            return
        if json.loads(row["payload"])["text"] != text:
            self.violations.append(f"{one} sent with another payload than in the file")
        self._judge_system(one, row)
        if (
            row["follows"]
            and not self.file.execute(
                "SELECT 1 FROM deliveries WHERE id = ? AND state = 'delivered'",
                (row["follows"],),
            ).fetchone()
        ):
            self.violations.append(f"{one} sent before its start")
        for other in self.file.execute(
            "SELECT * FROM deliveries WHERE connection = ? AND key = ? AND id != ?",
            (OWNER, row["key"], delivery_id),
        ):
            state = other["state"]
            former = other["sequence"] < row["sequence"]
            if state in _BUSY or (state in _UNSETTLED and former):
                self.violations.append(
                    f"{one} sent with {other['id']} {state}, same key"
                )
        for other in self.file.execute(
            "SELECT * FROM deliveries WHERE connection = ? AND lane = ? AND id != ?",
            (OWNER, row["lane"], delivery_id),
        ):
            if (state := other["state"]) in _BUSY:
                self.violations.append(
                    f"{one} sent with {other['id']} {state}, same lane"
                )

    def _judge_repeat(self, one: Done) -> None:
        """Record the violation if a step should not be called once more."""
        _, step = one
        here = self.sent_to.get(one) == self.system
        if one in self.unknown and not (step in ("note", "ticket") and here):
            self.violations.append(f"{one} sent again, its outcome unknown")
        if step == "ticket" and self.forgets and self._has_forgotten(one):
            self.violations.append(f"{one} sent again, its key forgotten")
        if step == "write" and self.done[one]:
            self.violations.append(f"{one} sent again after it happened")

    def _has_forgotten(self, one: Done) -> bool:
        """Return whether the key of a call is no longer known."""
        since = self.first_sent_at.get(one, self.elapsed())
        return self.elapsed() - since >= REPEATABLE_FOR.total_seconds()

    def _judge_system(self, one: Done, row: sqlite3.Row) -> None:
        """Record the violation if this system should not be called."""
        done = [it for it in +self.done if it[0] == one[0]]
        if {self.sent_to.get(it, self.system) for it in done} - {self.system}:
            self.violations.append(f"{one} goes on in another system")
        if row["follows"] and not any(
            self._has(*it) for it in +self.done if it[0] == row["follows"]
        ):
            self.violations.append(f"{one} sent to another system than its start")


def _refuse(fault: Fault) -> None:
    """Raise for a fault that certainly has no effect."""
    match fault:
        case Fault.REFUSED:
            raise Rejected("no")
        case Fault.LIMITED:
            raise Unavailable(retry_after=120)
        case Fault.BUSY:
            raise Unavailable
        case Fault.UNREACHABLE:
            raise CannotConnect
        case Fault.UNAUTHORISED:
            raise InvalidCredentials


SYSTEMS = tuple(Instance(id=f"i{number}", address=f"a{number}") for number in range(3))

_WITNESS = """
    CREATE TEMP TABLE seen (id TEXT, was TEXT, state TEXT);
    CREATE TEMP TRIGGER added AFTER INSERT ON main.deliveries BEGIN
        INSERT INTO seen VALUES (new.id, NULL, new.state); END;
    CREATE TEMP TRIGGER moved AFTER UPDATE OF state ON main.deliveries BEGIN
        INSERT INTO seen VALUES (new.id, old.state, new.state); END;
    CREATE TEMP TRIGGER removed AFTER DELETE ON main.deliveries BEGIN
        INSERT INTO seen VALUES (old.id, old.state, NULL); END;
"""
"""Lets SQLite itself record every change of a state, with its transaction."""


class World:
    """A home that can be killed at any time, and its outside system."""

    def __init__(
        self,
        folder: Path,
        *,
        started: bool = True,
        claims_ahead: int = 2,
        health_check: bool = False,
    ) -> None:
        self.folder = folder
        self.backend = replace(
            LEDGER,
            claims_ahead=claims_ahead,
            health_check=OutsideSystem.check if health_check else None,
        )
        self.clock = Clock()
        self.outside = OutsideSystem()
        self.runs = 0
        self.address = 0
        """Address of the connection: the third is the first under another name."""
        self.states: dict[str, DeliveryState] = {}
        """States that have certainly been committed."""
        self.violations: list[str] = self.outside.violations
        self.path = folder / "outbox-0.db"
        self.seen = 0
        """The file's generation, as stored outside of it."""
        self.marked = False
        """Whether the last run ended during a backup."""
        self.open()
        self.states = self.stored_states()
        if started:
            self.start()

    def open(self) -> None:
        """Begin a run on the existing file."""
        self.loop = VirtualLoop(self.clock)
        self.store = Store(self.path, claimed=self._claimed)
        self.database = LoopDatabase(self.path, self.seen)
        self.store._database = self.database
        self.loop.now(self.store.open())
        # A restored older copy is reported, and none of it is damaged.
        assert all(one.older for one in self.database.damages)
        self.seen = self.database.generation = advance(self.database.raw, self.seen)
        self.outside.file = self.database.raw
        self.outside.in_flight = 0
        self.outside.gate = None
        self.outside.elapsed = lambda: self.clock.elapsed
        if self.outside.resumed is not None:
            # Callers that waited for it belonged to a loop that has ended.
            self.outside.resumed = asyncio.Event()
        if self.marked:
            # Opening it makes all waiting deliveries uncertain.
            self.states |= {
                one: DeliveryState.UNCERTAIN
                for one, state in self.states.items()
                if not state.settled
            }
        self.database.raw.executescript(_WITNESS)
        self.pipeline = self._new_pipeline()

    def _new_pipeline(self) -> Pipeline:
        return Pipeline(
            self.store,
            clock=self.clock,
            client=self.outside,
            instance=SYSTEMS[self.address],
            backend=self.backend,
        )

    def _claimed(self) -> None:
        self._advancing = self.loop.create_task(self._advance())

    async def _advance(self) -> None:
        with suppress(StoreUnavailable):
            self.seen = await self.store.advance()

    def start(self) -> None:
        """Start the worker."""
        self.loop.call_soon(self.pipeline.start)
        self.loop.settle()

    def kill(self) -> None:
        """End the run as SIGKILL would; the next one finds the file as on disk."""
        self.runs += 1
        self.marked = mark(self.database.raw) == BACKUP
        copy = self.folder / f"outbox-{self.runs}.db"
        self.database.kill(copy)
        self.loop.end()
        if self.database.raw.in_transaction:
            self.database.raw.rollback()
        self.check_commits()
        self.database.raw.close()
        self.path = copy

    def stop(self) -> None:
        """End the run properly."""
        stopping = self.loop.create_task(self.pipeline.stop())
        self.loop.forward(seconds=30)
        assert stopping.done()
        self.check_commits()
        self.marked = mark(self.database.raw) == BACKUP
        self.loop.now(self.store.close())
        self.loop.end()

    def restart(self) -> None:
        """Begin another run on the file that the last one left on disk."""
        self.clock = self.clock.restarted()
        self.open()
        self.start()

    def change_address(self, address: int) -> None:
        """Begin another run on the same file, with another address."""
        self.address = address
        self.outside.system = address % 2
        self.restart()

    def request(self, delivery_id: str, **data: object) -> Request:
        """Return a request for a line with a known id."""
        return Request(
            operation="write_line",
            data={"text": delivery_id, **data},
            origin=ACTION,
            occurred_at=self.clock(),
            id=delivery_id,
        )

    def submit(
        self, delivery_id: str, *, live: bool = False, **data: object
    ) -> asyncio.Task[Delivery]:
        """Submit a line, and do all work that is possible now.

        A live line has no id until it gets one, and may be sent before it is in the
        file.
        """
        request = self.request(delivery_id, **data)
        if live:
            request = replace(request, id=None)
            self.outside.optimistic.add(delivery_id)
        with patch.object(queue, "new_id", lambda: delivery_id):
            attempts = self.loop.create_task(self.pipeline.queue.submit(request))
            self.loop.settle()
        return attempts

    def rows(self) -> list[sqlite3.Row]:
        """Return the rows of the file."""
        return self.database.raw.execute(
            "SELECT * FROM deliveries ORDER BY sequence"
        ).fetchall()

    def stored_states(self) -> dict[str, DeliveryState]:
        """Return each delivery's state in the file."""
        return {row["id"]: DeliveryState(row["state"]) for row in self.rows()}

    def row(self, delivery_id: str) -> sqlite3.Row:
        """Return one delivery from the file."""
        return next(row for row in self.rows() if row["id"] == delivery_id)

    def unsettled(self) -> dict[str, DeliveryState]:
        """Return the unsettled deliveries in the file."""
        return {
            one: state
            for one, state in self.stored_states().items()
            if not state.settled
        }

    def count_states(self) -> Counter[str]:
        """Return the number of deliveries in the file, by state."""
        return Counter(state.value for state in self.stored_states().values())

    def respond_to_all(self) -> None:
        """Respond to hanging calls and all later ones."""
        self.outside.default_fault = Fault.FINE
        self.outside.release()
        self.loop.settle()

    def assert_all_sent_once_in_order(self, number: int) -> None:
        """Respond to all calls; each delivery has been called once, in order."""
        self.respond_to_all()
        assert self.count_states() == {"delivered": number}
        assert [one for one, _ in self.outside.attempts] == [
            f"d{n}" for n in range(number)
        ]
        assert {*self.outside.attempts.values()} == {1}

    def reload(self) -> None:
        """Reload the connection, as Home Assistant does; the file stays open."""
        former = self.pipeline
        stopping = self.loop.create_task(former.worker.stop())
        self.loop.forward(seconds=STOP_PATIENCE)
        while not stopping.done():  # it waits for the disk
            self.loop.forward(seconds=self.database.delay)
        assert former.running is not None
        former.running.cancel()
        self.pipeline = self._new_pipeline()
        former.queue.hand_over_to(self.pipeline.queue)
        self.start()

    def now[ResultT](self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Return the result of work that takes no more time than its commits."""
        task = self.loop.create_task(work)
        self.loop.settle()
        while not task.done():
            self.loop.forward(seconds=self.database.delay)
        return task.result()

    def check_in_flight(self) -> None:
        """Check that whatever is being sent in the file is in flight, and is counted.

        A delivery that nobody sends would stay so until the next run.
        """
        worker = self.pipeline.worker
        in_flight = worker._in_flight
        tasks = (in_flight.sending, in_flight.settling, in_flight.looking_up)
        if any(one.done() for some in tasks for one in some.values()):
            self.violations.append("a task that has ended is in flight")
        ready = {one.id for one in in_flight._ready}
        if not in_flight._payloads.keys() <= ready:
            self.violations.append("a payload is left of a delivery that was sent")
        if in_flight._accepting < 0:
            self.violations.append("a slot was given back twice")
        if self.database.busy or not worker._begun:
            return
        if in_flight._accepting:
            self.violations.append("a slot is reserved for nobody")
        known = ready.union(in_flight.broken, *tasks)
        for one, state in self.stored_states().items():
            if state is DeliveryState.SENDING and one not in known:
                self.violations.append(f"{one} is being sent by nobody")

    def check_commits(self) -> None:
        """Follow the commits since the last look, and check every transition."""
        raw = self.database.raw
        for delivery_id, was, state in raw.execute("SELECT * FROM seen").fetchall():
            if state is None:
                self.violations.append(f"{delivery_id} is gone")
                continue
            new = DeliveryState(state)
            if was is None:
                if delivery_id in self.states:
                    self.violations.append(f"{delivery_id} accepted twice")
            elif new not in TRANSITIONS[DeliveryState(was)] and was != new:
                self.violations.append(f"{delivery_id}: {was} to {new}")
            elif self.states.get(delivery_id) != was:
                self.violations.append(f"{delivery_id}: unseen way to {was}")
            self.states[delivery_id] = new
        raw.execute("DELETE FROM seen")
        rows = self.stored_states()
        if rows != self.states:
            self.violations.append(f"the file has {rows}, not {self.states}")

    def heal(self) -> None:
        """Repair everything, and let days pass; a sleeping worker is not woken."""
        self.database.full = False
        self.database.delay = 0
        self.outside.default_fault = Fault.FINE
        self.outside.answers.clear()
        self.outside.slowness = 0
        self.outside.resume_responses()
        self.outside.release()
        if self.pipeline.worker._flow_control.paused:
            self.pipeline.worker.resume()
        self.loop.forward(days=3)
        self.outside.land()
        self.check_commits()

    def close(self) -> None:
        """Clean up."""
        self.loop.end()
        self.database.raw.close()
