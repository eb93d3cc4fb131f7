"""Checksums over what a row holds, since SQLite keeps none of its own.

A disk may change a value and leave the structure of the file whole. Then something else
would be sent, or to somebody else, or out of its order; or it would not be looked up.
What is written together has a checksum of its own, so that no write has to read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan
from operator import itemgetter
import sqlite3
import struct
from typing import Any
from zlib import crc32

type Row = sqlite3.Row | Mapping[str, Any]
type Values = Sequence[Any]

_NOTHING = "\x01"
_BETWEEN = "\x00"
_BITS = 8
_POLYNOMIAL = 0xEDB88320
_WRONG = -1
"""No checksum of anything."""


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


@dataclass(frozen=True)
class Group:
    """Columns that are always written together, and the column of their checksum."""

    column: str
    texts: tuple[str, ...] = ()
    """Columns that hold a text, or nothing."""
    integers: tuple[str, ...] = ()
    """Columns that always hold a whole number."""
    reals: tuple[str, ...] = ()
    """Columns that hold a moment, or nothing."""
    digits: frozenset[str] = frozenset()
    """Those of the texts that are whole numbers, which are summed up in digits."""
    usual: Values = ()
    """What the texts mostly are."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All columns that are covered, in the order of values."""
        return (*self.texts, *self.integers, *self.reals)

    @cached_property
    def of(self) -> Callable[[Row], Values]:
        """Return what takes the values of a row."""
        return itemgetter(*self.names)

    @cached_property
    def _packing(self) -> struct.Struct:
        """How numbers are summed up: mostly as SQLite writes them."""
        return struct.Struct(f">{'q' * len(self.integers)}{'d' * len(self.reals)}")

    @cached_property
    def _usual(self) -> int:
        """The checksum of the usual texts."""
        return crc32(_joined(self.usual))

    def checksum(self, values: Values) -> int:
        """Return the checksum of values; raises struct.error for none of their type."""
        texts = values[: len(self.texts)]
        summed = self._usual if texts == self.usual else crc32(_joined(texts))
        return crc32(self._packed(values), summed) if self.reals else summed

    def _packed(self, values: Values) -> bytes:
        """Return what is summed up of numbers; raises struct.error."""
        numbers = values[len(self.texts) :]
        return self._packing.pack(*[nan if one is None else one for one in numbers])

    def is_whole(self, row: Row) -> bool:
        """Return whether it is as it was written; one of an earlier version may be."""
        if (known := row[self.column]) is None:
            return True
        try:
            return bool(known == self.checksum(self.of(row)))
        except struct.error:
            return False

    def corrected(self, row: Row) -> dict[str, Any] | None:
        """Return the columns without a wrong bit; None if that is not all.

        Bytes that are no text stand in it as those of `surrogateescape`. How a wrong
        bit changes the checksum depends only on how many bytes come after it.
        """
        try:
            values = self.of(row)
            texts = _joined(values[: len(self.texts)])
            covered = bytearray(texts + self._packed(values))
        except struct.error:
            return None
        changed = crc32(covered) ^ row[self.column]
        by_bit = [_BY_BYTE[1 << bit] for bit in range(_BITS)]
        for at in reversed(range(len(covered))):
            if changed in by_bit:
                covered[at] ^= 1 << by_bit.index(changed)
                return self._read(bytes(covered))
            by_bit = [_BY_BYTE[one & 0xFF] ^ (one >> 8) for one in by_bit]
        return None

    def resummed(self, known: int | None, *values: Any) -> int:  # noqa: ANN401 - whatever SQLite holds
        """Return the next checksum of a row from its old values and then its new ones.

        What was wrong stays so, and can be corrected no more: another value may have
        been made of it.
        """
        old, new = values[: len(self.names)], values[len(self.names) :]
        try:
            whole = known is None or known == self.checksum(old)
            return self.checksum(new) if whole else _WRONG
        except struct.error:
            return _WRONG

    def _read(self, covered: bytes) -> dict[str, Any] | None:
        """Return the columns that bytes stand for; None if they stand for none."""
        end = len(covered) - self._packing.size
        numbers = self._packing.unpack_from(covered, end)
        try:
            texts = covered[:end].decode().split(_BETWEEN) if self.texts else []
            found: dict[str, Any] = {
                name: None if text == _NOTHING else text
                for name, text in zip(self.texts, texts, strict=True)
            }
            found |= {name: int(str(found[name])) for name in self.digits}
        except ValueError:
            return None
        found |= zip((*self.integers, *self.reals), numbers, strict=True)
        return {name: None if one != one else one for name, one in found.items()}  # noqa: PLR0124 - NaN


def _joined(texts: Values) -> bytes:
    """Return what is summed up of texts."""
    joined = _BETWEEN.join([_NOTHING if one is None else str(one) for one in texts])
    return joined.encode("utf-8", "surrogateescape")


REQUEST = Group(
    "checksum",
    texts=(
        *("id", "connection", "operation", "version", "payload", "summary", "origin"),
        *("subentry_id", "context_id", "user_id", "key", "lane", "follows"),
        "target_at",
    ),
    digits=frozenset({"version"}),
)
"""What is written at acceptance, and never again."""
TIMES = Group(
    "times_checksum",
    integers=("restored", "ahead"),
    reals=("occurred_at", "accepted_at"),
)
"""What is written at acceptance, and then changes only in many rows at once."""
OUTCOME = Group(
    "outcome_checksum",
    texts=(
        *("results", "warnings", "clue", "outside_id", "receipt"),
        *("failure_code", "failure_reason", "sent_to"),
    ),
    integers=("attempts", "look_ups", "outcome_unknown"),
    reals=("expires_at", "asked_since", "first_sent_at", "reported_time"),
    usual=("{}", "[]", *[None] * 6),
)
"""What is written when an attempt ends. What is being sent has no checksum of these:
the beginning of an attempt changes few of them."""
GROUPS = (REQUEST, TIMES, OUTCOME)


def is_whole(row: Row) -> bool:
    """Return whether a row is as it was written; one of an earlier version may be."""
    return all(group.is_whole(row) for group in GROUPS)


def corrected(row: Row) -> dict[str, Any] | None:
    """Return a row without the wrong bits, at most one in each group; else None."""
    found = dict(row)
    for group in GROUPS:
        if not group.is_whole(row):
            if (whole := group.corrected(row)) is None:
                return None
            found |= whole
    return found


def register(database: sqlite3.Connection) -> None:
    """Let a file that is open to be written keep the checksums by `setting`."""
    for group in GROUPS:
        database.create_function(
            f"re_{group.column}",
            1 + 2 * len(group.names),
            group.resummed,
            deterministic=True,
        )


def setting(**changes: str) -> str:
    """Return what an UPDATE of many rows sets, and the checksums of that.

    `changes` are expressions in SQL by the names of their columns.
    """
    written = [f"{name} = {expression}" for name, expression in changes.items()]
    for group in GROUPS:
        if changes.keys() & set(group.names):
            new = (changes.get(name, name) for name in group.names)
            values = ", ".join((group.column, *group.names, *new))
            written.append(f"{group.column} = re_{group.column}({values})")
    return ", ".join(written)
