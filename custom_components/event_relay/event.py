"""What became of the deliveries of a connection, as it happens."""

from collections import deque
from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import ATTR_DELIVERY_ID
from .coordinator import RelayConfigEntry
from .entity import RelayEntity
from .outbox.delivery import Delivery, DeliveryState

PARALLEL_UPDATES = 0

OUTCOME = EventEntityDescription(
    key="outcome",
    translation_key="outcome",
    event_types=[
        DeliveryState.DELIVERED.value,
        DeliveryState.FAILED.value,
        DeliveryState.EXPIRED.value,
        DeliveryState.DISCARDED.value,
    ],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the outcomes of the connection."""
    async_add_entities([RelayOutcome(entry, OUTCOME)])


class RelayOutcome(RelayEntity, EventEntity):
    """The end of one delivery after the other, each an event of its own.

    Thousands may expire at once; only one is written in a turn of the loop, so that
    the rest of Home Assistant has its turns in between.
    """

    _unrecorded_attributes = frozenset({"links"})

    def __init__(self, entry: RelayConfigEntry, description: EntityDescription) -> None:
        """Begin with nothing to show."""
        super().__init__(entry, description)
        self._ended: deque[Delivery] = deque()
        self._shown_now = False

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the outbox."""
        await super().async_added_to_hass()
        self.async_on_remove(self._ended.clear)
        self.async_on_remove(self.coordinator.outbox.listen(self._heard))

    @callback
    def _heard(self, delivery: Delivery) -> None:
        """Take note of a delivery that has ended."""
        if not delivery.state.settled:
            return
        self._ended.append(delivery)
        if not self._shown_now:
            self._show()

    @callback
    def _show(self) -> None:
        """Report the next delivery, in the context that asked for it."""
        self._shown_now = bool(self._ended)
        if not self._ended:
            return
        self.hass.loop.call_soon(self._show)
        delivery = self._ended.popleft()
        origin = delivery.origin
        self.async_set_context(Context(id=origin.context_id, user_id=origin.user_id))
        self._trigger_event(delivery.state.value, _attributes(delivery))
        self.async_write_ha_state()


def _attributes(delivery: Delivery) -> dict[str, Any]:
    """Return what may be known of a delivery to whoever sees states.

    Neither the summary nor the backend's own words: both may repeat what somebody
    has written into a field.
    """
    receipt = delivery.receipt
    ended = delivery.settled_at or delivery.accepted_at
    return {
        ATTR_DELIVERY_ID: delivery.id,
        "operation": delivery.operation,
        "origin": delivery.origin.kind.value,
        "reason": delivery.failure.code if delivery.failure else None,
        "outside_id": receipt.outside_id if receipt else None,
        "links": dict(receipt.links) if receipt else {},
        "lateness": round((ended - delivery.occurred_at).total_seconds(), 1),
    }
