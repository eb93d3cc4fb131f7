"""The thread that owns the SQLite file and writes it.

WAL with `synchronous=FULL`: once a coroutine here returns, its change is on disk. Jobs
that wait together are committed together; if one fails, the others do not.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
import logging
from pathlib import Path
from queue import Empty, SimpleQueue
import sqlite3
import threading

from . import clock_shifts, file_marks, group_commit
from .background import Check, Copy
from .file import (
    Opened,
    StoreUnavailable,
    begin_anew,
    close_file,
    drop_copy,
    is_damage,
    lacks_space,
    leave_unclean,
    open_file,
    take_copy,
    turns_out_damaged,
)
from .group_commit import CommitPace, Job, JobResults
from .maintenance import Maintenance, is_backed_up
from .reader import Reader, Unreadable
from .recovery import unchecked
from .recovery.reports import SetAside
from .recovery.unchecked import Kept
from .rows import FAILURES

_LOGGER = logging.getLogger(__name__)

_MOST_KEPT = 5_000
"""Most rows written during a copy that are carried over to it, in one transaction."""


class _Look:
    """Wakes the thread for something other than a job."""


class Database:
    """Runs jobs on the file, one after the other, from any number of coroutines."""

    def __init__(
        self, path: Path, damaged: Callable[[SetAside], None], seen: int = 0
    ) -> None:
        """Set the path of the file, which `open` creates if it does not exist.

        `seen` is the last known generation of the file; 0 is unknown. `damaged` is
        called, in the loop that opened it, for each file that was replaced.
        """
        self.path = path
        self._damaged = damaged
        self.generation = seen
        """Last known generation of the file."""
        self._jobs: SimpleQueue[Job | _Look | None] = SimpleQueue()
        self._results = JobResults()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: sqlite3.Connection | None = None
        self._reader = Reader(path)
        self._maintenance = Maintenance()
        self._idle = threading.Event()
        """Set while nothing is written."""
        self._pace = CommitPace()
        self._full = False
        """Whether the last group could not take all jobs."""
        self._check: Check | None = None
        self._copy: Copy | None = None
        self._kept: Kept | None = None
        """Rows of a damaged file that has no replacement yet."""
        self._runs: Mapping[str, clock_shifts.Run] = {}
        """Runs of a file that has no replacement yet."""
        self.healthy = True
        """Whether the file could be written when it was last tried."""

    async def open(self) -> None:
        """Open the file; raises StoreUnavailable."""
        self._jobs = SimpleQueue()
        self._results = JobResults()
        self._reader = Reader(self.path)
        self._loop = asyncio.get_running_loop()
        # A daemon, so that it cannot keep the process alive after a crash. SQLite
        # survives its end at any moment.
        self._thread = threading.Thread(
            target=self._work, name="event_relay_outbox", daemon=True
        )
        self._thread.start()
        try:
            await self.run(lambda _: None)
        except StoreUnavailable:
            await self.close()
            raise
        self._reader.start()

    async def close(self) -> None:
        """Finish all queued jobs and close the file."""
        if (thread := self._thread) is None:
            return
        self._thread = None
        self._jobs.put(None)
        await asyncio.get_running_loop().run_in_executor(None, thread.join)

    async def run[ResultT](
        self,
        run: Callable[[sqlite3.Connection], ResultT],
        *,
        without_transaction: bool = False,
    ) -> ResultT:
        """Run a job on the file's thread and wait until it is committed.

        One that runs alone has no transaction around it. Raises what the job raises,
        and StoreUnavailable.
        """
        return await self.put(run, without_transaction=without_transaction)

    async def advance(self) -> int:
        """Begin the next generation of the file and return its number.

        Raises StoreUnavailable.
        """
        seen = self.generation
        number = await self.run(lambda opened: file_marks.advance(opened, seen))
        self.generation = max(self.generation, number)
        return number

    async def read[ResultT](
        self, run: Callable[[sqlite3.Connection], ResultT]
    ) -> ResultT:
        """Run a job that only reads, beside the writer; no commit waits for it.

        It sees what was committed when it begins, not what is only queued. Raises what
        the job raises, and StoreUnavailable.
        """
        try:
            return await self._reader.put(run)
        except Unreadable:
            # The writer finds out what is wrong, and repairs it.
            return await self.run(run)

    def put[ResultT](
        self,
        run: Callable[[sqlite3.Connection], ResultT],
        *,
        without_transaction: bool = False,
    ) -> asyncio.Future[ResultT]:
        """Queue a job; return the future of `run`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ResultT] = loop.create_future()
        if self._thread is None:
            future.set_exception(StoreUnavailable("the outbox is closed"))
        else:
            self._jobs.put(Job(run, loop, future, without_transaction))
        return future

    def hurry(self) -> None:
        """Commit what is queued without waiting for more."""
        self._pace.hurry()

    def _work(self) -> None:
        """Own the database until told to stop; the thread's whole life."""
        running = True
        while running:
            self._idle.set()
            jobs, running = self._next_jobs()
            self._idle.clear()
            for group in group_commit.groups(jobs):
                self._attempt(group)
            if self._check is not None:
                self._go_on(self._end_check)
            if self._copy is not None:
                self._go_on(self._end_copy)
        self._reader.stop()
        self._close()

    def _look(self) -> None:
        """Have the thread look at its background reads; from any thread."""
        self._jobs.put(_Look())

    def _next_jobs(self) -> tuple[list[Job], bool]:
        """Wait for a job; return those that wait, and whether to go on."""
        jobs: list[Job] = []
        many = 0
        job = self._await_job()
        if not self._full:
            self._pace.wait()
        self._full = False
        while job is not None:
            if isinstance(job, Job):
                jobs.append(job)
                many += group_commit.weight(job)
            if many >= group_commit.FULL:
                self._full = True
                return jobs, True
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return jobs, True
        return jobs, False

    def _await_job(self) -> Job | _Look | None:
        """Wait for a job, and maintain the file while there is none."""
        while self._connection is not None and self._maintenance.pause is not None:
            try:
                return self._jobs.get(timeout=self._maintenance.pause)
            except Empty:
                self._go_on(self._maintain)
        return self._jobs.get()

    def _maintain(self) -> None:
        """Do the next step of maintenance."""
        if self._connection is not None:
            self._maintenance.step(self._connection)
            self._begin_copy(self._connection)

    def _go_on(self, work: Callable[[], None]) -> None:
        """Do what no caller waits for; log an exception, since the thread goes on."""
        try:
            work()
        except Exception:
            _LOGGER.exception("The outbox's file could not be maintained")

    def _attempt(self, jobs: list[Job]) -> None:
        """Run jobs, and again on a new file if this one turns out to be damaged.

        They had no effect in the damaged one.
        """
        self._pace.begin()
        try:
            try:
                results = group_commit.run(self._connected(), jobs)
            except FAILURES as error:
                if not (is_damage(error) or self._turns_out_damaged(error)):
                    raise
                self._begin_anew(str(error))
                results = group_commit.run(self._connected(), jobs)
        except (StoreUnavailable, OSError, *FAILURES) as error:
            if len(jobs) > 1 and lacks_space(error):
                # Jobs that only read, or need little space, need not fail.
                for job in jobs:
                    self._attempt([job])
                return
            self.healthy = False
            failure = (
                error
                if isinstance(error, StoreUnavailable)
                else StoreUnavailable.of(error)
            )
            results = [(job, None, failure) for job in jobs]
        except Exception as error:
            # The thread has to go on, or all callers would wait for ever.
            _LOGGER.exception("The outbox's file could not be used")
            failure = StoreUnavailable(repr(error))
            results = [(job, None, failure) for job in jobs]
        else:
            self.healthy = True
            self._maintenance.used()
            self._pace.end(jobs)
        self._results.hand_over(results)

    def _turns_out_damaged(self, error: Exception) -> bool:
        """Return whether an error is caused by damage, without saying so."""
        database = self._connection
        return database is not None and turns_out_damaged(database, error)

    def _connected(self) -> sqlite3.Connection:
        """Return the open file; raises StoreUnavailable, OSError, SQLite's errors."""
        if self._connection is not None:
            return self._connection
        opened = self._adopt(open_file(self.path, seen=self.generation))
        return opened if self._kept is None else self._begin_anew("it was damaged")

    def _adopt(self, opened: Opened) -> sqlite3.Connection:
        """Work on an opened file, and report those that it replaces.

        A file that was not closed cleanly is checked in the background.
        """
        self._connection = opened.database
        clock_shifts.carry(opened.database, self._runs)
        self._runs = {}
        for report in opened.reports:
            self._report(report)
        if opened.unclean:
            unchecked.keep(opened.database)
            self._check = Check(self.path, self._look, self._idle)
        return opened.database

    def _end_check(self) -> None:
        """Act on the result of a check that is over."""
        check = self._check
        if check is None or not check.over or self._connection is None:
            return
        if check.damage is None:
            self._check = None
            check.stop()
            unchecked.keep_no_longer(self._connection)
            return
        try:
            self._begin_anew(check.damage)
        except (OSError, *FAILURES):
            self.healthy = False  # the next job tries again

    def _begin_copy(self, database: sqlite3.Connection) -> None:
        """Begin to copy a file that is too large, into one that can shrink."""
        if not self._maintenance.to_be_copied or self._check or self._copy:
            return
        with suppress(*FAILURES):
            unchecked.keep(database)
            self._copy = Copy(self.path, self._look, self._idle)

    def _end_copy(self) -> None:
        """Replace the file by a copy that is complete."""
        copy, database = self._copy, self._connection
        if copy is None or not copy.over or database is None:
            return
        self._copy = None
        copy.stop()
        try:
            kept = unchecked.read_kept(database)
            unchecked.keep_no_longer(database)
            if copy.failed or len(kept.rows) > _MOST_KEPT or is_backed_up(database):
                drop_copy(self.path)
                return
            with self._reader.away():
                self._runs = clock_shifts.runs(database)
                self._connection = None
                take_copy(self.path, database, kept)
                self._connected()
        except (StoreUnavailable, OSError, *FAILURES):
            # The next job opens the file at the path.
            with suppress(OSError):
                drop_copy(self.path)

    def _stop_copying(self) -> None:
        """Abort a copy."""
        if (copy := self._copy) is not None:
            self._copy = None
            copy.stop()
            with suppress(OSError):
                drop_copy(self.path)

    def _report(self, set_aside: SetAside) -> None:
        """Report a damaged file, before callers of jobs go on."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._damaged, set_aside)

    def _begin_anew(self, reason: str) -> sqlite3.Connection:
        """Replace the open file by a new one, with all that can be read of it.

        Raises OSError and SQLite's errors; then the next job tries again.
        """
        self._stop_copying()
        with self._reader.away():
            if self._check is not None:
                self._check.stop()
                if self._connection is not None:
                    self._kept = unchecked.read_kept(self._connection)
                self._check = None
            if self._connection is not None:
                with suppress(*FAILURES):
                    self._runs = clock_shifts.runs(self._connection)
                with suppress(*FAILURES):
                    self._connection.close()
                self._connection = None
            self._kept = self._kept or Kept()
            opened = begin_anew(
                self.path, reason, self._kept, running=True, seen=self.generation
            )
            self._kept = None
            return self._adopt(opened)

    def _close(self) -> None:
        """Close the file; an unfinished check is repeated when it is next opened."""
        self._stop_copying()
        check, self._check = self._check, None
        if check is not None:
            check.stop()
        if self._connection is not None:
            close_file(self._connection)
            self._connection = None
            if check is not None:
                with suppress(OSError):
                    leave_unclean(self.path)
