"""Batches changes of deliveries for subscribers."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN
from ..queue.delivery import Delivery
from ..queue.store.store import Listed, StoreUnavailable
from ..storage import async_get_store

CHANGED: SignalType[Delivery | None] = SignalType(f"{DOMAIN}_changed")
"""Sent with each changed delivery, and with None when connections change."""
SETTLING = 0.5
"""Seconds from a change until its batch is sent."""


class Follower:
    """Sends one subscriber batches of changed deliveries in their latest state.

    `tell` is called with None when so much has changed that a reload is better.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        tell: Callable[[list[Listed] | None], None],
        *,
        most: int,
    ) -> None:
        """Initialize with the most deliveries in a batch."""
        self._hass = hass
        self._tell = tell
        self._most = most
        self._changed: set[str] = set()
        self._anew = False
        self._unsubscribe: CALLBACK_TYPE | None = None
        self._timer: CALLBACK_TYPE | None = None

    @callback
    def async_start(self) -> None:
        """Subscribe, and request the first load of the list."""
        self._unsubscribe = async_dispatcher_connect(
            self._hass, CHANGED, self._async_changed
        )
        self._tell(None)

    @callback
    def async_stop(self) -> None:
        """Stop."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._timer is not None:
            self._timer()
            self._timer = None

    @callback
    def _async_changed(self, delivery: Delivery | None) -> None:
        """Add a change to the next batch."""
        if delivery is None or len(self._changed) == self._most:
            self._anew = True
        else:
            self._changed.add(delivery.id)
        if self._timer is None:
            self._timer = async_call_later(self._hass, SETTLING, self._async_flush)

    async def _async_flush(self, _: datetime) -> None:
        """Send the batch."""
        changed, anew = self._changed, self._anew
        self._changed, self._anew, self._timer = set(), False, None
        listed: list[Listed] | None = None
        if not anew:
            try:
                listed = await (await async_get_store(self._hass)).named(changed)
            except StoreUnavailable:
                # The list that is then requested reports the error.
                listed = None
        if self._unsubscribe is not None:
            self._tell(listed)
