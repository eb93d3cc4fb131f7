"""The endpoints that read events and review items (facts §3)."""

from pathlib import Path

from tools.simulators.wire import Json, Reply, json_reply

from . import coercion
from .errors import ApiError, refusal
from .query import query_fields, select_events, wanted_list
from .review import with_event
from .review_items import ReviewRow
from .routes import Request, Route
from .state import FrigateState

_DAY = 86400.0
_SNAPSHOT = Path(__file__).with_name("snapshot.jpg").read_bytes()
"""A house with somebody at the door, drawn for this."""


class EventReads:
    """List and get."""

    def __init__(self, state: FrigateState) -> None:
        """Read the state."""
        self._state = state

    def routes(self) -> tuple[Route, ...]:
        """Return the endpoints; any user may call them (facts §3)."""
        return (
            Route("GET", "/events", self.events),
            Route("GET", "/events/{id}", self.event),
            Route("GET", "/events/{id}/snapshot.jpg", self.snapshot),
            Route("GET", "/labels", self.labels),
            Route("GET", "/sub_labels", self.sub_labels),
            Route("GET", "/review", self.review),
            Route("GET", "/review/{id}", self.review_item),
            Route("GET", "/review/event/{id}", self.review_of_event),
        )

    def events(self, request: Request) -> Reply:
        """List events."""
        chosen = select_events(request.call, self._state.store.rows.values())
        picture: dict[str, Json] = {"thumbnail": None}
        if not query_fields(request.call).optional(
            "include_thumbnails", coercion.whole, 1
        ):
            picture = {}
        return json_reply([event.as_listed() | picture for event in chosen])

    def event(self, request: Request) -> Reply:
        """Return one event; the third shape of 404 is a string (facts §2.1)."""
        event = self._state.store.rows.get(request.parameters[0])
        if event is None:
            raise ApiError(json_reply("Event not found", 404))
        return json_reply(event.as_single())

    def snapshot(self, request: Request) -> Reply:
        """Return the snapshot of an event that is over."""
        event = self._state.store.rows.get(request.parameters[0])
        # An ongoing event is searched for among the tracked objects, and is not there.
        if event is None or event.end_time is None:
            raise refusal(404, "Live frame not available")
        if not event.has_snapshot:
            raise refusal(404, "Snapshot not available")
        forever = ("Cache-Control", "private, max-age=31536000")
        return Reply(body=_SNAPSHOT, content_type="image/jpeg", headers=(forever,))

    def labels(self, request: Request) -> Reply:
        """Return the labels of stored events, none on a fresh database (facts §3)."""
        camera = query_fields(request.call).optional("camera", coercion.text, "")
        settings = self._state.settings
        if camera and settings.release.scopes_labels and not settings.camera(camera):
            raise refusal(403, f"Access denied to camera '{camera}'")
        rows = self._state.store.rows.values()
        found: list[Json] = [*{row.label for row in rows if camera in ("", row.camera)}]
        return json_reply(sorted(found, key=str))

    def sub_labels(self, _request: Request) -> Reply:
        """Return the sub labels of stored events, including "" (facts §2, §3)."""
        rows = self._state.store.rows.values()
        found: list[Json] = [*{row.sub_label for row in rows}]
        return json_reply(sorted((name for name in found if name is not None), key=str))

    def review(self, request: Request) -> Reply:
        """List review items, by default of the last day (facts §3)."""
        now = self._state.clock.now()
        fields = query_fields(request.call)
        after = fields.optional("after", coercion.number, 0.0) or now - _DAY
        before = fields.optional("before", coercion.number, 0.0) or now
        severity = fields.optional("severity", coercion.severity, "")
        reviewed = fields.optional("reviewed", coercion.whole, 0)
        limit = fields.optional("limit", coercion.whole, -1)
        cameras = wanted_list(fields, "cameras", "cameras")
        labels = wanted_list(fields, "labels", "labels")
        fields.check()
        # No item was ever reviewed.
        rows = [] if reviewed == 1 else self._state.reviews.stored()
        chosen: list[Json] = [
            row.as_listed(described=self._state.settings.release.describes_reviews)
            for row in sorted(rows, key=lambda row: -row.start_time)
            if row.start_time < before
            and (row.end_time is None or row.end_time > after)
            and severity in ("", row.severity)
            and (cameras is None or row.camera in cameras)
            and (labels is None or labels & set(row.objects))
        ]
        return json_reply(chosen if limit < 0 else chosen[:limit])

    def review_item(self, request: Request) -> Reply:
        """Return one review item."""
        self._state.reviews.stored()
        return self._review_reply(self._state.reviews.rows.get(request.parameters[0]))

    def review_of_event(self, request: Request) -> Reply:
        """Return the review item that contains an event.

        An event that joined an open item is not in its row yet (facts §9).
        """
        rows = self._state.reviews.stored()
        return self._review_reply(with_event(rows, request.parameters[0]))

    def _review_reply(self, row: ReviewRow | None) -> Reply:
        if row is None:
            raise refusal(404, "Review item not found")
        described = self._state.settings.release.describes_reviews
        return json_reply(row.as_single(described=described))
