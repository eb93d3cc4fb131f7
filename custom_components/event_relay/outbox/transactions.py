"""Jobs that wait together as one transaction, which one that fails does not end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby, islice
import sqlite3
import threading
from typing import Any

from .jobs import Job, Outcome
from .rows import FAILURES


class Batch[ItemT]:
    """Items that are written together: all that come until they are taken."""

    def __init__(self) -> None:
        """Have none yet."""
        self._lock = threading.Lock()
        self._items: list[ItemT] = []
        self._taken = False

    def add(self, item: ItemT) -> bool:
        """Add an item; return False where it is too late for that."""
        with self._lock:
            if not self._taken:
                self._items.append(item)
            return not self._taken

    def take(self) -> Sequence[ItemT]:
        """Return all items, to which no more are added."""
        with self._lock:
            self._taken = True
        return self._items


@dataclass(frozen=True)
class Writing[ItemT]:
    """A job that writes items, and is one with those beside it that write alike."""

    write: Callable[[sqlite3.Connection, Sequence[ItemT]], Sequence[Any]]
    """Returns for each item, in their order, what became of it."""
    batch: Batch[ItemT]

    def __call__(self, database: sqlite3.Connection) -> Sequence[Any]:
        """Write them."""
        return self.write(database, self.batch.take())


def groups(jobs: list[Job]) -> Iterator[list[Job]]:
    """Part jobs, in their order: what runs together, and each that runs alone."""
    for alone, group in groupby(jobs, key=lambda job: job.alone):
        if alone:
            yield from ([job] for job in group)
        else:
            yield [*group]


def run(database: sqlite3.Connection, jobs: list[Job]) -> list[Outcome]:
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


def _run_in_order(database: sqlite3.Connection, jobs: list[Job]) -> list[Outcome]:
    """Run jobs; for each statement less the thread waits once less for its turn."""
    outcomes: list[Outcome] = []
    for write, group in groupby(jobs, key=_writes):
        if write is None:
            outcomes += [(job, job.run(database), None) for job in group]
            continue
        some = [
            (job, job.run.batch.take()) for job in group if isinstance(job.run, Writing)
        ]
        written = iter(write(database, [item for _, items in some for item in items]))
        outcomes += [(job, [*islice(written, len(items))], None) for job, items in some]
    return outcomes


def _writes(job: Job) -> Callable[..., Sequence[Any]] | None:
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
