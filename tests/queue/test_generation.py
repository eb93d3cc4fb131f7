"""Tests of restored copies of the file that nothing in the file reveals."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
import shutil
import sqlite3

import pytest

from custom_components.event_relay.backends.errors import CannotConnect
from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.store.file import (
    make_copy,
    open_file,
    take_copy,
)
from custom_components.event_relay.queue.store.file_marks import advance
from custom_components.event_relay.queue.store.recovery import reports
from custom_components.event_relay.queue.store.recovery.unchecked import Kept
from custom_components.event_relay.queue.store.store import SetAside, Store

from .pipeline import OWNER, Pipeline


def copy_file(path: Path, to: Path) -> None:
    """Copy a file and its log unchanged."""
    for companion in ("", "-wal"):
        Path(f"{to}{companion}").unlink(missing_ok=True)
        if Path(f"{path}{companion}").exists():
            shutil.copyfile(f"{path}{companion}", f"{to}{companion}")


async def open_and_report(
    path: Path, seen: int, told: list[SetAside] | None = None
) -> dict[DeliveryState, int]:
    """Return the states in a file after it is opened, and its reports."""
    heard: list[SetAside] = [] if told is None else told
    store = Store(path, heard.append, seen=seen)
    await store.open()
    try:
        return await store.states(OWNER)
    finally:
        await store.close()


async def waiting(store: Store) -> Pipeline:
    """Return a pipeline with a waiting delivery."""
    pipeline = Pipeline(store)
    pipeline.client.errors = [CannotConnect()]
    pipeline.start()
    await pipeline.submit()
    await pipeline.stop()
    return pipeline


async def test_deliveries_of_an_older_copy_are_looked_up(
    path: Path, store: Store
) -> None:
    await store.advance()
    await waiting(store)
    older = path.with_name("older.db")
    copy_file(path, older)
    seen = await store.advance()

    told: list[SetAside] = []
    assert await open_and_report(older, seen, told) == {DeliveryState.UNCERTAIN: 1}
    (first,) = told
    assert first.older
    assert first.waiting == 1
    # This happens once, and is reported until a user has seen it.
    again: list[SetAside] = []
    assert await open_and_report(older, seen, again) == {DeliveryState.UNCERTAIN: 1}
    assert again == [replace(first, earlier=True)]
    reports.seen(first.path)
    nothing: list[SetAside] = []
    await open_and_report(older, seen, nothing)
    assert nothing == []


@pytest.mark.parametrize("behind", [0, 1, 100])
async def test_current_or_newer_file_is_trusted(
    path: Path, store: Store, behind: int
) -> None:
    """It is newer if a crash came before the number was stored outside."""
    seen = max([await store.advance() for _ in range(100)])
    await waiting(store)
    killed = path.with_name("killed.db")
    copy_file(path, killed)
    assert await open_and_report(killed, seen - behind) == {DeliveryState.PENDING: 1}


async def test_new_file_starts_with_a_later_generation(tmp_path: Path) -> None:
    for name, content in (("none.db", None), ("damaged.db", b"damaged" * 1000)):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        aside: list[SetAside] = []
        store = Store(path, aside.append, seen=41)
        await store.open()
        assert bool(aside) is (content is not None)
        seen = await store.advance()
        assert seen > 41
        await waiting(store)
        await store.close()
        assert await open_and_report(path, seen) == {DeliveryState.PENDING: 1}


async def test_file_replaced_during_use_keeps_its_generation(path: Path) -> None:
    store = Store(path, seen=41)
    await store.open()
    seen = await store.advance()
    database = store._database
    await database.run(
        lambda _: database._begin_anew("damaged"), without_transaction=True
    )
    await waiting(store)
    await store.close()
    assert await open_and_report(path, seen) == {DeliveryState.PENDING: 1}


async def test_converted_file_keeps_its_generation(path: Path) -> None:
    store = Store(path)
    await store.open()
    await waiting(store)
    await store.close()
    database = open_file(path).database
    with closing(sqlite3.connect(path, isolation_level=None)) as read:
        make_copy(read, path)
    seen = advance(database)
    take_copy(path, database, Kept())
    assert await open_and_report(path, seen) == {DeliveryState.PENDING: 1}


async def test_only_claims_are_reported(path: Path) -> None:
    told: list[str] = []
    heard: Callable[[], None] = lambda: told.append("claimed")  # noqa: E731 - for its type
    store = Store(path, claimed=heard)
    await store.open()
    pipeline = Pipeline(store)
    accepted = await pipeline.submit(wait=0)
    assert not told
    pipeline.start()
    await pipeline.wait_for(accepted, DeliveryState.DELIVERED)
    assert told == ["claimed"]
    await pipeline.pass_time(minutes=5)
    await pipeline.stop()
    await store.close()
    assert told == ["claimed"]
