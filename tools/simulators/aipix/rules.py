"""The validation of a script (facts §4, §5)."""

from collections.abc import Mapping
from datetime import datetime
import re

from tools.simulators.wire import Json

from .settings import AipixSettings

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d")
_ZONED = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(Z|[+-]\d\d:\d\d)")
_TYPES = {
    "same_every_day",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
}

type Errors = dict[str, str]


def script_errors(body: Mapping[str, Json], settings: AipixSettings) -> Errors:
    """Return the invalid ids (facts §4, §5: existing events, reactions, users).

    A missing reaction is valid: samples have `reaction: null` (inferred).
    """
    errors: Errors = {}
    if body.get("event_id") not in settings.events:
        errors["event_id"] = "The selected event id is invalid."
    reaction = body.get("reaction_id")
    if reaction is not None and reaction not in settings.reactions:
        errors["reaction_id"] = "The selected reaction id is invalid."
    users = body.get("users")
    if not isinstance(users, list):
        errors["users"] = "The users must be an array."
        return errors
    for index, user in enumerate(users):
        if user not in settings.users:
            errors[f"users.{index}"] = f"The selected users.{index} is invalid."
    return errors


def schedule_errors(value: Json) -> Errors:
    """Return the errors of an administrator API schedule (facts §4).

    Day numbers, ranges across midnight, 24:00:00 and empty schedules are not
    documented; a careful client does not send them, so they are refused here (facts
    §10).
    """
    if not isinstance(value, list) or not value:
        return {"schedule": "The schedule field is required."}
    errors: Errors = {}
    for index, day in enumerate(value):
        here = f"schedule.{index}"
        if not isinstance(day, dict):
            errors[here] = "The day must be an array."
            continue
        number = day.get("day")
        if isinstance(number, bool) or not isinstance(number, int):
            errors[f"{here}.day"] = "The day must be an integer."
        elif not 0 <= number <= 7:
            errors[f"{here}.day"] = "The selected day is invalid."
        ranges = day.get("ranges")
        if not isinstance(ranges, list) or not ranges:
            errors[f"{here}.ranges"] = "The ranges field is required."
            continue
        for position, one in enumerate(ranges):
            errors |= _range_errors(one, f"{here}.ranges.{position}", _TIME)
    return errors


def timetable_errors(value: Json) -> Errors:
    """Return the errors of a client API timetable (facts §5)."""
    if not isinstance(value, dict):
        return {"timetable": "The timetable field is required."}
    days, intervals = value.get("days"), value.get("intervals")
    if not isinstance(days, list) or not isinstance(intervals, list):
        # facts §5: the mobile clients send both, one of them empty.
        return {"timetable": "The days and intervals must be arrays."}
    if bool(days) == bool(intervals):
        return {"timetable": "Either days or intervals must be given."}
    errors: Errors = {}
    for index, day in enumerate(days):
        here = f"timetable.days.{index}"
        errors |= _range_errors(day, here, _ZONED)
        if not isinstance(day, dict):
            continue
        if day.get("type") not in _TYPES:
            errors[f"{here}.type"] = "The selected type is invalid."
        breaks = day.get("breaks") or []
        for position, one in enumerate(breaks if isinstance(breaks, list) else [None]):
            errors |= _range_errors(one, f"{here}.breaks.{position}", _ZONED)
    for index, one in enumerate(intervals):
        errors |= _interval_errors(one, f"timetable.intervals.{index}")
    return errors


def _range_errors(value: Json, name: str, form: re.Pattern[str]) -> Errors:
    """Refuse a malformed range, or one that does not end after its start (facts §5)."""
    if not isinstance(value, dict):
        return {name: "The range must be an array."}
    for key in ("from", "to"):
        time = value.get(key)
        if not isinstance(time, str) or not form.fullmatch(time):
            return {f"{name}.{key}": f"The {key} does not match the format."}
    if str(value["from"]) >= str(value["to"]):
        return {f"{name}.to": "The to must be a date after from."}
    return {}


def _interval_errors(value: Json, name: str) -> Errors:
    if not isinstance(value, dict):
        return {name: "The interval must be an array."}
    moments = [moment(value.get(key)) for key in ("from", "to")]
    start, end = moments
    if start is None or end is None:
        return {name: "The interval is not a valid date."}
    if start >= end:
        return {f"{name}.to": "The to must be a date after from."}
    return {}


def moment(value: Json) -> datetime | None:
    """Read a time with its zone, the format of times (facts §3)."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if read.tzinfo is None else read
