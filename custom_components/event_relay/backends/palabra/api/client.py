"""The calls of Palabra's API that events need.

The paths are from a third party's notes on the vendor's specification (2026-06);
nothing here has been run against the live system.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from aiohttp import ClientSession

from ...base import JsonObject
from ...errors import (
    UNKNOWN_EVENT,
    Gone,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Unavailable,
)
from ...json_responses import is_json, is_missing, message
from ...reading import a_list
from ...transport import Effect, HttpTransport, Reply
from .credentials import PalabraCredentials
from .failures import balance_is_empty, data_of, raise_for_answer
from .models import LiveEvent, PalabraCapabilities

DEFAULT_ADDRESS = "https://api.palabra.ai"
"""The only host for REST; its regions are for streams only (official SDK 2.2.1)."""
EVENT = ("saas", "v2", "event")
EVENTS = ("saas", "v2", "events")
PAGE = 100
"""Events per request: the maximum (vendor documentation)."""
PAGES = 50
"""Pages read of a list at most."""
TIMEOUT = 30.0
"""Seconds; official SDKs wait 5 to 60."""
TOO_LARGE = "too_large"


class PalabraClient:
    """Client of Palabra as one account."""

    def __init__(
        self,
        session: ClientSession,
        address: str = DEFAULT_ADDRESS,
        *,
        credentials: PalabraCredentials,
    ) -> None:
        """Take a session, a normalised address and the credentials."""
        self._transport = HttpTransport(
            session,
            address,
            timeout=TIMEOUT,
            headers=lambda: credentials.headers,
            secrets=lambda: credentials.secrets,
        )
        self._credentials = credentials

    def server_time(self, moment: datetime) -> datetime:
        """Return Palabra's clock at a moment of ours.

        Derived from its last response, whose `Date` has whole seconds.
        """
        return moment + (self._transport.clock_offset or timedelta())

    async def capabilities(self) -> PalabraCapabilities:
        """Prove the contact with the smallest list of events.

        Raises CannotConnect, Unavailable, InvalidCredentials, PermissionDenied or
        InvalidResponse.
        """
        await self._page({"page_size": "1"})
        return PalabraCapabilities()

    async def create_event(self, body: JsonObject) -> LiveEvent:
        """Create an event and return it; any success with an event id counts.

        Every call creates another event. Raises OutcomeUnknown if it may have done so.
        """
        reply = await self._send("POST", *EVENT, body=body)
        if reply.status == HTTPStatus.NOT_FOUND and self._credentials.older:
            raise self._refused(reply)
        raise_for_answer(reply, Effect.ONCE)
        try:
            return LiveEvent.parse(data_of(reply))
        except (ValueError, InvalidResponse) as error:
            raise OutcomeUnknown("the answer to create cannot be read") from error

    async def update_event(self, event_id: str, body: JsonObject) -> LiveEvent | None:
        """Change an event; return it if the response has it.

        Only changed fields are sent: it is not documented what v2 takes, nor whether it
        needs the other fields. Raises Gone if the event does not exist.
        """
        reply = await self._send(
            "PATCH", *EVENT, event_id, effect=Effect.REPEATABLE, body=body
        )
        if is_missing(reply):
            await self._prove_credentials()
            raise Gone(message(reply), code=UNKNOWN_EVENT)
        raise_for_answer(reply, Effect.REPEATABLE)
        return _event_after_write(reply)

    async def delete_event(self, event_id: str) -> bool:
        """Delete an event; return whether it still existed."""
        reply = await self._send("DELETE", *EVENT, event_id)
        if is_missing(reply):
            await self._prove_credentials()
            return False
        raise_for_answer(reply, Effect.REPEATABLE)
        _event_after_write(reply)
        return True

    async def event(self, event_id: str) -> LiveEvent | None:
        """Return an event as it is now; None if it does not exist."""
        reply = await self._send("GET", *EVENT, event_id)
        if is_missing(reply):
            await self._prove_credentials()
            return None
        return LiveEvent.parse(self._read(reply))

    async def events(self) -> tuple[LiveEvent, ...]:
        """Return all events of the account, newest first as Palabra sorts them.

        Also raises InvalidResponse if there are more than can be read, or if a page
        cannot be read: the list is always complete.
        """
        query = {"sort": "desc", "page_size": str(PAGE)}
        found: dict[str, LiveEvent] = {}
        for _ in range(PAGES):
            page = await self._page(query)
            for event in map(LiveEvent.parse, a_list(page.get("items"), "events")):
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
        """Return a page of the list; a refusal means bad credentials.

        The older pair gets a 404 if it is wrong (official SDK 0.6.1). A 403 other than
        an empty balance counts as a refusal too (inferred).
        """
        reply = await self._send("GET", *EVENTS, query=query)
        if reply.status == HTTPStatus.NOT_FOUND:
            if self._credentials.older:
                raise self._refused(reply)
            code = "other_system" if is_json(reply) else "not_json"
            raise InvalidResponse(message(reply), code=code)
        try:
            return self._read(reply)
        except PermissionDenied as error:
            if balance_is_empty(reply):
                raise
            raise InvalidCredentials(
                error.reason, code="credentials_refused"
            ) from error

    async def _prove_credentials(self) -> None:
        """Tell a missing event from a refused older pair, which both give 404."""
        if self._credentials.older:
            await self.capabilities()

    def _read(self, reply: Reply) -> JsonObject:
        """Return the content of a read; raises InvalidResponse and usual failures."""
        raise_for_answer(reply, Effect.NONE)
        try:
            return data_of(reply)
        except ValueError as error:
            code = None if is_json(reply) else "not_json"
            raise InvalidResponse("the answer cannot be read", code=code) from error

    def _refused(self, reply: Reply) -> InvalidCredentials:
        """Return the error for a 404 that names no event, for the older pair."""
        words = message(reply)
        return InvalidCredentials(words, code="client_pair_refused")

    async def _send(
        self,
        method: str,
        *segments: str,
        effect: Effect | None = None,
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
    ) -> Reply:
        """Send a request; bodies are wrapped in `data`."""
        return await self._transport.send(
            method,
            *segments,
            query=query,
            effect=effect,
            body=None if body is None else {"data": body},
        )


def _event_after_write(reply: Reply) -> LiveEvent | None:
    """Read the success of a repeatable write.

    v2's response is not documented: an empty one counts as done, and one that reports
    an error, or cannot be read, is retried.
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
