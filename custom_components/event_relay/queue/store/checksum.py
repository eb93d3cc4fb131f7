"""A checksum over what never changes of a row, since SQLite keeps none of its own.

A disk may change a text and leave the structure of the file whole. Then something else
would be sent, or to somebody else, or out of its order.
"""

from collections.abc import Iterable, Mapping
from operator import itemgetter
import sqlite3
from typing import Any
from zlib import crc32

type Row = sqlite3.Row | Mapping[str, Any]

COLUMN = "checksum"
COVERED = (
    *("id", "connection", "operation", "version", "payload", "summary", "origin"),
    *("subentry_id", "context_id", "user_id", "key", "lane", "follows", "target_at"),
)
"""What is written at acceptance, and never again; times are moved with the clock."""
_NOTHING = "\x01"
_BETWEEN = "\x00"
_BITS = 8
_POLYNOMIAL = 0xEDB88320


def _by_byte() -> list[int]:
    """Return by how much each byte at the end changes a CRC-32."""
    changes = []
    for byte in range(256):
        change = byte
        for _ in range(_BITS):
            change = (change >> 1) ^ (_POLYNOMIAL if change & 1 else 0)
        changes.append(change)
    return changes


_BY_BYTE = _by_byte()


_covered_of = itemgetter(*COVERED)


def checksum(covered: Iterable[object]) -> int:
    """Return the checksum of a row, of which the covered columns are given."""
    return crc32(_joined(covered))


def is_whole(row: Row) -> bool:
    """Say whether a row is as it was written; one of an earlier version may be."""
    return row[COLUMN] is None or row[COLUMN] == checksum(_covered_of(row))


def corrected(row: Row) -> dict[str, Any] | None:
    """Return a row without a wrong bit in one of its texts; None if that is not all.

    Bytes that are no text stand in it as those of `surrogateescape`. How a wrong bit
    changes the checksum depends only on how many bytes come after it.
    """
    covered = bytearray(_joined(_covered_of(row)))
    changed = crc32(covered) ^ row[COLUMN]
    by_bit = [_BY_BYTE[1 << bit] for bit in range(_BITS)]
    for at in reversed(range(len(covered))):
        if changed in by_bit:
            covered[at] ^= 1 << by_bit.index(changed)
            found = _read(covered)
            return None if found is None else {**dict(row), **found}
        by_bit = [_BY_BYTE[one & 0xFF] ^ (one >> 8) for one in by_bit]
    return None


def _joined(covered: Iterable[object]) -> bytes:
    """Return all that is covered."""
    texts = [_NOTHING if value is None else str(value) for value in covered]
    return _BETWEEN.join(texts).encode("utf-8", "surrogateescape")


def _read(covered: bytearray) -> dict[str, Any] | None:
    """Return the columns that bytes stand for; None if they stand for none."""
    try:
        texts = covered.decode().split(_BETWEEN)
        found: dict[str, Any] = {
            name: None if text == _NOTHING else text
            for name, text in zip(COVERED, texts, strict=True)
        }
        return {**found, "version": int(str(found["version"]))}
    except ValueError:
        return None
