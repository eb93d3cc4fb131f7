"""What an event is made of, as it is read, kept and sent (facts 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from ..base import JsonObject, UnreadablePayload
from ..fields import flag, optional
from .fields import (
    event_type,
    instant,
    language_mode,
    languages,
    long_text,
    short_text,
    time_zone,
    title,
)
from .times import written_or_none

CONTENT = frozenset(
    {
        "title",
        "event_type",
        "start",
        "end",
        "timezone",
        "description",
        "location",
        "access_code",
        "target_languages",
        "listener_language_mode",
        "is_recurring",
        "cover_image_key",
    }
)
"""The fields that describe an event."""
PUBLIC = CONTENT - {
    "title",
    "description",
    "location",
    "access_code",
    "cover_image_key",
}
"""Those of them that hold nothing that somebody has written."""
_SENT_AS = {"start": "utc_start_dt", "end": "utc_end_dt"}


@dataclass(frozen=True, kw_only=True)
class Content:
    """What is said of an event; None for what is not."""

    title: str | None = None
    event_type: str | None = None
    """As Palabra spells it."""
    start: datetime | None = None
    end: datetime | None = None
    timezone: str | None = None
    """For display only: it does not move the instants (inferred)."""
    description: str | None = None
    location: str | None = None
    access_code: str | None = field(default=None, repr=False)
    """What opens the event to listeners, and so is told nobody."""
    target_languages: tuple[str, ...] | None = None
    """Defaults for channels made later; they start no translation."""
    listener_language_mode: str | None = None
    is_recurring: bool | None = None
    """A bare mark: there is no rule to it, one event is one occurrence."""
    cover_image_key: str | None = None
    """There is no documented way to get one (facts 3); it is sent as it is."""

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the fields of an action; raises InvalidField."""
        return cls(
            title=optional(data, "title", title),
            event_type=optional(data, "event_type", event_type),
            start=optional(data, "start", instant),
            end=optional(data, "end", instant),
            timezone=optional(data, "timezone", time_zone),
            description=optional(data, "description", long_text),
            location=optional(data, "location", short_text),
            access_code=optional(data, "access_code", short_text),
            target_languages=optional(data, "target_languages", languages),
            listener_language_mode=optional(
                data, "listener_language_mode", language_mode
            ),
            is_recurring=optional(data, "is_recurring", flag),
            cover_image_key=optional(data, "cover_image_key", short_text),
        )

    def without_empty(self) -> Self:
        """Return it with what is empty left out, as a new event needs no clearing."""
        return replace(
            self,
            description=self.description or None,
            location=self.location or None,
            access_code=self.access_code or None,
            target_languages=self.target_languages or None,
            cover_image_key=self.cover_image_key or None,
        )

    def dump(self) -> JsonObject:
        """Return the fields that `parse` reads, those without a value left out."""
        codes = self.target_languages
        given: JsonObject = {
            "title": self.title,
            "event_type": self.event_type,
            "start": written_or_none(self.start),
            "end": written_or_none(self.end),
            "timezone": self.timezone,
            "description": self.description,
            "location": self.location,
            "access_code": self.access_code,
            "target_languages": None if codes is None else [*codes],
            "listener_language_mode": self.listener_language_mode,
            "is_recurring": self.is_recurring,
            "cover_image_key": self.cover_image_key,
        }
        return {name: value for name, value in given.items() if value is not None}

    def body(self) -> JsonObject:
        """Return what is sent: no null, which Palabra may not take (inferred)."""
        return {_SENT_AS.get(name, name): value for name, value in self.dump().items()}


def stored_fields(data: JsonObject) -> dict[str, object]:
    """Return what `dump` gave with its times read; raises UnreadablePayload."""
    fields: dict[str, object] = dict(data)
    for name in ("start", "end"):
        if (stored := data.get(name)) is None:
            continue
        try:
            fields[name] = datetime.fromisoformat(str(stored))
        except ValueError as error:
            raise UnreadablePayload(f"{name} is no time") from error
    return fields
