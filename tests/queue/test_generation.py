"""A copy of the file is put back, and nothing in it says that it is one."""

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

from .conftest import OWNER, House


def copy(path: Path, to: Path) -> None:
    """Copy a file and its log, as they are."""
    for companion in ("", "-wal"):
        Path(f"{to}{companion}").unlink(missing_ok=True)
        if Path(f"{path}{companion}").exists():
            shutil.copyfile(f"{path}{companion}", f"{to}{companion}")


async def opened(
    path: Path, seen: int, told: list[SetAside] | None = None
) -> dict[DeliveryState, int]:
    """Return the states that a file has once it is opened, and what is told of it."""
    heard: list[SetAside] = [] if told is None else told
    store = Store(path, heard.append, seen=seen)
    await store.open()
    try:
        return await store.states(OWNER)
    finally:
        await store.close()


async def waiting(store: Store) -> House:
    """Return a house in which something waits."""
    house = House(store)
    house.client.troubles = [CannotConnect()]
    house.start()
    await house.submit()
    await house.stop()
    return house


async def test_an_older_copy_is_looked_up_and_not_sent_blindly(
    path: Path, store: Store
) -> None:
    await store.advance()
    await waiting(store)
    older = path.with_name("older.db")
    copy(path, older)
    seen = await store.advance()

    told: list[SetAside] = []
    assert await opened(older, seen, told) == {DeliveryState.UNCERTAIN: 1}
    (first,) = told
    assert first.older
    assert first.waiting == 1
    # Which is the case once, and told until somebody has seen it.
    again: list[SetAside] = []
    assert await opened(older, seen, again) == {DeliveryState.UNCERTAIN: 1}
    assert again == [replace(first, earlier=True)]
    reports.seen(first.path)
    nothing: list[SetAside] = []
    await opened(older, seen, nothing)
    assert nothing == []


@pytest.mark.parametrize("behind", [0, 1, 100])
async def test_a_file_that_is_as_new_as_is_known_or_newer_is_trusted(
    path: Path, store: Store, behind: int
) -> None:
    """Newer, where a crash came before the number was kept outside."""
    seen = max([await store.advance() for _ in range(100)])
    await waiting(store)
    killed = path.with_name("killed.db")
    copy(path, killed)
    assert await opened(killed, seen - behind) == {DeliveryState.PENDING: 1}


async def test_a_file_that_is_not_there_or_damaged_begins_beyond_what_is_known(
    tmp_path: Path,
) -> None:
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
        assert await opened(path, seen) == {DeliveryState.PENDING: 1}


async def test_a_file_that_is_replaced_while_it_is_used_goes_on_with_its_generation(
    path: Path,
) -> None:
    store = Store(path, seen=41)
    await store.open()
    seen = await store.advance()
    database = store._database
    await database.run(lambda _: database._begin_anew("damaged"), alone=True)
    await waiting(store)
    await store.close()
    assert await opened(path, seen) == {DeliveryState.PENDING: 1}


async def test_a_file_that_is_written_anew_to_shrink_is_no_older(path: Path) -> None:
    store = Store(path)
    await store.open()
    await waiting(store)
    await store.close()
    database = open_file(path).database
    with closing(sqlite3.connect(path, isolation_level=None)) as read:
        make_copy(read, path)
    seen = advance(database)
    take_copy(path, database, Kept())
    assert await opened(path, seen) == {DeliveryState.PENDING: 1}


async def test_claims_are_told_and_nothing_else(path: Path) -> None:
    told: list[str] = []
    heard: Callable[[], None] = lambda: told.append("claimed")  # noqa: E731 - for its type
    store = Store(path, claimed=heard)
    await store.open()
    house = House(store)
    accepted = await house.submit(wait=0)
    assert not told
    house.start()
    await house.until(accepted, DeliveryState.DELIVERED)
    assert told == ["claimed"]
    await house.later(minutes=5)
    await house.stop()
    await store.close()
    assert told == ["claimed"]
