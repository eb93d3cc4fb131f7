"""Tests of a write-ahead log with wrong bits, and of logs left by crashes."""

from collections.abc import Iterator
import os
from pathlib import Path
import random
import shutil
import struct

import pytest

from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.store.recovery import write_ahead_log
from custom_components.event_relay.queue.store.recovery.write_ahead_log import (
    FRAME_HEADER,
    HEADER,
)
from custom_components.event_relay.queue.store.store import SetAside, Store

from ..search_effort import THOROUGH
from .test_store import pending_delivery

SEED = 20261128
PAGE = 4096
FRAME = FRAME_HEADER + PAGE
ROWS = 12
MORE = 100 if THOROUGH else 12
"""Random trials, in addition to the chosen ones."""


@pytest.fixture
async def killed_file(tmp_path: Path) -> Path:
    """Return a file whose deliveries are in its log, as after a kill.

    After them are the remains of an earlier log, as in all that were used before.
    """
    path = tmp_path / "alive.db"
    store = Store(path)
    await store.open()
    for number in range(ROWS):
        await store.accept(pending_delivery(1000 + number, summary="former " * 300))
    await store._database.run(
        lambda database: database.execute("PRAGMA wal_checkpoint(RESTART)").fetchone(),
        without_transaction=True,
    )
    for number in range(ROWS):
        await store.accept(pending_delivery(number))
    copy = tmp_path / "killed.db"
    for companion in ("", "-wal"):
        shutil.copy(f"{path}{companion}", f"{copy}{companion}")
    await store.close()
    content = Path(f"{copy}-wal").read_bytes()
    assert content[HEADER + 8 : HEADER + 16] != content[-FRAME:][8:16]
    return copy


def _frames(content: bytes) -> Iterator[int]:
    """Yield the offsets of the current log's frames."""
    for at in range(HEADER, len(content), FRAME):
        if content[at + 8 : at + 16] == content[16:24]:
            yield at


def _end(content: bytes) -> int:
    """Return the end of the current log."""
    return max(_frames(content)) + FRAME


def _commits(content: bytes) -> list[int]:
    """Return the offsets of the frames that end a transaction."""
    return [at for at in _frames(content) if any(content[at + 4 : at + 8])]


async def _open_with(
    killed_file: Path, folder: Path, content: bytes
) -> tuple[int, list[SetAside]]:
    """Open the file with another log; return its rows and reports."""
    folder.mkdir()
    path = folder / "event_relay.db"
    shutil.copy(killed_file, path)
    Path(f"{path}-wal").write_bytes(content)
    told: list[SetAside] = []
    store = Store(path, told.append)
    await store.open()
    there = [await store.get(f"delivery-{number}") for number in range(ROWS)]
    kept = [one for one in there if one is not None]
    if any(one.log and one.log.lost for one in told):
        assert {one.state for one in kept} <= {DeliveryState.UNCERTAIN}
    else:
        assert {one.state for one in kept} <= {DeliveryState.PENDING}
    await store.close()
    for one in told:
        assert Path(f"{one.path}-wal").read_bytes() == content
    return len(kept), told


async def test_flipped_bit_is_corrected_or_reported(
    killed_file: Path, tmp_path: Path
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same at every run
    content = Path(f"{killed_file}-wal").read_bytes()
    whole = 0
    trials = 400 if THOROUGH else 20
    for number in range(trials):
        bit = chance.randrange(8 * _end(content))
        kept, told = await _open_with(
            killed_file, tmp_path / str(number), _flipped(content, bit)
        )
        (only,) = told
        assert only.log is not None
        assert kept == ROWS or only.log.commits
        whole += kept == ROWS
    assert whole >= trials * 3 / 4


def _flipped(content: bytes, bit: int) -> bytes:
    """Return a log with one wrong bit."""
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_wrong_bit_in_a_header_is_corrected(killed_file: Path) -> None:
    content = Path(f"{killed_file}-wal").read_bytes()
    # Two transactions: all checksums are computed for every bit.
    content = content[: _commits(content)[1] + FRAME]
    whole = write_ahead_log.read(content)
    assert whole is not None
    assert not whole.damaged
    assert write_ahead_log.write(whole.header, whole.frames) == content[: _end(content)]
    last = max(_frames(content))
    wrong = [*range(8 * HEADER), *range(8 * last + 32, 8 * (last + FRAME_HEADER))]
    for bit in wrong:
        found = write_ahead_log.read(_flipped(content, bit))
        assert found is not None
        assert found.damaged, bit
        assert found.bad or found.frames == whole.frames, bit


async def test_lost_page_is_reported_and_all_else_kept(
    killed_file: Path, tmp_path: Path
) -> None:
    content = bytearray(Path(f"{killed_file}-wal").read_bytes())
    first = _commits(bytes(content))[0]
    content[first + 200 : first + 700] = random.Random(SEED).randbytes(500)  # noqa: S311 - the same at every run

    kept, (told,) = await _open_with(killed_file, tmp_path / "damaged", bytes(content))

    assert told.log is not None
    assert told.log.frames
    assert told.log.lost
    assert kept == ROWS or told.log.commits


async def test_truncated_log_is_no_damage(killed_file: Path, tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same at every run
    content = Path(f"{killed_file}-wal").read_bytes()
    ends = _commits(content)
    lengths = {0, HEADER - 1, HEADER, ends[3], ends[3] + FRAME, ends[3] + FRAME + 30}
    for length in lengths | {chance.randrange(_end(content)) for _ in range(MORE)}:
        kept, told = await _open_with(
            killed_file, tmp_path / str(length), content[:length]
        )
        assert not told
        assert kept == sum(at + FRAME <= length for at in ends)


async def test_unfinished_transaction_is_no_damage(
    killed_file: Path, tmp_path: Path
) -> None:
    """Unsynced data may be there in part: any of its sectors, in any order."""
    chance = random.Random(SEED)  # noqa: S311 - the same at every run
    content = Path(f"{killed_file}-wal").read_bytes()
    *_, former, last = _commits(content)
    begin, end = former + FRAME, last + FRAME
    for number in range(MORE):
        torn = bytearray(content)
        left = [
            at for at in range(begin, end, 512) if chance.random() < number / MORE / 2
        ] or [begin + FRAME_HEADER]
        for at in left:
            until = min(at + 512, end)
            torn[at:until] = bytes(until - at)
        kept, told = await _open_with(killed_file, tmp_path / str(number), bytes(torn))
        assert not told
        assert kept == ROWS - (torn != content)


async def test_remains_of_a_crash_are_truncated_before_writing(
    killed_file: Path, tmp_path: Path
) -> None:
    """Otherwise two unfinished transactions might look like damage together."""
    content = Path(f"{killed_file}-wal").read_bytes()
    *_, former, last = _commits(content)
    torn = bytearray(content)
    torn[former + FRAME + FRAME_HEADER : former + 2 * FRAME] = os.urandom(PAGE)
    found = write_ahead_log.read(bytes(torn))
    assert found is not None
    assert found.remains
    assert not found.damaged
    path = tmp_path / "event_relay.db"
    shutil.copy(killed_file, path)
    Path(f"{path}-wal").write_bytes(torn)
    store = Store(path)
    await store.open()
    await store.accept(pending_delivery(2000))

    after = write_ahead_log.read(Path(f"{path}-wal").read_bytes())
    assert after is not None
    assert not after.remains
    assert last > former
    await store.close()


async def test_header_with_several_wrong_bits_is_reported(
    killed_file: Path, tmp_path: Path
) -> None:
    content = Path(f"{killed_file}-wal").read_bytes()
    header = struct.pack(">8I", *range(8))

    kept, (told,) = await _open_with(
        killed_file, tmp_path / "x", header + content[HEADER:]
    )

    assert told.log is not None
    assert told.log.commits is None
    assert kept == 0
