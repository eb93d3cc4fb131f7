"""Recognise existing live events after notes were lost."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from ...base import Json, JsonObject
from .calendar_bindings import Binding
from .calendar_plan import Seen


def adopt(
    answer: JsonObject,
    seen: Mapping[str, Seen],
    fitting: Callable[[Mapping[str, Json]], Mapping[str, object]],
) -> dict[str, Binding]:
    """Return bindings to existing live events, by key.

    The same title and times mean the same event. Among equal events any will do, and
    each is used once. `fitting` cuts texts as they are cut when they are sent.
    """
    listed = answer.get("events")
    outside: dict[tuple[str, datetime, datetime], list[str]] = {}
    for event in listed if isinstance(listed, list) else []:
        match event:
            case {
                "event_id": str(event_id),
                "title": str(title),
                "start": str(start),
                "end": str(end),
            }:
                look = title.strip(), _instant(start), _instant(end)
                outside.setdefault(look, []).append(event_id)
    found: dict[str, Binding] = {}
    for key, one in seen.items():
        alike = outside.get((_title(fitting(one.content)), one.start, one.end))
        if alike:
            found[key] = Binding(
                group=one.group,
                version=0,
                start=one.start,
                end=one.end,
                digest=one.digest,
                event_id=alike.pop(),
            )
    return found


def listed_ids(answer: JsonObject) -> frozenset[str]:
    """Return the ids of the existing live events."""
    listed = answer.get("events")
    return frozenset(
        str(event["event_id"])
        for event in (listed if isinstance(listed, list) else [])
        if isinstance(event, dict) and "event_id" in event
    )


def recover(
    damaged: Mapping[str, str | None],
    outside: Mapping[str, Binding],
    seen: Mapping[str, Seen],
    version: int,
) -> dict[str, Binding | None]:
    """Return new bindings for unreadable ones, by key.

    `damaged` holds the delivery that created each, and `outside` the live events found
    instead. An existing live event is written again, since the last request is unknown;
    a missing one is created. Bindings of events that the calendar does not show are
    deleted.
    """
    recovered: dict[str, Binding | None] = dict.fromkeys(damaged)
    for key, one in seen.items():
        if key not in damaged:
            continue
        made_by, found = damaged[key], outside.get(key)
        recovered[key] = Binding(
            group=one.group,
            version=version,
            start=one.start,
            end=one.end,
            made_by=made_by,
            event_id=found.event_id if found and made_by is None else None,
        )
    return recovered


def _title(content: Mapping[str, object]) -> str:
    """Return the title of an event."""
    return str(content["title"])


def _instant(written: str) -> datetime:
    """Read an instant of a listed live event: ISO 8601 with its zone."""
    return datetime.fromisoformat(written).astimezone(UTC)
