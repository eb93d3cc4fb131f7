"""What a custom event is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from ..base import JsonObject
from ..fields import known_only, moment, optional, required
from .fields import message, origin, status, tags, title
from .look_ups import OWN_TAG, milliseconds

_FIELDS = frozenset({"status", "title", "message", "origin", "occurred_at", "tags"})


@dataclass(frozen=True, kw_only=True)
class CreateCustomEvent:
    """An event in the workspace's event centre; texts without words are None."""

    status: str
    title: str
    message: str | None = None
    origin: str | None = None
    occurred_at: datetime | None = None
    """None for when the delivery occurred."""
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the fields of the action; raises InvalidField."""
        known_only(data, _FIELDS)
        return cls(
            status=required(data, "status", status),
            title=required(data, "title", title),
            message=optional(data, "message", message) or None,
            origin=optional(data, "origin", origin) or None,
            occurred_at=optional(data, "occurred_at", moment),
            tags=optional(data, "tags", tags) or {},
        )

    def date(self, delivery_occurred_at: datetime) -> datetime:
        """Return the date of the event."""
        return self.occurred_at or delivery_occurred_at

    def dump(self) -> JsonObject:
        """Return what the outbox stores, what was not given left out."""
        given: JsonObject = {
            "status": self.status,
            "title": self.title,
            "message": self.message,
            "origin": self.origin,
            "occurred_at": self.occurred_at.isoformat() if self.occurred_at else None,
            "tags": dict(self.tags) or None,
        }
        return {name: value for name, value in given.items() if value is not None}

    def body(self, delivery_id: str, date: datetime) -> JsonObject:
        """Return what is sent; what may not be empty is left out instead.

        `date` is in milliseconds here, unlike in other calls of the service (vendor
        documentation).
        """
        body: JsonObject = {
            "date": milliseconds(date),
            "status": self.status,
            "title": self.title,
            "customTags": {**self.tags, OWN_TAG: delivery_id},
        }
        if self.message is not None:
            body["message"] = self.message
        if self.origin is not None:
            body["origin"] = self.origin
        return body
