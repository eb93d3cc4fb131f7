"""A simulated Frigate, and a caller of it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Unpack

import aiohttp
import pytest
from yarl import URL

from tools.simulators.frigate import FrigateOptions, FrigateSimulator


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    headers: dict[str, str]
    text: str
    json: Any

    @property
    def is_html(self) -> bool:
        return self.headers["Content-Type"].startswith("text/html")


class Caller:
    """Calls one Frigate; paths are sent unchanged."""

    def __init__(
        self, frigate: FrigateSimulator, session: aiohttp.ClientSession
    ) -> None:
        self.frigate = frigate
        self._session = session

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request; without json and data it has no body."""
        url = URL(self.frigate.url + path, encoded=True)
        async with self._session.request(
            method,
            url,
            allow_redirects=False,
            ssl=False,
            json=json,
            data=data,
            headers=headers,
        ) as response:
            is_json = response.content_type == "application/json"
            return Answer(
                response.status,
                dict(response.headers),
                await response.text(errors="replace"),
                await response.json() if is_json else None,
            )

    async def create(self, label: str = "person", **body: object) -> str:
        """Create an event and return its id."""
        path = f"/api/events/front_door/{label}/create"
        answer = await self("POST", path, json=body)
        assert answer.status == 200
        event_id: str = answer.json["event_id"]
        return event_id

    async def event(self, event_id: str) -> dict[str, Any]:
        """Return an event uncached, after all pending writes."""
        self.frigate.flush()
        headers = {"X-Cache-Bypass": "1"}
        answer = await self("GET", f"/api/events/{event_id}", headers=headers)
        assert answer.status == 200
        event: dict[str, Any] = answer.json
        return event


type Start = Callable[..., Any]


@pytest.fixture
async def start(session: aiohttp.ClientSession) -> AsyncGenerator[Start]:
    """Return a function that starts a Frigate and returns its caller.

    Rows are written at once unless a test sets a delay.
    """
    async with AsyncExitStack() as stack:

        async def start_frigate(**options: Unpack[FrigateOptions]) -> Caller:
            frigate = FrigateSimulator(**({"async_delay": 0} | options))
            return Caller(await stack.enter_async_context(frigate), session)

        yield start_frigate


@pytest.fixture
async def call(start: Start) -> Caller:
    """Return a caller of a Frigate 0.18 without authentication."""
    caller: Caller = await start()
    return caller
