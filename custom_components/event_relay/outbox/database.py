"""The thread that owns the outbox's SQLite file.

WAL with `synchronous=FULL`: what a coroutine here has returned is on disk. Jobs
that wait together are committed together; one that fails does not take the others
with it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from queue import Empty, SimpleQueue
import sqlite3
import threading
from typing import Any

from .file import (
    FAILURES,
    SetAside,
    StoreUnavailable,
    is_damage,
    lacks_room,
    move_aside,
    open_file,
    turns_out_damaged,
)

_HANDED_OVER = 5
"""Outcomes of jobs that are handed over in one turn of the loop."""


@dataclass(frozen=True)
class Writing[ItemT]:
    """A job that writes items, and is one with those beside it that write alike."""

    write: Callable[[sqlite3.Connection, Sequence[ItemT]], Sequence[Any]]
    """Returns for each item, in their order, what became of it."""
    items: Sequence[ItemT]

    def __call__(self, database: sqlite3.Connection) -> Sequence[Any]:
        """Write them."""
        return self.write(database, self.items)


@dataclass(frozen=True)
class _Job:
    """Something to do on the store's thread, and where its outcome goes."""

    run: Callable[[sqlite3.Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    alone: bool = False
    """Whether it must not run inside a transaction."""

    def resolve(self, result: object, error: Exception | None) -> None:
        """Hand the outcome to the waiting coroutine, in its loop."""
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


type _Outcome = tuple[_Job, object, Exception | None]


class Database:
    """Runs jobs on the file, one after the other, from any number of coroutines."""

    def __init__(self, path: Path, damaged: Callable[[SetAside], None]) -> None:
        """Take the path of the file, which `open` makes if it is not there.

        `damaged` hears, in the loop that opened it, of each file that had to make
        way because it was damaged.
        """
        self.path = path
        self._damaged = damaged
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._outcomes: deque[_Outcome] = deque()
        """What has been done, and is not told yet."""
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: sqlite3.Connection | None = None
        self.healthy = True
        """Whether the file could be written when it was last tried."""

    async def open(self) -> None:
        """Open the file; raises StoreUnavailable."""
        self._jobs = SimpleQueue()
        self._outcomes = deque()
        self._loop = asyncio.get_running_loop()
        # A daemon, so that a crash of the rest cannot keep the process alive:
        # whatever the thread is in the middle of, SQLite survives it.
        self._thread = threading.Thread(
            target=self._work, name="event_relay_outbox", daemon=True
        )
        self._thread.start()
        try:
            await self.run(lambda _: None)
        except StoreUnavailable:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish what waits and close the file."""
        if (thread := self._thread) is None:
            return
        self._thread = None
        self._jobs.put(None)
        await asyncio.get_running_loop().run_in_executor(None, thread.join)

    async def run[ResultT](
        self, run: Callable[[sqlite3.Connection], ResultT], *, alone: bool = False
    ) -> ResultT:
        """Run a job on the file's thread and wait until it is committed.

        One that runs alone has no transaction around it. Raises what the job raises,
        and StoreUnavailable.
        """
        return await self.put(run, alone=alone)

    def put[ResultT](
        self, run: Callable[[sqlite3.Connection], ResultT], *, alone: bool = False
    ) -> asyncio.Future[ResultT]:
        """Queue a job now, behind all that are; return what `run` would wait for."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ResultT] = loop.create_future()
        if self._thread is None:
            future.set_exception(StoreUnavailable("the outbox is closed"))
        else:
            self._jobs.put(_Job(run, loop, future, alone))
        return future

    def _work(self) -> None:
        """Own the database until told to stop; the thread's whole life."""
        running = True
        while running:
            jobs, running = self._next_jobs()
            for group in _groups(jobs):
                self._attempt(group)
        if self._connection is not None:
            with suppress(*FAILURES):
                self._connection.close()
            self._connection = None

    def _next_jobs(self) -> tuple[list[_Job], bool]:
        """Wait for a job, take all that wait with it, and say whether to go on."""
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return jobs, True
        return jobs, False

    def _attempt(self, jobs: list[_Job]) -> None:
        """Run jobs; on a new file if this one turns out to be damaged.

        Nothing of them was kept then, so that they can be run again.
        """
        try:
            try:
                outcomes = _run(self._connected(), jobs)
            except FAILURES as error:
                if not (is_damage(error) or self._turns_out_damaged(error)):
                    raise
                self._begin_anew(str(error))
                outcomes = _run(self._connected(), jobs)
        except (StoreUnavailable, OSError, *FAILURES) as error:
            if len(jobs) > 1 and lacks_room(error):
                # What only reads, or needs little, need not fail with the rest.
                for job in jobs:
                    self._attempt([job])
                return
            self.healthy = False
            failure = (
                error
                if isinstance(error, StoreUnavailable)
                else StoreUnavailable(str(error))
            )
            outcomes = [(job, None, failure) for job in jobs]
        else:
            self.healthy = True
        self._resolve(outcomes)

    def _resolve(self, outcomes: list[_Outcome]) -> None:
        """Hand outcomes to those who wait, if their loop still runs."""
        self._outcomes.extend(outcomes)
        with suppress(RuntimeError):
            outcomes[0][0].loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        """Hand over some outcomes in their order, the others in the next turns.

        Each may be what many wait for, and thousands of jobs may have been one commit.
        """
        for _ in range(min(_HANDED_OVER, len(self._outcomes))):
            job, result, failed = self._outcomes.popleft()
            job.resolve(result, failed)
        if self._outcomes:
            self._outcomes[0][0].loop.call_soon(self._hand_over)

    def _turns_out_damaged(self, error: Exception) -> bool:
        """Say whether an error is explained by damage that it does not tell of."""
        database = self._connection
        return database is not None and turns_out_damaged(database, error)

    def _connected(self) -> sqlite3.Connection:
        """Return the open file; raises StoreUnavailable."""
        if self._connection is None:
            opened = open_file(self.path)
            self._connection = opened.database
            for damaged in (opened.log, opened.set_aside):
                if damaged is not None:
                    self._tell(damaged)
        return self._connection

    def _tell(self, set_aside: SetAside) -> None:
        """Tell of a damaged file, before whoever waits for a job goes on."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._damaged, set_aside)

    def _begin_anew(self, reason: str) -> None:
        """Move the open file out of the way; raises OSError."""
        if self._connection is not None:
            with suppress(*FAILURES):
                self._connection.close()
            self._connection = None
        self._tell(move_aside(self.path, reason))


def _groups(jobs: list[_Job]) -> Iterator[list[_Job]]:
    """Part jobs, in their order: what runs together, and each that runs alone."""
    for alone, group in groupby(jobs, key=lambda job: job.alone):
        if alone:
            yield from ([job] for job in group)
        else:
            yield [*group]


def _run(database: sqlite3.Connection, jobs: list[_Job]) -> list[_Outcome]:
    """Run a group of jobs and return their outcomes, which are on disk.

    Raises an error of SQLite, and then has done nothing.
    """
    if jobs[0].alone:
        return [(jobs[0], jobs[0].run(database), None)]
    try:
        with _transaction(database):
            return _run_in_order(database, jobs)
    except FAILURES:
        raise
    except Exception as error:  # noqa: BLE001 - its caller gets it, whatever it is
        if len(jobs) == 1:
            return [(jobs[0], None, error)]
    # Nothing was kept. Once more, and only those fail that cannot be done.
    with _transaction(database):
        return [(job, *_run_in_savepoint(database, job)) for job in jobs]


def _run_in_order(database: sqlite3.Connection, jobs: list[_Job]) -> list[_Outcome]:
    """Run jobs; for each statement less the thread waits once less for its turn."""
    outcomes: list[_Outcome] = []
    for write, group in groupby(jobs, key=_writes):
        if write is None:
            outcomes += [(job, job.run(database), None) for job in group]
            continue
        some = [(job, job.run.items) for job in group if isinstance(job.run, Writing)]
        written = iter(write(database, [item for _, items in some for item in items]))
        outcomes += [(job, [*islice(written, len(items))], None) for job, items in some]
    return outcomes


def _writes(job: _Job) -> Callable[..., Sequence[Any]] | None:
    """Return what writes the items of a job, if that is all it does."""
    return job.run.write if isinstance(job.run, Writing) else None


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done meanwhile; nothing of it if it raises."""
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("COMMIT")
    except BaseException:
        with suppress(*FAILURES):
            database.execute("ROLLBACK")
        raise


def _run_in_savepoint(
    database: sqlite3.Connection, job: _Job
) -> tuple[object, Exception | None]:
    """Run one job; what it wrote goes if it fails. An error of SQLite ends them all."""
    database.execute("SAVEPOINT job")
    result: object = None
    failure: Exception | None = None
    try:
        result = job.run(database)
    except FAILURES:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        database.execute("ROLLBACK TO job")
        failure = error
    database.execute("RELEASE job")
    return result, failure
