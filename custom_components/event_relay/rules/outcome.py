"""The outcome of a firing, for the entities and events that show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from homeassistant.core import Context
from homeassistant.exceptions import TemplateError

from ..backends.base import InvalidField
from ..queue.delivery import Delivery, DeliveryState
from ..queue.optimistic_send import SentUnrecorded
from ..queue.store.store import QueueFull, StoreError
from .fields import CannotRender

TOLD_TO_ALL = frozenset(
    {"api", "limit", "maximum", "minimum", "other", "state", "version"}
)
"""Details of an invalid field that never contain text written by a user."""


class OutcomeKind(StrEnum):
    """How a firing ended."""

    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    DISCARDED = "discarded"
    SKIPPED = "skipped"
    """Missed while Home Assistant was off, and too late to deliver."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of a firing."""

    kind: OutcomeKind
    occurred_at: datetime
    reason: str = ""
    """Readable; may be the backend's own words, or contain rendered template text."""
    reason_key: str = ""
    """Translation key of the reason, without personal text."""
    reason_values: Mapping[str, str] = field(default_factory=dict)
    """Placeholders of the key: a field and its limits, without personal text."""
    times: int = 1
    """The number of occurrences that it stands for."""
    delivery: Delivery | None = None
    """None if nothing was accepted."""
    context: Context | None = None


def outcome_of(delivery: Delivery, context: Context | None) -> Outcome:
    """Return the outcome of a settled delivery."""
    failed = delivery.state is not DeliveryState.DELIVERED
    failure = delivery.failure if failed else None
    return Outcome(
        kind=OutcomeKind(delivery.state.value),
        occurred_at=delivery.occurred_at,
        reason=(failure.reason or failure.code) if failure else "",
        reason_key=failure.code if failure else "",
        delivery=delivery,
        context=context,
    )


def reason_values(error: Exception) -> dict[str, str]:
    """Return the field that prevented a delivery, and its limits.

    Only the outer name of a nested field: users may have written the inner one.
    """
    if isinstance(error, CannotRender):
        return {"field": ", ".join(error.reasons)}
    if not isinstance(error, InvalidField):
        return {}
    details = error.details.items()
    known = {name: value for name, value in details if name in TOLD_TO_ALL}
    return {"field": error.field.partition(".")[0].partition("[")[0], **known}


def reason_key(error: Exception) -> str:
    """Return the key of the reason that prevented a delivery."""
    match error:
        case InvalidField():
            return f"field_{error.problem}"
        case QueueFull():
            return "outbox_full"
        case SentUnrecorded():
            return "sent_unrecorded"
        case StoreError():
            return "outbox_unavailable"
        case TemplateError():
            return "template_error"
        case _:
            return "internal_error"
