"""When more is waited for before the next commit."""

import asyncio
from pathlib import Path
import sqlite3
from typing import Any

import pytest

from custom_components.event_relay.queue.store import group_commit
from custom_components.event_relay.queue.store.group_commit import (
    LONGEST_PAUSE,
    MANY,
    PAUSE,
    CommitPace,
)
from custom_components.event_relay.queue.store.store import Store

from .test_store import a_delivery

TOOK = 0.01
"""Seconds of each commit."""


@pytest.fixture
async def pauses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> tuple[Store, list[float]]:
    """Return a store whose commits take a while by its own clock, and its pauses."""
    now, paused = [100.0], list[float]()
    run = group_commit.run

    def slowly(connection: sqlite3.Connection, jobs: list[Any]) -> Any:  # noqa: ANN401
        now[0] += TOOK
        return run(connection, jobs)

    monkeypatch.setattr(group_commit, "run", slowly)
    store = Store(tmp_path / "outbox.db")
    monkeypatch.setattr(
        store._database, "_pace", CommitPace(lambda: now[0], paused.append)
    )
    return store, paused


async def test_what_comes_alone_waits_for_nothing(
    pauses: tuple[Store, list[float]],
) -> None:
    store, paused = pauses
    await store.open()
    for number in range(3):
        await store.accept(a_delivery(number))
    await store.close()
    assert paused == []


async def test_after_much_was_written_more_is_waited_for_once(
    pauses: tuple[Store, list[float]],
) -> None:
    store, paused = pauses
    await store.open()
    # All of one turn of the loop is one job.
    await asyncio.gather(*(store.accept(a_delivery(number)) for number in range(MANY)))
    await store.accept(a_delivery(MANY))
    await store.accept(a_delivery(MANY + 1))
    await store.close()
    assert paused == [pytest.approx(PAUSE * TOOK)]


async def test_nobody_waits_for_long_because_a_commit_took_long(
    pauses: tuple[Store, list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.queue.test_group_commit.TOOK", 60.0)
    store, paused = pauses
    await store.open()
    await asyncio.gather(*(store.accept(a_delivery(number)) for number in range(MANY)))
    await store.accept(a_delivery(MANY))
    await store.close()
    assert paused == [pytest.approx(LONGEST_PAUSE)]
