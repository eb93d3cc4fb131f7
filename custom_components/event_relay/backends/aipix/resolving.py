"""Convert an action's schedule to the format of the connection's API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Any

from ..base import InvalidField
from .api.login import Api
from .operations.timetable import with_zone
from .operations.week import (
    ALWAYS,
    Numbering,
    Week,
    as_schedule,
    as_timetable,
    read_week,
    week_of_helper,
)


@dataclass(frozen=True, kw_only=True)
class Home:
    """The facts about the home that a schedule needs."""

    api: Api
    numbering: Numbering
    zone: tzinfo
    offset: timedelta
    """The home zone's offset now: a stored schedule does not follow summer time."""
    helper: object
    """The response about the named schedule helper; None without one."""


def resolve(operation: str, data: Mapping[str, Any], home: Home) -> dict[str, Any]:
    """Return the data with schedule, helper or timetable in aipix's format.

    A new script without any is always on. Raises InvalidField.
    """
    if operation not in ("create_script", "update_script"):
        return dict(data)
    resolved = {key: value for key, value in data.items() if key != "schedule_entity"}
    given = [
        name
        for name in ("schedule", "schedule_entity", "timetable")
        if data.get(name) is not None
    ]
    if len(given) > 1:
        raise InvalidField(given[0], "exclusive", other=given[1])
    if given == ["timetable"]:
        resolved["timetable"] = with_zone(data["timetable"], home.offset, home.zone)
        return resolved
    week: Week
    if given == ["schedule"]:
        week = read_week(data["schedule"], "schedule", home.numbering)
    elif given:
        week = week_of_helper(home.helper, "schedule_entity")
    elif operation == "create_script":
        week = ALWAYS
    else:
        return resolved
    resolved.pop("schedule", None)
    if home.api is Api.CLIENT:
        resolved["timetable"] = as_timetable(week, home.offset)
    else:
        resolved["schedule"] = as_schedule(week, home.numbering)
    return resolved
