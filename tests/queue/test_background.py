"""Tests of work beside the writer of the queue's file: reads, checks and clean-up."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
import shutil
import sqlite3
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.event_relay.backends.base import Receipt
from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.store import (
    background,
    claims,
    file,
    maintenance,
    queries,
)
from custom_components.event_relay.queue.store.rule_state import Memory, Note
from custom_components.event_relay.queue.store.store import SetAside, Store, Wanted

from ..waiting import wait_until
from .ledger import START
from .pipeline import OWNER, Pipeline
from .test_store import _blocked_thread, pending_delivery

ROWS = 40
PAGE = 4096


async def test_reads_do_not_wait_for_writes(store: Store) -> None:
    first = await store.accept(pending_delivery(1))
    busy = threading.Event()
    blocked = await _blocked_thread(store, busy)

    assert await store.listing() == [first]
    (listed,) = (await store.search(owners=(OWNER,), wanted=Wanted(), limit=9)).listed
    assert listed.delivery == first
    assert await store.named([first.id]) == [listed]
    assert (await store.counts(OWNER)).waiting == 1
    assert await store.states(OWNER) == {DeliveryState.PENDING: 1}
    assert await store.states_up_to(OWNER, 9) == {DeliveryState.PENDING: 1}
    assert await store.owners() == {OWNER}
    assert await store.delivered(OWNER, START, limit=9) == []
    assert await store.size() > 0

    busy.set()
    await blocked


async def test_writes_do_not_wait_for_reads(store: Store) -> None:
    reads, done = threading.Event(), threading.Event()

    def read(database: sqlite3.Connection) -> int:
        reads.set()
        done.wait()
        (number,) = database.execute("SELECT count(*) FROM deliveries").fetchone()
        return int(number)

    reading = asyncio.create_task(store._database.read(read))
    await wait_until(reads.is_set)
    await store.accept(pending_delivery(1))
    await store.update(
        pending_delivery(1, state=DeliveryState.SENDING), was=DeliveryState.PENDING
    )
    done.set()
    assert await reading == 1
    assert len(await store.listing()) == 1


async def test_outside_ids_are_read_beside_the_writer_and_complete(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await store.accept(pending_delivery(1, state=DeliveryState.SENDING))
    threads: list[str] = []
    read = queries.outside_ids

    def watched(*arguments: Any) -> frozenset[str]:  # noqa: ANN401 - as the original
        threads.append(threading.current_thread().name)
        return read(*arguments)

    monkeypatch.setattr(queries, "outside_ids", watched)
    receipt = Receipt(outside_id="7")
    settled = replace(
        first, state=DeliveryState.DELIVERED, receipt=receipt, settled_at=START
    )
    writing = store.updating(settled, was=DeliveryState.SENDING)

    assert await store.outside_ids(OWNER, START) == {"7"}
    assert threads == ["event_relay_outbox_reader"]
    await writing


async def test_deliveries_expire_in_pages(idle: Pipeline) -> None:
    """Otherwise all other jobs would wait for thousands of rows."""
    number = 2 * claims.EXPIRED_AT_ONCE + 1
    for one in range(number):
        await idle.store.accept(pending_delivery(one, expires_at=START))
    ended: list[int] = []
    taking = claims.take

    def take(*arguments: Any, **options: Any) -> claims.Taken:  # noqa: ANN401 - as the original
        taken = taking(*arguments, **options)
        ended.append(len(taken.ended))
        return taken

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(claims, "take", take)
        idle.start()
        await wait_until(lambda: len(idle.changes) == number)
        await idle.stop()

    assert max(ended) <= claims.EXPIRED_AT_ONCE
    assert {one.state for one in idle.changes} == {DeliveryState.EXPIRED}


async def test_error_of_a_read_is_raised_to_its_caller(store: Store) -> None:
    def divide(_: sqlite3.Connection) -> float:
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        await store._database.read(divide)
    assert await store.listing() == []


@pytest.fixture
def held_check(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Hold every check back until this is set."""
    go_on = threading.Event()

    def check(database: sqlite3.Connection) -> None:
        go_on.wait()
        file.check(database)

    monkeypatch.setattr(background, "check", check)
    return go_on


async def _open(path: Path) -> tuple[Store, list[SetAside]]:
    """Open a file; return it with a list of its reports of damage."""
    told: list[SetAside] = []
    store = Store(path, told.append)
    await store.open()
    return store, told


async def _kill(path: Path) -> None:
    """Leave a file as a kill does: all rows are in it, and its log is empty."""
    alive = path.with_name("alive.db")
    store = Store(alive)
    await store.open()
    for number in range(ROWS):
        await store.accept(pending_delivery(number, summary="line " * 100))
    await store.remember(
        Memory(connection=OWNER, subject="rule", notes={"one": Note(value=1)})
    )
    await store._database.run(
        lambda database: database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone(),
        without_transaction=True,
    )
    for companion in ("", "-wal"):
        shutil.copy(f"{alive}{companion}", f"{path}{companion}")
    await store.close()


def _pages(path: Path, name: str) -> list[int]:
    """Return the offsets of the pages of a table or an index, except the first."""
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as database:
        (root,) = database.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)
        ).fetchone()
    content = path.read_bytes()
    at = (root - 1) * PAGE
    assert content[at] in {2, 5}, "an interior page"
    cells = int.from_bytes(content[at + 3 : at + 5])
    last = int.from_bytes(content[at + 8 : at + 12])
    children = [
        int.from_bytes(
            content[
                (cell := at + int.from_bytes(content[place : place + 2])) : cell + 4
            ]
        )
        for place in range(at + 12, at + 12 + 2 * cells, 2)
    ]
    return [(page - 1) * PAGE for page in (*children, last)]


def _destroy(path: Path, at: int) -> None:
    """Overwrite a page even though the file may be open."""
    with path.open("r+b") as damaged:
        damaged.seek(at)
        damaged.write(b"\xff" * PAGE)


async def test_writes_before_damage_is_found_are_kept(
    path: Path, held_check: threading.Event
) -> None:
    await _kill(path)
    damaged = _pages(path, "deliveries")[1]
    _destroy(path, damaged)
    store, told = await _open(path)
    fresh = await store.accept(pending_delivery(1000))
    sending = pending_delivery(
        ROWS - 1, summary="line " * 100, state=DeliveryState.SENDING
    )
    await store.update(sending, was=DeliveryState.PENDING)
    done = replace(sending, state=DeliveryState.DELIVERED, settled_at=START)
    await store.update(done, was=DeliveryState.SENDING)
    in_hand = pending_delivery(
        ROWS - 2, summary="line " * 100, state=DeliveryState.SENDING
    )
    await store.update(in_hand, was=DeliveryState.PENDING)
    await store.remember(
        Memory(
            connection=OWNER, subject="rule", notes={"one": None, "two": Note(value=2)}
        )
    )
    assert not told

    held_check.set()
    await wait_until(lambda: told)

    assert await store.get(fresh.id) == fresh
    assert await store.get(done.id) == done
    assert await store.get(in_hand.id) == in_hand
    assert await store.recall(OWNER) == {"rule": {"two": Note(value=2)}}
    (set_aside,) = told
    assert set_aside.path.exists()
    others = {
        one.id: one
        for one in await store.listing(limit=None)
        if one.id not in {fresh.id, done.id, in_hand.id}
    }
    assert ROWS // 2 < len(others) < ROWS - 2, "one page of many is lost"
    assert {one.state for one in others.values()} == {DeliveryState.UNCERTAIN}
    assert all(one.restored and one.outcome_unknown for one in others.values())
    assert set_aside.carried == len(others) + 2
    # New rows come after all existing ones.
    newest = await store.accept(pending_delivery(2000))
    assert (await store.listing(limit=1)) == [newest]
    await store.close()
    await store.open()
    await wait_until(lambda: len(told) == 2)
    assert told[1].earlier
    assert len(await store.listing(limit=None)) == len(others) + 4
    await store.close()


async def test_writes_to_a_page_damaged_later_are_kept(
    path: Path, held_check: threading.Event
) -> None:
    """Whatever happens to the file before its check is over."""
    await _kill(path)
    store, told = await _open(path)
    fresh = [await store.accept(pending_delivery(number)) for number in range(100, 140)]
    gone = await store.accept(pending_delivery(200, connection="removed"))
    await store.remove_connection("removed")

    def damage(database: sqlite3.Connection) -> None:
        database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        database.execute("PRAGMA shrink_memory").fetchone()
        for at in range(PAGE, path.stat().st_size, PAGE):
            _destroy(path, at)

    await store._database.run(damage, without_transaction=True)
    held_check.set()
    await wait_until(lambda: told)

    for one in fresh:
        assert await store.get(one.id) == one
    assert await store.get(gone.id) is None
    assert await store.get("delivery-1") is None
    await store.close()


async def test_undamaged_file_is_used_during_and_after_its_check(
    path: Path, held_check: threading.Event
) -> None:
    await _kill(path)
    store, told = await _open(path)
    fresh = await store.accept(pending_delivery(1000))
    assert store._database._check is not None
    held_check.set()
    await wait_until(lambda: store._database._check is None)
    newer = await store.accept(pending_delivery(1001))
    assert (await store.listing(limit=2)) == [newer, fresh]
    await store.close()
    assert not told
    assert not Path(f"{path}-wal").exists()


async def test_incomplete_index_is_found_and_rebuilt(path: Path) -> None:
    """SQLite's quick check misses this; the missing deliveries would never be sent."""
    await _kill(path)
    content = path.read_bytes()
    assert content.count(b"connectionpending") > ROWS
    # Only an index has the two side by side.
    path.write_bytes(content.replace(b"connectionpending", b"connectionpendinh"))
    store, told = await _open(path)
    await wait_until(lambda: told)
    taken = await store.take(OWNER, START, most=ROWS, look_ups=ROWS, busy=())
    assert len(taken.look_ups) == ROWS
    await store.close()


async def test_interrupted_check_is_repeated_by_the_next_run(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _kill(path)
    _destroy(path, _pages(path, "deliveries")[1])
    told: list[SetAside] = []
    with monkeypatch.context() as patched:
        # As with a large file of which nothing has been checked yet.
        patched.setattr(background.Check, "_go_on", lambda _: True)
        patched.setattr(background, "_STEPS", 1)
        store = Store(path, told.append)
        await store.open()
        await store.close()
    assert not told
    await store.open()
    await wait_until(lambda: told)
    await store.close()


async def test_damage_found_by_a_read_is_repaired(path: Path) -> None:
    store = Store(path)
    await store.open()
    for number in range(ROWS):
        await store.accept(pending_delivery(number, summary="line " * 100))
    await store.close()
    _destroy(path, _pages(path, "deliveries")[1])
    store, told = await _open(path)
    listed = await store.listing(limit=None)
    assert len(told) == 1
    assert ROWS // 2 < len(listed) < ROWS
    await store.close()


@pytest.mark.parametrize("moved", ["nothing", "the log", "all"])
async def test_crash_while_a_damaged_file_is_replaced_loses_nothing(
    path: Path, moved: str
) -> None:
    """The new file is complete before anything of the old one is moved."""
    new = path.with_name(f"{path.name}.next")
    store = Store(new)
    await store.open()
    one = await store.accept(pending_delivery(1))
    await store.close()
    path.write_bytes(b"damaged" * 1000)
    if moved == "nothing":
        Path(f"{path}-wal").write_bytes(b"damaged" * 1000)
    if moved == "all":
        path.rename(path.with_name(f"{path.name}.damaged-20260101T000000"))
    path.with_name(f"{path.name}.new").write_bytes(b"unfinished")

    store, told = await _open(path)
    assert await store.listing() == [one]
    assert len(told) == 1
    assert len([*path.parent.glob("*.db.damaged-*")]) >= 1
    assert not new.exists()
    assert not path.with_name(f"{path.name}.new").exists()
    await store.close()


@pytest.fixture
def no_quiet_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every moment without a job as quiet."""
    monkeypatch.setattr(maintenance, "QUIET", 0.01)


@pytest.mark.usefixtures("no_quiet_time")
async def test_log_is_emptied_after_a_quiet_time(store: Store, path: Path) -> None:
    log = Path(f"{path}-wal")
    await store.accept(pending_delivery(1))
    await wait_until(lambda: log.stat().st_size == 0)
    await wait_until(lambda: store._database._maintenance.pause is None)
    await store.accept(pending_delivery(2))
    await wait_until(lambda: log.stat().st_size == 0)
    assert len(await store.listing()) == 2


@pytest.mark.usefixtures("no_quiet_time")
async def test_file_is_unchanged_during_a_backup(store: Store, path: Path) -> None:
    await store.begin_backup()
    content = path.read_bytes()
    await store.accept(pending_delivery(1))
    looked = 0

    def look() -> bool:
        nonlocal looked
        looked += 1
        return looked > 30

    await wait_until(look)
    assert Path(f"{path}-wal").stat().st_size > 0
    assert path.read_bytes() == content
    await store.end_backup()
    await wait_until(lambda: Path(f"{path}-wal").stat().st_size == 0)


@pytest.mark.usefixtures("no_quiet_time")
async def test_log_is_emptied_after_a_read(store: Store, path: Path) -> None:
    log = Path(f"{path}-wal")
    with _reading(path):
        await store.accept(pending_delivery(1))
        tries = maintenance._empty_log
        failed = 0

        def counted(database: sqlite3.Connection) -> bool:
            nonlocal failed
            emptied = tries(database)
            failed += not emptied
            return emptied

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(maintenance, "_empty_log", counted)
            await wait_until(lambda: failed)
        assert log.stat().st_size > 0
        await store.accept(pending_delivery(2))
    await wait_until(lambda: log.stat().st_size == 0)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Read a file for the duration of the context."""
    with closing(file.connect_to_read(path)) as database:
        database.execute("BEGIN")
        database.execute("SELECT count(*) FROM deliveries").fetchone()
        yield


@pytest.mark.usefixtures("no_quiet_time")
async def test_file_shrinks_in_small_steps_after_a_deletion(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "_BETWEEN", 0.0)
    steps = 0
    give_back = maintenance._give_back

    def counted(database: sqlite3.Connection) -> bool:
        nonlocal steps
        (before,) = database.execute("PRAGMA freelist_count").fetchone()
        given = give_back(database)
        (after,) = database.execute("PRAGMA freelist_count").fetchone()
        assert 0 <= before - after <= maintenance._PAGES
        steps += given
        return given

    monkeypatch.setattr(maintenance, "_give_back", counted)
    ended = {"state": DeliveryState.DELIVERED, "settled_at": START, "due_at": None}
    first = pending_delivery(1)
    await store.accept(first)
    await asyncio.gather(
        *(
            store.accept(pending_delivery(number, summary="x" * 9000, **ended))
            for number in range(1000, 1600)
        )
    )
    await wait_until(lambda: Path(f"{path}-wal").stat().st_size == 0)
    large = path.stat().st_size
    while await store.prune(OWNER, START + timedelta(seconds=1)):
        pass
    await wait_until(lambda: path.stat().st_size < large / 3)
    assert steps > 5
    assert await store.listing() == [first]
    assert path.stat().st_size >= PAGE * maintenance._SPARE


async def test_file_shrinks_and_its_log_is_emptied_without_a_quiet_time(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "QUIET", 3600.0)
    monkeypatch.setattr(maintenance, "_SPARE", 8)
    ended = {"state": DeliveryState.DELIVERED, "settled_at": START, "due_at": None}
    for number in range(1000, 1060):
        await store.accept(pending_delivery(number, summary="x" * 9000, **ended))
    while await store.prune(OWNER, START + timedelta(seconds=1)):
        pass
    log = Path(f"{path}-wal")
    assert log.stat().st_size
    steps = 0
    step = maintenance.Maintenance.step

    def counted(one: maintenance.Maintenance, database: sqlite3.Connection) -> None:
        nonlocal steps
        steps += 1
        step(one, database)

    monkeypatch.setattr(maintenance.Maintenance, "step", counted)
    monkeypatch.setattr(maintenance, "_BETWEEN", 0.0)
    await store.owners()
    await store.get("nothing")
    assert not steps

    monkeypatch.setattr(maintenance, "LATEST", 0.0)
    async with asyncio.timeout(60):
        while log.stat().st_size or path.stat().st_size > 60 * PAGE:
            await store.get("nothing")
            await asyncio.sleep(0.001)


async def test_log_deleted_during_use_is_reported(path: Path) -> None:
    await _kill(path)
    Path(f"{path}-wal").unlink()
    store, told = await _open(path)
    (missing,) = told
    assert missing.log is not None
    assert missing.log.missing
    assert missing.log.lost
    assert missing.path.stat().st_size == path.stat().st_size
    kept = await store.listing(limit=None)
    assert len(kept) == ROWS
    assert {one.state for one in kept} == {DeliveryState.UNCERTAIN}
    await store.close()
    await store.open()
    await wait_until(lambda: len(told) == 2)
    assert told[1].earlier
    await store.close()


async def test_log_that_is_no_longer_needed_is_not_missed(path: Path) -> None:
    told: list[SetAside] = []
    for number in range(3):
        store = Store(path, told.append)
        await store.open()
        await store.accept(pending_delivery(number))
        await store.close()
        assert not Path(f"{path}-wal").exists()
    assert not told


async def test_log_is_kept_if_the_file_cannot_be_marked_as_closed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the next run would miss it."""

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    store, told = await _open(path)
    await store.accept(pending_delivery(1))
    monkeypatch.setattr(file, "set_mark", full)
    await store.close()
    monkeypatch.undo()
    assert Path(f"{path}-wal").exists()
    await store.open()
    assert len(await store.listing()) == 1
    assert not told
    await store.close()


def _create_earlier_version(path: Path, pages: int) -> None:
    """Create a file that cannot shrink, with a number of free pages."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("CREATE TABLE filling (content BLOB)")
        for _ in range(pages):
            database.execute("INSERT INTO filling VALUES (zeroblob(4000))")
        database.execute("DROP TABLE filling")
        assert database.execute("PRAGMA auto_vacuum").fetchone() == (0,)


@pytest.mark.usefixtures("no_quiet_time")
async def test_small_file_of_an_earlier_version_is_converted(path: Path) -> None:
    _create_earlier_version(path, 400)
    large = path.stat().st_size
    store = Store(path)
    await store.open()
    first = await store.accept(pending_delivery(1))
    await wait_until(lambda: path.stat().st_size < large / 4)
    assert await store.listing() == [first]
    await store.close()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA auto_vacuum").fetchone() == (2,)


@pytest.fixture
def large(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of an earlier version that is too large for a single step."""
    monkeypatch.setattr(maintenance, "_REWRITTEN", 100)
    _create_earlier_version(path, 400)
    return path


@pytest.fixture
def held_copy(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Hold back every copy until this is set."""
    go_on = threading.Event()

    def make_copy(database: sqlite3.Connection, path: Path) -> None:
        make(database, path)
        go_on.wait(60)

    make = file.make_copy
    monkeypatch.setattr(background, "make_copy", make_copy)
    yield go_on
    go_on.set()


@pytest.mark.usefixtures("no_quiet_time")
async def test_large_file_of_an_earlier_version_is_converted_in_the_background(
    large: Path, held_copy: threading.Event
) -> None:
    size = large.stat().st_size
    store, told = await _open(large)
    some = [await store.accept(pending_delivery(number)) for number in range(4)]
    notes = {"one": Note(value=1), "two": Note(value=2)}
    await store.remember(Memory(connection=OWNER, subject="rule", notes=notes))
    await wait_until(lambda: store._database._copy is not None)

    taken = await store.take(OWNER, START, most=1, look_ups=1, busy=())
    (sending,) = taken.claimed
    done = replace(sending, state=DeliveryState.DELIVERED, settled_at=START)
    done = await store.update(done, was=DeliveryState.SENDING)
    await store.remember(Memory(connection=OWNER, subject="rule", notes={"one": None}))
    gone = await store.accept(pending_delivery(10, connection="gone"))
    fresh = await store.accept(pending_delivery(11))
    last = await store.accept(pending_delivery(12, connection="gone"))
    await store.remove_connection("gone")
    held_copy.set()
    await wait_until(lambda: large.stat().st_size < size / 4)

    assert await store.listing() == [fresh, *some[:0:-1], done]
    assert await store.recall(OWNER) == {"rule": {"two": Note(value=2)}}
    assert await store.get(gone.id) is None
    # A place is used only once, even after a deletion.
    newest = await store.accept(pending_delivery(13))
    (listed,) = await store.named([newest.id])
    assert listed.sequence == len(some) + 4
    assert last.id not in {one.id for one in await store.listing()}
    await store.close()
    assert not told
    assert sorted(one.name for one in large.parent.iterdir()) == [large.name]
    with closing(sqlite3.connect(large)) as database:
        assert database.execute("PRAGMA auto_vacuum").fetchone() == (2,)
    again, told = await _open(large)
    assert (await again.listing())[0] == newest
    assert not told
    await again.close()


@pytest.mark.usefixtures("no_quiet_time")
async def test_run_goes_on_during_and_after_a_conversion(
    large: Path, held_copy: threading.Event
) -> None:
    """Otherwise the moments of an earlier run seem to be of the present clock."""
    size = large.stat().st_size
    store, _ = await _open(large)
    for number in range(2):
        await store.accept(pending_delivery(number))
    await store.recover(OWNER, START)
    await wait_until(lambda: store._database._copy is not None)
    during = await store.take(OWNER, START, most=1, look_ups=0, busy=())
    held_copy.set()
    await wait_until(lambda: large.stat().st_size < size / 4)
    after = await store.take(OWNER, START, most=1, look_ups=0, busy=())
    await store.close()

    assert [one.older for one in (*during.claimed, *after.claimed)] == [True, True]


@pytest.mark.usefixtures("no_quiet_time")
async def test_interrupted_copy_leaves_nothing(
    large: Path, held_copy: threading.Event
) -> None:
    store, _ = await _open(large)
    one = await store.accept(pending_delivery(1))
    await wait_until(lambda: store._database._copy is not None)
    closing_it = asyncio.create_task(store.close())
    held_copy.set()
    await closing_it
    assert sorted(one.name for one in large.parent.iterdir()) == [large.name]
    await store.open()
    assert await store.listing() == [one]
    await store.close()


@pytest.mark.usefixtures("no_quiet_time")
async def test_no_copy_is_made_without_disk_space(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = large.stat().st_size
    asked = threading.Event()

    def full(_: Path) -> SimpleNamespace:
        asked.set()
        return SimpleNamespace(free=size)

    monkeypatch.setattr("shutil.disk_usage", full)
    store, _ = await _open(large)
    one = await store.accept(pending_delivery(1))
    await wait_until(asked.is_set)
    await wait_until(lambda: store._database._copy is None)
    assert await store.listing() == [one]
    await store.close()
    assert large.stat().st_size == size


@pytest.mark.usefixtures("no_quiet_time")
async def test_crash_before_the_copy_replaces_the_file_loses_nothing(
    large: Path, held_copy: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise OSError("as if it were over")

    store, _ = await _open(large)
    one = await store.accept(pending_delivery(1))
    await wait_until(lambda: store._database._copy is not None)
    two = await store.accept(pending_delivery(2))
    monkeypatch.setattr(file, "sync_folder", crash)
    held_copy.set()
    await wait_until(lambda: store._database._copy is None)
    assert await store.listing() == [two, one]
    monkeypatch.undo()
    await store.close()
    await store.open()
    assert await store.listing() == [two, one]
    await store.close()
