"""The fields of an event, as they are read, stored and sent (facts 3)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ...base import Json, JsonObject
from ...field import Field
from ...field_table import (
    choice_field,
    flag_field,
    lines_field,
    list_field,
    text_field,
    time_field,
)
from ..api.times import written
from .fields import (
    EVENT_TYPES,
    LANGUAGE_MODES,
    LANGUAGES,
    LONGEST_DESCRIPTION,
    LONGEST_LINE,
    LONGEST_TITLE,
    event_type,
    instant,
    language_mode,
    languages,
    time_zone,
    title,
    yaml_no_as_text,
    yaml_off_as_text,
)

LIVE_EVENT: tuple[Field, ...] = (
    text_field(
        "title",
        longest=LONGEST_TITLE,
        prose=True,
        read=title,
        clears=True,
        example="Town meeting",
    ),
    choice_field(
        "event_type",
        EVENT_TYPES,
        translation_key="live_event_type",
        read=event_type,
        clears=True,
        public=True,
        example="in_person",
    ),
    time_field("start", read=instant, public=True),
    time_field("end", read=instant, public=True),
    lines_field("description", longest=LONGEST_DESCRIPTION, clears=True),
    text_field(
        "location", longest=LONGEST_LINE, prose=True, clears=True, example="Town hall"
    ),
    list_field(
        "target_languages",
        languages,
        options=LANGUAGES,
        prepare=yaml_no_as_text,
        clears=True,
        public=True,
        example='["de", "fr", "pt-br"]',
    ),
    choice_field(
        "listener_language_mode",
        LANGUAGE_MODES,
        translation_key="listener_language_mode",
        read=language_mode,
        prepare=yaml_off_as_text,
        seldom_in_rule=True,
        public=True,
        example="approval",
    ),
    text_field(
        "timezone", read=time_zone, seldom=True, public=True, example="Europe/Berlin"
    ),
    text_field(
        "access_code", longest=LONGEST_LINE, seldom=True, secret=True, clears=True
    ),
    flag_field("is_recurring", seldom=True, public=True),
    text_field("cover_image_key", longest=LONGEST_LINE, seldom=True, clears=True),
)
"""The fields of a live event; an empty value clears the current one."""
_NEEDED = frozenset({"title", "event_type", "start", "end"})
NEW_LIVE_EVENT = tuple(
    replace(field, required=field.name in _NEEDED, clears=False) for field in LIVE_EVENT
)
"""The same for a new event, which has nothing to clear."""
_SENT_AS = {"start": "utc_start_dt", "end": "utc_end_dt"}


@dataclass(frozen=True, kw_only=True)
class Content:
    """The details of an event; None for those not given."""

    title: str | None = None
    event_type: str | None = None
    """As Palabra spells it."""
    start: datetime | None = None
    end: datetime | None = None
    timezone: str | None = None
    """For display only: it does not change the instants (inferred)."""
    description: str | None = None
    location: str | None = None
    access_code: str | None = field(default=None, repr=False)
    """Opens the event to listeners, and so is never shown."""
    target_languages: tuple[str, ...] | None = None
    """Defaults for later channels; they start no translation."""
    listener_language_mode: str | None = None
    is_recurring: bool | None = None
    """A mere flag: it has no rule, and one event is one occurrence."""
    cover_image_key: str | None = None
    """There is no documented way to get one (facts 3); it is sent unchanged."""

    def body(self) -> JsonObject:
        """Return the request body without nulls, which may be refused (inferred)."""
        given = {one.name: getattr(self, one.name) for one in LIVE_EVENT}
        return {
            _SENT_AS.get(name, name): _encoded(value)
            for name, value in given.items()
            if value is not None
        }


def _encoded(value: Any) -> Json:  # noqa: ANN401 - a field of Content
    """Return a value in Palabra's format."""
    match value:
        case datetime():
            return written(value)
        case tuple():
            return [*value]
    sent: Json = value
    return sent
