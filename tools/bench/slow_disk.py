"""Measure the waits for a disk that needs 20 ms for a commit, as an SD card does."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import sqlite3
from statistics import median
import time
from typing import Any
from unittest.mock import patch

from custom_components.event_relay.queue.store import group_commit

from .burst import burst
from .figures import Figures
from .side_by_side import side_by_side

COMMIT = 0.02
"""Seconds of a commit."""


async def measure(*, events: int, alone: int) -> Figures:
    """Return the commits per delivery of a burst, and the time of a single event."""
    async with side_by_side() as contenders:
        relay = contenders.relay
        with _slow() as commits:
            relay.begin()
            await burst(relay, events)
            in_burst = len(commits)
            await asyncio.sleep(1)
            relay.begin()
            seconds = []
            for number in range(alone):
                begin = time.perf_counter()
                relay.fire(number)
                await relay.settle(number + 1)
                seconds.append(time.perf_counter() - begin)
                await asyncio.sleep(2 * COMMIT)
            took = median(commits)
    return {
        "slow_disk_commits_per_delivery": in_burst / events,
        "slow_disk_settled_ms": median(seconds) * 1000,
        "slow_disk_settled_commits": median(seconds) / took,
    }


@contextmanager
def _slow() -> Iterator[list[float]]:
    """Yield the growing list of the seconds of each commit."""
    commits: list[float] = []
    run = group_commit.run

    def slowly(database: sqlite3.Connection, jobs: list[Any]) -> Any:  # noqa: ANN401 - as the original
        begin = time.perf_counter()
        time.sleep(COMMIT)
        outcomes = run(database, jobs)
        commits.append(time.perf_counter() - begin)
        return outcomes

    with patch.object(group_commit, "run", slowly):
        yield commits
