"""What became of a firing of a rule, for whoever shows it."""

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
"""Details of what is wrong with a field that hold nothing somebody has written."""


class OutcomeKind(StrEnum):
    """How it ended."""

    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    DISCARDED = "discarded"
    SKIPPED = "skipped"
    """Missed while Home Assistant was off, and not delivered any more."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of a firing."""

    kind: OutcomeKind
    occurred_at: datetime
    reason: str = ""
    """In words, which may be the backend's own or hold what a template gave."""
    reason_key: str = ""
    """The key of the reason; it holds no personal text."""
    reason_values: Mapping[str, str] = field(default_factory=dict)
    """What words for the key name: a field and its limits, and nothing personal."""
    times: int = 1
    """How many occurrences it stands for."""
    delivery: Delivery | None = None
    """None for what was never accepted."""
    context: Context | None = None


def outcome_of(delivery: Delivery, context: Context | None) -> Outcome | None:
    """Return the outcome of a delivery, None as long as it has none."""
    if not delivery.state.settled:
        return None
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
    """Return the field that something became no delivery for, and its limits.

    Of a nested field only the outer name: the inner one may be anybody's words.
    """
    if isinstance(error, CannotRender):
        return {"field": ", ".join(error.reasons)}
    if not isinstance(error, InvalidField):
        return {}
    details = error.details.items()
    known = {name: value for name, value in details if name in TOLD_TO_ALL}
    return {"field": error.field.partition(".")[0].partition("[")[0], **known}


def reason_key(error: Exception) -> str:
    """Return the key of why something became no delivery."""
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
