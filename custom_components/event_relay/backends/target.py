"""The event that a call is about: by its own id, or by the delivery that made it."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import ClassVar, Self

from .base import InvalidField, JsonObject, StepContext
from .fields import LONGEST_NAME, line, optional

TARGET = frozenset({"event_id", "delivery_id"})
"""The fields that name an event."""


@dataclass(frozen=True, kw_only=True)
class EventTarget:
    """Which event is meant; one of the two is given.

    A backend says what its own ids look like, and how long either may be.
    """

    pattern: ClassVar[re.Pattern[str]]
    longest: ClassVar[int] = LONGEST_NAME

    event_id: str | None = None
    delivery_id: str | None = None

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the two fields, of which exactly one must be given."""

        def read(value: object, name: str) -> str:
            return line(value, name, longest=cls.longest)

        event_id = optional(data, "event_id", read)
        delivery_id = optional(data, "delivery_id", read)
        if event_id and delivery_id:
            raise InvalidField("event_id", "exclusive", other="delivery_id")
        if not event_id and not delivery_id:
            raise InvalidField("event_id", "one_required", other="delivery_id")
        if event_id and not cls.pattern.fullmatch(event_id):
            raise InvalidField("event_id", "invalid")
        return cls(event_id=event_id or None, delivery_id=delivery_id or None)

    def dump(self) -> JsonObject:
        """Return the field that was given."""
        if self.event_id is not None:
            return {"event_id": self.event_id}
        return {"delivery_id": self.delivery_id}

    @property
    def key(self) -> str:
        """What the calls about this event share with what made it."""
        return self.delivery_id or f"event:{self.event_id}"

    @property
    def summary(self) -> str:
        """Name the event in lists, unless the delivery that made it has to."""
        return self.event_id or ""

    def outside_id(self, context: StepContext) -> str | None:
        """Return the event's own id; None where the delivery that made it has none."""
        if self.event_id is not None:
            return self.event_id
        return context.followed.outside_id if context.followed is not None else None
