"""Knowing live events again that were made before they were forgotten."""

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
    """Return bindings of what is outside already, by keys.

    What has the same title and the same times is the same event; of several that are
    alike each is taken once, since any of them will do. `fitting` cuts texts as they
    are cut when they are sent.
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
    """Return the ids of what is outside."""
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
    """Return what becomes of bindings that cannot be read, by keys.

    `damaged` holds the delivery that made each, and `outside` what was found instead.
    What is there is written anew, since it is not known what was asked for last; what
    is not is made anew. What the calendar does not show is forgotten.
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
    """Read an instant as live events are listed: ISO 8601 with its zone."""
    return datetime.fromisoformat(written).astimezone(UTC)
