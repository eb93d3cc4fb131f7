"""The server that everything measured sends to: `python -m tools.bench.receiver`.

A process of its own. It notes when each event came by the monotonic clock, which is
the same for all processes of a machine.
"""

import asyncio
import json
import time
from types import TracebackType
from typing import Self

from aiohttp import web

from tools.simulators.process import run_until_stopped

_HOST = "127.0.0.1"


class Receiver:
    """Takes events and remembers the moment of each."""

    url = ""

    def __init__(self) -> None:
        """Begin without events."""
        self._arrivals: list[tuple[float, bytes]] = []
        self._known: set[str] = set()
        self._runner: web.ServerRunner | None = None

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        runner = web.ServerRunner(web.Server(self._answer, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, _HOST, 0).start()
        self.url = f"http://{_HOST}:{runner.addresses[0][1]}"
        self._runner = runner
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Handle one request."""
        if request.method == "POST":
            # The JSON is parsed after the measurement.
            self._arrivals.append((time.monotonic(), await request.read()))
            return web.Response(body=b"{}", content_type="application/json")
        match request.path.rpartition("/")[2]:
            case "arrivals":
                return web.json_response(self._arrived())
            case "about":
                return web.json_response({"version": "1"})
            case delivery_id:
                return web.Response(status=200 if delivery_id in self._known else 404)

    def _arrived(self) -> list[tuple[float, int]]:
        """Return the arrivals since the last call: times and numbers."""
        events = [(moment, json.loads(body)) for moment, body in self._arrivals]
        self._arrivals.clear()
        self._known.update(str(event.get("id")) for _, event in events)
        return [(moment, int(event["number"])) for moment, event in events]


if __name__ == "__main__":
    asyncio.run(run_until_stopped(Receiver()))
