"""The simulated Palabra: authentication, then the Events API, as a server."""

from datetime import UTC, datetime
from email.utils import formatdate
from typing import Unpack, override
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

from tools.simulators.server import Simulator
from tools.simulators.wire import Call, Json, Reply, json_reply

from .documents import checked, instant, wrapped
from .errors import ApiError, insufficient_balance, not_found, unauthorized
from .events import StoredEvent
from .settings import PalabraOptions, PalabraSettings

_EVENT = "/saas/v2/event"
_EVENTS = "/saas/v2/events"
_SPARSE = ("event_id", "title")


class PalabraSimulator(Simulator):
    """A Palabra on 127.0.0.1; its settings may change while it runs."""

    def __init__(
        self,
        *,
        port: int = 0,
        tls: bool = False,
        prefix: str = "",
        **options: Unpack[PalabraOptions],
    ) -> None:
        """Prepare it on port (0: a free one), below prefix."""
        super().__init__(port=port, tls=tls, prefix=prefix)
        self.settings = PalabraSettings(**options)
        self.events: list[StoredEvent] = []
        self.deleted: list[StoredEvent] = []
        """Deleted events, which the service itself does not show."""
        self._pages: dict[str, tuple[int, int, bool]] = {}

    @override
    def stored_events(self) -> list[Json]:
        return [
            event.as_json() | {"stored_at": event.created.timestamp()}
            for event in self.events
        ]

    @override
    def configure(self, **changes: Json) -> None:
        for name, value in changes.items():
            self.settings.change(name, value)

    @override
    def expire_logins(self) -> None:
        """Revoke the key and the secret of the pair (facts §2: keys do not expire)."""
        self.settings.api_key = f"plbr_{uuid4().hex}"
        self.settings.client_secret = uuid4().hex

    @override
    def restart(self, *, graceful: bool = False) -> None:
        """Forget page tokens; keep everything else."""
        self._pages.clear()

    @override
    def flush(self) -> None:
        """Do nothing: everything is stored before the response."""

    @override
    def reset(self) -> None:
        """Clear faults, recorded requests and events; keep settings."""
        super().reset()
        self.events.clear()
        self.deleted.clear()
        self._pages.clear()

    def add(self, title: str, start: datetime, end: datetime) -> StoredEvent:
        """Store an event created elsewhere, and return it."""
        event = StoredEvent(
            content={"title": title, "event_type": "online"},
            start=start,
            end=end,
            created=self._now(),
            updated=self._now(),
        )
        self.events.append(event)
        return event

    @override
    def answer(self, call: Call) -> Reply:
        """Return the response, with the time of the system's clock."""
        date = formatdate(self.clock.now(), usegmt=True)
        return self._answer_safely(call).with_header("Date", date)

    def _answer_safely(self, call: Call) -> Reply:
        try:
            if call.path.startswith(f"{_EVENT}/public/"):
                return self._public(call)
            self._identify(call)
            return self._answer(call)
        except ApiError as error:
            return error.reply

    def _identify(self, call: Call) -> None:
        """Accept one scheme or the other (facts §2); both at once are refused."""
        bearer = call.headers.get("Authorization")
        pair = call.headers.get("ClientID"), call.headers.get("ClientSecret")
        settings = self.settings
        if bearer is not None:
            if bearer != f"Bearer {settings.api_key}" or any(pair):
                raise unauthorized()
        elif any(pair):
            if pair != (settings.client_id, settings.client_secret):
                raise not_found()  # facts §2: seen by the vendor, and not 401
        else:
            raise unauthorized()

    def _answer(self, call: Call) -> Reply:
        if self.settings.empty_balance and call.method != "GET":
            raise insufficient_balance()
        if call.path == _EVENTS and call.method == "GET":
            return self._list(call)
        if call.path == _EVENT and call.method == "POST":
            return self._create(call)
        if call.path.startswith(_EVENT + "/"):
            return self._answer_event(call)
        raise not_found()

    def _answer_event(self, call: Call) -> Reply:
        event = self._find(call.path.removeprefix(_EVENT + "/"))
        match call.method:
            case "GET":
                return self._ok(event.whole(older=self.settings.older))
            case "PATCH":
                return self._update(call, event)
            case "DELETE":
                self.events.remove(event)
                self.deleted.append(event)
                if self.settings.delete_status == 204:
                    return Reply(status=204)
                return self._ok(None, self.settings.delete_status)
        raise ApiError(405)

    def _create(self, call: Call) -> Reply:
        """Store an event; a repeated request cannot be recognised (facts §7)."""
        data = checked(wrapped(call), whole=True)
        now = self._now()
        event = StoredEvent(
            start=instant(data.pop("utc_start_dt")),
            end=instant(data.pop("utc_end_dt")),
            content=data,
            created=now,
            updated=now,
        )
        self.events.append(event)
        shown = event.as_json(older=self.settings.older)
        return self._ok(shown, 200 if self.settings.older else self._created)

    @property
    def _created(self) -> int:
        return self.settings.created_status

    def _update(self, call: Call, event: StoredEvent) -> Reply:
        """Change the sent fields and keep the rest (facts §1: unknown for v2)."""
        data = checked(wrapped(call), whole=False)
        if "utc_start_dt" in data:
            event.start = instant(data.pop("utc_start_dt"))
        if "utc_end_dt" in data:
            event.end = instant(data.pop("utc_end_dt"))
        event.content |= data
        event.updated = self._now()
        return self._ok(event.as_json(older=self.settings.older))

    def _list(self, call: Call) -> Reply:
        """Return a page; its token alone requests the next one (facts §1)."""
        query = dict(parse_qsl(call.query, keep_blank_values=True))
        if "token" in query:
            if len(query) > 1 or query["token"] not in self._pages:
                raise ApiError(422, "token: not valid, or not alone")
            offset, size, descending = self._pages[query["token"]]
        else:
            offset, size = 0, self._page_size(query.get("page_size", "100"))
            if (sort := query.get("sort", "desc")) not in ("asc", "desc"):
                raise ApiError(422, "sort: asc or desc")
            descending = sort == "desc"
        ordered = self.events[::-1] if descending else self.events
        page = ordered[offset : offset + size]
        data: dict[str, Json] = {
            "items": [self._listed(event) for event in page],
            "page_size": size,
            "count": len(self.events),
        }
        if offset + size < len(ordered):
            token = uuid4().hex
            self._pages[token] = (offset + size, size, descending)
            data["next"] = token
        return self._ok(data)

    def _page_size(self, written: str) -> int:
        if not written.isdecimal() or not 1 <= int(written) <= 100:
            raise ApiError(422, "page_size: from 1 to 100")
        return min(int(written), self.settings.page_limit)

    def _listed(self, event: StoredEvent) -> dict[str, Json]:
        shown = event.as_json(older=self.settings.older)
        if self.settings.sparse:
            return {name: shown[name] for name in _SPARSE}
        return shown

    def _public(self, call: Call) -> Reply:
        """Return the listeners' view; an access code must be given (facts §1)."""
        event = self._find(call.path.removeprefix(f"{_EVENT}/public/"))
        code = event.content.get("access_code")
        if code and dict(parse_qsl(call.query)).get("code") != code:
            raise ApiError(403, "The access code is wrong")
        shown = event.as_json()
        shown.pop("access_code", None)
        return self._ok({**shown, "sessions": [], "captcha_required": False})

    def _find(self, event_id: str) -> StoredEvent:
        """Return an event; its id is a UUID (facts §1)."""
        try:
            UUID(event_id)
        except ValueError as error:
            raise ApiError(422, "event_id: not a UUID") from error
        for event in self.events:
            if event.event_id == event_id:
                return event
        raise not_found()

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now(), UTC)

    @staticmethod
    def _ok(data: Json, status: int = 200) -> Reply:
        return json_reply({"ok": True, "data": data}, status)
