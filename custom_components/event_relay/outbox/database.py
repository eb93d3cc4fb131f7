"""The thread that owns the outbox's SQLite file.

WAL with `synchronous=FULL`: what a coroutine here has returned is on disk. Jobs
that wait together are committed together, each in a savepoint of its own, so that
one that fails does not take the others with it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from queue import Empty, SimpleQueue
import sqlite3
import threading
from typing import Any

from .file import Opened, SetAside, StoreUnavailable, open_file


@dataclass(frozen=True)
class _Job:
    """Something to do on the store's thread, and where its outcome goes."""

    run: Callable[[sqlite3.Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    alone: bool = False
    """Whether it must not run inside a transaction."""

    def resolve(self, result: object, error: Exception | None) -> None:
        """Hand the outcome to the waiting coroutine, if its loop still runs."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._set, result, error)

    def _set(self, result: object, error: Exception | None) -> None:
        """Set the outcome unless the coroutine has gone."""
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


class Database:
    """Runs jobs on the file, one after the other, from any number of coroutines."""

    def __init__(self, path: Path) -> None:
        """Take the path of the file, which `open` makes if it is not there."""
        self.path = path
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._set_aside: SetAside | None = None

    async def open(self) -> SetAside | None:
        """Open the file and return the damaged one that had to make way, if any.

        Raises StoreUnavailable.
        """
        self._jobs = SimpleQueue()
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
        return self._set_aside

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
        if self._thread is None:
            message = "the outbox is closed"
            raise StoreUnavailable(message)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ResultT] = loop.create_future()
        self._jobs.put(_Job(run, loop, future, alone))
        return await future

    def _work(self) -> None:
        """Own the database until told to stop; the thread's whole life."""
        opened: Opened | None = None
        failure: StoreUnavailable | None = None
        try:
            opened = open_file(self.path)
            self._set_aside = opened.set_aside
        except StoreUnavailable as error:
            failure = error
        running = True
        while running:
            jobs, running = self._next_jobs()
            if opened is None:
                for job in jobs:
                    job.resolve(None, failure)
            else:
                _run_all(opened.database, jobs)
        if opened is not None:
            with suppress(sqlite3.Error):
                opened.database.close()

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


def _run_all(database: sqlite3.Connection, jobs: list[_Job]) -> None:
    """Run jobs in their order, those that need no time to themselves together."""
    for alone, group in groupby(jobs, key=lambda job: job.alone):
        if not alone:
            _commit_together(database, [*group])
            continue
        for job in group:
            try:
                job.resolve(job.run(database), None)
            except sqlite3.Error as error:
                job.resolve(None, StoreUnavailable(str(error)))


def _commit_together(database: sqlite3.Connection, jobs: list[_Job]) -> None:
    """Run jobs in one transaction; tell each of them its outcome after the commit."""
    try:
        database.execute("BEGIN IMMEDIATE")
        outcomes = [(job, *_run_in_savepoint(database, job)) for job in jobs]
        database.execute("COMMIT")
    except sqlite3.Error as error:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        failure = StoreUnavailable(str(error))
        outcomes = [(job, None, failure) for job in jobs]
    for job, result, failed in outcomes:
        job.resolve(result, failed)


def _run_in_savepoint(
    database: sqlite3.Connection, job: _Job
) -> tuple[object, Exception | None]:
    """Run one job; what it wrote goes if it fails. An error of SQLite ends them all."""
    database.execute("SAVEPOINT job")
    result: object = None
    failure: Exception | None = None
    try:
        result = job.run(database)
    except sqlite3.Error:
        raise
    except Exception as error:  # noqa: BLE001 - its caller gets it, whatever it is
        database.execute("ROLLBACK TO job")
        failure = error
    database.execute("RELEASE job")
    return result, failure
