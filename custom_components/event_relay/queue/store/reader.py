"""The thread that reads the file for lists and counts, beside the writer.

In WAL mode a reader and the writer do not wait for each other. So a read may take long.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
import sqlite3
import threading

from .file import connect_to_read
from .group_commit import Job, JobResult, JobResults
from .rows import FAILURES


class Unreadable(Exception):
    """The file cannot be read; the writer is to find out why."""


class Reader:
    """Runs reads one after the other, each on a snapshot of the file."""

    def __init__(self, path: Path) -> None:
        """Set the path of a file that the writer opens."""
        self._path = path
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._results = JobResults()
        self._thread: threading.Thread | None = None
        self._whole = threading.Lock()
        """Held while the file is read, or replaced by another one."""
        self._connection: sqlite3.Connection | None = None

    def start(self) -> None:
        """Start the thread."""
        # A daemon, as the writer is.
        self._thread = threading.Thread(
            target=self._work, name="event_relay_outbox_reader", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Finish all queued jobs and close the file; blocks."""
        if (thread := self._thread) is None:
            return
        self._thread = None
        self._jobs.put(None)
        thread.join()

    def put[ResultT](
        self, run: Callable[[sqlite3.Connection], ResultT]
    ) -> asyncio.Future[ResultT]:
        """Queue a job; its future raises Unreadable if the file cannot be read."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ResultT] = loop.create_future()
        if self._thread is None:
            future.set_exception(Unreadable())
        else:
            self._jobs.put(Job(run, loop, future))
        return future

    @contextmanager
    def away(self) -> Iterator[None]:
        """Keep the file closed while another one replaces it."""
        with self._whole:
            self._close()
            yield

    def _work(self) -> None:
        """Run jobs until stopped; the thread's whole life."""
        while (job := self._jobs.get()) is not None:
            with self._whole:
                result = self._result(job)
            self._results.hand_over([result])
        with self._whole:
            self._close()

    def _result(self, job: Job) -> JobResult:
        """Run a job on a snapshot of the file."""
        try:
            if self._connection is None:
                self._connection = connect_to_read(self._path)
            self._connection.execute("BEGIN")
            try:
                return (job, job.run(self._connection), None)
            finally:
                self._connection.execute("ROLLBACK")
        except (OSError, *FAILURES) as error:
            self._close()
            unreadable = Unreadable(str(error))
            return (job, None, unreadable)
        except Exception as error:  # noqa: BLE001 - its caller gets it, whatever it is
            return (job, None, error)

    def _close(self) -> None:
        """Close the file, if it is open."""
        if self._connection is not None:
            with suppress(*FAILURES):
                self._connection.close()
            self._connection = None
