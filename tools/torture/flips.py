"""Flip single bits of the queue's file and log while Home Assistant is off."""

from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
import random
import shutil
import sqlite3
import tempfile
from time import time
from typing import override

_COMPANIONS = ("", "-wal")
_DELIVERIES = "SELECT id, * FROM deliveries NOT INDEXED"
_NOTES = "SELECT connection || ' ' || subject || ' ' || name, * FROM notes NOT INDEXED"

type Row = tuple[object, ...]
type Rows = Mapping[str, Row]


@dataclass(frozen=True, kw_only=True)
class Flip:
    """One changed bit, and the rows that it changed."""

    file: str
    byte: int
    bit: int
    at: float
    """When, in unix seconds."""
    deliveries: frozenset[str] = frozenset()
    """Deliveries whose changed content only their sender could know."""
    notes: frozenset[str] = frozenset()
    """Connection, subject and name of the rules' notes that changed."""
    told: list[str] = field(default_factory=list)
    """The user's notifications after it."""

    @override
    def __str__(self) -> str:
        """Describe it in full."""
        hit = ", ".join((*sorted(self.deliveries), *sorted(self.notes))) or "no row"
        told = ", ".join(self.told) or "nothing"
        return f"{self.file} byte {self.byte} bit {self.bit}: {hit}; told: {told}"


def flip(file: Path, chance: random.Random, *, log: bool) -> Flip | None:
    """Change a bit of a file, or of its log if it has one; None if there is neither."""
    wal = Path(f"{file}-wal")
    chosen = wal if log and wal.exists() and wal.stat().st_size else file
    if not chosen.exists() or not chosen.stat().st_size:
        return None
    before = _read(file)
    place = chance.randrange(8 * chosen.stat().st_size)
    byte, bit = divmod(place, 8)
    with chosen.open("r+b") as opened:
        opened.seek(byte)
        value = opened.read(1)[0]
        opened.seek(byte)
        opened.write(bytes([value ^ 1 << bit]))
    made = Flip(file=chosen.name, byte=byte, bit=bit, at=time())
    if chosen is wal or before is None or (after := _read(file)) is None:
        return made
    return Flip(
        file=made.file,
        byte=byte,
        bit=bit,
        at=made.at,
        deliveries=_changed(before[0], after[0]),
        notes=_changed(before[1], after[1]),
    )


def _changed(before: Rows, after: Rows) -> frozenset[str]:
    """Return the keys of changed rows."""
    keys = before.keys() | after.keys()
    return frozenset(key for key in keys if before.get(key) != after.get(key))


def _read(file: Path) -> tuple[Rows, Rows] | None:
    """Read all rows of a copy of the file; None if that fails."""
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        copy = Path(folder) / file.name
        for companion in _COMPANIONS:
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{file}{companion}", f"{copy}{companion}")
        try:
            with closing(sqlite3.connect(copy, isolation_level=None)) as database:
                database.text_factory = bytes
                return _rows(database, _DELIVERIES), _rows(database, _NOTES)
        except sqlite3.Error:
            return None


def _rows(database: sqlite3.Connection, query: str) -> Rows:
    """Return rows by key."""
    return {
        key.decode(errors="replace"): (key, *values)
        for key, *values in database.execute(query)
    }
