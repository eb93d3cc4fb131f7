"""Tests of the final deliveries that the ledger reads."""

from datetime import UTC, datetime

from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Origin,
    OriginKind,
)
from tools.torture.queue import kept

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def new_delivery(delivery_id: str, follows: str | None = None) -> Delivery:
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


def test_follow_up_of_a_lost_delivery_has_no_known_start() -> None:
    deliveries = [
        new_delivery("a"),
        new_delivery("b", follows="a"),
        new_delivery("c", follows="gone"),
    ]

    found = kept(lambda payload: str(payload["mark"]), deliveries, {})

    assert [(one.id, one.thing.mark) for one in found] == [("a", "a"), ("b", "a")]
