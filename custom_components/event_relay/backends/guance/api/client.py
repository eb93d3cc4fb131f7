"""The calls of the service's API that events need."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
import time

from aiohttp import ClientSession

from ...base import JsonObject
from ...errors import OutcomeUnknown
from ...request_interval import RequestInterval
from ...transport import Effect, HttpTransport
from .envelope import unwrap
from .failing_events import FailingEvents
from .look_ups import query_body, sightings
from .models import GuanceCapabilities, GuanceWorkspace, Sighting
from .search import Search

INTERVAL = 1.0
"""Seconds between two requests. Limits per key and per workspace are documented, but
not their figures, window and headers (inferred)."""
QUERY_TIMEOUT = 60.0
"""Seconds for a query: a sample shows a limit of 54 s (inferred)."""


class GuanceClient:
    """Client of one workspace, the one that the key belongs to.

    The header takes the Key ID, according to three vendor clients, though one page of
    the documentation names the secret; there is no signature (vendor documentation).
    """

    def __init__(
        self,
        session: ClientSession,
        address: str,
        *,
        api_key: str,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take a session, the address of a site, and the Key ID."""
        make = partial(
            HttpTransport,
            session,
            f"{address}/api/v1",
            headers=lambda: {"DF-API-KEY": api_key},
            secrets=lambda: (api_key,),
        )
        self._transport = make()
        self._queries = make(timeout=QUERY_TIMEOUT)
        self._request_interval = RequestInterval(
            lambda: INTERVAL, monotonic=monotonic, sleep=sleep
        )
        self._search = Search(self._request_interval.turn, self._find_events)
        self.failing_events = FailingEvents()

    async def capabilities(self) -> GuanceCapabilities:
        """Read the retention of the workspace.

        Raises CannotConnect, Unavailable, InvalidCredentials, PermissionDenied or
        InvalidResponse.
        """
        return (await self.workspace()).capabilities

    async def workspace(self) -> GuanceWorkspace:
        """Read the workspace of the key; raises as `capabilities`.

        This proves that the key is valid, not that it may write: only a write does.
        """
        await self._request_interval.turn()
        reply = await self._transport.send("GET", "workspace", "get")
        return GuanceWorkspace.parse(unwrap(reply, Effect.NONE).content)

    async def create_event(self, body: JsonObject) -> None:
        """Create an event; every call creates another one, and returns no id.

        Raises OutcomeUnknown if it may have been created.
        """
        await self._request_interval.turn()
        reply = await self._transport.send("POST", "events", "create", body=body)
        if unwrap(reply, Effect.ONCE).content is not True:
            raise OutcomeUnknown("create was answered without saying true")

    async def find_event(self, delivery_id: str, date: datetime) -> Sighting:
        """Look up the event of a delivery by our own tag, around its date.

        Look-ups that wait for the rate limiter share a request. Raises as
        `capabilities`.
        """
        return await self._search.find(delivery_id, date)

    async def _find_events(self, wanted: Mapping[str, datetime]) -> dict[str, Sighting]:
        reads, query = Effect.NONE, query_body(wanted)
        reply = await self._queries.send(
            "POST", "df", "query_data_v1", effect=reads, body=query
        )
        return sightings(wanted, unwrap(reply, reads).content)
