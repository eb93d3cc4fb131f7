"""Send the requests of one connection, and pause those that its target rejects.

The address is often the secret: every message here holds only its origin.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from http import HTTPStatus
import json
import time
from types import MappingProxyType
from urllib.parse import parse_qsl, unquote, urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, DigestAuthMiddleware
from multidict import CIMultiDict
from yarl import URL

from ...base import Json, JsonObject
from ...capabilities import PlainCapabilities
from ...errors import (
    BackendError,
    CannotConnect,
    InvalidCredentials,
    InvalidResponse,
    PermissionDenied,
    RequestPaused,
)
from ...exchange import Bounds, Outgoing, exchange, listens
from ...http_failures import Effect, translate
from ...request_interval import RequestInterval
from ...transport import Reply
from ..request.definition import IdHeader
from ..request.recipe import BodyKind, texts_in
from ..request.responses import AnswerRules, result_of
from ..request.signing import signature_of
from ..request.slots import SECRET
from ..request.wire import Sent, Wire
from .access import Access, Kind

TIMEOUT = 30.0
"""Seconds for one request; a shorter limit would duplicate slow requests."""
CONNECTING = 10.0
_LOOKING = ClientTimeout(total=10.0)
"""For the connection that only checks the target."""
MAXIMUM_ANSWER = 256 * 1024
"""Bytes read of a response; the rest is not read."""
_USUAL = {"Accept": "application/json, */*;q=0.5", "Accept-Encoding": "identity"}
"""Headers that a request may replace."""
_SIGNATURE = "webhook-signature"
_BOUNDS = Bounds(
    time=ClientTimeout(total=TIMEOUT, connect=CONNECTING),
    largest=MAXIMUM_ANSWER,
    whole=False,
)


@dataclass(frozen=True, kw_only=True)
class HttpCapabilities(PlainCapabilities):
    """The requests that a connection can send; nothing is known about the target."""

    requests: Mapping[str, str] = field(default_factory=dict)
    """Titles of its requests, by id; read anew each time."""


@dataclass(frozen=True, kw_only=True)
class Paused:
    """Why a request is not sent for a while."""

    status: int
    reason: str
    revision: str
    """Revision of the rejected request; a changed request is not paused."""
    until: float
    """When it is tried again, by a clock that never goes back."""

    @property
    def shown(self) -> str:
        """Return the part of the reason that everybody may see."""
        return f"HTTP {self.status}" if self.status else self.reason


class SecretMissing(RequestPaused):
    """A request names a secret that its connection does not have."""

    code = "secret_missing"

    def __init__(self, name: str) -> None:
        """Name the secret, which is no secret itself."""
        super().__init__(name)


class SigningSecretMissing(RequestPaused):
    """A request is to be signed, but its connection has no signing secret."""

    code = "signing_secret_missing"

    def __init__(self) -> None:
        """Name the header that cannot be sent, which is the same in all languages."""
        super().__init__(_SIGNATURE)


class Part(Enum):
    """The part of a request that is sent; each has a path and rights of its own."""

    REQUEST = auto()
    END = auto()
    LOOK_UP = auto()


@dataclass(frozen=True, kw_only=True)
class Message:
    """One request to send, and how its responses are classified."""

    request: str
    """Id of its definition."""
    revision: str
    """Identifies the version of its definition."""
    siblings: Collection[str]
    """Ids of all requests of the connection."""
    wire: Wire
    answers: AnswerRules
    effect: Effect
    delivery_id: str
    values: Callable[[str], str]
    """Returns the value of a slot that is no secret."""
    ids: Collection[IdHeader] = ()
    signed: bool = False
    sent_at: int = 0
    """Unix seconds of this attempt."""
    part: Part = Part.REQUEST

    @property
    def pausing(self) -> tuple[str, Part]:
        """Return what is paused if it is rejected: this part of its request."""
        return self.request, self.part


class HttpClient:
    """Client of one target."""

    def __init__(
        self,
        session: ClientSession,
        access: Access,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take a session, which its owner closes, and the access to the target."""
        self._session = session
        self._access = access
        self._monotonic = monotonic
        self._request_interval = RequestInterval(
            lambda: access.interval, monotonic=monotonic, sleep=sleep
        )
        self._secrets = access.secrets
        self._keys = access.signing_keys
        account = access.authentication
        self._middlewares = (
            (DigestAuthMiddleware(account.username, account.secret),)
            if account.kind is Kind.DIGEST
            else ()
        )
        self.paused: dict[tuple[str, Part], Paused] = {}
        self.taken_again = False
        """Whether a part of a request that was paused has been accepted since."""
        """Parts of requests that the target rejects."""
        self._used: set[str] = set()
        """Ids of requests that were sent."""
        self.shown: Mapping[tuple[str, Part], str] | None = None
        """Reasons of the pauses that repairs show; None before the first check."""

    @property
    def origin(self) -> str:
        """Scheme, host and port of the target."""
        return self._access.origin

    @property
    def is_unknown_there(self) -> bool:
        """Return whether all recent requests got a 401.

        Requests that were not sent meanwhile may be rejected or not.
        """
        return self._used <= {request for request, _ in self.paused} and all(
            paused.status == HTTPStatus.UNAUTHORIZED for paused in self.paused.values()
        )

    def forget(self, request: str) -> None:
        """Forget the pauses of a request that has been changed or removed."""
        for part in Part:
            self.paused.pop((request, part), None)

    async def capabilities(self) -> HttpCapabilities:
        """Read the path that the user has set, or only check that the target listens.

        Raises CannotConnect, Unavailable, InvalidCredentials, PermissionDenied or
        InvalidResponse.
        """
        if (path := self._access.read_path) is None:
            await self._check_listening()
        else:
            await self._read(path)
        return HttpCapabilities()

    async def send(self, message: Message) -> JsonObject:
        """Send a request and return the result; raises BackendError."""
        return await self._send(
            message,
            lambda reply, sent: result_of(
                reply,
                message.answers,
                message.effect,
                lambda: confidential_texts(message, sent),
            ),
        )

    async def look_up[FindingT](
        self, message: Message, read: Callable[[Reply], FindingT]
    ) -> FindingT:
        """Send the look-up of a request, and return what `read` finds in the response.

        Raises BackendError, as `read` may.
        """
        return await self._send(message, lambda reply, _: read(reply))

    async def ask(self, wire: Wire, values: Callable[[str], str]) -> Reply:
        """Send a read at once, as a form does, and return its response.

        It is never paused, and does not wait for the rate limiter: a person waits for
        it. Raises BackendError.
        """
        return await self._exchange(self._filled(wire, values), Effect.NONE)

    async def _send[ResultT](
        self, message: Message, read: Callable[[Reply, Sent], ResultT]
    ) -> ResultT:
        """Send a request, and pause it if it is rejected; raises BackendError."""
        self._raise_if_paused(message)
        self._used.add(message.request)
        try:
            if message.signed and not self._keys:
                raise SigningSecretMissing
            sent = self._filled(message.wire, message.values)
        except RequestPaused as error:
            raise self._pause(message, error) from error
        await self._request_interval.turn()
        own = self._own_headers(message, sent)
        reply = await self._exchange(sent, message.effect, own)
        try:
            result = read(reply, sent)
        except RequestPaused as error:
            raise self._pause(message, error) from error
        except BackendError:
            self.paused.pop(message.pausing, None)
            raise
        rejected = self.paused.pop(message.pausing, None)
        if rejected is not None and rejected.revision == message.revision:
            self.taken_again = True
        return result

    def _filled(self, wire: Wire, values: Callable[[str], str]) -> Sent:
        """Return a request with its slots and secrets; raises BackendError."""
        secrets = self._access.named_secrets

        def value(name: str) -> str:
            if not name.startswith(SECRET):
                return values(name)
            if (secret := name.removeprefix(SECRET)) not in secrets:
                raise SecretMissing(secret)
            return secrets[secret]

        return wire.filled(self.origin, value)

    def _own_headers(self, message: Message, sent: Sent) -> dict[str, str]:
        """Return the headers that identify and sign a delivery."""
        headers: dict[str, str] = {}
        if IdHeader.WEBHOOK_ID in message.ids or message.signed:
            headers["webhook-id"] = message.delivery_id
        if IdHeader.IDEMPOTENCY_KEY in message.ids:
            # A string of RFC 8941, as the draft requires: in quotes.
            headers["Idempotency-Key"] = f'"{message.delivery_id}"'
        if message.signed:
            headers["webhook-timestamp"] = str(message.sent_at)
            headers[_SIGNATURE] = signature_of(
                self._keys, message.delivery_id, message.sent_at, sent.body or b""
            )
        return headers

    def _raise_if_paused(self, message: Message) -> None:
        """Raise for a paused request, but let one try it now and then."""
        paused = self.paused.get(message.pausing)
        if paused is None or paused.revision != message.revision:
            return
        if (now := self._monotonic()) >= paused.until:
            # The others wait for the result of this one.
            until = now + 2 * TIMEOUT
            self.paused[message.pausing] = replace(paused, until=until)
            return
        error = RequestPaused(paused.reason, status=paused.status)
        error.retry_after = paused.until - now
        raise error

    def _pause(self, message: Message, error: RequestPaused) -> BackendError:
        """Pause a request, or the connection if all are paused; return the error."""
        self.paused[message.pausing] = Paused(
            status=error.status,
            reason=error.reason,
            revision=message.revision,
            until=self._monotonic() + (error.retry_after or 0),
        )
        whole = {(one, Part.REQUEST) for one in message.siblings}
        statuses = {
            self.paused[one].status if one in self.paused else None
            for one in {message.pausing, *whole}
        }
        if statuses <= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            self.paused.clear()
            if HTTPStatus.UNAUTHORIZED in statuses:
                return InvalidCredentials(error.reason, code="credentials_refused")
            return PermissionDenied(error.reason)
        return error

    async def _read(self, path: str) -> None:
        """Read a path; any success is enough."""
        sent = Sent(method="GET", address=f"{self.origin}{path}", headers={}, body=None)
        reply = await self._exchange(sent, Effect.NONE)
        try:
            _ = result_of(reply, AnswerRules(), Effect.NONE)
        except RequestPaused as error:
            if error.status == HTTPStatus.UNAUTHORIZED:
                code = "credentials_refused"
                raise InvalidCredentials(error.reason, code=code) from error
            if error.status == HTTPStatus.FORBIDDEN:
                raise PermissionDenied(error.reason) from error
            raise InvalidResponse(error.reason) from error

    async def _check_listening(self) -> None:
        """Check that the target listens, and send nothing; raises CannotConnect."""
        self._raise_if_closed()
        tls = self._access.tls.fresh  # whose connections are never kept
        try:
            await listens(self._session, URL(self.origin), tls, _LOOKING)
        except (ClientError, TimeoutError, OSError) as error:
            raise translate(error, Effect.NONE) from error

    def _raise_if_closed(self) -> None:
        if self._session.closed:
            raise CannotConnect("the session is closed")

    async def _exchange(
        self, sent: Sent, effect: Effect, own: Mapping[str, str] = MappingProxyType({})
    ) -> Reply:
        """Send a request with its credentials and read its response.

        `own` are headers of this attempt only. Returns whatever the status is.
        """
        self._raise_if_closed()
        tls, fresh = self._access.tls, effect is Effect.ONCE
        # Each header once, however its name is spelt.
        headers = CIMultiDict(_USUAL)
        if fresh:
            headers["Connection"] = "close"
        for more in (sent.headers, self._access.authentication.headers, own):
            headers.update(more)
        request = Outgoing(
            method=sent.method,
            url=URL(sent.address, encoded=True),
            headers=headers,
            body=sent.body,
            tls=tls.fresh if fresh else tls.shared,
            reads=effect is Effect.NONE,
        )
        try:
            answer = await exchange(self._session, request, _BOUNDS, self._middlewares)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise translate(error, effect) from error
        return Reply(
            status=answer.status,
            headers=answer.headers,
            set_cookies={},
            body=answer.body,
            secrets=self._secrets,
        )


def confidential_texts(message: Message, sent: Sent) -> Collection[str]:
    """Return the texts of a request that only its target may know."""
    parts = urlsplit(sent.address)
    found = {value for _, value in parse_qsl(parts.query)}
    found |= {unquote(segment) for segment in parts.path.split("/")}
    found |= {value for name, value in sent.headers.items() if name != "Content-Type"}
    return found | {*_texts_of(message.wire.body_kind, sent.body or b"")}


def _texts_of(kind: BodyKind, body: bytes) -> Iterator[str]:
    text = body.decode(errors="replace")
    match kind:
        case BodyKind.JSON:
            decoded: Json = json.loads(text)
            yield from texts_in(decoded)
        case BodyKind.FORM:
            yield from (value for _, value in parse_qsl(text))
        case BodyKind.TEXT:
            yield from text.splitlines()
