"""Counts outcomes for long-term statistics.

The totals continue through restarts. Outcomes since Home Assistant last saved them are
counted from the queue's file, so that no total falls after a crash: statistics would
treat that as a new meter.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
import logging

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..queue.delivery import Delivery
from ..queue.store.store import Store, StoreUnavailable
from ..rules.listeners import Listeners
from ..rules.outcome import OutcomeKind
from .announcer import Announcement

_LOGGER = logging.getLogger(__name__)

GATHERING = 1.0
"""Debounce in seconds from an outcome until the numbers are shown."""
TALLIED = (OutcomeKind.DELIVERED, OutcomeKind.FAILED, OutcomeKind.EXPIRED)


class Tallies:
    """Counts the outcomes of a connection, and of each of its rules and mirrors.

    The owner of a number is a subentry id, or None for the whole connection.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str, store: Store) -> None:
        """Initialize for a connection, with no counts."""
        self._hass = hass
        self._entry_id = entry_id
        self._store = store
        self._counts: Counter[tuple[str | None, OutcomeKind]] = Counter()
        self._delays: dict[str | None, float] = {}
        self._before: dict[datetime, Mapping[tuple[str | None, str], int]] = {}
        self._listeners: Listeners[[]] = Listeners()
        self._changed: set[str | None] = set()
        """Owners whose new numbers are not shown yet."""
        self._showing: CALLBACK_TYPE | None = None
        self.until: datetime | None = None
        """When the last counted delivery settled; None without one in this run."""

    def count(self, owner: str | None, kind: OutcomeKind) -> int:
        """Return the number of outcomes in this run."""
        return self._counts[owner, kind]

    def delay(self, owner: str | None) -> float | None:
        """Return the delay, in seconds, of the last arrival in this run."""
        return self._delays.get(owner)

    async def async_missing(
        self, owner: str | None, kind: OutcomeKind, since: datetime
    ) -> int:
        """Return how many settled in an earlier run after a moment, as far as known.

        Must be called before anything is delivered in this run.
        """
        if since not in self._before:
            try:
                ended = await self._store.ended_since(self._entry_id, since)
            except StoreUnavailable as error:
                _LOGGER.debug("What ended since %s is not known: %s", since, error)
                return 0
            self._before[since] = ended
        return sum(
            number
            for (subentry_id, state), number in self._before[since].items()
            if state == kind.value and owner in (None, subentry_id)
        )

    @callback
    def listen(self, listener: Callable[[], None], owner: str | None) -> CALLBACK_TYPE:
        """Call a listener when an owner's numbers have changed.

        Returns a callback to remove it.
        """
        return self._listeners.add(listener, owner)

    @callback
    def add(self, announcement: Announcement) -> None:
        """Count an outcome."""
        outcome = announcement.outcome
        delivery = outcome.delivery
        if outcome.kind not in TALLIED:
            return
        owners = {announcement.subentry_id}
        if delivery is not None:
            owners.add(None)
            self.until = max(filter(None, (self.until, delivery.settled_at)))
        elif None in owners:
            return
        self._changed |= owners
        for owner in owners:
            self._counts[owner, outcome.kind] += 1
            if outcome.kind is OutcomeKind.DELIVERED and delivery is not None:
                self._delays[owner] = delay_of(delivery)
        if self._showing is None:
            self._showing = async_call_later(
                self._hass, GATHERING, HassJob(self._show, cancel_on_shutdown=True)
            )

    @callback
    def async_stop(self) -> None:
        """Show pending numbers at once."""
        if self._showing is not None:
            self._showing()
            self._show()

    @callback
    def _show(self, _: datetime | None = None) -> None:
        """Notify the listeners."""
        self._showing = None
        changed, self._changed = self._changed, set()
        for owner in changed:
            self._listeners.notify(owner)


def delay_of(delivery: Delivery) -> float:
    """Return the seconds from a delivery's occurrence until it settled."""
    ended = delivery.settled_at or delivery.accepted_at
    return round((ended - delivery.occurred_at).total_seconds(), 1)
