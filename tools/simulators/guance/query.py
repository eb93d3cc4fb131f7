"""POST /api/v1/df/query_data_v1 (facts §5): the part of DQL that events need."""

from dataclasses import dataclass
import re
from typing import Self
import uuid

from tools.simulators.wire import Json, Reply

from .envelope import bad_parameter, wrapped
from .settings import GuanceSettings
from .store import EventStore, StoredEvent

_QUERY = re.compile(
    r"\s*E::(?:re\(`(?P<pattern>[^`]*)`\)|`(?P<source>[^`]*)`)"
    r":\((?P<columns>[^)]*)\)"
    r"\s*\{\s*`(?P<tag>[^`]+)`\s*=\s*'(?P<value>[^'\\]*)'\s*\}\s*"
)
"""The namespace E has the events, and the data source is their source (facts §5)."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """One query."""

    sources: re.Pattern[str]
    columns: tuple[str, ...]
    tag: str
    value: str
    begin: int
    end: int
    limit: int

    @classmethod
    def parse(cls, document: Json) -> Self:
        """Read one query of the body."""
        match document:
            case {
                "qtype": "dql",
                "query": {
                    "q": str(words),
                    "timeRange": [int(begin), int(end)],
                    **rest,
                },
            }:
                pass
            case _:
                raise bad_parameter("not a query with q and timeRange")
        if (found := _QUERY.fullmatch(words)) is None:
            raise bad_parameter("DQL that the simulator does not know")
        limit = rest.get("limit")
        pattern = found["pattern"]
        return cls(
            sources=re.compile(
                re.escape(found["source"]) if pattern is None else pattern
            ),
            columns=tuple(re.findall(r"`([^`]+)`", found["columns"])),
            tag=found["tag"],
            value=found["value"],
            begin=begin,
            end=end,
            limit=limit if isinstance(limit, int) else 100,
        )

    def wants(self, event: StoredEvent) -> bool:
        """Return whether it selects an event, by its date (facts §5)."""
        return (
            self.begin <= event.date <= self.end
            and self.sources.fullmatch(event.source) is not None
            and event.columns().get(self.tag) == self.value
        )


def query(settings: GuanceSettings, store: EventStore, document: Json) -> Reply:
    """Return the results of all queries in a body, in order."""
    queries = document.get("queries") if isinstance(document, dict) else None
    if not isinstance(queries, list) or not queries:
        raise bad_parameter("queries: may not be empty")
    parsed = [Query.parse(one) for one in queries]
    if not settings.queries_end:
        return wrapped({"data": [_running() for _ in parsed]})
    return wrapped({"data": [_answer(store, one) for one in parsed]})


def _running() -> Json:
    # facts §5: sent before the query is done; its rows must be requested later.
    return _answer_with(None) | {"is_running": True, "async_id": uuid.uuid4().hex}


def _answer(store: EventStore, one: Query) -> Json:
    rows = [event.columns() for event in store.visible() if one.wants(event)]
    rows.reverse()
    columns = ["time", *one.columns]
    values: list[Json] = [
        [row.get(column) for column in columns] for row in rows[: one.limit]
    ]
    if not values:
        return _answer_with(None)  # facts §5: series can be null
    series: dict[str, Json] = {
        "name": "keyevent",
        "tags": None,
        "columns": [*columns],
        "values": values,
    }
    return _answer_with([series])


def _answer_with(series: list[Json] | None) -> dict[str, Json]:
    return {
        "async_id": "",
        "complete": False,
        "cost": "7ms",
        "is_running": False,
        "next_cursor_time": -1,
        "series": series,
        "total_hits": len(series or ()),
    }
