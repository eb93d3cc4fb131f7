"""Look up events by the tag that carries the id of their delivery.

The query is derived from the vendor's samples and untested against the live service. It
names no source, because pages differ on whether an event created by the Open API is
`custom` or `user`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
import re

from ...base import Json, JsonObject
from ...errors import InvalidResponse
from ...reading import unreadable
from .models import Sighting

OWN_TAG = "ha_delivery_id"
"""Our tag; it identifies an event, which the service itself does not."""
MARGIN = timedelta(minutes=10)
"""How far around an event's own date to search: the range applies to that date, not to
the arrival (inferred from samples). The date is sent exactly as it is stored."""
MOST_ROWS = 10
"""Rows requested; only one is expected."""
_DOCUMENT_ID = "__docid"
_PLAIN = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
"""Text that needs no quoting within a query."""

type Wanted = Mapping[str, datetime]
"""Dates of events by delivery id."""


def askable(delivery_id: str) -> bool:
    """Return whether an id needs no quoting in a query."""
    return _PLAIN.fullmatch(delivery_id) is not None


def milliseconds(moment: datetime) -> int:
    """Return an instant in the service's format, independent of its zone."""
    return round(moment.timestamp() * 1000)


def query_body(wanted: Wanted) -> JsonObject:
    """Return the body that looks up events: one query for each."""
    return {"queries": [_query(*one) for one in wanted.items()]}


def _query(delivery_id: str, date: datetime) -> JsonObject:
    return {
        "qtype": "dql",
        "query": {
            "q": f"E::re(`.*`):(`{_DOCUMENT_ID}`,`{OWN_TAG}`)"
            f" {{ `{OWN_TAG}` = '{delivery_id}' }}",
            "timeRange": [milliseconds(date - MARGIN), milliseconds(date + MARGIN)],
            "limit": MOST_ROWS,
            "orderby": [{"time": "desc"}],
            "disableMultipleField": False,
            "disable_sampling": True,
            "tz": "UTC",
        },
    }


def sightings(wanted: Wanted, content: Json) -> dict[str, Sighting]:
    """Read the results of the queries; raises InvalidResponse.

    An event is identified by its own tag, not by the position of its query. While any
    query still runs, an event that was not found may yet appear.
    """
    match content:
        case {"data": [*answers]} if len(answers) >= len(wanted):
            pass
        case _:
            raise InvalidResponse("the answer does not hold what was asked for")
    finished = not any(_running(answer) for answer in answers)
    seen = {
        row[OWN_TAG]: Sighting(seen=True, document_id=_text(row.get(_DOCUMENT_ID)))
        for answer in answers
        for row in _rows(answer)
        if isinstance(row[OWN_TAG], str)
    }
    unseen = Sighting(seen=False, finished=finished)
    return {delivery_id: seen.get(delivery_id, unseen) for delivery_id in wanted}


def _running(answer: Json) -> bool:
    """Return whether the response to a query came before it finished."""
    if not isinstance(answer, dict):
        raise InvalidResponse("the answer to a query is not an object")
    return bool(answer.get("is_running")) or bool(answer.get("async_id"))


def _rows(answer: Json) -> Iterator[dict[str, Json]]:
    """Yield the rows of a query's result, with columns by name."""
    series = answer.get("series") if isinstance(answer, dict) else None
    if not isinstance(series, list | None):
        raise InvalidResponse("the series are not a list")
    for one in series or ():
        match one:
            case {"values": None} | {"values": []}:
                pass
            case {"columns": [*columns], "values": [*values], "tags": dict(tags)}:
                yield from (_row(columns, tags, value) for value in values)
            case {"columns": [*columns], "values": [*values]}:
                yield from (_row(columns, {}, value) for value in values)
            case _:
                raise InvalidResponse("a series has no columns and values")


def _row(
    columns: list[Json], common: Mapping[str, Json], value: Json
) -> dict[str, Json]:
    if not isinstance(value, list) or len(value) != len(columns):
        raise InvalidResponse("a row does not fit its columns")
    row = {**common, **dict(zip(map(str, columns), value, strict=True))}
    if OWN_TAG not in row:
        raise unreadable(OWN_TAG)
    return row


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None
