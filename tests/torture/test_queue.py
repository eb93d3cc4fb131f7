"""What the outbox kept, as the ledger takes it."""

from datetime import UTC, datetime

from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Origin,
    OriginKind,
)
from tools.torture.queue import kept

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def a_delivery(delivery_id: str, follows: str | None = None) -> Delivery:
    return Delivery(
        id=delivery_id,
        connection="c",
        operation="update" if follows else "create",
        version=1,
        payload={"mark": delivery_id},
        summary="",
        origin=Origin(kind=OriginKind.ACTION),
        occurred_at=NOW,
        accepted_at=NOW,
        state=DeliveryState.DELIVERED,
        follows=follows,
    )


def test_what_follows_a_delivery_that_damage_took_away_is_about_nothing_known() -> None:
    deliveries = [
        a_delivery("a"),
        a_delivery("b", follows="a"),
        a_delivery("c", follows="gone"),
    ]

    found = kept(lambda payload: str(payload["mark"]), deliveries, {})

    assert [(one.id, one.thing.mark) for one in found] == [("a", "a"), ("b", "a")]
