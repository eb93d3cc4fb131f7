"""One of the two servers that are compared."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
import time

from aiohttp import ClientSession
from yarl import URL

from tools.simulators.wire import Json

from .response import Answer, Facts

_PAUSE = 0.02


@dataclass
class Side:
    """A server, how it is asked, and what was seen."""

    name: str
    session: ClientSession
    url: str
    pass_time: Callable[[float], Awaitable[object]]
    """Lets that many seconds pass on the server."""
    patience: float = 8.0
    """Seconds after which what is waited for is given up."""
    headers: dict[str, str] = field(default_factory=dict)
    seen: dict[str, Facts] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """How long something took; told, not compared."""

    async def ask(
        self,
        method: str,
        path: str,
        *,
        json: Json = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; the path is sent as it is written."""
        async with self.session.request(
            method,
            URL(self.url + path, encoded=True),
            allow_redirects=False,
            ssl=False,
            json=json,
            data=data,
            headers=self.headers | dict(headers or {}),
            skip_auto_headers=("Content-Type",) if json is None else (),
        ) as response:
            return await Answer.of(response)

    def see(self, step: str, facts: Facts) -> None:
        """Keep what was seen in a step; each has a name of its own."""
        if step in self.seen:
            raise ValueError(f"two steps are called {step!r}")
        self.seen[step] = facts

    async def until(self, what: str, look: Callable[[], Awaitable[bool]]) -> bool:
        """Look until something is so, and keep how long it took."""
        begin = time.monotonic()
        while not (so := await look()) and time.monotonic() - begin < self.patience:
            await asyncio.sleep(_PAUSE)
        self.seconds[what] = time.monotonic() - begin
        return so
