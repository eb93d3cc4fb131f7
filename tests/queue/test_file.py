"""Tests of damaged, locked and forbidden files, and of restored ones."""

import asyncio
from contextlib import closing
from datetime import timedelta
import os
from pathlib import Path
import shutil
import sqlite3
import subprocess
import sys

import pytest

from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.queue import NotAllowed
from custom_components.event_relay.queue.store.store import (
    SetAside,
    Store,
    StoreUnavailable,
)

from .ledger import FOUND, START, LedgerClient
from .pipeline import OWNER, Pipeline
from .test_store import pending_delivery

ROWS = 50


async def _create(path: Path) -> None:
    """Create a file with waiting deliveries."""
    store = Store(path)
    await store.open()
    for number in range(ROWS):
        await store.accept(pending_delivery(number))
    await store.close()


async def _assert_usable(path: Path) -> None:
    """Open a file and use it."""
    store = Store(path)
    await store.open()
    await store.accept(pending_delivery(1000))
    assert await store.get("delivery-1000") is not None
    await store.close()


@pytest.mark.parametrize(
    ("size", "damaged"),
    [(0, False), (1, False), (100, True), (4096, True), (5000, True)],
)
async def test_truncated_file_is_set_aside_unless_empty(
    path: Path, size: int, *, damaged: bool
) -> None:
    await _create(path)
    os.truncate(path, size)

    found: list[SetAside] = []
    store = Store(path, found.append)
    await store.open()
    await store.accept(pending_delivery(1000))
    await store.close()

    assert len(found) == damaged
    await _assert_usable(path)


async def test_overwritten_file_is_set_aside_completely(path: Path) -> None:
    await _create(path)
    path.write_bytes(b"not a database at all" * 1000)

    damaged: list[SetAside] = []
    store = Store(path, damaged.append)
    await store.open()
    await store.close()

    (set_aside,) = damaged
    assert set_aside.waiting is None
    assert set_aside.path.read_bytes().startswith(b"not a database")
    assert set_aside.path.name.startswith("event_relay.db.damaged-")
    await _assert_usable(path)


async def test_damage_after_an_unclean_end_is_found_and_counted(path: Path) -> None:
    await _create(path)
    content = bytearray(path.read_bytes())
    pages = len(content) // 4096
    # The root page of an index: the rows themselves can still be read.
    with closing(sqlite3.connect(path)) as database:
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'laned'"
        ).fetchone()
    assert 1 < page <= pages
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    Path(f"{path}-wal").touch()

    damaged: list[SetAside] = []
    store = Store(path, damaged.append)
    await store.open()
    async with asyncio.timeout(60):
        while not damaged:
            await asyncio.sleep(0.01)
    await store.close()

    (set_aside,) = damaged
    assert set_aside.waiting == ROWS
    await _assert_usable(path)


async def test_two_damaged_files_in_a_second_are_both_kept(path: Path) -> None:
    for _ in range(2):
        path.write_bytes(b"damaged" * 1000)
        store = Store(path)
        await store.open()
        await store.close()
    assert len([*path.parent.glob("*.damaged-*[0-9]")]) == 2


async def test_file_locked_by_another_process_is_left_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _create(path)
    code = (
        "import sqlite3, sys; database = sqlite3.connect(sys.argv[1],"
        " isolation_level=None); database.execute('PRAGMA locking_mode=EXCLUSIVE');"
        " database.execute('BEGIN EXCLUSIVE'); print('held', flush=True); input()"
    )
    with subprocess.Popen(  # noqa: ASYNC220, S603 - a process of our own
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        store = Store(path)
        with pytest.raises(StoreUnavailable, match="locked"):
            await store.open()
        holder.communicate("\n")

    await _assert_usable(path)
    assert not [*path.parent.glob("*.damaged-*")]


async def test_full_disk_rejects_and_loses_nothing(path: Path) -> None:
    store = Store(path)
    await store.open()
    first = await store.accept(pending_delivery(1))

    def limit_pages(database: sqlite3.Connection) -> None:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute(f"PRAGMA max_page_count = {pages}").fetchone()

    def unlimit_pages(database: sqlite3.Connection) -> None:
        database.execute("PRAGMA max_page_count = 1000000").fetchone()

    await store._database.run(limit_pages, without_transaction=True)
    with pytest.raises(StoreUnavailable, match="full"):
        await store.accept(pending_delivery(2, summary="x" * 100_000))
    assert await store.get("delivery-1") == first
    assert await store.get("delivery-2") is None

    await store._database.run(unlimit_pages, without_transaction=True)
    await store.accept(pending_delivery(2, summary="x" * 100_000))
    await store.close()


async def test_restored_backup_is_looked_up_before_sending(path: Path) -> None:
    store = Store(path)
    await store.open()
    later = START + timedelta(hours=1)
    await store.accept(pending_delivery(1))
    await store.accept(pending_delivery(2, due_at=later, first_sent_at=later))
    done = pending_delivery(
        3, state=DeliveryState.DELIVERED, settled_at=START, due_at=None
    )
    await store.accept(done)
    await store.begin_backup()
    await store.accept(pending_delivery(4))
    copy = path.with_name("copy.db")
    for companion in ("", "-wal"):
        shutil.copy(f"{path}{companion}", f"{copy}{companion}")
    await store.end_backup()

    restored = Store(copy)
    await restored.open()
    one, two, three, four = [await restored.get(f"delivery-{n}") for n in (1, 2, 3, 4)]
    assert one is not None
    assert one.state is DeliveryState.UNCERTAIN
    assert one.first_sent_at == START
    assert two is not None
    assert two.first_sent_at == later
    assert three == done
    assert four is not None
    assert four.state is DeliveryState.UNCERTAIN
    taken = await restored.take(OWNER, later, most=9, look_ups=9, busy=())
    assert taken.claimed == ()
    assert len(taken.look_ups) == 3
    await restored.close()

    original = await store.get("delivery-1")
    assert original is not None
    assert original.state is DeliveryState.PENDING
    await store.close()
    await store.open()
    assert await store.get("delivery-1") == original
    await store.close()


async def test_settled_deliveries_are_pruned_unless_referenced(store: Store) -> None:
    ended = {"state": DeliveryState.DELIVERED, "settled_at": START, "due_at": None}
    await store.accept(pending_delivery(1, **ended))
    await store.accept(pending_delivery(2, **ended))
    await store.accept(pending_delivery(3, follows="delivery-2"))
    await store.accept(pending_delivery(4, connection="other", **ended))

    assert await store.prune(OWNER, START) == 0
    assert await store.prune(OWNER, START + timedelta(seconds=1)) == 1

    kept = {one.id for one in await store.listing()}
    assert kept == {"delivery-2", "delivery-3", "delivery-4"}


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.EXPIRED])
async def test_deliveries_settled_in_a_backup_may_have_been_retried_since(
    path: Path, state: DeliveryState
) -> None:
    store = Store(path)
    await store.open()
    payload = {"text": "hello", "steps": ["write"]}
    ended = pending_delivery(1, state=state, due_at=None, payload=payload)
    await store.accept(ended)
    await store.begin_backup()
    await store.close()
    await store.open()
    pipeline = Pipeline(store)
    restored = await store.get(ended.id)
    assert restored is not None

    with pytest.raises(NotAllowed, match="confirmation_needed"):
        await pipeline.queue.retry(restored)
    restored = await pipeline.queue.retry(restored, confirm=True)

    assert restored.state is DeliveryState.UNCERTAIN
    assert restored.first_sent_at == START
    await store.close()


@pytest.mark.parametrize(
    ("steps", "calls", "state"),
    [
        (("write", "note", "stamp"), ["note"], DeliveryState.FAILED),
        (("note", "write"), ["note"], DeliveryState.DELIVERED),
        (("write", "note"), ["note"], DeliveryState.DELIVERED),
        (("note", "stamp"), ["note"], DeliveryState.FAILED),
    ],
    ids=["asked, not asked", "asked last", "asked first", "never asked"],
)
async def test_every_step_of_a_restored_delivery_is_looked_up(
    path: Path, steps: tuple[str, ...], calls: list[str], state: DeliveryState
) -> None:
    store = Store(path)
    await store.open()
    waiting = pending_delivery(1, payload={"text": "hello", "steps": [*steps]})
    await store.accept(waiting)
    await store.begin_backup()
    await store.close()
    await store.open()
    client = LedgerClient(findings=[FOUND, FOUND])
    pipeline = Pipeline(store, client=client)
    pipeline.start()

    ended = await pipeline.wait_for(waiting, state)

    assert client.calls == calls
    assert ended.outcome_unknown is (state is DeliveryState.FAILED)
    await pipeline.stop()
    await store.close()


async def test_absent_step_of_a_restored_delivery_is_sent(path: Path) -> None:
    store = Store(path)
    await store.open()
    payload = {"text": "hello", "steps": ["note", "write"]}
    waiting = pending_delivery(1, payload=payload)
    await store.accept(waiting)
    await store.begin_backup()
    await store.close()
    await store.open()
    pipeline = Pipeline(store)
    pipeline.start()

    async with asyncio.timeout(60):
        while pipeline.client.calls != ["note"]:
            await pipeline.stored(waiting)
    await pipeline.wait_for(waiting, DeliveryState.UNCERTAIN)
    await pipeline.wait_until_known(waiting)
    await pipeline.wait_for(waiting, DeliveryState.DELIVERED)

    assert pipeline.client.calls == ["note", "write"]
    _, asked, *_ = pipeline.client.contexts
    assert asked.first_sent_at == START
    await pipeline.stop()
    await store.close()
