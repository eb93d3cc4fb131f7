"""Batches writes into one job, until the thread of the file begins to write them."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
import sqlite3

from .database import Database
from .file import StoreError
from .group_commit import Batch, BatchWrite

type Written[ResultT] = Sequence[ResultT | Exception]
"""For each item, in their order, what became of it."""
type Told[ResultT] = Callable[[ResultT | BaseException], None]
"""Hears at once what became of an item, also where nobody waits any more."""
type _Waiting[ResultT] = tuple[asyncio.Future[ResultT], Told[ResultT] | None]


class BatchWriter[ItemT, ResultT]:
    """Writes items of one kind; each has an outcome of its own.

    What comes until the file's thread begins to write is one job, however many turns of
    the loop that takes. A single item waits for nothing.
    """

    def __init__(
        self, write: Callable[[sqlite3.Connection, Sequence[ItemT]], Written[ResultT]]
    ) -> None:
        """Take what writes some items at once, inside a transaction."""
        self._write = write
        self._batch: Batch[ItemT] = Batch()
        self._waiting: list[_Waiting[ResultT]] = []
        """Who waits for each of the batch, in their order."""

    def put(
        self, database: Database, item: ItemT, told: Told[ResultT] | None = None
    ) -> asyncio.Future[ResultT]:
        """Have an item written with those beside it; return what tells the outcome.

        Its error may be what `write` says of it, or StoreUnavailable.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ResultT] = loop.create_future()
        if not (self._waiting and self._batch.add(item)):
            self._batch, self._waiting = Batch(), []
            self._batch.add(item)
            # After this turn, with all that comes in it.
            loop.call_soon(self._queue, database, self._batch, self._waiting)
        self._waiting.append((future, told))
        return future

    def _queue(
        self,
        database: Database,
        batch: Batch[ItemT],
        waiting: Sequence[_Waiting[ResultT]],
    ) -> None:
        """Queue a job that writes a batch, and tell each its outcome."""
        job = database.put(BatchWrite(self._write, batch))
        job.add_done_callback(partial(self._written, database, batch, waiting))

    def _written(
        self,
        database: Database,
        batch: Batch[ItemT],
        waiting: Sequence[_Waiting[ResultT]],
        written: asyncio.Future[Written[ResultT]],
    ) -> None:
        """Tell those who have not gone."""
        error, items = written.exception(), batch.take()
        if error and len(items) > 1 and not isinstance(error, StoreError):
            # One of them cannot be written at all; the others can.
            for item, one in zip(items, waiting, strict=True):
                alone: Batch[ItemT] = Batch()
                alone.add(item)
                self._queue(database, alone, [one])
            return
        outcomes = [error] * len(items) if error else written.result()
        for one, outcome in zip(waiting, outcomes, strict=True):
            _tell(one, outcome)


def _tell[ResultT](
    waiting: _Waiting[ResultT], outcome: ResultT | BaseException
) -> None:
    """Tell what became of an item; whoever waited may have gone."""
    future, told = waiting
    if told is not None:
        told(outcome)
    if future.done():
        return
    if isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
