"""What a calendar mirror is: live events outside for the events of a calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
import re
from typing import Any

from ...base import Json

SUBENTRY_CALENDAR_MIRROR = "calendar_mirror"

CONF_CALENDAR = "calendar_entity"
CONF_AHEAD = "ahead"
CONF_FILTER = "filter"
CONF_FILTER_IS_PATTERN = "filter_is_pattern"
CONF_EVENT_TYPE = "event_type"
CONF_TARGET_LANGUAGES = "target_languages"
CONF_LANGUAGE_MODE = "listener_language_mode"
CONF_ACCESS_CODE = "access_code"
CONF_DELETE = "delete"
CONF_DETAILS = "details"

AHEAD_DAYS = 14
"""Days ahead unless a mirror says otherwise."""
AHEAD_DAYS_MOST = 365
EVENT_TYPE = "online"

_DEFAULTS = (
    CONF_EVENT_TYPE,
    CONF_TARGET_LANGUAGES,
    CONF_LANGUAGE_MODE,
    CONF_ACCESS_CODE,
)
"""Fields that all live events of a mirror have in common."""


@dataclass(frozen=True, kw_only=True)
class CalendarMirrorSettings:
    """A calendar mirror as its form left it."""

    calendar: str
    """Entity id."""
    ahead: timedelta
    """How long before its start an event is made."""
    filter: re.Pattern[str] | None
    """What a summary must hold; None where all events are mirrored."""
    delete: bool
    """Whether what is deleted in the calendar is deleted outside."""
    details: bool
    """Whether description and location of an event are taken over."""
    content: Mapping[str, Json]
    """What all live events have in common; may hold an access code."""

    def takes(self, summary: str) -> bool:
        """Say whether an event of that summary is mirrored."""
        return self.filter is None or self.filter.search(summary) is not None


def read_calendar_mirror(data: Mapping[str, Any]) -> CalendarMirrorSettings:
    """Return the settings of a subentry's data; raises re.PatternError."""
    content = {CONF_EVENT_TYPE: EVENT_TYPE} | {
        name: data[name] for name in _DEFAULTS if data.get(name)
    }
    return CalendarMirrorSettings(
        calendar=data[CONF_CALENDAR],
        ahead=timedelta(days=data.get(CONF_AHEAD, AHEAD_DAYS)),
        filter=summary_filter(
            data.get(CONF_FILTER) or "",
            is_pattern=data.get(CONF_FILTER_IS_PATTERN, False),
        ),
        delete=data.get(CONF_DELETE, True),
        # A mirror from before there was this choice tells listeners no more than then.
        details=data.get(CONF_DETAILS, False),
        content=content,
    )


def summary_filter(written: str, *, is_pattern: bool) -> re.Pattern[str] | None:
    """Return what looks for a filter, whatever the case of its letters.

    It looks for a plain text, or a regular expression, anywhere in a summary. None
    for an empty one. Raises re.PatternError.
    """
    if not written.strip():
        return None
    wanted = written if is_pattern else re.escape(written.strip())
    return re.compile(wanted, re.IGNORECASE)
