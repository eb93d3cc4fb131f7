"""Events that the service breaks on, while it takes others."""

from dataclasses import dataclass

MOST = 5
"""How often an event is sent that the service breaks on."""


@dataclass(frozen=True, kw_only=True)
class _Broken:
    times: int
    taken: int
    """How many events the service had taken by then."""


class Breaking:
    """Counts how often the service broke on an event.

    A 500 may be an outage or may be about the body (vendor documentation). Only a
    failure after which the service has taken another event counts: then it is not an
    outage. It is counted anew in each run.
    """

    def __init__(self) -> None:
        """Know of nothing yet."""
        self._taken = 0
        self._broken: dict[str, _Broken] = {}

    def took(self, delivery_id: str) -> None:
        """Hear that the service has taken an event."""
        self._taken += 1
        self._broken.pop(delivery_id, None)

    def broke(self, delivery_id: str) -> None:
        """Hear that it is not known what the service did about an event."""
        former = self._broken.get(delivery_id)
        if former is None or former.taken < self._taken:
            times = former.times if former else 0
            self._broken[delivery_id] = _Broken(times=times + 1, taken=self._taken)

    def gives_up(self, delivery_id: str) -> bool:
        """Say whether an event is not to be sent again; then it counts anew."""
        former = self._broken.get(delivery_id)
        if former is None or former.times < MOST or former.taken == self._taken:
            return False
        del self._broken[delivery_id]
        return True
