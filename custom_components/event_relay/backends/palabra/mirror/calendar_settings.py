"""The settings of a calendar mirror."""

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
"""Default days ahead."""
AHEAD_DAYS_MOST = 365
EVENT_TYPE = "online"

_DEFAULTS = (
    CONF_EVENT_TYPE,
    CONF_TARGET_LANGUAGES,
    CONF_LANGUAGE_MODE,
    CONF_ACCESS_CODE,
)
"""Fields that all live events of a mirror share."""


@dataclass(frozen=True, kw_only=True)
class CalendarMirrorSettings:
    """A calendar mirror as its form left it."""

    calendar: str
    """Entity id."""
    ahead: timedelta
    """How long before its start an event is created."""
    filter: re.Pattern[str] | None
    """Pattern that a summary must contain; None mirrors all events."""
    delete: bool
    """Whether events deleted in the calendar are deleted outside."""
    details: bool
    """Whether description and location of an event are copied."""
    content: Mapping[str, Json]
    """Fields of all live events; may hold an access code."""

    def takes(self, summary: str) -> bool:
        """Return whether an event with this summary is mirrored."""
        return self.filter is None or self.filter.search(summary) is not None


def read_calendar_mirror(data: Mapping[str, Any]) -> CalendarMirrorSettings:
    """Read the settings from a subentry's data; raises re.PatternError."""
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
        # A mirror from before this option existed keeps its details private.
        details=data.get(CONF_DETAILS, False),
        content=content,
    )


def summary_filter(written: str, *, is_pattern: bool) -> re.Pattern[str] | None:
    """Return the pattern of a filter, which ignores case.

    It matches a plain text, or a regular expression, anywhere in a summary. None for an
    empty one. Raises re.PatternError.
    """
    if not written.strip():
        return None
    wanted = written if is_pattern else re.escape(written.strip())
    return re.compile(wanted, re.IGNORECASE)
