"""The event that a call is about: by its own id, or by the delivery that made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ..base import InvalidField, JsonObject, StepContext
from ..errors import Rejected
from ..fields import line, optional
from .client import FrigateClient
from .models import EVENT_ID, FrigateEvent
from .stored import foreign_event

UNKNOWN_EVENT = "unknown_event"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Which event is meant; one of the two is given."""

    event_id: str | None = None
    delivery_id: str | None = None

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the two fields, of which exactly one must be given."""
        event_id = optional(data, "event_id", line)
        delivery_id = optional(data, "delivery_id", line)
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
        """What the calls about this event share with its start."""
        return self.delivery_id or f"event:{self.event_id}"

    @property
    def summary(self) -> str:
        """Name the event in lists."""
        return self.event_id or self.delivery_id or ""

    async def event(self, client: FrigateClient, context: StepContext) -> FrigateEvent:
        """Return the event as it is stored; raises Rejected when it is not.

        Asked for before it is changed, because up to 0.16 Frigate says that it
        ended any id there can be (source of 0.13 to 0.16).
        """
        field = "delivery_id" if self.event_id is None else "event_id"
        event_id = self.event_id or (context.followed and context.followed.outside_id)
        if event_id:
            event = await foreign_event(client, event_id)
            if event is not None:
                return event
        reason = "Frigate has no such event"
        raise Rejected(reason, code=UNKNOWN_EVENT, fields={field: reason})
