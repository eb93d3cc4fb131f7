"""Jobs on the outbox's file, and how their outcomes reach those who wait."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
import sqlite3
from typing import Any

_HANDED_OVER = 5
"""Outcomes of jobs that are handed over in one turn of the loop."""


@dataclass(frozen=True)
class Job:
    """Something to do on a thread of the file, and where its outcome goes."""

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


type Outcome = tuple[Job, object, Exception | None]


class Outcomes:
    """What has been done, and is not told yet."""

    def __init__(self) -> None:
        """Have nothing to tell."""
        self._left: deque[Outcome] = deque()

    def tell(self, outcomes: Iterable[Outcome]) -> None:
        """Hand outcomes to those who wait, if their loop runs; from any thread."""
        told = [*outcomes]
        self._left.extend(told)
        with suppress(RuntimeError):
            told[0][0].loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        """Hand over some outcomes in their order, the others in the next turns.

        Each may be what many wait for, and thousands of jobs may have been one commit.
        """
        for _ in range(min(_HANDED_OVER, len(self._left))):
            job, result, failed = self._left.popleft()
            job.resolve(result, failed)
        if self._left:
            self._left[0][0].loop.call_soon(self._hand_over)
