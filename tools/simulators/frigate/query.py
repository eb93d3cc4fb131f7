"""The filters of GET /events (facts §3)."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qsl

from tools.simulators.wire import Call, Json

from . import coercion
from .documents import Fields
from .store import StoredEvent

type _Test = Callable[[StoredEvent], bool]


def query_fields(call: Call) -> Fields:
    """Return the query's fields, the last of equal names winning."""
    pairs: dict[str, Json] = dict(parse_qsl(call.query, keep_blank_values=True))
    return Fields(pairs, place="query")


def wanted_list(fields: Fields, plural: str, singular: str) -> set[str] | None:
    """Return a comma-separated list; None means all (facts §3)."""
    given = fields.optional(plural, coercion.text, "all")
    if given == "all":
        given = fields.optional(singular, coercion.text, "all")
    return None if given == "all" else set(given.split(","))


def select_events(call: Call, rows: Iterable[StoredEvent]) -> list[StoredEvent]:
    """Return the events that match a query, in its order."""
    fields = query_fields(call)
    tests = [*_list_tests(fields), *_number_tests(fields), *_flag_tests(fields)]
    event_id = fields.optional("event_id", coercion.text, "")
    limit = fields.optional("limit", coercion.whole, 100)
    order = fields.optional("sort", coercion.text, "date_desc")
    fields.check()
    chosen = [
        event
        for event in rows
        if event_id in ("", event.id) and all(test(event) for test in tests)
    ]
    value, reverse = _ORDERS.get(order, _ORDERS["date_desc"])
    chosen.sort(key=value, reverse=reverse)
    return chosen if limit < 0 else chosen[:limit]


def _list_tests(fields: Fields) -> Iterable[_Test]:
    # facts §3: unknown cameras give an empty list.
    cameras = wanted_list(fields, "cameras", "camera")
    labels = wanted_list(fields, "labels", "label")
    sub_labels = wanted_list(fields, "sub_labels", "sub_label")
    zones = wanted_list(fields, "zones", "zone")
    if cameras is not None:
        yield lambda event: event.camera in cameras
    if labels is not None:
        yield lambda event: event.label in labels
    if sub_labels is not None:
        yield lambda event: _has_sub_label(event, sub_labels)
    if zones is not None:
        # facts §2.2: a manual event has no zones.
        yield lambda _event: "None" in zones


def _has_sub_label(event: StoredEvent, wanted: set[str]) -> bool:
    if event.sub_label is None:
        return "None" in wanted
    parts = {event.sub_label, *event.sub_label.split(", ")}
    return bool(parts & (wanted - {"None"}))


def _number_tests(fields: Fields) -> Iterable[_Test]:
    def given(name: str) -> float | None:
        return fields.optional(name, coercion.or_null(coercion.number), None)

    # facts §3: after and before refer to start_time; 0 counts as none.
    if after := given("after"):
        yield lambda event: event.start_time > after
    if before := given("before"):
        yield lambda event: event.start_time < before
    if (least := given("min_score")) is not None:
        yield lambda event: event.score is not None and event.score >= least
    if (most := given("max_score")) is not None:
        yield lambda event: event.score is not None and event.score <= most
    if (shortest := given("min_length")) is not None:
        yield lambda event: (_length(event) or 0) >= shortest and not _open(event)
    if (longest := given("max_length")) is not None:
        yield lambda event: (_length(event) or 0) <= longest and not _open(event)


def _flag_tests(fields: Fields) -> Iterable[_Test]:
    def given(name: str) -> int | None:
        return fields.optional(name, coercion.or_null(coercion.whole), None)

    # facts §3: in_progress=1 lists those whose end_time is null.
    if (progress := given("in_progress")) is not None:
        yield lambda event: _open(event) == bool(progress)
    if (clip := given("has_clip")) is not None:
        yield lambda event: event.has_clip == clip
    if (snapshot := given("has_snapshot")) is not None:
        yield lambda event: event.has_snapshot == snapshot
    if favorites := given("favorites"):
        yield lambda event: event.retained == favorites
    if submitted := given("is_submitted"):
        # No event was ever submitted to Frigate+.
        yield lambda _event: submitted == 0


def _open(event: StoredEvent) -> bool:
    return event.end_time is None


def _length(event: StoredEvent) -> float | None:
    return None if event.end_time is None else event.end_time - event.start_time


_ORDERS: Mapping[str, tuple[Callable[[StoredEvent], float], bool]] = {
    "date_asc": (lambda event: event.start_time, False),
    "date_desc": (lambda event: event.start_time, True),
    "score_asc": (lambda event: event.score or 0, False),
    "score_desc": (lambda event: event.score or 0, True),
}
