"""What is told of damage is told again until somebody has seen it."""

from dataclasses import replace
from pathlib import Path
import shutil

import pytest

from custom_components.event_relay.queue.store.recovery import repair_log, reports
from custom_components.event_relay.queue.store.recovery.reports import (
    LogDamage,
    SetAside,
)
from custom_components.event_relay.queue.store.store import Store

from .test_store import a_delivery


@pytest.fixture
async def killed(path: Path, tmp_path: Path) -> Path:
    """Return a file as a kill leaves it, of whose log a bit is wrong."""
    store = Store(path)
    await store.open()
    for number in range(9):
        await store.accept(a_delivery(number))
    copy = tmp_path / "killed.db"
    for companion in ("", "-wal"):
        shutil.copy(f"{path}{companion}", f"{copy}{companion}")
    await store.close()
    log = Path(f"{copy}-wal")
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    return copy


async def _told(path: Path) -> list[SetAside]:
    """Open and close a file, and return what is told of it."""
    told: list[SetAside] = []
    store = Store(path, told.append)
    await store.open()
    await store.close()
    return told


async def test_a_file_that_was_set_aside_is_told_until_it_was_seen(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 1000)
    (first,) = await _told(path)
    assert not first.earlier

    (again,) = await _told(path)
    assert again.earlier
    assert (again.path, again.reason, again.waiting, again.carried, again.log) == (
        *(first.path, first.reason, first.waiting, first.carried, first.log),
    )
    assert first.path.exists()
    reports.seen(first.path)
    assert await _told(path) == []


async def test_a_log_that_was_damaged_is_told_until_it_was_seen(
    killed: Path,
) -> None:
    (first,) = await _told(killed)
    assert isinstance(first.log, LogDamage)
    (again,) = await _told(killed)
    assert again == replace(first, earlier=True)
    reports.seen(first.path)
    assert await _told(killed) == []


async def test_a_crash_in_the_midst_of_mending_a_log_is_told(
    killed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replaced_and_killed(path: Path, content: bytes) -> None:
        put_in_place(path, content)
        raise KeyboardInterrupt

    put_in_place = repair_log._replace
    monkeypatch.setattr(repair_log, "_replace", replaced_and_killed)
    with pytest.raises(KeyboardInterrupt):
        repair_log.mend(killed)
    monkeypatch.undo()

    (told,) = await _told(killed)
    assert told.log is not None
    assert told.log.lost


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"path": 1}'])
async def test_a_report_that_was_cut_off_still_tells(
    path: Path, content: bytes
) -> None:
    path.write_bytes(b"not a database at all" * 1000)
    (first,) = await _told(path)
    reports._file(first.path).write_bytes(content)
    (again,) = await _told(path)
    assert again.path == first.path
    assert again.waiting is None
