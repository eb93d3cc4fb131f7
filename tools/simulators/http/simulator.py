"""The simulated HTTP API, as a server.

| request | effect |
|---|---|
| GET /status | returns that it is up |
| POST /notes | writes another note each time, once per Idempotency-Key |
| PUT /notes/ID | writes the note, or replaces it |
| PATCH /notes/ID, DELETE /notes/ID | changes or removes it |
| GET /notes/ID | returns the note, or 404 |
| GET /notes?ref=REF | returns all notes with this `ref` |
| POST /alerts | triggers or resolves an alert, once per key while it is open |

Keys follow the IETF's draft-ietf-httpapi-idempotency-key-header-07: 409 while the first
request with a key is in progress, 422 for another body, else the first response again.
Alerts follow PagerDuty: after its resolution a key opens a new one.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
import json
from typing import Unpack, override
from urllib.parse import parse_qs, unquote

from tools.simulators.server import Simulator
from tools.simulators.wire import Call, Json, Reply, json_reply

from .settings import HttpOptions, HttpSettings
from .store import Alert, Answered, Note, Store

_WINDOW = 60.0
_CREDENTIALS = frozenset({"authorization", "cookie", "x-api-key"})


class _Refused(Exception):
    """A request is refused."""

    def __init__(self, status: int, reason: str, retry_after: float = 0.0) -> None:
        """Take the reason, and when it may be sent again."""
        super().__init__(reason)
        reply = json_reply({"error": reason}, status)
        self.reply = (
            reply.with_header("Retry-After", str(round(retry_after) or 1))
            if retry_after
            else reply
        )


class HttpSimulator(Simulator):
    """An HTTP API on 127.0.0.1; its settings may change while it runs."""

    def __init__(
        self,
        *,
        port: int = 0,
        tls: bool = False,
        prefix: str = "",
        **options: Unpack[HttpOptions],
    ) -> None:
        """Prepare it on port (0: a free one), below prefix."""
        super().__init__(port=port, tls=tls, prefix=prefix)
        self.settings = HttpSettings(**options)
        self._store = Store(self.settings, self.clock)
        self._revoked: set[str] = set()
        self._times: list[float] = []

    @property
    def notes(self) -> list[Note]:
        """Return all notes, oldest first."""
        return [*self._store.notes.values()]

    @property
    def alerts(self) -> list[Alert]:
        """Return all alerts, oldest first; a reopened one counts separately."""
        return self._store.alerts

    @override
    def stored_events(self) -> list[Json]:
        return [
            *({**one.as_json(), "stored_at": one.stored_at} for one in self.notes),
            *(
                {
                    **one.content,
                    "key": one.key,
                    "stored_at": one.stored_at,
                    "resolved_at": one.resolved_at,
                }
                for one in self.alerts
            ),
        ]

    @override
    def configure(self, **changes: Json) -> None:
        for name, value in changes.items():
            self.settings.change(name, value)
        self._times.clear()

    @override
    def expire_logins(self) -> None:
        """Withdraw the token; another one is then valid."""
        self._revoked.add(self.settings.token)

    @override
    def restart(self, *, graceful: bool = False) -> None:
        """Do nothing: all data persists."""

    @override
    def flush(self) -> None:
        self._store.flushed_at = self.clock.now()

    @override
    def reset(self) -> None:
        """Clear faults, requests, and all stored data; keep settings."""
        super().reset()
        self._store.clear()
        self._times.clear()
        self._revoked.clear()

    @override
    def answer(self, call: Call) -> Reply:
        try:
            return self._answer(call)
        except _Refused as refusal:
            return refusal.reply

    def _answer(self, call: Call) -> Reply:
        if (status := self.settings.refused.get(call.path)) is not None:
            raise _Refused(status, "refused as it is set up to be")
        self._authenticate(call)
        self._count()
        collection, _, found = call.path.removeprefix("/").partition("/")
        handle = self._routes().get((call.method, collection, bool(found)))
        if handle is None:
            raise _Refused(HTTPStatus.NOT_FOUND, "there is no such thing")
        return handle(call, unquote(found))

    def _routes(
        self,
    ) -> Mapping[tuple[str, str, bool], Callable[[Call, str], Reply]]:
        return {
            ("GET", "status", False): lambda _call, _id: json_reply({"status": "ok"}),
            ("POST", "notes", False): self._post,
            ("GET", "notes", False): self._search,
            ("GET", "notes", True): self._read,
            ("PUT", "notes", True): self._put,
            ("PATCH", "notes", True): self._patch,
            ("DELETE", "notes", True): self._delete,
            ("POST", "alerts", False): self._alert,
        }

    def _authenticate(self, call: Call) -> None:
        token = self.settings.token
        given = call.headers.get("Authorization", "")
        if token and (given != f"Bearer {token}" or token in self._revoked):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "the token is not good")

    def _count(self) -> None:
        """Count a request; raise if it is over the limit."""
        if (limit := self.settings.rate_limit) is None:
            return
        now = self.clock.now()
        self._times = [time for time in self._times if time > now - _WINDOW]
        if len(self._times) >= limit:
            wait = (self._times[0] if self._times else now) + _WINDOW - now
            raise _Refused(HTTPStatus.TOO_MANY_REQUESTS, "too many requests", wait)
        self._times.append(now)

    def _post(self, call: Call, _id: str) -> Reply:
        """Write a note, or return the first response for its key."""
        content, now = _content(call), self.clock.now()
        key = call.headers.get("Idempotency-Key")
        if key is not None and (known := self._store.keys.get(key)) is not None:
            known.note.written += 1
            if call.body != known.body:
                raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "key of another body")
            if now < known.ready_at:
                raise _Refused(HTTPStatus.CONFLICT, "in progress")
            return self._created(known.note)
        note = self._store.add(content, _public_headers(call))
        if key is not None:
            ready_at = now + self.settings.takes
            self._store.keys[key] = Answered(
                body=call.body, note=note, ready_at=ready_at
            )
        return self._after(self._created(note))

    def _created(self, note: Note) -> Reply:
        reply = json_reply(note.as_json(), HTTPStatus.CREATED)
        return reply.with_header("Location", f"{self.prefix}/notes/{note.id}")

    def _after(self, reply: Reply) -> Reply:
        """Delay a response by the duration of a write."""
        return replace(reply, after=self.settings.takes)

    def _search(self, call: Call, _id: str) -> Reply:
        wanted = parse_qs(call.query).get("ref", [""])[0]
        return json_reply(
            [
                note.as_json()
                for note in self._store.shown()
                if note.content.get("ref") == wanted
            ]
        )

    def _read(self, _call: Call, note_id: str) -> Reply:
        for note in self._store.shown():
            if note.id == note_id:
                return json_reply(note.as_json())
        raise _Refused(HTTPStatus.NOT_FOUND, "there is no such note")

    def _put(self, call: Call, note_id: str) -> Reply:
        content = _content(call)
        if (note := self._store.notes.get(note_id)) is None:
            note = self._store.add(content, _public_headers(call), note_id)
            return self._after(self._created(note))
        note.content = content
        note.written += 1
        return self._after(json_reply(note.as_json()))

    def _patch(self, call: Call, note_id: str) -> Reply:
        note = self._known(note_id)
        note.content = {**note.content, **_content(call)}
        note.written += 1
        return self._after(json_reply(note.as_json()))

    def _delete(self, _call: Call, note_id: str) -> Reply:
        del self._store.notes[self._known(note_id).id]
        return self._after(Reply(status=HTTPStatus.NO_CONTENT))

    def _known(self, note_id: str) -> Note:
        if (note := self._store.notes.get(note_id)) is None:
            raise _Refused(HTTPStatus.NOT_FOUND, "there is no such note")
        return note

    def _alert(self, call: Call, _id: str) -> Reply:
        """Trigger or resolve; resolving an alert that is not open does nothing."""
        match content := _content(call):
            case {"key": str(key), "action": "trigger" | "resolve" as action}:
                pass
            case _:
                raise _Refused(HTTPStatus.BAD_REQUEST, "no key, or no action")
        alert = self._store.open_alert(key)
        if action == "resolve":
            if alert is not None:
                alert.resolved_at = self.clock.now()
        elif alert is not None:
            alert.entries += 1
        else:
            now = self.clock.now()
            self._store.alerts.append(Alert(key=key, content=content, stored_at=now))
        return self._after(json_reply({"key": key}, HTTPStatus.ACCEPTED))


def _content(call: Call) -> Mapping[str, Json]:
    """Return the object in a request's body."""
    if call.too_large:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
    try:
        document: Json = json.loads(call.body)
    except ValueError as error:
        raise _Refused(HTTPStatus.BAD_REQUEST, "the body is not JSON") from error
    if not isinstance(document, dict):
        raise _Refused(HTTPStatus.BAD_REQUEST, "the body is not an object")
    return document


def _public_headers(call: Call) -> Mapping[str, str]:
    """Return the headers of a request, without secrets."""
    return {
        name.lower(): value
        for name, value in call.headers.items()
        if name.lower() not in _CREDENTIALS
    }
