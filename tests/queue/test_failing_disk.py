"""Tests of a disk that is full, read-only or broken, as the kernel reports it."""

import errno
from pathlib import Path
import shutil
from typing import Any

import pytest

from custom_components.event_relay.queue import transitions
from custom_components.event_relay.queue.delivery import Delivery, DeliveryState
from custom_components.event_relay.queue.store import database
from custom_components.event_relay.queue.store.file import open_file
from custom_components.event_relay.queue.store.store import (
    SetAside,
    Store,
    StoreUnavailable,
)

from .failing_disk import OPENS, POSSIBLE, SYNCS, WRITES, fail
from .ledger import START
from .pipeline import OWNER
from .test_store import pending_delivery

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="there is no such filter")


async def _states(store: Store) -> dict[str, DeliveryState]:
    return {one.id: one.state for one in await store.listing()}


async def _states_after_a_crash(path: Path) -> dict[str, DeliveryState]:
    copy = path.with_name("copy.db")
    for companion in ("", "-wal"):
        shutil.copyfile(f"{path}{companion}", f"{copy}{companion}")
    damages: list[SetAside] = []
    store = Store(copy, damages.append)
    await store.open()
    states = await _states(store)
    await store.close()
    assert not damages
    return states


async def _begin(path: Path, damages: list[SetAside]) -> tuple[Store, Delivery]:
    """Return a store with two deliveries, and the one that is being sent."""
    store = Store(path, damages.append)
    await store.open()
    for number in range(2):
        await store.accept(pending_delivery(number))
    taken = await store.take(OWNER, START, most=1, look_ups=0, busy=())
    (sending,) = taken.claimed
    return store, sending


COMMITTED = {"delivery-0": DeliveryState.SENDING, "delivery-1": DeliveryState.PENDING}


async def _assert_refused(store: Store, sending: Delivery, reason: str) -> None:
    for number in range(2, 4):
        with pytest.raises(StoreUnavailable, match=reason):
            await store.accept(pending_delivery(number))
    back = transitions.unclaimed(sending, START)
    with pytest.raises(StoreUnavailable, match=reason):
        await store.update(back, was=DeliveryState.SENDING)
    assert not store.healthy
    assert await _states(store) == COMMITTED


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "full"),
        (errno.EDQUOT, "I/O error"),
        (errno.EROFS, "I/O error"),
        (errno.EIO, "I/O error"),
    ],
    ids=["full", "over the quota", "read-only", "broken"],
)
async def test_disk_that_cannot_be_written_keeps_exactly_what_was_committed(
    path: Path, number: int, reason: str
) -> None:
    damages: list[SetAside] = []
    store, sending = await _begin(path, damages)
    await store._database.run(lambda _: fail(WRITES, number))

    await _assert_refused(store, sending, reason)

    assert await _states_after_a_crash(path) == COMMITTED
    await store.close()
    await store.open()
    assert store.healthy
    assert await _states(store) == COMMITTED
    await store.accept(pending_delivery(2))
    await store.close()
    assert not damages


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["full", "broken"])
async def test_disk_that_cannot_be_synced_loses_nothing(
    path: Path, number: int
) -> None:
    """After a crash, a commit that failed may be in the file all the same."""
    store, sending = await _begin(path, [])
    await store._database.run(lambda _: fail(SYNCS, number))

    await _assert_refused(store, sending, "I/O error")

    await store.close()
    await store.open()
    assert (await _states(store)).keys() >= COMMITTED.keys()
    await store.accept(pending_delivery(4))
    await store.close()


async def test_file_on_a_read_only_disk_is_not_replaced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(path)
    await store.open()
    accepted = await store.accept(pending_delivery())
    await store.close()
    content = path.read_bytes()

    def open_read_only(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - as the original
        fail(OPENS, errno.EROFS)
        return open_file(*args, **options)

    monkeypatch.setattr(database, "open_file", open_read_only)
    with pytest.raises(StoreUnavailable, match="readonly"):
        await store.open()
    assert path.read_bytes() == content
    assert [*path.parent.iterdir()] == [path]

    monkeypatch.undo()
    await store.open()
    assert await store.listing() == [accepted]
    await store.close()
