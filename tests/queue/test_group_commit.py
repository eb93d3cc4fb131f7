"""Tests of the group commit: when it waits for more jobs."""

import asyncio
from pathlib import Path
import sqlite3
import threading
from typing import Any, override

import pytest

from custom_components.event_relay.queue.store import group_commit
from custom_components.event_relay.queue.store.group_commit import (
    FULL,
    LONGEST_PAUSE,
    MANY,
    PAUSE,
    CommitPace,
    Job,
    weight,
)
from custom_components.event_relay.queue.store.limits import QueueLimits
from custom_components.event_relay.queue.store.store import Store
from custom_components.event_relay.queue.store.writes import (
    Acceptance,
    Unclaimed,
    accept,
)

from .test_store import pending_delivery

TOOK = 0.01
"""Seconds of each commit."""


class RecordedPauses(threading.Event):
    """Records the pauses instead of waiting."""

    def __init__(self, paused: list[float]) -> None:
        super().__init__()
        self._paused = paused

    @override
    def wait(self, timeout: float | None = None) -> bool:
        if not self.is_set():
            assert timeout is not None
            self._paused.append(timeout)
        return True


@pytest.fixture
async def pauses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> tuple[Store, list[float]]:
    """Return a store whose commits take time by its own clock, and its pauses."""
    now, paused = [100.0], list[float]()
    run = group_commit.run

    def slowly(connection: sqlite3.Connection, jobs: list[Any]) -> Any:  # noqa: ANN401
        now[0] += TOOK
        return run(connection, jobs)

    monkeypatch.setattr(group_commit, "run", slowly)
    store = Store(tmp_path / "outbox.db")
    monkeypatch.setattr(
        store._database, "_pace", CommitPace(lambda: now[0], RecordedPauses(paused))
    )
    return store, paused


async def test_single_job_is_committed_at_once(
    pauses: tuple[Store, list[float]],
) -> None:
    store, paused = pauses
    await store.open()
    for number in range(3):
        await store.accept(pending_delivery(number))
    await store.close()
    assert paused == []


async def test_commit_waits_once_after_many_writes(
    pauses: tuple[Store, list[float]],
) -> None:
    store, paused = pauses
    await store.open()
    # All jobs of one loop iteration are combined.
    await asyncio.gather(
        *(store.accept(pending_delivery(number)) for number in range(MANY))
    )
    await store.accept(pending_delivery(MANY))
    await store.accept(pending_delivery(MANY + 1))
    await store.close()
    assert paused == [pytest.approx(PAUSE * TOOK)]


async def test_slow_commit_causes_no_long_pause(
    pauses: tuple[Store, list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.queue.test_group_commit.TOOK", 60.0)
    store, paused = pauses
    await store.open()
    await asyncio.gather(
        *(store.accept(pending_delivery(number)) for number in range(MANY))
    )
    await store.accept(pending_delivery(MANY))
    await store.close()
    assert paused == [pytest.approx(LONGEST_PAUSE)]


async def test_commit_does_not_wait_if_all_callers_are_waiting(
    pauses: tuple[Store, list[float]],
) -> None:
    store, paused = pauses
    await store.open()
    await asyncio.gather(
        *(store.accept(pending_delivery(number)) for number in range(MANY))
    )
    store.hurry()
    await store.accept(pending_delivery(MANY))
    await store.close()
    assert paused == []


async def test_burst_is_committed_in_batches_without_a_pause(
    pauses: tuple[Store, list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    run = group_commit.run

    def noting(connection: sqlite3.Connection, jobs: list[Job]) -> Any:  # noqa: ANN401
        written.append(sum(map(weight, jobs)))
        return run(connection, jobs)

    monkeypatch.setattr(group_commit, "run", noting)
    store, paused = pauses
    await store.open()
    many = 2 * FULL + 3
    accepted = await asyncio.gather(
        *(store.accept(pending_delivery(number)) for number in range(many))
    )
    await store.close()
    assert len({one.id for one in accepted}) == many
    assert max(written) == FULL
    # The last batch is not full, and may wait for more.
    assert len(paused) <= 1


async def test_results_of_batches_are_reported_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = group_commit.run
    written, many = 0, 2 * FULL + 3
    committed = threading.Event()

    def counting(connection: sqlite3.Connection, jobs: list[Job]) -> Any:  # noqa: ANN401
        nonlocal written
        outcomes = run(connection, jobs)
        written += sum(map(weight, jobs))
        if written >= many:
            committed.set()
        return outcomes

    store = Store(tmp_path / "outbox.db")
    await store.open()
    monkeypatch.setattr(group_commit, "run", counting)
    told: list[str] = []
    accepting = [
        store.accepting(one, on_written=lambda _, one=one: told.append(one.id))  # type: ignore[misc]
        for one in map(pending_delivery, range(many))
    ]
    await asyncio.sleep(0)  # their jobs are queued
    # All batches are complete before any result is reported.
    assert committed.wait(60)
    await asyncio.gather(*accepting)
    await store.close()

    assert told == [pending_delivery(number).id for number in range(many)]


async def test_caller_gets_its_result_if_another_fails_to_take_it(
    tmp_path: Path,
) -> None:
    errors: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: errors.append(context["exception"])
    )
    failure = RuntimeError("no")

    def fail(_: object) -> None:
        raise failure

    store = Store(tmp_path / "outbox.db")
    await store.open()
    accepted = pending_delivery()
    assert await store.accepting(accepted, on_written=fail) == accepted
    await store.close()
    assert errors == [failure]


@pytest.mark.parametrize("rows", [1, 32, 33, 255, 256, 512, 1140])
async def test_any_number_of_rows_is_written(tmp_path: Path, rows: int) -> None:
    store = Store(tmp_path / "outbox.db")
    await store.open()
    await store._database.run(
        lambda database: accept(
            database,
            [
                Acceptance(delivery=pending_delivery(number), limit=rows)
                for number in range(rows)
            ],
            QueueLimits(),
            Unclaimed(),
        )
    )
    assert len(await store.listing(limit=None)) == rows
    await store.close()
