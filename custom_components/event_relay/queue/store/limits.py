"""The queue limit of each connection, checked without a count at each acceptance."""

from collections.abc import Sequence
import sqlite3

from ..delivery import Delivery
from .file import StoreError


class QueueFull(StoreError):
    """The queue limit of a connection is reached."""

    def __init__(self, *, waiting: int, limit: int) -> None:
        """Set how many deliveries of the connection wait, and the limit."""
        super().__init__(f"{waiting} deliveries wait, and {limit} may")
        self.waiting = waiting
        self.limit = limit


class QueueLimits:
    """Remembers how many more deliveries a connection may accept until the next count.

    It is used on the file's thread only. Deliveries that end meanwhile allow more,
    which the next count notices.
    """

    def __init__(self) -> None:
        """Begin without a count."""
        self._left: dict[tuple[str, int], int] = {}

    def take(
        self,
        database: sqlite3.Connection,
        owner: str,
        limit: int,
        unwritten: Sequence[Delivery] = (),
    ) -> None:
        """Count one more delivery; raises QueueFull.

        `unwritten` are others that are about to be written with it.
        """
        left = self._left.get((owner, limit), 0)
        if not left:
            waiting = sum(one.connection == owner for one in unwritten)
            waiting += _waiting(database, owner)
            if waiting >= limit:
                raise QueueFull(waiting=waiting, limit=limit)
            left = limit - waiting
        self._left[owner, limit] = left - 1

    def forget(self) -> None:
        """Count anew, because a delivery that had ended waits again."""
        self._left.clear()


def _waiting(database: sqlite3.Connection, owner: str) -> int:
    """Count the deliveries of a connection that have not ended."""
    (waiting,) = database.execute(
        "SELECT count(*) FROM deliveries WHERE connection = ?"
        " AND state IN ('pending', 'sending', 'uncertain')",
        (owner,),
    ).fetchone()
    return int(waiting)
