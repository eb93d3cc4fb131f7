"""Checks the integrity of the whole file in the background."""

import sqlite3
from typing import override

from .background import BackgroundRead
from .file import check, is_damage


class Check(BackgroundRead):
    """Looks whether a file is whole."""

    name = "check"
    damage: str | None = None
    """What is wrong with the file, if anything is."""

    @override
    def _read(self, database: sqlite3.Connection) -> None:
        check(database)

    @override
    def _failed(self, error: Exception) -> bool:
        if not is_damage(error):
            return False  # broken off, or the file cannot be read now
        self.damage = str(error)
        return True
