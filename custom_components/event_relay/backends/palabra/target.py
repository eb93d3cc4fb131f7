"""The event that a call is about: by its own id, or by the delivery that made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ..base import InvalidField, JsonObject, StepContext
from ..errors import Rejected
from ..fields import optional
from .client import UNKNOWN_EVENT
from .fields import short_text
from .models import EVENT_ID


@dataclass(frozen=True, kw_only=True)
class Target:
    """Which event is meant; one of the two is given."""

    event_id: str | None = None
    delivery_id: str | None = None

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the two fields, of which exactly one must be given."""
        event_id = optional(data, "event_id", short_text)
        delivery_id = optional(data, "delivery_id", short_text)
        if event_id and delivery_id:
            raise InvalidField("event_id", "exclusive", other="delivery_id")
        if not event_id and not delivery_id:
            raise InvalidField("event_id", "required")
        if event_id and not EVENT_ID.fullmatch(event_id):
            raise InvalidField("event_id", "invalid")
        return cls(event_id=event_id or None, delivery_id=delivery_id or None)

    def dump(self) -> JsonObject:
        """Return the field that was given."""
        if self.event_id is not None:
            return {"event_id": self.event_id}
        return {"delivery_id": self.delivery_id}

    @property
    def key(self) -> str:
        """What the calls about this event share with its making."""
        return self.delivery_id or f"event:{self.event_id}"

    @property
    def summary(self) -> str:
        """Name the event in lists."""
        return self.event_id or self.delivery_id or ""

    def resolve(self, context: StepContext) -> str:
        """Return the event's id; raises Rejected where its making gave none."""
        event_id = self.event_id or (context.followed and context.followed.outside_id)
        if not event_id:
            reason = "the delivery made no event"
            raise Rejected(reason, code=UNKNOWN_EVENT, fields={"delivery_id": reason})
        return event_id
