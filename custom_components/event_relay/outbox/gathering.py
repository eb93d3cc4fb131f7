"""Gathers what is alike in one turn of the loop, so that it is one job of the file."""

import asyncio
from collections.abc import Callable, Sequence
import sqlite3

from .database import Database
from .file import StoreError
from .transactions import Writing

type Written[ResultT] = Sequence[ResultT | Exception]
"""For each item, in their order, what became of it."""
type Told[ResultT] = Callable[[ResultT | BaseException], None]
"""Hears at once what became of an item, also where nobody waits any more."""

type _Waiting[ResultT] = tuple[asyncio.Future[ResultT], Told[ResultT] | None]


class Gathering[ItemT, ResultT]:
    """Writes items of one kind; each has an outcome of its own."""

    def __init__(
        self, write: Callable[[sqlite3.Connection, Sequence[ItemT]], Written[ResultT]]
    ) -> None:
        """Take what writes some items at once, inside a transaction."""
        self._write = write
        self._items: list[ItemT] = []
        self._waiting: list[_Waiting[ResultT]] = []

    def put(
        self, database: Database, item: ItemT, told: Told[ResultT] | None = None
    ) -> asyncio.Future[ResultT]:
        """Have an item written with those of this turn; return what tells the outcome.

        Its error may be what `write` says of it, or StoreUnavailable.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ResultT] = loop.create_future()
        if not self._items:
            loop.call_soon(self._flush, database)
        self._items.append(item)
        self._waiting.append((future, told))
        return future

    def _flush(self, database: Database) -> None:
        """Write what has been gathered."""
        items, waiting = self._items, self._waiting
        self._items, self._waiting = [], []
        self._queue(database, items, waiting)

    def _queue(
        self,
        database: Database,
        items: Sequence[ItemT],
        waiting: Sequence[_Waiting[ResultT]],
    ) -> None:
        """Queue a job that writes some items, and tell each its outcome."""

        def tell(written: asyncio.Future[Written[ResultT]]) -> None:
            """Tell those who have not gone."""
            error = written.exception()
            if error and len(items) > 1 and not isinstance(error, StoreError):
                # One of them cannot be written at all; the others can.
                for item, one in zip(items, waiting, strict=True):
                    self._queue(database, [item], [one])
                return
            outcomes = [error] * len(items) if error else written.result()
            for (future, told), outcome in zip(waiting, outcomes, strict=True):
                if told is not None:
                    told(outcome)
                if future.done():
                    continue
                if isinstance(outcome, BaseException):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)

        job = database.put(Writing(self._write, items))
        job.add_done_callback(tell)
