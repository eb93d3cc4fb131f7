"""Tests of files whose bytes were changed, at rest or during use."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
import os
from pathlib import Path
import random
import shutil
import sqlite3

import pytest

from custom_components.event_relay.queue.delivery import Delivery, DeliveryState
from custom_components.event_relay.queue.store import group_commit, maintenance
from custom_components.event_relay.queue.store.rows import COLUMNS, MIGRATIONS, values
from custom_components.event_relay.queue.store.rule_state import Memory, Note
from custom_components.event_relay.queue.store.store import (
    SetAside,
    StaleDelivery,
    Store,
    StoreTooNew,
    StoreUnavailable,
)

from ..search_effort import THOROUGH
from ..waiting import wait_until
from .ledger import START
from .pipeline import OWNER
from .test_store import pending_delivery

SEED = 20261122
ROWS = 60
HEADER = 100
NO_VALUE, BLOB_OF_0, BLOB_OF_10 = b"\x00", b"\x0c", b"\x20"
"""Types of values in a row's header, from https://sqlite.org/fileformat.html."""
PAGE = 4096


@pytest.fixture
async def intact(tmp_path: Path) -> Path:
    """Return a file with deliveries in many states, and the log of a killed run."""
    path = tmp_path / "whole.db"
    store = Store(path)
    await store.open()
    for number in range(ROWS):
        await store.accept(
            pending_delivery(
                number,
                summary=f"line {number} " * 20,
                key=f"key {number % 7}",
                expires_at=START.replace(year=2027) if number % 3 else None,
            )
        )
    await store.begin_backup()
    for one in (await _take(store)).values():
        await store.update(
            replace(one, state=DeliveryState.DELIVERED, settled_at=START),
            was=DeliveryState.SENDING,
        )
    copy = tmp_path / "killed.db"
    for companion in ("", "-wal", "-shm"):
        shutil.copy(f"{path}{companion}", f"{copy}{companion}")
    await store.end_backup()
    await store.close()
    return copy


async def _take(store: Store) -> dict[str, Delivery]:
    """Claim some deliveries as a worker does."""
    taken = await store.take(OWNER, START, most=4, look_ups=4, busy=())
    return {one.id: one for one in taken.claimed}


async def _use_twice(path: Path) -> list[SetAside]:
    """Use a file as two runs of Home Assistant do; return the files set aside.

    Whatever was done to it, it works, now and in the next run.
    """
    damaged: list[SetAside] = []
    for run in range(2):
        store = Store(path, damaged.append)
        await store.open()
        await store.recover(OWNER, START)
        await store.listing(limit=None)
        for claimed in (await _take(store)).values():
            await store.update(
                replace(claimed, state=DeliveryState.PENDING, due_at=START),
                was=DeliveryState.SENDING,
                anew=True,
            )
        await store.prune(OWNER, START)
        fresh = pending_delivery(1000 + run)
        assert await store.accept(fresh) == fresh
        assert await store.get(fresh.id) == fresh
        await store.close()
    damaged = [one for one in damaged if not one.earlier]
    assert len(damaged) <= 1
    assert all(one.path.exists() for one in damaged)
    return damaged


def _copy(intact: Path, path: Path, *, log: bool) -> None:
    """Copy a file, with or without the log of a killed run."""
    for companion in ("", "-wal", "-shm") if log else ("",):
        shutil.copy(f"{intact}{companion}", f"{path}{companion}")


def _overwrite(path: Path, *, at: int, new: bytes, companion: str = "") -> None:
    """Change some bytes of a file, even beyond its end."""
    with Path(f"{path}{companion}").open("r+b") as file:
        file.seek(at)
        file.write(new)


def _truncate(path: Path, *, at: int, companion: str = "") -> None:
    """Truncate a file."""
    os.truncate(f"{path}{companion}", at)


async def _is_set_aside(
    intact: Path, folder: Path, damage: Callable[[Path], None], *, log: bool
) -> bool:
    """Damage a copy, use it, and return whether it was set aside."""
    folder.mkdir()
    path = folder / "event_relay.db"
    _copy(intact, path, log=log)
    damage(path)
    return bool(await _use_twice(path))


VERSION = range(60, 64)
"""The offset of the schema's version; a larger number may be a newer version."""


SOME_OF_THE_HEADER = (*range(24), *range(24, HEADER, 4), VERSION[-1])
"""Each byte of the magic and of the sizes, and one of each number behind them."""


async def test_wrong_byte_in_the_header(intact: Path, tmp_path: Path) -> None:
    found = 0
    for at in range(HEADER) if THOROUGH else SOME_OF_THE_HEADER:
        new = b"\0" if at in VERSION else b"\x7f"
        damage = partial(_overwrite, at=at, new=new)
        found += await _is_set_aside(intact, tmp_path / f"at-{at}", damage, log=False)
    # The magic, the sizes and the encoding; the counters do not matter.
    assert found >= 16


@pytest.mark.parametrize(
    "name",
    [
        *(b"id TEXT NOT NULL U", b"failure_code TEXT", b"state TEXT"),
        *(b"sequence INTEGER", b"value TEXT", b"deliveries (\n", b"due ON"),
    ],
)
async def test_wrong_bit_in_a_name_of_the_schema(tmp_path: Path, name: bytes) -> None:
    """All rows are kept, whatever their columns are called."""
    path = tmp_path / "event_relay.db"
    store = Store(path)
    await store.open()
    some = [await store.accept(pending_delivery(number)) for number in range(3)]
    notes = {"n": Note(value=1)}
    await store.remember(Memory(connection=OWNER, subject="rule", notes=notes))
    await store.close()
    content = path.read_bytes()
    at = content.index(name)
    _overwrite(path, at=at, new=bytes([content[at] ^ 1]))

    told: list[SetAside] = []
    store = Store(path, told.append)
    await store.open()
    kept = await store.listing()
    remembered = await store.recall(OWNER)
    await store.close()
    assert remembered == {"rule": notes}
    assert [one.id for one in kept] == [one.id for one in reversed(some)]
    assert told


async def test_renamed_columns_keep_their_values(path: Path) -> None:
    delivery = replace(
        pending_delivery(1),
        state=DeliveryState.UNCERTAIN,
        outcome_unknown=True,
        reported_time=START,
    )
    former = {"outcome_unknown": "unclear", "reported_time": "told_at"}
    with closing(sqlite3.connect(path)) as database:
        database.executescript(";".join(MIGRATIONS[:-1]))
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS) - 1}")
        names = ", ".join(former.get(name, name) for name in COLUMNS)
        marks = ", ".join("?" * len(COLUMNS))
        database.execute(
            f"INSERT INTO deliveries ({names}) VALUES ({marks})",  # noqa: S608 our names
            values(delivery),
        )
        database.commit()
    store = Store(path)
    await store.open()
    (kept,) = await store.listing()
    await store.close()
    assert kept == delivery


async def test_damaged_file_of_an_earlier_version_keeps_its_rows(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(MIGRATIONS[0])
        database.execute("PRAGMA user_version = 1")
        row = dict(zip(COLUMNS, values(pending_delivery(1)), strict=True))
        row["unclear"] = row["outcome_unknown"]  # its former name
        columns = [one[1] for one in database.execute("PRAGMA table_info(deliveries)")]
        filled = [name for name in columns if name in row]
        database.execute(
            f"INSERT INTO deliveries ({', '.join(filled)})"  # noqa: S608 our names
            f" VALUES ({', '.join('?' * len(filled))})",
            [row[name] for name in filled],
        )
        database.commit()
    content = path.read_bytes()
    at = content.index(b"failure_code TEXT")
    _overwrite(path, at=at, new=b"g")

    told: list[SetAside] = []
    store = Store(path, told.append)
    await store.open()
    (kept,) = await store.listing()
    await store.close()
    assert kept.id == "delivery-1"
    assert len(told) == 1


async def test_unexpected_error_fails_only_its_job(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise LookupError("as if we were wrong")

    monkeypatch.setattr(group_commit, "run", break_down)
    with pytest.raises(StoreUnavailable):
        await store.accept(pending_delivery(1))
    monkeypatch.undo()
    two = await store.accept(pending_delivery(2))
    assert await store.listing() == [two]


async def test_unexpected_error_of_maintenance_does_not_stop_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: object) -> None:
        raise LookupError("as if we were wrong")

    monkeypatch.setattr(maintenance, "QUIET", 0.0)
    monkeypatch.setattr(maintenance, "_empty_log", break_down)
    store = Store(path)
    await store.open()
    await wait_until(lambda: "could not be maintained" in caplog.text)

    accepted = await store.accept(pending_delivery(1))
    assert await store.listing() == [accepted]
    await store.close()


async def test_wrong_type_of_a_column(tmp_path: Path) -> None:
    """A row's header has the type of each value, in one byte each."""
    intact = tmp_path / "whole.db"
    store = Store(intact)
    await store.open()
    await store.accept(pending_delivery(1, key="key", lane="lane"))
    await store.close()
    values_at = intact.read_bytes().rindex(b"delivery-1connection")
    found = 0
    types = (NO_VALUE, BLOB_OF_0, BLOB_OF_10, b"\xff")
    for at in range(values_at - 60, values_at):
        for new in types if THOROUGH else types[at % 2 :: 2]:
            damage = partial(_overwrite, at=at, new=new)
            folder = tmp_path / f"at-{at}-{new.hex()}"
            found += await _is_set_aside(intact, folder, damage, log=False)
    assert found > 50


@pytest.mark.parametrize("log", [False, True], ids=["closed", "killed"])
async def test_overwritten_bytes(intact: Path, tmp_path: Path, *, log: bool) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same at every run
    found = 0
    for number in range(300 if THOROUGH else 40):
        at = chance.randrange(intact.stat().st_size)
        new = chance.randbytes(chance.choice((1, 4, 64, 512, PAGE)))
        damage = partial(_overwrite, at=at, new=new)
        found += await _is_set_aside(
            intact, tmp_path / f"number-{number}", damage, log=log
        )
    assert found > 3


@pytest.mark.parametrize("companion", ["-wal", "-shm"])
async def test_overwritten_or_truncated_log(
    intact: Path, tmp_path: Path, companion: str
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same at every run
    size = Path(f"{intact}{companion}").stat().st_size
    assert size
    for number in range(100 if THOROUGH else 10):
        at, new = chance.randrange(size), chance.randbytes(chance.choice((1, 64, 512)))
        overwrite = partial(_overwrite, at=at, new=new, companion=companion)
        _ = await _is_set_aside(
            intact, tmp_path / f"overwritten-{number}", overwrite, log=True
        )
        cut = partial(_truncate, at=at, companion=companion)
        assert not await _is_set_aside(
            intact, tmp_path / f"cut-{number}", cut, log=True
        )


@pytest.mark.parametrize("log", [False, True], ids=["closed", "killed"])
async def test_truncated_file_is_set_aside(
    intact: Path, tmp_path: Path, *, log: bool
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same at every run
    size = intact.stat().st_size
    lengths = {2, HEADER - 1, HEADER, size - 1, *chance.sample(range(2, size), 10)}
    for at in lengths:
        cut = partial(_truncate, at=at)
        assert await _is_set_aside(intact, tmp_path / f"length-{at}", cut, log=log)


async def test_file_damaged_during_a_run_is_replaced(path: Path) -> None:
    damaged: list[SetAside] = []
    store = Store(path, damaged.append)
    await store.open()
    for number in range(200):
        await store.accept(pending_delivery(number, summary="x" * 1000))
    in_hand = [*(await _take(store)).values()]
    await store.close()
    content = bytearray(path.read_bytes())
    # The header of every page except the first, which opening does not read.
    for page in range(PAGE, len(content), PAGE):
        content[page : page + 8] = b"\xff" * 8
    path.write_bytes(content)

    await store.open()
    assert not damaged
    fresh = pending_delivery(1000)
    assert await store.accept(fresh) == fresh

    (set_aside,) = damaged
    assert "malformed" in set_aside.reason
    assert set_aside.waiting is None
    assert set_aside.path.stat().st_size == len(content)
    assert await store.listing() == [fresh]
    # The worker has the deliveries in flight, and stores them again.
    first, second = in_hand[:2]
    done = replace(first, state=DeliveryState.DELIVERED, settled_at=START)
    await store.update(done, was=DeliveryState.SENDING, anew=True)
    assert await store.get(first.id) == done
    with pytest.raises(StaleDelivery):
        await store.update(done, was=DeliveryState.SENDING, anew=True)
    with pytest.raises(StaleDelivery):
        await store.update(
            replace(second, state=DeliveryState.PENDING), was=DeliveryState.SENDING
        )
    await store.close()


async def test_undecodable_message_of_sqlite_is_damage(path: Path) -> None:
    store = Store(path)
    await store.open()
    await store.accept(pending_delivery(1))
    await store.close()
    content = path.read_bytes()
    name = content.index(b"CREATE INDEX laned")
    # SQLite quotes the index's broken definition in its message.
    _overwrite(path, at=name, new=b"CREATE\xb6\xb6\xb6")

    assert await _use_twice(path)


async def test_newer_schema_is_left_alone(path: Path) -> None:
    store = Store(path)
    await store.open()
    await store.close()
    _overwrite(path, at=VERSION[-1], new=b"\x63")

    with pytest.raises(StoreTooNew, match="newer Event Relay"):
        await store.open()
    assert not [*path.parent.glob("*.damaged-*")]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(b"a line", b"a \xb6ine"), (b'{"text"', b'!"text"'), (b"action", b"nobody")],
)
async def test_impossible_value_is_damage(
    path: Path, was: bytes, becomes: bytes
) -> None:
    store = Store(path)
    await store.open()
    await store.accept(pending_delivery(1))
    await store.close()
    content = path.read_bytes()
    assert content.count(was) == 1
    _overwrite(path, at=content.index(was), new=becomes)

    assert await _use_twice(path)
