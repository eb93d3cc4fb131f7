"""A cache of unsent deliveries, as they were accepted."""

from ..delivery import Delivery, DeliveryState

MOST = 1_000
"""Deliveries kept in memory; older ones are read from the file."""


class Recent:
    """Keeps what waits for its first attempt, so that it need not be read back.

    The file alone says what there is, and in which state: nothing is looked for here
    but what was just found there. Used on the store's thread alone.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._waiting: dict[str, Delivery] = {}

    def keep(self, delivery: Delivery) -> None:
        """Keep a delivery that is being written for the first time.

        The oldest makes room, which may never have been committed.
        """
        if delivery.state is not DeliveryState.PENDING:
            return
        self._waiting[delivery.id] = delivery
        if len(self._waiting) > MOST:
            del self._waiting[next(iter(self._waiting))]

    def take(self, delivery_id: str) -> Delivery | None:
        """Return a delivery as it was accepted, and forget it; None if unknown."""
        return self._waiting.pop(delivery_id, None)

    def forget(self) -> None:
        """Know nothing any more, because what waits is changed in the file alone."""
        self._waiting.clear()
