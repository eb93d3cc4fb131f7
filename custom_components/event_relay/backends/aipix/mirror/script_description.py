"""Describe a script for people who change it by hand."""

from collections.abc import Callable, Mapping

from ...base import Json, JsonObject

type Week = Mapping[str, Json]
"""Ranges as texts, by English day name."""


def read_week(answer: object) -> JsonObject:
    """Return a helper's week in texts, from the response of schedule.get_schedule."""
    if not isinstance(answer, Mapping):
        return {}
    week: JsonObject = {}
    for day, ranges in answer.items():
        texts: list[Json] = [
            f"{_clock(one['from'])}-{_clock(one['to'])}" for one in ranges
        ]
        if texts:
            week[str(day)] = texts
    return week


def in_words(fields: Mapping[str, Json], week: Week, say: Callable[..., str]) -> str:
    """Describe a script and the schedule of each day.

    `say` returns a text by its key, with its placeholders filled.
    """
    users = fields.get("users")
    named = ", ".join(map(str, users)) if isinstance(users, list) and users else "-"
    first = say(
        "script_in_words",
        event=str(fields.get("event_id")),
        reaction=str(fields.get("reaction_id") or "-"),
        users=named,
    )
    days = [
        f"{say(f'weekday_{day[:3]}')}: {', '.join(map(str, ranges))}"
        for day, ranges in week.items()
        if isinstance(ranges, list)
    ]
    return "; ".join([first, *days])


def _clock(time: object) -> str:
    """Return a time of day without zero seconds; the end of the day is 24:00."""
    written = str(time)
    if written.startswith("23:59:59."):
        return "24:00"
    return written.removesuffix(":00") if written.count(":") > 1 else written
