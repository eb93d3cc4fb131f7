"""What a custom event is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..base import JsonObject
from .look_ups import OWN_TAG, milliseconds


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

    def date(self, delivery_occurred_at: datetime) -> datetime:
        """Return the date of the event."""
        return self.occurred_at or delivery_occurred_at

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
