"""HTTP for all clients: what is sent, what is read, what failed.

Aiohttp's exceptions end here. Which of a client's errors they become depends on
whether the request can have taken effect.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
from .exchange import Bounds, Incoming, Outgoing, exchange
from .http_failures import Effect, translate
from .words import discreet

__all__ = [
    "Body",
    "Effect",
    "HttpTransport",
    "Reply",
    "normalise_address",
    "raise_for_failure",
]

TIMEOUT = 10.0
"""Seconds that one request may take, connection included."""
CONNECTING = 0.75
"""The part of that in which the name must be found and the connection made."""
MAXIMUM_BODY = 8 * 1024 * 1024
"""Bytes read of an answer; a Frigate configuration of 100 cameras has 1 MB."""
LONGEST_RETRY_AFTER = 86_400.0
"""Seconds; whoever asks for more, or for infinity, is not taken at its word."""
_MULTICAST = ".local"
"""The end of names that are looked up in the home's own network."""
_ENDS_A_HEADER = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    set_cookies: Mapping[str, str]
    body: bytes
    secrets: Collection[str] = field(default=(), repr=False)
    """What proved the account, and must be told nobody."""

    @property
    def ok(self) -> bool:
        """Whether the status is a success."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def text(self) -> str:
        """The body as text; what cannot be decoded is replaced."""
        return self.body.decode("utf-8", "replace")

    def words(self, said: str) -> str:
        """Return what this answer says in one line, fit to be kept and shown.

        All that is told of an answer is read by way of here.
        """
        return discreet(said, self.secrets)

    def json(self) -> Json:
        """Decode the body; raises ValueError when it is not JSON."""
        try:
            decoded: Json = json.loads(self.body)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        return decoded

    def json_object(self) -> JsonObject:
        """Decode the body to an object; raises ValueError when it is none."""
        if not isinstance(decoded := self.json(), dict):
            raise ValueError("not a JSON object")  # noqa: TRY004 one error for all
        return decoded

    @property
    def retry_after(self) -> float | None:
        """Seconds that the backend asks to be left alone; None if it does not say.

        Both forms of RFC 9110 are read, seconds and date.
        """
        value = self.headers.get("Retry-After", "").strip()
        if value.isdecimal():
            seconds = float(value)
        elif (moment := _moment(value)) is not None:
            seconds = (moment - datetime.now(UTC)).total_seconds()
        else:
            return None
        return min(max(0.0, seconds), LONGEST_RETRY_AFTER)

    @property
    def date(self) -> datetime | None:
        """When the backend answered, by its own clock, in whole seconds."""
        return _moment(self.headers.get("Date", ""))


def _moment(value: str) -> datetime | None:
    """Read a date in the form of RFC 9110; None when it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except ValueError, OverflowError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def normalise_address(address: str) -> str:
    """Return an address as `scheme://host[:port][/prefix]`, with no slash at its end.

    Raises ValueError when it is none, or holds a user, a query or a fragment.
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
        self, session: ClientSession, address: str, *, timeout: float = TIMEOUT
    ) -> None:
        """Take a session, which stays its owner's, and a normalised address."""
        self.address = address
        self._session = session
        # Home Assistant asks five seconds for a `.local` name. Given up in that moment,
        # aiohttp's shielded look-up fails unheard, and asyncio logs its traceback.
        self._bounds = Bounds(
            time=ClientTimeout(total=timeout, connect=timeout * CONNECTING),
            largest=MAXIMUM_BODY,
        )
        self.secrets: Callable[[], Collection[str]] = tuple
        """Gives what proves the account now; its owner sets it."""

    def url(self, *segments: str) -> URL:
        """Return the address of a path, each segment quoted for itself."""
        return _url(self.address, segments)

    async def send(
        self,
        method: str,
        *segments: str,
        effect: Effect = Effect.NONE,
        query: Pairs | None = None,
        headers: Mapping[str, str] | None = None,
        body: JsonObject | list[Json] | Body | None = None,
    ) -> Reply:
        """Send one request and read its answer, whatever the status.

        An object or a list is sent as JSON. A header that is given goes before the one
        that is usual. Raises CannotConnect, OutcomeUnknown or, where a lost reply does
        no harm, Unavailable; Rejected when the request cannot be put into HTTP and
        JSON; and InvalidResponse when a read is answered without either. No redirect
        is followed.
        """
        url = self._written(segments, query)
        if isinstance(body, dict | list):
            body = Body.json(body)
        said = _headers(headers or {}, body)
        if self._session.closed:
            raise CannotConnect("the session is closed")
        request = Outgoing(
            method=method,
            url=url,
            headers=said,
            body=None if body is None else body.content,
        )
        try:
            answer = await self._exchange(request, effect)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise translate(error, effect) from error
        return Reply(
            status=answer.status,
            headers=answer.headers,
            set_cookies=answer.set_cookies,
            body=answer.body,
            secrets=self.secrets(),
        )

    async def _exchange(self, request: Outgoing, effect: Effect) -> Incoming:
        """Send a request; a read from a `.local` name goes on if nobody waits for it.

        Its name is looked up for seconds. A look-up that is given up, as while a
        connection is loaded again, would leave a traceback in the log when it fails.
        """
        answering = exchange(self._session, request, self._bounds)
        host = request.url.host or ""
        if effect is not Effect.NONE or not host.endswith(_MULTICAST):
            return await answering
        reading = asyncio.ensure_future(answering)
        reading.add_done_callback(_heard)
        await asyncio.wait((reading,))
        return reading.result()

    def _written(self, segments: tuple[str, ...], query: Pairs | None) -> URL:
        """Return the address as it is sent; raises Rejected."""
        try:
            url = self.url(*segments)
            return url.update_query(pairs(query)) if query else url
        except (ValueError, TypeError) as error:
            raise unwritable() from error


def _heard(reading: asyncio.Future[Incoming]) -> None:
    """Take note of an error that nobody may wait for."""
    if not reading.cancelled():
        reading.exception()


@lru_cache(maxsize=64)
def _url(address: str, segments: tuple[str, ...]) -> URL:
    """Return the address of a path; most are asked for again and again."""
    path = "".join(f"/{quote(segment, safe='')}" for segment in segments)
    return URL(f"{address}{path}", encoded=True)


def _headers(given: Mapping[str, str], body: Body | None) -> CIMultiDict[str]:
    """Return the headers to send; raises Rejected for what would end one early."""
    headers = CIMultiDict({"Accept": "application/json"})
    if body is not None and body.content_type is not None:
        headers["Content-Type"] = body.content_type
    for name, value in given.items():
        if _ENDS_A_HEADER.search(name + value):
            raise unwritable()
        headers[name] = value
    return headers


def raise_for_failure(reply: Reply, effect: Effect, reason: str) -> None:
    """Raise for the statuses that mean the same everywhere: limits and outages.

    429 and 503 say that the request was not taken; 500, 502 and 504 leave open
    what became of a write.
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
            raise OutcomeUnknown(reason)
        raise Unavailable(reason, retry_after=reply.retry_after, unknown=True)
    if HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
        redirected = "the address answers with a redirect"
        if effect is Effect.NONE:
            raise InvalidResponse(redirected, code="redirected")
        raise Unavailable(redirected, code="redirected")
