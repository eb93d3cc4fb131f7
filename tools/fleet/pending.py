"""What waits in one home: the outbox's rows, as far as their order matters."""

from collections import deque
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Origin,
    OriginKind,
)

START = datetime.fromisoformat("2026-11-22T00:00:00+00:00")
"""When simulated time begins."""
_ORIGIN = Origin(kind=OriginKind.RULE)


def moment(seconds: float) -> datetime:
    """Return simulated time as the policy has it."""
    return START + timedelta(seconds=seconds)


def seconds(moment: datetime) -> float:
    """Return a moment of the policy as simulated time."""
    return (moment - START).total_seconds()


class Waiting:
    """A delivery that waits: a row of the outbox is made of it once it fails."""

    __slots__ = ("accepted_at", "row", "sequence")

    def __init__(self, accepted_at: float, sequence: int) -> None:
        """Take when it was accepted, and as which."""
        self.accepted_at = accepted_at
        self.sequence = sequence
        self.row: Delivery | None = None

    def sent(self) -> Delivery:
        """Return the row as the claim of an attempt leaves it."""
        return Delivery(
            id="",
            connection="",
            operation="",
            version=1,
            payload={},
            summary="",
            origin=_ORIGIN,
            occurred_at=(accepted := moment(self.accepted_at)),
            accepted_at=accepted,
            state=DeliveryState.SENDING,
            attempts=self.row.attempts + 1 if self.row else 1,
        )


class Line:
    """Deliveries in the order in which the outbox claims them: due first.

    `life` is how many seconds after its acceptance a delivery expires.
    """

    def __init__(self, life: float) -> None:
        """Begin empty."""
        self._life = life
        self._fresh: deque[Waiting] = deque()
        """Never tried, and so due since their acceptance."""
        self._again: list[tuple[float, int, Waiting]] = []
        """Tried in vain, or delayed: due time, sequence, delivery."""
        self.accepted = 0
        self.expired = 0

    def __len__(self) -> int:
        """Count what waits."""
        return len(self._fresh) + len(self._again)

    def accept(self, accepted_at: float) -> None:
        """Put a new delivery at the end."""
        self._fresh.append(self._new(accepted_at))

    def accept_delayed(self, accepted_at: float, due: float) -> None:
        """Take a new delivery that is not due yet."""
        waiting = self._new(accepted_at)
        heappush(self._again, (due, waiting.sequence, waiting))

    def put_back(self, waiting: Waiting, row: Delivery) -> None:
        """Take back what an attempt did not deliver."""
        waiting.row = row
        due = seconds(row.due_at or row.accepted_at)
        heappush(self._again, (due, waiting.sequence, waiting))

    def claim(self, now: float) -> Waiting | None:
        """Take out what is due first; None if nothing is due."""
        while (waiting := self._first(now)) is not None:
            if waiting.accepted_at + self._life > now:
                return waiting
            self.expired += 1
        return None

    def _first(self, now: float) -> Waiting | None:
        if self._again and self._again[0][0] <= now:
            due, sequence, waiting = self._again[0]
            fresh = self._fresh[0] if self._fresh else waiting
            if (due, sequence) <= (
                fresh.accepted_at,
                fresh.sequence,
            ) or not self._fresh:
                heappop(self._again)
                return waiting
        return self._fresh.popleft() if self._fresh else None

    def end_back_off(self, now: float, limit: int | None) -> None:
        """Let what waits for another attempt wait no longer, the first due first.

        It comes where it was accepted.
        """
        if limit is None:
            self._again = [
                (waiting.accepted_at if waiting.row else due, sequence, waiting)
                for due, sequence, waiting in self._again
            ]
            heapify(self._again)
        elif self._again and self._again[0][0] > now:
            _, sequence, waiting = heappop(self._again)
            heappush(self._again, (waiting.accepted_at, sequence, waiting))

    def next_at(self, now: float) -> float | None:
        """Return when something falls due that is not due yet."""
        if self._again and self._again[0][0] > now:
            return self._again[0][0]
        return None

    def _new(self, accepted_at: float) -> Waiting:
        self.accepted += 1
        return Waiting(accepted_at, self.accepted)

    def shift(self, jump: float) -> None:
        """Move the times of the next attempts along with the clock."""
        self._again = [
            (due + jump, sequence, waiting) for due, sequence, waiting in self._again
        ]
