"""What an action answers about a delivery."""

from typing import Any

from .const import ATTR_DELIVERY_ID, ATTR_STATE
from .coordinator import RelayConfigEntry, delivery_error
from .outbox.delivery import Delivery, DeliveryState


def answer(delivery: Delivery, entry: RelayConfigEntry) -> dict[str, Any]:
    """Answer with what became of a delivery; raises if it ended otherwise."""
    if delivery.state.settled and delivery.state is not DeliveryState.DELIVERED:
        raise delivery_error(delivery, entry.title)
    answered = state(delivery)
    if delivery.receipt:
        answered |= {
            "outside_id": delivery.receipt.outside_id,
            "links": dict(delivery.receipt.links),
            "details": delivery.receipt.details,
            "warnings": list(delivery.receipt.warnings),
        }
    if delivery.failure:
        answered["reason"] = delivery.failure.reason or delivery.failure.code
    return answered


def state(delivery: Delivery) -> dict[str, Any]:
    """Return the least that is said of a delivery."""
    return {ATTR_DELIVERY_ID: delivery.id, ATTR_STATE: delivery.state.value}
