"""Models of Palabra's responses.

Every field but the id is optional, unknown values are skipped, and the older format
(`event_status`, `duration` in place of an end) is read as well (facts 9). Access codes
are not read at all, nor is anything below `stages`, where channels hold the credentials
of their sources.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
import re
from typing import Self
from urllib.parse import unquote

from yarl import URL

from ...base import Json, JsonObject
from ...capabilities import PlainCapabilities
from ...errors import InvalidResponse
from ...reading import moment_or_none, text_or_none
from .times import duration_or_none, written_or_none

EVENT_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
"""A UUID by the vendor's documentation; any single path segment is accepted."""
STATUSES = frozenset({"setup_required", "upcoming", "ready", "live", "finished"})
"""EventLifecycleStatusV2 (vendor documentation)."""
UNKNOWN_STATUS = "unknown"
_OLDER_STATUSES = {"completed": "finished"}
"""Former names of statuses in v1; its `paused` has no counterpart."""


@dataclass(frozen=True, kw_only=True)
class PalabraCapabilities(PlainCapabilities):
    """The capabilities of an account, which Palabra does not report."""


@dataclass(frozen=True, kw_only=True)
class LiveEvent:
    """An event as its owner sees it, without secrets."""

    id: str
    title: str | None = None
    description: str | None = None
    event_type: str | None = None
    location: str | None = None
    timezone: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    is_recurring: bool | None = None
    status: str | None = None
    finished_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    target_languages: tuple[str, ...] = ()
    input_languages: tuple[str, ...] = ()
    output_languages: tuple[str, ...] = ()
    listener_language_mode: str | None = None
    cover_image_key: str | None = None
    qr_code_url: str | None = None

    @classmethod
    def parse(cls, value: Json) -> Self:
        """Read an event; raises InvalidResponse if it has no usable id."""
        if not isinstance(value, dict):
            raise InvalidResponse("the event is not an object")
        event_id = value.get("event_id")
        if not isinstance(event_id, str) or not EVENT_ID.fullmatch(event_id):
            raise InvalidResponse("the event has no id")
        start = moment_or_none(value.get("utc_start_dt"))
        recurring = value.get("is_recurring")
        return cls(
            id=event_id,
            title=text_or_none(value, "title"),
            description=text_or_none(value, "description"),
            event_type=text_or_none(value, "event_type"),
            location=text_or_none(value, "location"),
            timezone=text_or_none(value, "timezone"),
            start=start,
            end=_end(value, start),
            is_recurring=recurring if isinstance(recurring, bool) else None,
            status=_status(value),
            finished_at=moment_or_none(value.get("finished_at")),
            created_at=moment_or_none(value.get("utc_created_at")),
            updated_at=moment_or_none(value.get("utc_updated_at")),
            target_languages=_texts(value, "target_languages"),
            input_languages=_texts(value, "input_languages"),
            output_languages=_texts(value, "output_languages"),
            listener_language_mode=text_or_none(value, "listener_language_mode"),
            cover_image_key=text_or_none(value, "cover_image_key"),
            qr_code_url=_link(value),
        )

    def as_json(self) -> JsonObject:
        """Return the event as the action returns it."""
        return {
            "event_id": self.id,
            "title": self.title,
            "description": self.description,
            "event_type": self.event_type,
            "location": self.location,
            "timezone": self.timezone,
            "start": written_or_none(self.start),
            "end": written_or_none(self.end),
            "is_recurring": self.is_recurring,
            "status": self.status,
            "finished_at": written_or_none(self.finished_at),
            "created_at": written_or_none(self.created_at),
            "updated_at": written_or_none(self.updated_at),
            "target_languages": [*self.target_languages],
            "input_languages": [*self.input_languages],
            "output_languages": [*self.output_languages],
            "listener_language_mode": self.listener_language_mode,
            "cover_image_key": self.cover_image_key,
            "qr_code_url": self.qr_code_url,
        }


def _end(value: Mapping[str, Json], start: datetime | None) -> datetime | None:
    """Return the end, or start plus duration without one."""
    if (end := moment_or_none(value.get("utc_end_dt"))) is not None:
        return end
    length = duration_or_none(value.get("duration"))
    if start is None or length is None:
        return None
    try:
        return start + length
    except OverflowError:
        return None


def _status(value: Mapping[str, Json]) -> str | None:
    told = text_or_none(value, "lifecycle_status") or text_or_none(
        value, "event_status"
    )
    if told is None:
        return None
    told = _OLDER_STATUSES.get(told, told)
    return told if told in STATUSES else UNKNOWN_STATUS


def _texts(value: Mapping[str, Json], name: str) -> tuple[str, ...]:
    below = value.get(name)
    if not isinstance(below, list):
        return ()
    return tuple(one for one in below if isinstance(one, str))


def _link(value: Mapping[str, Json]) -> str | None:
    """Return the address of the QR code, unless it contains the access code.

    Its target is unknown (facts 4), so the address is passed on unchanged.
    """
    link, code = text_or_none(value, "qr_code_url"), text_or_none(value, "access_code")
    if link is None or (code is not None and code in unquote(link)):
        return None
    try:
        url = URL(link)
    except ValueError:
        return None
    plain = url.scheme in ("http", "https") and url.host and not url.user
    return link if plain else None
