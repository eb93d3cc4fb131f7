"""Tests that reports of damage are repeated until a user has seen them."""

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

from .test_store import pending_delivery


@pytest.fixture
async def killed_file(path: Path, tmp_path: Path) -> Path:
    """Return a file as a kill leaves it, with a wrong bit in its log."""
    store = Store(path)
    await store.open()
    for number in range(9):
        await store.accept(pending_delivery(number))
    copy = tmp_path / "killed.db"
    for companion in ("", "-wal"):
        shutil.copy(f"{path}{companion}", f"{copy}{companion}")
    await store.close()
    log = Path(f"{copy}-wal")
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    return copy


async def _reports(path: Path) -> list[SetAside]:
    """Open and close a file, and return its reports."""
    told: list[SetAside] = []
    store = Store(path, told.append)
    await store.open()
    await store.close()
    return told


async def test_file_set_aside_is_reported_until_seen(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 1000)
    (first,) = await _reports(path)
    assert not first.earlier

    (again,) = await _reports(path)
    assert again.earlier
    assert (again.path, again.reason, again.waiting, again.carried, again.log) == (
        *(first.path, first.reason, first.waiting, first.carried, first.log),
    )
    assert first.path.exists()
    reports.seen(first.path)
    assert await _reports(path) == []


async def test_damaged_log_is_reported_until_seen(killed_file: Path) -> None:
    (first,) = await _reports(killed_file)
    assert isinstance(first.log, LogDamage)
    (again,) = await _reports(killed_file)
    assert again == replace(first, earlier=True)
    reports.seen(first.path)
    assert await _reports(killed_file) == []


async def test_log_is_reported_after_a_crash_during_its_repair(
    killed_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replaced_and_killed(path: Path, content: bytes) -> None:
        put_in_place(path, content)
        raise KeyboardInterrupt

    put_in_place = repair_log._replace
    monkeypatch.setattr(repair_log, "_replace", replaced_and_killed)
    with pytest.raises(KeyboardInterrupt):
        repair_log.mend(killed_file)
    monkeypatch.undo()

    (told,) = await _reports(killed_file)
    assert told.log is not None
    assert told.log.lost


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"path": 1}'])
async def test_truncated_report_is_still_shown(path: Path, content: bytes) -> None:
    path.write_bytes(b"not a database at all" * 1000)
    (first,) = await _reports(path)
    reports._file(first.path).write_bytes(content)
    (again,) = await _reports(path)
    assert again.path == first.path
    assert again.waiting is None
