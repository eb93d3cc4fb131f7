"""Group commit: jobs that wait together are committed in one transaction."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby, islice
import sqlite3
import threading
import time
from typing import Any

from .rows import FAILURES

MANY = 8
"""Jobs and items of a group from which on the next one waits for more."""
FULL = 256
"""Jobs and items of a group that takes no more.

So whatever waits for a group can go on while the next one is written.
"""
PAUSE = 3.0
"""How many times as long as such a group took the next one waits."""
LONGEST_PAUSE = 0.06
"""Seconds that anything waits for more at the most."""
_HANDED_OVER = 5
"""Results of jobs that are handed over in one turn of the loop."""


@dataclass(frozen=True)
class Job:
    """A function to run on a thread of the file, and the future of its result."""

    run: Callable[[sqlite3.Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    without_transaction: bool = False
    """Whether it must not run inside a transaction."""


class Portions[ItemT]:
    """Hands items over in their order, some of them in each turn of the loop.

    Many may wait for each, and thousands may come at once.
    """

    def __init__(self, hand_over: Callable[[ItemT], None], most: int) -> None:
        """Set what an item is handed to, and how many are in one turn."""
        self._hand_over = hand_over
        self._most = most
        self._left: deque[ItemT] = deque()

    def add(self, items: Iterable[ItemT]) -> bool:
        """Add items, from any thread; return whether none were left before."""
        first = not self._left
        self._left.extend(items)
        return first

    def hand_over(self) -> None:
        """Hand over some items, the others in later turns of the loop."""
        try:
            for _ in range(min(self._most, len(self._left))):
                self._hand_over(self._left.popleft())
        finally:
            if self._left:
                asyncio.get_running_loop().call_soon(self.hand_over)


type JobResult = tuple[Job, object, Exception | None]


class JobResults:
    """Results of jobs, on their way to the event loop."""

    def __init__(self) -> None:
        """Begin without a result."""
        self._portions = Portions(_resolve, _HANDED_OVER)

    def hand_over(self, results: Sequence[JobResult]) -> None:
        """Resolve the futures of jobs, if their loop runs; from any thread."""
        self._portions.add(results)
        job, *_ = results[0]
        with suppress(RuntimeError):
            job.loop.call_soon_threadsafe(self._portions.hand_over)


def _resolve(one: JobResult) -> None:
    """Set the result of a job's future; in its event loop."""
    job, result, error = one
    if job.future.done():
        return
    if error is None:
        job.future.set_result(result)
    else:
        job.future.set_exception(error)


class Batch[ItemT]:
    """Items that are written together: all that are added until they are taken."""

    def __init__(self) -> None:
        """Begin without an item."""
        self._lock = threading.Lock()
        self._items: list[ItemT] = []
        self._taken = False

    def add(self, item: ItemT) -> bool:
        """Add an item; return False if it is too late, or there are too many."""
        with self._lock:
            if added := not (self._taken or self.full):
                self._items.append(item)
            return added

    @property
    def full(self) -> bool:
        """Whether no more items can be added."""
        return len(self._items) >= FULL

    def __len__(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def take(self) -> Sequence[ItemT]:
        """Return all items; no more can be added."""
        with self._lock:
            self._taken = True
        return self._items


@dataclass(frozen=True)
class BatchWrite[ItemT]:
    """A job that writes items; neighbours with the same function are merged."""

    write: Callable[[sqlite3.Connection, Sequence[ItemT]], Sequence[Any]]
    """Returns the result of each item, in their order."""
    batch: Batch[ItemT]

    def __call__(self, database: sqlite3.Connection) -> Sequence[Any]:
        """Write them."""
        return self.write(database, self.batch.take())


class CommitPace:
    """Lets more come together for the next commit while there is much to write.

    A commit costs about the same however much it writes. What comes alone waits for
    nothing, and neither does what nobody can go on without.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        hurry: threading.Event | None = None,
    ) -> None:
        """Take a clock that never goes back, and an event that ends a wait."""
        self._monotonic = monotonic
        self._hurry = hurry or threading.Event()
        self._began = self._next = 0.0

    def hurry(self) -> None:
        """End the wait for more; from any thread."""
        if not self._hurry.is_set():
            self._hurry.set()

    def begin(self) -> None:
        """Take note of a group that is begun."""
        self._began = self._monotonic()

    def end(self, jobs: Sequence[Job]) -> None:
        """Take note of what is on disk of it."""
        now = self._monotonic()
        many = sum(map(weight, jobs)) >= MANY
        pause = min(PAUSE * (now - self._began), LONGEST_PAUSE) if many else 0
        self._next = now + pause

    def wait(self) -> None:
        """Wait for more, before the next group is taken."""
        if (pause := self._next - self._monotonic()) > 0:
            self._hurry.wait(pause)
        self._hurry.clear()


def weight(job: Job) -> int:
    """Return how much a job has to do."""
    return len(job.run.batch) if isinstance(job.run, BatchWrite) else 1


def groups(jobs: list[Job]) -> Iterator[list[Job]]:
    """Group jobs, in their order: those that run together, and each that runs alone."""
    for without_transaction, group in groupby(
        jobs, key=lambda job: job.without_transaction
    ):
        if without_transaction:
            yield from ([job] for job in group)
        else:
            yield [*group]


def run(database: sqlite3.Connection, jobs: list[Job]) -> list[JobResult]:
    """Run a group of jobs and return their results, which are on disk.

    Raises an error of SQLite, and then has done nothing.
    """
    if jobs[0].without_transaction:
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


def _run_in_order(database: sqlite3.Connection, jobs: list[Job]) -> list[JobResult]:
    """Run jobs; for each statement less the thread waits once less for its turn."""
    results: list[JobResult] = []
    for write, group in groupby(jobs, key=_writes):
        if write is None:
            results += [(job, job.run(database), None) for job in group]
            continue
        some = [
            (job, job.run.batch.take())
            for job in group
            if isinstance(job.run, BatchWrite)
        ]
        written = iter(write(database, [item for _, items in some for item in items]))
        results += [(job, [*islice(written, len(items))], None) for job, items in some]
    return results


def _writes(job: Job) -> Callable[..., Sequence[Any]] | None:
    """Return what writes the items of a job, if that is all it does."""
    return job.run.write if isinstance(job.run, BatchWrite) else None


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
    database: sqlite3.Connection, job: Job
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
