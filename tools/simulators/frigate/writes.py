"""The endpoints that create and change events (facts §2, §3)."""

from dataclasses import replace
from functools import partial

from tools.simulators.wire import Json, Reply, json_reply

from . import coercion
from .creation import make_event, read_create_body
from .delays import drawn
from .documents import Fields
from .errors import refusal
from .routes import Request, Route
from .state import FrigateState
from .store import Change, StoredEvent


class EventWrites:
    """Create, end, update, delete."""

    def __init__(self, state: FrigateState) -> None:
        """Work on the state."""
        self._state = state

    def routes(self) -> tuple[Route, ...]:
        """Return the endpoints; all of them are for admins (facts §4)."""
        event = "/events/{id}"
        with_body = partial(Route, admin=True, body=True)
        without_body = partial(Route, admin=True)
        return (
            with_body("POST", "/events/{camera}/{label}/create", self.create),
            with_body("PUT", f"{event}/end", self.end),
            with_body("POST", f"{event}/sub_label", self.sub_label),
            with_body("POST", f"{event}/description", self.description),
            without_body("POST", f"{event}/retain", self.retain),
            without_body("DELETE", f"{event}/retain", self.release),
            without_body("DELETE", event, self.delete),
            with_body("DELETE", "/events/", self.delete_many),
        )

    def create(self, request: Request) -> Reply:
        """Create an event; every call creates a new one (facts §2.2)."""
        release = self._state.settings.release
        body = read_create_body(release, request.document)
        name, label = request.parameters
        camera = self._state.settings.camera(name)
        if camera is None:
            # facts §2.1: the match is exact and case-sensitive.
            raise refusal(404, f"{name} is not a valid camera.")
        now = round(self._state.clock.now(), 6)
        event = make_event(release, camera, label, body, now)
        self._state.objects.create(event, now)
        return json_reply(
            {
                "success": True,
                "message": "Successfully created event.",
                "event_id": event.id,
            }
        )

    def end(self, request: Request) -> Reply:
        """End an event, even if it already has ended (facts §3)."""
        release = self._state.settings.release
        # facts §3: the JSON body is mandatory from 0.15.
        fields = Fields.of_body(request.document, required=release.validates)
        given = fields.optional("end_time", coercion.or_null(coercion.number), None)
        fields.check()
        (event_id,) = request.parameters
        if release.end_checks:
            event = self._event(event_id, "Event {} not found.")
            if given is not None and given < event.start_time:
                message = (
                    f"end_time ({given}) cannot be before start_time "
                    f"({event.start_time})."
                )
                raise refusal(400, message)
        # facts §3: 0.13 to 0.16 return 200 for any id.
        end_time = given or self._state.clock.now()
        self._state.objects.end(event_id, end_time)
        return _done("Event successfully ended.")

    def sub_label(self, request: Request) -> Reply:
        """Set the sub label; "" clears it (facts §3)."""
        fields = Fields.of_body(request.document, required=True)
        text = fields.required("subLabel", coercion.short_text, "")
        score = fields.optional(
            "subLabelScore", coercion.or_null(coercion.fraction), None
        )
        fields.optional("camera", coercion.or_null(coercion.text), None)
        fields.check()
        event = self._event(request.parameters[0], "Event {} not found.")
        self._state.objects.sub_label(event.id, text or None, score if text else None)
        return _done(f"Event {event.id} sub label set to {text or None}")

    def description(self, request: Request) -> Reply:
        """Set the description; the key is required, null clears (facts §3)."""
        fields = Fields.of_body(request.document, required=True)
        text = fields.required("description", coercion.or_null(coercion.text), None)
        fields.check()
        event = self._event(request.parameters[0], "Event {} not found")
        seconds = self._save(event, partial(_describe, text=text))
        outcome = f"set to {text}" if text else "is now blank"
        return _done(f"Event {event.id} description {outcome}", seconds)

    def retain(self, request: Request) -> Reply:
        """Mark as a favourite (facts §3)."""
        event = self._event(request.parameters[0], "Event {} not found")
        seconds = self._save(event, partial(_retain, retained=True))
        return _done(f"Event {event.id} retained", seconds)

    def release(self, request: Request) -> Reply:
        """Remove the mark (facts §3)."""
        event = self._event(request.parameters[0], "Event {} not found")
        seconds = self._save(event, partial(_retain, retained=False))
        return _done(f"Event {event.id} un-retained", seconds)

    def delete(self, request: Request) -> Reply:
        """Delete an event (facts §3)."""
        event = self._event(request.parameters[0], "Event {} not found")
        del self._state.store.rows[event.id]
        return _done(f"Event {event.id} deleted")

    def delete_many(self, request: Request) -> Reply:
        """Delete several events; unknown ids still give 200 (facts §3)."""
        fields = Fields.of_body(request.document, required=True)
        none: list[str] = []
        ids = fields.required("event_ids", coercion.texts, none)
        fields.check()
        if not ids:
            raise refusal(404, "No event IDs provided.")
        rows = self._state.store.rows
        deleted: list[Json] = [name for name in ids if rows.pop(name, None)]
        missing: list[Json] = [name for name in ids if name not in deleted]
        return json_reply(
            {
                "success": True,
                "deleted_events": deleted,
                "not_found_events": missing,
            }
        )

    def _event(self, event_id: str, message: str) -> StoredEvent:
        event = self._state.store.rows.get(event_id)
        if event is None:
            raise refusal(404, message.format(event_id))
        return event

    def _save(self, event: StoredEvent, change: Change) -> float:
        """Save a whole row, and return the seconds for it (facts §9)."""
        seconds = drawn(self._state.settings.save_seconds)
        self._state.store.save(event, change, seconds)
        return seconds


def _describe(event: StoredEvent, *, text: str | None) -> None:
    event.data["description"] = text


def _retain(event: StoredEvent, *, retained: bool) -> None:
    event.retained = retained


def _done(message: str, seconds: float = 0.0) -> Reply:
    """Return the response to a write that took some seconds."""
    return replace(json_reply({"success": True, "message": message}), after=seconds)
