"""The event that a call changes: by its own id, or by the delivery that created it."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, ClassVar, Protocol, Self, override

from .base import InvalidField, JsonObject, Operation, StepContext
from .errors import UNKNOWN_EVENT, Gone
from .field import Field
from .field_table import text_field
from .fields import LONGEST_NAME, line, optional

EXAMPLE_ID = "0f9a4d5e-6c1b-4a53-9c43-6b6f2a1f7e11"
"""Example of a delivery's id."""


@dataclass(frozen=True, kw_only=True)
class EventTarget:
    """The event meant, by exactly one of the two ids.

    A backend may define the format of its own ids, and the longest length of either.
    """

    pattern: ClassVar[re.Pattern[str]] = re.compile(r"(?!\.+$)[!-~]{1,100}", re.ASCII)
    longest: ClassVar[int] = LONGEST_NAME
    example: ClassVar[str] = EXAMPLE_ID
    """Example of an id."""

    event_id: str | None = None
    delivery_id: str | None = None

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the two fields; exactly one must be given."""

        def read(value: object, name: str) -> str:
            return line(value, name, longest=cls.longest)

        event_id = optional(data, "event_id", read)
        delivery_id = optional(data, "delivery_id", read)
        if event_id and delivery_id:
            raise InvalidField("event_id", "exclusive", other="delivery_id")
        if not event_id and not delivery_id:
            raise InvalidField("event_id", "one_required", other="delivery_id")
        if event_id and not cls.pattern.fullmatch(event_id):
            raise InvalidField("event_id", "not_an_id")
        return cls(event_id=event_id or None, delivery_id=delivery_id or None)

    def dump(self) -> JsonObject:
        """Return the field that was given."""
        if self.event_id is not None:
            return {"event_id": self.event_id}
        return {"delivery_id": self.delivery_id}

    @property
    def key(self) -> str:
        """Return the order key that the event's deliveries share with its creation."""
        return self.delivery_id or f"event:{self.event_id}"

    @property
    def summary(self) -> str:
        """Name the event in lists, unless its delivery has to."""
        return self.event_id or ""

    def outside_id(self, context: StepContext) -> str | None:
        """Return the event's own id; None if the delivery that created it has none."""
        if self.event_id is not None:
            return self.event_id
        return context.followed.outside_id if context.followed is not None else None

    def resolve(self, context: StepContext) -> str:
        """Return the event's own id; raises Gone if its creation gave none."""
        if not (event_id := self.outside_id(context)):
            reason = "the delivery made no event"
            raise Gone(reason, code=UNKNOWN_EVENT, fields={"delivery_id": reason})
        return event_id


class AboutEvent(Protocol):
    """A payload that changes what another delivery has created."""

    @property
    def target(self) -> Any:  # noqa: ANN401 - the backend's own kind of EventTarget
        """Return the event meant."""


class FollowingOperation[ClientT, PayloadT: AboutEvent, CapabilitiesT](
    Operation[ClientT, PayloadT, CapabilitiesT]
):
    """An operation that follows another delivery and changes what it created.

    Its payload has a `target` beside the values of `fields`.
    """

    target: ClassVar[type[EventTarget]] = EventTarget
    in_rule: ClassVar[bool] = False

    @override
    @classmethod
    def asked(cls) -> tuple[Field, ...]:
        """Return the fields that name the event, and the operation's own."""
        return (
            text_field("delivery_id", public=True, example=EXAMPLE_ID),
            text_field("event_id", public=True, example=cls.target.example),
            *cls.fields,
        )

    @override
    def parse(self, data: Mapping[str, object]) -> PayloadT:
        """Read the target and the fields; raises InvalidField."""
        values = self.read(data)
        target = self.target.parse(data)
        payload: PayloadT = type(self).payload(target=target, **values)
        return payload

    @override
    def dump(self, payload: PayloadT) -> JsonObject:
        """Turn the payload into its stored form."""
        return {**payload.target.dump(), **super().dump(payload)}

    @override
    def summary(self, payload: PayloadT) -> str:
        """Name the event."""
        summary: str = payload.target.summary
        return summary

    @override
    def key(self, payload: PayloadT, delivery_id: str) -> str:
        """Keep order with the event's creation and its other changes."""
        key: str = payload.target.key
        return key

    @override
    def target_id(self, payload: PayloadT) -> str | None:
        """Return the event's own id, if the payload names it."""
        event_id: str | None = payload.target.event_id
        return event_id

    @override
    def follows(self, payload: PayloadT) -> str | None:
        """Return the delivery that creates the event."""
        delivery_id: str | None = payload.target.delivery_id
        return delivery_id
