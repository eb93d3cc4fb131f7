"""Logins, tokens and sessions of both APIs (facts §2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import secrets

from tools.simulators.clock import Clock
from tools.simulators.wire import Call, Json, Reply, json_reply

from .errors import ApiError, invalid, refused
from .settings import AipixSettings

_WINDOW = 600.0
_USER_ID = 7


def naive(moment: float) -> str:
    """Return a date without a zone, the format of users, scripts and expires_at."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")


@dataclass(kw_only=True)
class Session:
    """One login of the client API."""

    id: int
    uuid: str
    client: str


@dataclass
class Auth:
    """Issues and checks tokens."""

    settings: AipixSettings
    clock: Clock
    sessions: dict[str, Session] = field(default_factory=dict)
    """Sessions of the client API, by token."""
    administrators: set[str] = field(default_factory=set)
    """Tokens of the administrator API, which has no sessions (facts §2.1)."""
    captcha_key: str = ""
    _counter: int = 0
    _logins: list[float] = field(default_factory=list)

    def expire_logins(self) -> None:
        """Make every token invalid."""
        self.sessions.clear()
        self.administrators.clear()

    def occupy(self, count: int) -> None:
        """Log in other devices."""
        for _ in range(count):
            _ = self._session("somebody else", "web")

    def administrator(self, call: Call) -> None:
        """Refuse a request without a token of the administrator API."""
        if _bearer(call) not in self.administrators:
            raise refused(401, "Unauthenticated.")

    def client(self, call: Call) -> Session:
        """Return the session of a request; refuse one without a client token."""
        session = self.sessions.get(_bearer(call))
        if session is None:
            raise refused(401, "Unauthenticated.")
        # facts §1: X-Client and X-UUID are documented for the client API.
        if not call.headers.get("X-Client") or not call.headers.get("X-UUID"):
            raise refused(400, "X-Client and X-UUID are required")
        return session

    def log_in_administrator(self, body: Mapping[str, Json]) -> Reply:
        """Handle a login of the administrator API (facts §2.1)."""
        self._check(body)
        token = secrets.token_urlsafe(32)
        self.administrators.add(token)
        later = self.clock.now() + timedelta(days=160).total_seconds()
        return json_reply(
            {
                "user": self._user(),
                # facts §2.1: no zone, months ahead.
                "expires_at": naive(later),
                "token_type": "Bearer",
                "access_token": self._written(token),
            }
        )

    def log_in_client(self, call: Call, body: Mapping[str, Json]) -> Reply:
        """Handle a login of the client API (facts §2.2)."""
        if not call.headers.get("X-Client") or not call.headers.get("X-UUID"):
            raise refused(400, "X-Client and X-UUID are required")
        session_id = body.get("session_id")
        if self.settings.captcha and session_id is None:
            self._check_captcha(body)
        self._check(body)
        self._make_room(session_id)
        token = self._session(call.headers["X-UUID"], call.headers["X-Client"])
        # facts §2.2: no expires_at.
        return json_reply({"user": self._user(), "access_token": self._written(token)})

    def captcha(self) -> Reply:
        """Return a captcha (facts §2.2); its code is the key, reversed."""
        self.captcha_key = secrets.token_hex(8)
        image = "data:image/png;base64,"
        return json_reply({"key": self.captcha_key, "img": image, "ttl": 60})

    def log_out(self, call: Call, body: Mapping[str, Json]) -> Reply:
        """End the session of the request (facts §2.2)."""
        _ = self.client(call)
        if not body.get("uuid"):
            raise invalid({"uuid": "The uuid field is required."})
        del self.sessions[_bearer(call)]
        return Reply(status=204)

    def end_session(self, session_id: int) -> Reply:
        """End another session; it is POST, not DELETE (facts §2.2)."""
        for token, session in self.sessions.items():
            if session.id == session_id:
                del self.sessions[token]
                return Reply(status=204)
        raise refused(404, "Not found.")

    def listed(self) -> list[Json]:
        """Return the sessions as a refused login lists them."""
        return [
            {
                "id": one.id,
                "user_agent": "Mozilla/5.0",
                "online": True,
                "client": one.client,
                "ip": "192.0.2.7",
                "is_current": False,
            }
            for one in self.sessions.values()
        ]

    def _check(self, body: Mapping[str, Json]) -> None:
        self._count()
        for name in ("login", "password"):
            if not isinstance(body.get(name), str) or not body[name]:
                raise invalid({name: f"The {name} field is required."})
        known = (self.settings.user, self.settings.password)
        if (body["login"], body["password"]) != known:
            # facts §2: 422 in the standard shape.
            raise invalid({"login": "These credentials do not match our records."})

    def _count(self) -> None:
        limit = self.settings.login_limit
        now = self.clock.now()
        self._logins = [moment for moment in self._logins if moment > now - _WINDOW]
        if limit is not None and len(self._logins) >= limit:
            raise refused(429, "Too Many Attempts.")
        self._logins.append(now)

    def _check_captcha(self, body: Mapping[str, Json]) -> None:
        key = body.get("key")
        solved = isinstance(key, str) and key == self.captcha_key != ""
        if not solved or body.get("captcha") != self.captcha_key[::-1]:
            raise invalid({"captcha": "The captcha is wrong."})

    def _make_room(self, session_id: Json) -> None:
        """Refuse a login without room, unless it names whom to evict (facts §2.2)."""
        if len(self.sessions) < self.settings.session_limit:
            return
        if isinstance(session_id, int):
            _ = self.end_session(session_id)
            return
        listed = self.listed()
        body: Json = {
            "sessions": listed,
            "sessions_limit": self.settings.session_limit,
        }
        if self.settings.bare_sessions:
            body = listed
        raise ApiError(json_reply(body, self.settings.session_limit_status))

    def _session(self, uuid: str, client: str) -> str:
        self._counter += 1
        token = secrets.token_urlsafe(32)
        self.sessions[token] = Session(id=self._counter, uuid=uuid, client=client)
        return token

    def _written(self, token: str) -> str:
        return f"Bearer {token}" if self.settings.prefixed_token else token

    def _user(self) -> dict[str, Json]:
        return {
            "id": _USER_ID,
            "name": "Relay",
            "login": self.settings.user,
            "parent_id": None,
            "permissions": [],
            "created_at": "2022-03-30 10:00:00",
            "updated_at": "2022-03-30 10:00:00",
            "access_token_id": 1,
        }

    def whoami(self) -> Reply:
        """Handle users/self (facts §2.2)."""
        return json_reply(self._user())


def _bearer(call: Call) -> str:
    return call.headers.get("Authorization", "").removeprefix("Bearer ")
