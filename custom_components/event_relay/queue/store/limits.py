"""The queue limit of each connection, without a count at each acceptance."""

from collections.abc import Sequence
import sqlite3

from ..delivery import Delivery
from .file import StoreError


class QueueFull(StoreError):
    """As many deliveries wait as may; raised instead of accepting one more."""

    def __init__(self, *, waiting: int, limit: int) -> None:
        """Keep how many deliveries of the connection wait, and how many may."""
        super().__init__(f"{waiting} deliveries wait, and {limit} may")
        self.waiting = waiting
        self.limit = limit


class QueueLimits:
    """What a count has found to be free is only taken by what is accepted since.

    Used on the store's thread alone. What ends meanwhile makes more room, which is
    noticed at the next count.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._left: dict[tuple[str, int], int] = {}

    def take(
        self,
        database: sqlite3.Connection,
        owner: str,
        limit: int,
        unwritten: Sequence[Delivery] = (),
    ) -> None:
        """Take the room for one more delivery; raises OutboxFull.

        What is about to be written with it takes room, too.
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
        """Count anew, because something waits again that had ended."""
        self._left.clear()


def _waiting(database: sqlite3.Connection, owner: str) -> int:
    """Count what waits; the longer, the more there is."""
    (waiting,) = database.execute(
        "SELECT count(*) FROM deliveries WHERE connection = ?"
        " AND state IN ('pending', 'sending', 'uncertain')",
        (owner,),
    ).fetchone()
    return int(waiting)
