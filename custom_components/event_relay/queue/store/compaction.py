"""Compacts the file: makes a smaller copy in the background.

A file that was not made to shrink has to be written anew for that. In one go that
would hold up whoever writes for seconds. So a copy is made from what was committed at
its beginning; what is written meanwhile is kept, and carried over when the copy takes
the place of the file.
"""

import shutil
import sqlite3
from typing import override

from .background import BackgroundRead
from .file import make_copy

_ROOM = 2
"""How many times the size of the file must be free on the disk."""


class Copy(BackgroundRead):
    """Writes all that is in a file into another one, without what is free in it."""

    name = "copy"
    failed = False
    """Whether there is no copy, and will be none."""

    @override
    def _read(self, database: sqlite3.Connection) -> None:
        if (
            shutil.disk_usage(self._path.parent).free
            < _ROOM * self._path.stat().st_size
        ):
            self.failed = True
        else:
            make_copy(database, self._path)

    @override
    def _failed(self, error: Exception) -> bool:
        self.failed = True
        return True
