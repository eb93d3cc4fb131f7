"""The simulated Frigate: nginx, then the API, as a server."""

from typing import Unpack, override

from tools.simulators.server import Simulator
from tools.simulators.wire import Call, Json, Reply, html_reply, json_reply

from .auth import Caller
from .documents import parse_document, parse_document_silently
from .errors import ApiError, detail
from .front import as_get, has_own_location, normalise, not_to_be_stored, too_long
from .reads import EventReads
from .release import Release
from .review_items import ReviewRow
from .routes import Request, Route, find_route
from .settings import FrigateOptions, FrigateSettings
from .state import FrigateState
from .store import StoredEvent
from .system import SystemEndpoints
from .threads import Part
from .writes import EventWrites

_API = "/api"
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class FrigateSimulator(Simulator):
    """A Frigate on 127.0.0.1; its settings may change while it runs."""

    def __init__(
        self,
        *,
        port: int = 0,
        tls: bool = False,
        prefix: str = "",
        **options: Unpack[FrigateOptions],
    ) -> None:
        """Prepare it on port (0: a free one), below prefix (facts §1: sub-path)."""
        super().__init__(port=port, tls=tls, prefix=prefix)
        self.settings = FrigateSettings(**options)
        self.settings.version = self.settings.release.text
        self._state = FrigateState(self.settings, self.clock)
        self._system = SystemEndpoints(self._state)
        self._reads = EventReads(self._state)
        self._writes = EventWrites(self._state)

    @property
    def events(self) -> list[StoredEvent]:
        """Return the rows, oldest first."""
        return list(self._state.store.rows.values())

    @property
    def dead(self) -> frozenset[Part]:
        """Return the parts that are dead until a restart."""
        return frozenset(self._state.threads.dead)

    @property
    def review_items(self) -> list[ReviewRow]:
        """Return the stored review items, oldest first."""
        return self._state.reviews.stored()

    def close_review_items(self) -> None:
        """Close every open review item now, even with ongoing events."""
        self._state.reviews.close_all()

    @override
    def kill(self, part: str) -> None:
        self._state.threads.dead.add(Part(part))

    @override
    def stored_events(self) -> list[Json]:
        return [
            event.as_listed() | {"stored_at": event.stored_at} for event in self.events
        ]

    @override
    def configure(self, **changes: Json) -> None:
        for name, value in changes.items():
            self.settings.change(name, value)
        self._state.cache.clear()
        if "rate_limit" in changes:
            self._state.auth.forget_attempts()

    @override
    def expire_logins(self) -> None:
        self._state.auth.expire_logins()

    @override
    def restart(self, *, graceful: bool = False) -> None:
        self._state.restart(graceful=graceful)

    @override
    def flush(self) -> None:
        self._state.flush()

    @override
    def reset(self) -> None:
        """Clear faults, recorded requests and events; keep settings and logins."""
        super().reset()
        self._state.clear()

    @override
    def answer(self, call: Call) -> Reply:
        try:
            return self._answer_front(call)
        except ApiError as error:
            return error.reply

    def _answer_front(self, call: Call) -> Reply:
        """Act as nginx (facts §1, §2.5)."""
        path = normalise(call.path)
        if path is None:
            return html_reply(400)
        if too_long(call) or call.too_large:
            return html_reply(414 if too_long(call) else 413)
        if path == _API:
            return _redirect_to_slash(call)
        if not path.startswith(_API + "/"):
            return _web_interface(call)
        if self.settings.starting:
            return _nobody_behind(self.settings.release, path.removeprefix(_API))
        return self._answer_behind(call, path.removeprefix(_API))

    def _answer_behind(self, call: Call, path: str) -> Reply:
        """Act as nginx before the API: authentication, then the cache (facts §1)."""
        if path.startswith("/login"):
            nobody = Caller(username="", role="")
            return self._answer_cached(call, path, nobody)
        caller = self._state.auth.identify(call)
        reply = self._answer_cached(call, path, caller)
        if caller.refreshed is not None:
            return reply.with_header("Set-Cookie", caller.refreshed)
        return reply

    def _answer_cached(self, call: Call, path: str, caller: Caller) -> Reply:
        if path.endswith((".jpg", ".jpeg", ".png", ".webp", ".gif")):
            return self._answer_api_safely(call, path, caller)
        call = as_get(call)
        if has_own_location(path):
            return self._answer_api_safely(call, path, caller)
        per_user = self.settings.release.cache_per_user
        who = f"{caller.role}|{caller.username}" if per_user else ""
        return not_to_be_stored(
            self._state.cache.answer(
                call,
                who,
                self.settings.cache_seconds,
                lambda: self._answer_api_safely(call, path, caller),
            )
        )

    def _answer_api_safely(self, call: Call, path: str, caller: Caller) -> Reply:
        try:
            return self._answer_api(call, path, caller)
        except ApiError as error:
            return error.reply

    def _answer_api(self, call: Call, path: str, caller: Caller) -> Reply:
        """Act as FastAPI: CSRF, route, JSON, role, endpoint (facts §2.1, §4)."""
        if self._lacks_csrf_header(call):
            message = "Missing CSRF header"
            return json_reply({"success": False, "message": message}, 401)
        release = self.settings.release
        route, parameters = find_route(self._routes(), release, call, path)
        document: Json = None
        if route.body:
            parse = parse_document if release.validates else parse_document_silently
            document = parse(call)
        if route.admin and release.roles and caller.role != "admin":
            raise detail(403, f"Role {caller.role} not authorized. Required: admin")
        return route.handle(
            Request(call=call, caller=caller, parameters=parameters, document=document)
        )

    def _lacks_csrf_header(self, call: Call) -> bool:
        # facts §4: only if the request carries an Origin and is not a safe method.
        return (
            call.method not in _SAFE
            and "Origin" in call.headers
            and "X-CSRF-TOKEN" not in call.headers
            and self.settings.release.authentication
        )

    def _routes(self) -> tuple[Route, ...]:
        return (
            *self._system.routes(),
            *self._reads.routes(),
            *self._writes.routes(),
            *self._system.last_routes(),
        )


def _redirect_to_slash(call: Call) -> Reply:
    # facts §9: nginx redirects what it takes for the folder /api.
    location = f"http://{call.headers.get('Host', call.host)}{_API}/"
    return not_to_be_stored(html_reply(301).with_header("Location", location))


def _nobody_behind(release: Release, path: str) -> Reply:
    # nginx asks Frigate to authenticate the request first; without a response it does
    # not let the request through (run: 0.17.2, 0.18). Only the login skips this.
    asks_first = release.authentication and not path.startswith("/login")
    return html_reply(500 if asks_first else 502)


def _web_interface(call: Call) -> Reply:
    # Not the API: the same page for every path, and without a login.
    read = call.method in ("GET", "HEAD")
    return html_reply(200, _PAGE) if read else html_reply(405)


_PAGE = "<!doctype html><html><head><title>Frigate</title></head></html>"
