"""A loop in virtual time, and a queue file that can be killed on it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import timedelta
import math
from pathlib import Path
import selectors
import shutil
import sqlite3
from typing import Any, cast, override

from custom_components.event_relay.queue.store.database import Database
from custom_components.event_relay.queue.store.file import (
    StoreUnavailable,
    close_file,
    open_file,
)
from custom_components.event_relay.queue.store.group_commit import Job, groups
from custom_components.event_relay.queue.store.recovery.reports import SetAside

from .ledger import Clock

SPINNING = 50_000
"""Iterations without a wait after which a loop counts as spinning."""
INSTANT = 0.001
"""The usual shortest wait of a loop, in seconds."""


class _Idle(selectors.SelectSelector):
    """Reports when and how long a loop would wait, instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.would_wait: Callable[[float | None], None] = lambda _: None
        self._busy = 0

    @override
    def select(self, timeout: float | None = None) -> Any:
        self._busy += 1
        if timeout is None or timeout > 0:
            self._busy = 0
            self.would_wait(timeout)
        assert self._busy < SPINNING, "the loop spins"
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop that never waits: its time is the clock's, which a test moves."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._wait: float | None = None
        idle = _Idle()
        idle.would_wait = self._stop_idle
        super().__init__(idle)

    @override
    def time(self) -> float:
        return self.clock.elapsed

    def _stop_idle(self, wait: float | None) -> None:
        self._wait = wait
        self.stop()

    def settle(self) -> float | None:
        """Run until nothing is ready; return the seconds to the next timer."""
        self.run_forever()
        return self._wait

    def forward(self, **parts: float) -> None:
        """Let time pass, from one timer to the next."""
        left = timedelta(**parts).total_seconds()
        instants = 0
        while (wait := self.settle()) is not None and wait < left:
            step = math.ceil(wait * 1e6) / 1e6
            self.clock.forward(seconds=step)
            left -= step
            instants = instants + 1 if step < INSTANT else 0
            assert instants < SPINNING, "timers end at once, again and again"
        if left > 0:
            self.clock.forward(seconds=left)
        self.settle()

    def now[ResultT](self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Return the result of work that needs no time."""
        task = self.create_task(work)
        self.settle()
        return task.result()

    def end(self) -> None:
        """Drop all running tasks without a trace."""
        # The end of one may start another.
        while tasks := asyncio.all_tasks(self):
            for task in tasks:
                task.cancel()
            self.settle()
        self.close()


type _Parameters = Sequence[object] | Mapping[str, object]


class Killed(SystemExit):
    """The process is dead: raised through the loop, which never runs again."""


class Commits:
    """Wraps SQLite, and reports every commit of a change.

    Both callbacks get the number of the commit, from 1, and may raise.
    """

    def __init__(
        self,
        database: sqlite3.Connection,
        *,
        before: Callable[[int], None],
        after: Callable[[int], None],
    ) -> None:
        self._database = database
        self._before = before
        self._after = after
        self._number = 0
        self._unchanged = 0

    def execute(self, sql: str, parameters: _Parameters = ()) -> sqlite3.Cursor:
        """Run a statement, and report it if it is a commit."""
        changes = self._database.total_changes
        if sql == "BEGIN IMMEDIATE":
            self._unchanged = changes
        if sql != "COMMIT" or changes == self._unchanged:
            return self._database.execute(sql, parameters)
        self._number += 1
        self._before(self._number)
        cursor = self._database.execute(sql)
        self._after(self._number)
        return cursor

    def __getattr__(self, name: str) -> object:
        return getattr(self._database, name)


def _ignore(_: int) -> None:
    """Ignore a commit."""


class LoopDatabase(Database):
    """The queue's file without its thread, so that results are reproducible.

    Jobs that wait in one iteration of the loop are committed together, by the product's
    own code; only the thread is missing.
    """

    def __init__(self, path: Path, seen: int = 0) -> None:
        self.damages: list[SetAside] = []
        super().__init__(path, self.damages.append, seen)
        self.before: Callable[[int], None] = _ignore
        self.after: Callable[[int], None] = _ignore
        self.full = False
        self.delay = 0.0
        """Seconds that a commit takes."""
        self.dead = False
        self._waiting: list[Job] = []
        self._database: sqlite3.Connection | None = None

    @property
    def raw(self) -> sqlite3.Connection:
        """Return the open file."""
        assert self._database is not None
        return self._database

    @override
    async def open(self) -> None:
        opened = open_file(self.path, seen=self.generation)
        self._database = opened.database
        # A kill copies the system's view, which does not need the disk.
        opened.database.execute("PRAGMA synchronous = OFF")
        self._watched = cast(
            "sqlite3.Connection",
            Commits(
                opened.database, before=self._before_commit, after=self._after_commit
            ),
        )
        self.damages += [one for one in opened.reports if not one.earlier]

    @override
    def _connected(self) -> sqlite3.Connection:
        return self._watched

    @override
    async def close(self) -> None:
        close_file(self.raw)
        self._database = None

    @override
    async def read[ResultT](
        self, run: Callable[[sqlite3.Connection], ResultT]
    ) -> ResultT:
        return await self.run(run)

    @override
    def put[ResultT](
        self,
        run: Callable[[sqlite3.Connection], ResultT],
        *,
        without_transaction: bool = False,
    ) -> asyncio.Future[ResultT]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ResultT] = loop.create_future()
        if self._database is None:
            future.set_exception(StoreUnavailable("the outbox is closed"))
            return future
        if not self._waiting:
            loop.call_later(self.delay, self._run_jobs)
        self._waiting.append(Job(run, loop, future, without_transaction))
        return future

    @property
    def busy(self) -> bool:
        """Whether a job waits."""
        return bool(self._waiting)

    def kill(self, copy: Path) -> None:
        """Copy the file as it is on disk now, and never touch it again."""
        for companion in ("", "-wal"):
            if Path(f"{self.path}{companion}").exists():
                shutil.copyfile(f"{self.path}{companion}", f"{copy}{companion}")
        self.dead = True

    def _run_jobs(self) -> None:
        jobs, self._waiting = self._waiting, []
        if not self.dead:
            for group in groups(jobs):
                self._attempt(group)

    def _before_commit(self, number: int) -> None:
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        self.before(number)

    def _after_commit(self, number: int) -> None:
        self.after(number)
