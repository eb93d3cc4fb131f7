"""Contexts of steps, for tests that run one by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.event_relay.backends.base import StepContext

type MakeContext = Callable[..., StepContext]


def step_context(*, late: float = 0, **changes: object) -> StepContext:
    """Return the context of a first attempt, made `late` seconds after its event."""
    now = datetime.now(UTC)
    told: dict[str, Any] = {
        "delivery_id": "delivery-1",
        "occurred_at": now - timedelta(seconds=late),
        "now": now,
        "first_sent_at": now,
        "attempt": 1,
        "results": {},
        "clue": None,
        "followed": None,
        "outside_ids": frozenset(),
    }
    told |= changes
    return StepContext(
        **(
            {"reported_time": told["occurred_at"], "sent_after": told["first_sent_at"]}
            | told
        )
    )
