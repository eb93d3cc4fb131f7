"""Batches writes into one job until the file's thread begins to write them."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
import sqlite3

from .database import Database
from .file import StoreError
from .group_commit import Batch, BatchWrite, Portions

_HANDED_OVER = 32
"""Results that are handed over in one turn of the loop: somebody may wait for each."""

type Written[ResultT] = Sequence[ResultT | Exception]
"""The result of each item, in their order."""
type OnWritten[ResultT] = Callable[[ResultT | BaseException], None]
"""Is called with the result of an item at once, even if its caller has gone."""
type _Waiting[ResultT] = tuple[asyncio.Future[ResultT], OnWritten[ResultT] | None]


class BatchWriter[ItemT, ResultT]:
    """Writes items of one kind in batches; each item has its own result.

    Items that come until the file's thread begins to write are one job, however many
    turns of the loop that takes. A single item does not wait for others.
    """

    def __init__(
        self, write: Callable[[sqlite3.Connection, Sequence[ItemT]], Written[ResultT]]
    ) -> None:
        """Set the function that writes items, inside a transaction."""
        self._write = write
        self._batch: Batch[ItemT] = Batch()
        self._waiting: list[_Waiting[ResultT]] = []
        """Who waits for the items of the batch, in their order."""
        self._results = Portions[tuple[_Waiting[ResultT], ResultT | BaseException]](
            _hand_over, _HANDED_OVER
        )

    def put(
        self,
        database: Database,
        item: ItemT,
        on_written: OnWritten[ResultT] | None = None,
    ) -> asyncio.Future[ResultT]:
        """Have an item written in the next batch; return a future of its result.

        It raises what `write` returned for the item, or StoreUnavailable.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ResultT] = loop.create_future()
        if not (self._waiting and self._batch.add(item)):
            self._batch, self._waiting = Batch(), []
            self._batch.add(item)
            # After this turn of the loop, with all items that come in it.
            loop.call_soon(self._queue, database, self._batch, self._waiting)
        self._waiting.append((future, on_written))
        if self._batch.full:
            # Not before its job is queued.
            loop.call_soon(database.hurry)
        return future

    def _queue(
        self,
        database: Database,
        batch: Batch[ItemT],
        waiting: Sequence[_Waiting[ResultT]],
    ) -> None:
        """Queue a job that writes a batch."""
        job = database.put(BatchWrite(self._write, batch))
        job.add_done_callback(partial(self._written, database, batch, waiting))

    def _written(
        self,
        database: Database,
        batch: Batch[ItemT],
        waiting: Sequence[_Waiting[ResultT]],
        written: asyncio.Future[Written[ResultT]],
    ) -> None:
        """Hand over the results of a batch."""
        error, items = written.exception(), batch.take()
        if error and len(items) > 1 and not isinstance(error, StoreError):
            # One of them cannot be written; write each on its own.
            for item, one in zip(items, waiting, strict=True):
                alone: Batch[ItemT] = Batch()
                alone.add(item)
                self._queue(database, alone, [one])
            return
        results = [error] * len(items) if error else written.result()
        if self._results.add(zip(waiting, results, strict=True)):
            self._results.hand_over()


def _hand_over[ResultT](
    one: tuple[_Waiting[ResultT], ResultT | BaseException],
) -> None:
    """Hand over the result of an item; its caller may have gone."""
    (future, on_written), result = one
    try:
        if on_written is not None:
            on_written(result)
    finally:
        if not future.done():
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)
