"""Events on a live Frigate, by this checkout or by another one.

Run as a script, with the checkout that is to be measured first on the path: what is
imported from the project, but for this file, is then of that checkout.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import json
from pathlib import Path
from statistics import median
import sys
import time
from types import ModuleType
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, DummyCookieJar
from homeassistant.core import HomeAssistant

if not Path("tools").is_dir():  # an earlier checkout, with its tools beside the others
    sys.modules["tools"] = ModuleType("tools")
    sys.modules["tools"].__path__ = [str(Path.cwd())]

from custom_components.event_relay.const import DOMAIN

try:
    from tools.bench.home import a_connection, connect, home, run
except ImportError:  # an earlier checkout, with another name
    from tools.bench.house import (  # type: ignore[import-not-found, no-redef]
        a_connection,
        connect,
        home,
        run,
    )

_ENTRY = "live"
_PATIENCE = 180.0
"""Seconds after which an unsettled delivery counts as open."""
_PAUSE = 0.05
_OPEN = frozenset({"pending", "sending", "uncertain"})
_DURATION = 5
"""Seconds; all events have an end, so that they may be deleted."""


async def measure(
    address: str, *, user: str, password: str, burst: int, alone: int
) -> dict[str, float]:
    """Return the duration of single events and a burst, and their results."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        server = _Server(session, address)
        await server.sign_in(user, password)
        async with _relay(server, user, password) as hass:
            label = f"bench-{uuid4().hex[:8]}"
            singles = [
                await _one(hass, server.camera, label, number)
                for number in range(alone)
            ]
            bursting = f"{label}-burst"
            begin = time.monotonic()
            asked_at = time.time()
            await asyncio.gather(
                *(
                    _create(hass, server.camera, bursting, number, wait=0)
                    for number in range(burst)
                )
            )
            states = await _settled(hass, burst)
            seconds = time.monotonic() - begin
        late = await server.starts(bursting, asked_at)
        await server.delete(label, bursting)
    return {
        "alone_p50_ms": median(singles) * 1000,
        "burst_s": seconds,
        "burst_lost": float(burst - states.count("delivered")),
        "burst_expired": float(states.count("expired")),
        "burst_open": float(sum(state in _OPEN for state in states)),
        "burst_stored": float(len(late)),
        "burst_start_late_p50_s": median(late) if late else float("nan"),
    }


@asynccontextmanager
async def _relay(
    server: _Server, user: str, password: str
) -> AsyncIterator[HomeAssistant]:
    """Run Home Assistant with a connection to the server."""
    data = {
        "backend": "frigate",
        "username": user,
        "password": password,
        "verify_ssl": False,
        "capabilities": server.capabilities,
    }
    async with home() as hass:
        await connect(hass, a_connection(server.address, entry_id=_ENTRY, data=data))
        yield hass


async def _one(hass: HomeAssistant, camera: str, label: str, number: int) -> float:
    """Return the seconds from the call of the action to its response."""
    begin = time.monotonic()
    answer = await _create(hass, camera, label, number, wait=30)
    seconds = time.monotonic() - begin
    if answer.get("state") != "delivered":
        raise RuntimeError(f"a single event is {answer.get('state')}")
    await asyncio.sleep(1)
    return seconds


async def _create(
    hass: HomeAssistant, camera: str, label: str, number: int, *, wait: float
) -> Mapping[str, Any]:
    answer = await hass.services.async_call(
        DOMAIN,
        "create_camera_event",
        {
            "config_entry_id": _ENTRY,
            "camera": camera,
            "label": label,
            "sub_label": str(number),
            "duration": _DURATION,
            "wait": wait,
        },
        blocking=True,
        return_response=True,
    )
    return answer or {}


async def _settled(hass: HomeAssistant, number: int) -> list[str]:
    """Wait for the newest deliveries, and return their results."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        listed: Any = await hass.services.async_call(
            DOMAIN,
            "list_deliveries",
            {"limit": number},
            blocking=True,
            return_response=True,
        )
        states = [str(one["state"]) for one in listed["deliveries"]]
        if _OPEN.isdisjoint(states) or time.monotonic() > deadline:
            return states
        await asyncio.sleep(_PAUSE)


class _Server:
    """The live server, used without any of the project's code."""

    def __init__(self, session: ClientSession, address: str) -> None:
        """Take a session without cookies."""
        self.address = address
        self.camera = ""
        self.capabilities: dict[str, Any] = {}
        self._session = session
        self._headers = {"X-Cache-Bypass": "1"}
        self._pre_capture = 5.0

    async def sign_in(self, user: str, password: str) -> None:
        """Get a token if there is a user, and read the server's data."""
        if user:
            async with self._session.post(
                f"{self.address}/api/login", json={"user": user, "password": password}
            ) as response:
                response.raise_for_status()
                token = response.headers["Set-Cookie"].partition("=")[2]
            self._headers["Authorization"] = f"Bearer {token.partition(';')[0]}"
        async with self._session.get(
            f"{self.address}/api/version", headers=self._headers
        ) as response:
            version = (await response.text()).strip()
        config = await self._read("config")
        self.camera = next(iter(config["cameras"]))
        record = config["cameras"][self.camera]["record"]
        self._pre_capture = max(
            record["alerts"]["pre_capture"], record["detections"]["pre_capture"]
        )
        self.capabilities = {
            "version": version,
            "username": user or "anonymous",
            "role": "admin",
            "cameras": {
                name: {"enabled": True, "records": True, "pre_capture": 5}
                for name in config["cameras"]
            },
        }

    async def starts(self, label: str, asked_at: float) -> list[float]:
        """Return how many seconds after a moment each event begins."""
        return [
            max(0.0, event["start_time"] + self._pre_capture - asked_at)
            for event in await self._events(label)
        ]

    async def delete(self, *labels: str) -> None:
        """Delete the events with some labels, all of which are over."""
        for label in labels:
            for event in await self._events(label):
                async with self._session.delete(
                    f"{self.address}/api/events/{event['id']}", headers=self._headers
                ):
                    pass

    async def _events(self, label: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self._read(
            f"events?labels={label}&limit=500"
        )
        return found

    async def _read(self, path: str) -> Any:  # noqa: ANN401 - it is JSON
        async with self._session.get(
            f"{self.address}/api/{path}", headers=self._headers
        ) as response:
            response.raise_for_status()
            return await response.json()


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--user", default="")
    parser.add_argument("--password-file", type=Path)
    parser.add_argument("--burst", type=int, default=60)
    parser.add_argument("--alone", type=int, default=10)
    arguments = parser.parse_args()
    password = (
        arguments.password_file.read_text().strip() if arguments.password_file else ""
    )
    figures = run(
        measure(
            arguments.url,
            user=arguments.user,
            password=password,
            burst=arguments.burst,
            alone=arguments.alone,
        )
    )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
