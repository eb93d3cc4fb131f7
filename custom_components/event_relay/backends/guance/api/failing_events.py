"""Give up events that the service fails on while it accepts others."""

from dataclasses import dataclass

MOST = 5
"""How often an event is sent that the service fails on."""


@dataclass(frozen=True, kw_only=True)
class _Broken:
    times: int
    taken: int
    """Number of events that the service had accepted by then."""


class FailingEvents:
    """Counts how often the service failed on an event.

    A 500 may be an outage or may be about the body (vendor documentation). A failure
    counts only once the service has accepted another event after it: then it is not an
    outage. The count starts anew with each start of Home Assistant.
    """

    def __init__(self) -> None:
        """Begin without any failure."""
        self._taken = 0
        self._broken: dict[str, _Broken] = {}

    def accepted(self, delivery_id: str) -> None:
        """Record that the service has accepted an event."""
        self._taken += 1
        self._broken.pop(delivery_id, None)

    def failed(self, delivery_id: str) -> None:
        """Record that the outcome of an event is unknown."""
        former = self._broken.get(delivery_id)
        if former is None or former.taken < self._taken:
            times = former.times if former else 0
            self._broken[delivery_id] = _Broken(times=times + 1, taken=self._taken)

    def gives_up(self, delivery_id: str) -> bool:
        """Return whether to give up an event, which resets its count."""
        former = self._broken.get(delivery_id)
        if former is None or former.times < MOST or former.taken == self._taken:
            return False
        del self._broken[delivery_id]
        return True
