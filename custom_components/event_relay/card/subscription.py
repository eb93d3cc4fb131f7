"""Changes of deliveries, batched for those who have subscribed."""

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
"""Sent with each delivery that has changed, and with None where connections have."""
SETTLING = 0.5
"""Seconds from a change until it is told of, with all that has changed meanwhile."""


class Follower:
    """Tells one onlooker what has changed, as it stands when it is told.

    `tell` is called with None where so much has changed that it is better read anew.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        tell: Callable[[list[Listed] | None], None],
        *,
        most: int,
    ) -> None:
        """Tell of at most so many deliveries at once."""
        self._hass = hass
        self._tell = tell
        self._most = most
        self._changed: set[str] = set()
        self._anew = False
        self._unsubscribe: CALLBACK_TYPE | None = None
        self._timer: CALLBACK_TYPE | None = None

    @callback
    def async_start(self) -> None:
        """Begin, with what is there already."""
        self._unsubscribe = async_dispatcher_connect(self._hass, CHANGED, self._hear)
        self._tell(None)

    @callback
    def async_stop(self) -> None:
        """Tell nothing more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._timer is not None:
            self._timer()
            self._timer = None

    @callback
    def _hear(self, delivery: Delivery | None) -> None:
        """Remember what has changed, until it is told."""
        if delivery is None or len(self._changed) == self._most:
            self._anew = True
        else:
            self._changed.add(delivery.id)
        if self._timer is None:
            self._timer = async_call_later(self._hass, SETTLING, self._async_flush)

    async def _async_flush(self, _: datetime) -> None:
        """Tell what has changed."""
        changed, anew = self._changed, self._anew
        self._changed, self._anew, self._timer = set(), False, None
        listed: list[Listed] | None = None
        if not anew:
            try:
                listed = await (await async_get_store(self._hass)).named(changed)
            except StoreUnavailable:
                # Who then asks for the list is told why there is none.
                listed = None
        if self._unsubscribe is not None:
            self._tell(listed)
