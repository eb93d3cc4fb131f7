"""Discards the deliveries of a rule or mirror that is deleted."""

from collections.abc import Collection

from ..queue.delivery import DeliveryState
from ..queue.queue import NotAllowed
from ..queue.store.store import StaleDelivery
from .context import RuleContext

_GIVEN_UP = (DeliveryState.PENDING, DeliveryState.UNCERTAIN, DeliveryState.FAILED)


async def async_discard_deliveries(
    rule_context: RuleContext,
    subentry_id: str,
    *,
    spare: Collection[str] = (),
) -> None:
    """Discard deliveries that have not arrived, then delete the subentry's notes.

    Deliveries of the operations in `spare`, such as ends, and those that they follow
    are still executed. Raises StoreUnavailable.
    """
    deliveries = await rule_context.store.listing(
        owner=rule_context.connection, states=_GIVEN_UP, limit=None
    )
    spared = {one.follows for one in deliveries if one.operation in spare}
    for delivery in deliveries:
        if delivery.operation in spare or delivery.id in spared:
            continue
        if delivery.origin.subentry_id != subentry_id:
            continue
        try:
            await rule_context.queue.discard(delivery)
        except NotAllowed, StaleDelivery:
            continue  # it is being sent, or has ended
    await rule_context.store.forget(rule_context.connection, subentry_id)
