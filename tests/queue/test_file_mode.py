"""Tests that only its owner can read the queue's file and its companions."""

from collections.abc import Iterator
import os
from pathlib import Path
import shutil

import pytest

from custom_components.event_relay.queue.store import file
from custom_components.event_relay.queue.store.recovery import salvage
from custom_components.event_relay.queue.store.store import SetAside, Store

from .test_store import pending_delivery

PRIVATE = 0o600


@pytest.fixture(autouse=True)
def permissive_umask() -> Iterator[None]:
    """Make new files readable for everybody by default."""
    former = os.umask(0)
    yield
    os.umask(former)


def modes(folder: Path) -> dict[str, int]:
    """Return the permissions of all files in a folder."""
    return {one.name: one.stat().st_mode & 0o777 for one in folder.iterdir()}


async def test_file_and_companions_are_private(path: Path) -> None:
    store = Store(path)
    await store.open()
    await store.accept(pending_delivery(1))
    await store.listing()
    found = modes(path.parent)
    assert found.keys() == {path.name, f"{path.name}-wal", f"{path.name}-shm"}
    assert {*found.values()} == {PRIVATE}
    await store.close()
    assert modes(path.parent) == {path.name: PRIVATE}


async def test_existing_files_become_private(path: Path, tmp_path: Path) -> None:
    alive = tmp_path / "alive" / path.name
    alive.parent.mkdir()
    store = Store(alive)
    await store.open()
    await store.accept(pending_delivery(1))
    companions = ("", "-wal", "-shm")
    for companion in companions:
        shutil.copy(f"{alive}{companion}", f"{path}{companion}")
    await store.close()
    aside = path.with_name(f"{path.name}.damaged-20260101T000000")
    aside.write_bytes(b"deliveries")
    other = path.with_name("other.db")
    other.write_bytes(b"of somebody else")
    names = [path.name + companion for companion in companions]
    for name in (*names, aside.name, other.name):
        path.with_name(name).chmod(0o666)

    store = Store(path)
    await store.open()
    await store.accept(pending_delivery(2))
    found = modes(path.parent)
    assert {found[name] for name in (*names, aside.name)} == {PRIVATE}
    assert found[other.name] == 0o666
    await store.close()


async def test_replaced_file_and_its_successor_are_private(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"damaged" * 1000)
    path.chmod(0o644)
    unfinished: dict[str, int] = {}
    carry = salvage.carry

    def carrying(*args: object, **known: object) -> int:
        unfinished.update(modes(path.parent))
        return carry(*args, **known)  # type: ignore[arg-type]

    monkeypatch.setattr(salvage, "carry", carrying)
    told: list[SetAside] = []
    store = Store(path, told.append)
    await store.open()
    assert f"{path.name}.new" in unfinished
    assert {*unfinished.values()} == {PRIVATE}
    assert told[0].path.name in modes(path.parent)
    assert {*modes(path.parent).values()} == {PRIVATE}
    await store.close()


async def test_copies_of_damaged_or_missing_logs_are_private(path: Path) -> None:
    store = Store(path)
    await store.open()
    await store.accept(pending_delivery(1))
    await store.close()
    with path.open("r+b") as used:
        used.seek(68)
        used.write(b"EVRU")
    told: list[SetAside] = []
    store = Store(path, told.append)
    await store.open()
    assert told[0].path.name in modes(path.parent)
    assert {*modes(path.parent).values()} == {PRIVATE}
    await store.close()
    file.leave_unclean(path)
    assert {*modes(path.parent).values()} == {PRIVATE}
