"""HTTP for all clients: send requests, read responses, map failures.

Aiohttp's exceptions end here. They become a client's errors according to whether the
request can have taken effect.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
import json
import re
from urllib.parse import quote

from aiohttp import ClientError, ClientSession, ClientTimeout
from multidict import CIMultiDict
from yarl import URL

from .base import Json, JsonObject
from .body import Body, Pairs, pairs, unwritable
from .errors import CannotConnect, InvalidResponse, OutcomeUnknown, Unavailable
from .exchange import Bounds, Outgoing, exchange
from .http_failures import Effect, translate
from .reading import LONGEST_WAIT, wait_in
from .redaction import redact

__all__ = [
    "GATEWAYS",
    "Body",
    "Effect",
    "HttpTransport",
    "Reply",
    "normalise_address",
    "raise_for_failure",
]

GATEWAYS = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})
"""Statuses that mean for all requests that the backend is down."""

TIMEOUT = 10.0
"""Seconds for one request, connection included."""
CONNECTING = 0.75
"""The part of that for the name look-up and the connection."""
MAXIMUM_BODY = 8 * 1024 * 1024
"""Bytes read of a response; a Frigate configuration of 100 cameras has 1 MB."""
_ENDS_A_HEADER = re.compile(r"[\r\n\0]")
_CHARSET = re.compile(
    r'charset="?((?:iso-8859|windows)-\d{1,4})\b', re.IGNORECASE | re.ASCII
)
"""Charsets of older servers; any other text is read as UTF-8."""
_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|\0")
"""Bytes without which JSON has no surrogates: escaped, in UTF-8, and UTF-16 or 32."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A response, whatever its status."""

    status: int
    headers: Mapping[str, str]
    set_cookies: Mapping[str, str]
    body: bytes
    secrets: Collection[str] = field(default=(), repr=False)
    """The credentials of the request, which must never be shown."""

    @property
    def ok(self) -> bool:
        """Whether the status is a success."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def text(self) -> str:
        """Return the body as text; undecodable bytes are replaced."""
        named = _CHARSET.search(self.headers.get("Content-Type", ""))
        with suppress(LookupError):
            return self.body.decode(named[1] if named else "utf-8", "replace")
        return self.body.decode("utf-8", "replace")

    def words(self, said: str) -> str:
        """Return the message of this response in one line, fit to be kept and shown.

        Every text that is kept of a response goes through here.
        """
        return redact(said, self.secrets)

    def json(self) -> Json:
        """Decode the body; raises ValueError if it is not JSON.

        Half of a surrogate pair, which JSON can have but no file can hold, is replaced.
        """
        try:
            decoded: Json = json.loads(self.body)
            if _HALF_PAIR.search(self.body):
                whole = json.dumps(decoded, ensure_ascii=False).encode(errors="replace")
                decoded = json.loads(whole)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        return decoded

    def json_object(self) -> JsonObject:
        """Decode the body to an object; raises ValueError if it is none."""
        if not isinstance(decoded := self.json(), dict):
            raise ValueError("not a JSON object")  # noqa: TRY004 one error for all
        return decoded

    @property
    def retry_after(self) -> float | None:
        """Return the seconds that the backend asks to wait; None if it does not say.

        Reads both forms of RFC 9110, seconds and date, or else the body.
        """
        value = self.headers.get("Retry-After", "").strip()
        if value.isdecimal():
            seconds = float(value)
        elif (moment := _moment(value)) is not None:
            seconds = (moment - datetime.now(UTC)).total_seconds()
        else:
            with suppress(ValueError):
                return wait_in(self.json())
            return None
        return min(max(0.0, seconds), LONGEST_WAIT)

    @property
    def date(self) -> datetime | None:
        """Return the time of the response by the backend's clock, in whole seconds."""
        return _moment(self.headers.get("Date", ""))


@lru_cache(maxsize=16)
def _moment(value: str) -> datetime | None:
    """Read a date in the form of RFC 9110; None if it is none.

    Cached, since every response has one, and many have the same.
    """
    try:
        moment = parsedate_to_datetime(value)
    except ValueError, OverflowError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def normalise_address(address: str) -> str:
    """Return an address as `scheme://host[:port][/prefix]`, with no slash at its end.

    Raises ValueError if it is none, or holds a user, a query or a fragment.
    """
    url = URL(address.strip())
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("not an http or https address")
    if url.user or url.password or url.query_string or url.fragment:
        raise ValueError("user, query and fragment do not belong in the address")
    return f"{url.origin()}{url.raw_path.rstrip('/')}"


class HttpTransport:
    """Sends requests below one address, and only there."""

    def __init__(
        self,
        session: ClientSession,
        address: str,
        *,
        timeout: float = TIMEOUT,
        headers: Callable[[], Mapping[str, str]] = dict,
        secrets: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """Take a session, which its owner closes, and a normalised address.

        `headers` returns what every request has now, such as for authentication, and
        `secrets` the credentials that nothing may show.
        """
        self.address = address
        self.headers = headers
        self.secrets = secrets
        self.clock_offset: timedelta | None = None
        """How far the other clock is ahead, by the last response; it has whole seconds.
        None before."""
        self._session = session
        # Home Assistant waits five seconds for a `.local` name. If we gave up at the
        # same moment, aiohttp's shielded look-up would fail unobserved, and asyncio
        # would log its traceback.
        self._bounds = Bounds(
            time=ClientTimeout(total=timeout, connect=timeout * CONNECTING),
            largest=MAXIMUM_BODY,
        )

    def url(self, *segments: str) -> URL:
        """Return the address of a path, with each segment quoted by itself."""
        return _url(self.address, segments)

    async def send(
        self,
        method: str,
        *segments: str,
        effect: Effect | None = None,
        query: Pairs | None = None,
        headers: Mapping[str, str] | None = None,
        body: JsonObject | list[Json] | Body | None = None,
    ) -> Reply:
        """Send one request and read its response, whatever the status.

        By default the method tells the effect. An object or a list is sent as JSON. A
        given header replaces the default one.
        Raises CannotConnect, OutcomeUnknown or, for a repeatable write, Unavailable;
        Rejected if the request cannot be put into HTTP and JSON; and InvalidResponse if
        the response to a read is neither. Follows no redirect.
        """
        effect = effect or Effect.of(method)
        url = self._encoded_url(segments, query)
        if isinstance(body, dict | list):
            body = Body.json(body)
        said = _headers({**self.headers(), **(headers or {})}, body)
        if self._session.closed:
            raise CannotConnect("the session is closed")
        request = Outgoing(
            method=method,
            url=url,
            headers=said,
            body=None if body is None else body.content,
            reads=effect is Effect.NONE,
        )
        try:
            answer = await exchange(self._session, request, self._bounds)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise translate(error, effect) from error
        reply = Reply(
            status=answer.status,
            headers=answer.headers,
            set_cookies=answer.set_cookies,
            body=answer.body,
            secrets=self.secrets(),
        )
        if (date := reply.date) is not None:
            self.clock_offset = date - datetime.now(UTC)
        return reply

    def _encoded_url(self, segments: tuple[str, ...], query: Pairs | None) -> URL:
        """Return the address as it is sent; raises Rejected."""
        try:
            url = self.url(*segments)
            return url.update_query(pairs(query)) if query else url
        except (ValueError, TypeError) as error:
            raise unwritable() from error


@lru_cache(maxsize=64)
def _url(address: str, segments: tuple[str, ...]) -> URL:
    """Return the address of a path; cached, since most repeat."""
    path = "".join(f"/{quote(segment, safe='')}" for segment in segments)
    return URL(f"{address}{path}", encoded=True)


def _headers(given: Mapping[str, str], body: Body | None) -> CIMultiDict[str]:
    """Return the headers to send; raises Rejected for one that would end early."""
    headers = CIMultiDict({"Accept": "application/json"})
    if body is not None and body.content_type is not None:
        headers["Content-Type"] = body.content_type
    for name, value in given.items():
        if _ENDS_A_HEADER.search(name + value):
            raise unwritable()
        headers[name] = value
    return headers


def raise_for_failure(reply: Reply, effect: Effect, reason: str) -> None:
    """Raise for the statuses that mean the same everywhere: rate limits and outages.

    After 429 and 503 the request was not taken; after 500, 502 and 504 the outcome of a
    write is unknown.
    """
    if reply.status in (
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ):
        raise Unavailable(
            reason,
            code="rate_limited"
            if reply.status == HTTPStatus.TOO_MANY_REQUESTS
            else None,
            retry_after=reply.retry_after,
        )
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        if effect is Effect.ONCE:
            raise OutcomeUnknown(reason, outage=reply.status in GATEWAYS)
        raise Unavailable(reason, retry_after=reply.retry_after, unknown=True)
    if HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
        redirected = "the address answers with a redirect"
        if effect is Effect.NONE:
            raise InvalidResponse(redirected, code="redirected")
        raise Unavailable(redirected, code="redirected")
