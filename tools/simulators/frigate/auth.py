"""Logins, tokens and roles (facts §4)."""

import base64
from dataclasses import dataclass, field
from email.utils import formatdate
import hashlib
import hmac
from http.cookies import CookieError, SimpleCookie
import json
import secrets

from tools.simulators.clock import Clock
from tools.simulators.wire import Call, Json, Reply, html_reply, json_reply

from .errors import ApiError
from .settings import FrigateSettings

_RATE_WINDOW = 60.0


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The user that makes a request."""

    username: str
    role: str
    refreshed: str | None = None
    """The Set-Cookie that renews a cookie near its end."""


@dataclass
class Auth:
    """Issues and checks tokens."""

    settings: FrigateSettings
    clock: Clock
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(64))
    _window_end: float = 0.0
    _window_count: int = 0

    def expire_logins(self) -> None:
        """Invalidate every token, as a new secret does (facts §4)."""
        self._secret = secrets.token_bytes(64)

    def forget_attempts(self) -> None:
        """Start a new window of the rate limit."""
        self._window_end = 0.0

    def identify(self, call: Call) -> Caller:
        """Return the caller; raise ApiError with nginx's HTML 401 (facts §1).

        Without authentication (port 5000) everyone is anonymous and admin (facts §1),
        or viewer if that role is configured (facts §4: 8971 without a header map).
        """
        if not self.settings.authentication:
            name = "anonymous" if self.settings.role == "admin" else "viewer"
            return Caller(username=name, role=self.settings.role)
        bearer = call.headers.get("Authorization", "")
        # facts §4: Bearer is checked first; a cookie does not make up for a bad one.
        if bearer.startswith("Bearer "):
            return self._caller(self._claims(bearer.removeprefix("Bearer ")))
        claims = self._claims(self._cookie(call))
        return self._caller(claims, self._refresh(claims))

    def login(self, user: str, password: str) -> Reply:
        """Handle a login (facts §4)."""
        if not self.settings.authentication:
            return json_reply({"message": "Authentication is disabled"}, 404)
        self._count_attempt()
        known = self.settings.password or ""
        if user != self.settings.user or password != known:
            return json_reply({"message": "Login failed"}, 401)
        cookie = self._set_cookie(self._token(user, self.settings.role))
        # facts §9: no Content-Type.
        return Reply(content_type=None, headers=(("Set-Cookie", cookie),))

    def _count_attempt(self) -> None:
        # facts §4: all calls count, successes too; 429 comes without Retry-After.
        limit = self.settings.rate_limit
        if limit is None:
            return
        if self.clock.now() >= self._window_end:
            self._window_end, self._window_count = self.clock.now() + _RATE_WINDOW, 0
        self._window_count += 1
        if self._window_count > limit:
            error = f"Rate limit exceeded: {limit} per 1 minute"
            raise ApiError(json_reply({"error": error}, 429))

    def _caller(self, claims: dict[str, Json], refreshed: str | None = None) -> Caller:
        # facts §4: the role is baked into the token.
        role = str(claims["role"]) if self.settings.release.roles else "admin"
        return Caller(username=str(claims["sub"]), role=role, refreshed=refreshed)

    def _cookie(self, call: Call) -> str:
        try:
            jar = SimpleCookie(call.headers.get("Cookie", ""))
        except CookieError:
            return ""
        found = jar.get(self.settings.cookie_name)
        return "" if found is None else found.value

    def _refresh(self, claims: dict[str, Json]) -> str | None:
        # facts §4: sliding, for cookies only, when less than the refresh time is left.
        left = float(str(claims["exp"])) - self.clock.now()
        if left > self.settings.release.refresh_seconds:
            return None
        return self._set_cookie(self._token(str(claims["sub"]), str(claims["role"])))

    def _set_cookie(self, token: str) -> str:
        age = int(self.settings.session_length)
        name = self.settings.cookie_name
        if self.settings.release.cookie_age:
            return f"{name}={token}; HttpOnly; Max-Age={age}; Path=/; SameSite=lax"
        # facts §9: without Max-Age. The timestamp is used as a duration, so the date is
        # about as far in the future as 1970 is in the past.
        now = self.clock.now()
        date = formatdate(now + now + age, usegmt=True)
        return f"{name}={token}; expires={date}; HttpOnly; Path=/; SameSite=lax"

    def _token(self, user: str, role: str) -> str:
        now = int(self.clock.now())
        claims: dict[str, Json] = {
            "sub": user,
            "exp": now + int(self.settings.session_length),
        }
        # facts §4: claims sub, role, exp, iat from 0.17; roles exist from 0.16 (§5).
        claims["role"] = role
        if self.settings.release.issued_at:
            claims["iat"] = now
        head = _encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        payload = f"{head}.{_encode(json.dumps(claims).encode())}"
        return f"{payload}.{self._signature(payload)}"

    def _signature(self, payload: str) -> str:
        return _encode(hmac.digest(self._secret, payload.encode(), hashlib.sha256))

    def _claims(self, token: str) -> dict[str, Json]:
        # facts §1: no, expired or garbage token: 401 from nginx, in HTML.
        payload, _, signature = token.rpartition(".")
        if not hmac.compare_digest(
            self._signature(payload).encode(), signature.encode()
        ):
            raise ApiError(html_reply(401))
        claims: dict[str, Json] = json.loads(_decode(payload.partition(".")[2]))
        if float(str(claims["exp"])) <= self.clock.now():
            raise ApiError(html_reply(401))
        return claims


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
