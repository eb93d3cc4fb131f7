"""The payload of a custom event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ...base import JsonObject
from ..api.look_ups import OWN_TAG, milliseconds


@dataclass(frozen=True, kw_only=True)
class CreateCustomEvent:
    """An event in the workspace's event centre; empty texts are None."""

    status: str
    title: str
    message: str | None = None
    origin: str | None = None
    occurred_at: datetime | None = None
    """None for the time of the delivery's occurrence."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def date(self, delivery_occurred_at: datetime) -> datetime:
        """Return the date of the event."""
        return self.occurred_at or delivery_occurred_at

    def body(self, delivery_id: str, date: datetime) -> JsonObject:
        """Return the request body, without empty fields, which are not allowed.

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
