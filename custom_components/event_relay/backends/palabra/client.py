"""Palabra's calls, as far as events need them.

The paths are from a third party's notes on the vendor's specification (2026-06);
nothing here has been run against the live system.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from aiohttp import ClientSession

from ..answers import is_json
from ..base import JsonObject
from ..errors import (
    UNKNOWN_EVENT,
    Gone,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Unavailable,
)
from ..transport import Effect, HttpTransport, Reply
from .credentials import PalabraCredentials
from .failures import balance_is_empty, data_of, raise_for_answer, reason
from .models import LiveEvent, PalabraCapabilities

DEFAULT_ADDRESS = "https://api.palabra.ai"
"""The one host for REST; its regions are for streams only (official SDK 2.2.1)."""
EVENT = ("saas", "v2", "event")
EVENTS = ("saas", "v2", "events")
PAGE = 100
"""Events asked for at a time: as many as there may be (vendor documentation)."""
PAGES = 50
"""Pages read of a list before it is given up."""
TIMEOUT = 30.0
"""Seconds; official SDKs wait 5 to 60."""
TOO_LARGE = "too_large"


class PalabraClient:
    """Talks to Palabra as one account."""

    def __init__(
        self,
        session: ClientSession,
        address: str = DEFAULT_ADDRESS,
        *,
        credentials: PalabraCredentials,
    ) -> None:
        """Take a session, a normalised address and the credentials."""
        self._transport = HttpTransport(session, address, timeout=TIMEOUT)
        self._transport.secrets = lambda: credentials.secrets
        self._credentials = credentials
        self._clock_offset = timedelta()

    def server_time(self, moment: datetime) -> datetime:
        """Return what Palabra's clock shows, or showed, at a moment here.

        As far as its last answer tells; the `Date` of one has whole seconds.
        """
        return moment + self._clock_offset

    async def capabilities(self) -> PalabraCapabilities:
        """Prove the contact by the smallest list of events.

        Raises CannotConnect, Unavailable, InvalidCredentials, PermissionDenied or
        InvalidResponse.
        """
        await self._page({"page_size": "1"})
        return PalabraCapabilities()

    async def create_event(self, body: JsonObject) -> LiveEvent:
        """Make an event and return it; any success counts that names it.

        Every call makes another event. Raises OutcomeUnknown when that is open.
        """
        reply = await self._send("POST", *EVENT, effect=Effect.ONCE, body=body)
        if reply.status == HTTPStatus.NOT_FOUND and self._credentials.older:
            raise self._refused(reply)
        raise_for_answer(reply, Effect.ONCE)
        try:
            return LiveEvent.parse(data_of(reply))
        except (ValueError, InvalidResponse) as error:
            raise OutcomeUnknown("the answer to create cannot be read") from error

    async def update_event(self, event_id: str, body: JsonObject) -> LiveEvent | None:
        """Change an event; return it where the answer tells.

        Only what changes is sent: what v2 takes is not documented, nor whether it
        wants the rest as well. Raises Gone where the event is gone.
        """
        reply = await self._send(
            "PATCH", *EVENT, event_id, effect=Effect.REPEATABLE, body=body
        )
        if reply.status == HTTPStatus.NOT_FOUND and is_json(reply):
            await self._prove_credentials()
            raise Gone(reason(reply), code=UNKNOWN_EVENT)
        raise_for_answer(reply, Effect.REPEATABLE)
        return _event_after_write(reply)

    async def delete_event(self, event_id: str) -> bool:
        """Delete an event; return whether it was still there."""
        reply = await self._send("DELETE", *EVENT, event_id, effect=Effect.REPEATABLE)
        if reply.status == HTTPStatus.NOT_FOUND and is_json(reply):
            await self._prove_credentials()
            return False
        raise_for_answer(reply, Effect.REPEATABLE)
        _event_after_write(reply)
        return True

    async def event(self, event_id: str) -> LiveEvent | None:
        """Return an event as it is now; None when there is none."""
        reply = await self._send("GET", *EVENT, event_id)
        if reply.status == HTTPStatus.NOT_FOUND and is_json(reply):
            await self._prove_credentials()
            return None
        return LiveEvent.parse(self._read(reply))

    async def events(self) -> tuple[LiveEvent, ...]:
        """Return all events of the account, newest first as Palabra sorts them.

        Raises InvalidResponse as well where there are more than can be read, or
        where a page cannot be read: what it gives is complete.
        """
        query = {"sort": "desc", "page_size": str(PAGE)}
        found: dict[str, LiveEvent] = {}
        for _ in range(PAGES):
            page = await self._page(query)
            if not isinstance(items := page.get("items"), list):
                raise InvalidResponse("the events are not a list")
            for event in map(LiveEvent.parse, items):
                found.setdefault(event.id, event)
            match page.get("next"):
                case None | "":
                    return tuple(found.values())
                case str(token):
                    query = {"token": token}  # alone, or it is refused (facts 1)
                case _:
                    raise InvalidResponse("the next page cannot be read")
        raise InvalidResponse("more events than can be read", code=TOO_LARGE)

    async def _page(self, query: Mapping[str, str]) -> JsonObject:
        """Return a page of the list; what it refuses are the credentials.

        The older pair is answered 404 where it is wrong (official SDK 0.6.1). A 403
        that is no empty balance is taken for a refusal too (inferred).
        """
        reply = await self._send("GET", *EVENTS, query=query)
        if reply.status == HTTPStatus.NOT_FOUND:
            if self._credentials.older:
                raise self._refused(reply)
            code = "other_system" if is_json(reply) else "not_json"
            raise InvalidResponse(reason(reply), code=code)
        try:
            return self._read(reply)
        except PermissionDenied as error:
            if balance_is_empty(reply):
                raise
            raise InvalidCredentials(
                error.reason, code="credentials_refused"
            ) from error

    async def _prove_credentials(self) -> None:
        """Tell an event that is gone from an older pair that is refused alike."""
        if self._credentials.older:
            await self.capabilities()

    def _read(self, reply: Reply) -> JsonObject:
        """Return what a read gave; raises InvalidResponse and the usual failures."""
        raise_for_answer(reply, Effect.NONE)
        try:
            return data_of(reply)
        except ValueError as error:
            code = None if is_json(reply) else "not_json"
            raise InvalidResponse("the answer cannot be read", code=code) from error

    def _refused(self, reply: Reply) -> InvalidCredentials:
        """Return what a 404 means to the older pair where no event is named."""
        words = reason(reply)
        return InvalidCredentials(words, code="client_pair_refused")

    async def _send(
        self,
        method: str,
        *segments: str,
        effect: Effect = Effect.NONE,
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
    ) -> Reply:
        """Send a request with the credentials; bodies are wrapped in `data`."""
        reply = await self._transport.send(
            method,
            *segments,
            effect=effect,
            query=query,
            headers=self._credentials.headers,
            body=None if body is None else {"data": body},
        )
        if (date := reply.date) is not None:
            self._clock_offset = date - datetime.now(UTC)
        return reply


def _event_after_write(reply: Reply) -> LiveEvent | None:
    """Read the success of a write that may be repeated.

    What v2 answers is not documented: nothing at all counts as done, and an answer
    that says otherwise, or cannot be read, lets it be tried again.
    """
    if not reply.body.strip():
        return None
    try:
        data = data_of(reply)
    except ValueError as error:
        raise Unavailable(
            "the answer cannot be read", code="invalid_response"
        ) from error
    try:
        return LiveEvent.parse(data)
    except InvalidResponse:
        return None
