"""The home under torture: Home Assistant, its user, and its connections."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
import secrets

from aiohttp import ClientError, ClientSession

from tools.demo.api import Api, ApiError, Refused, User
from tools.demo.home import Home
from tools.demo.home_setup import settle
from tools.demo.polling import eventually
from tools.demo.websocket import WebSocket, connected

from .following import Following
from .targets import AnyTarget

_TRY_SECONDS = 0.1
_READY_SECONDS = 180.0


class TorturedHome:
    """A home with connections, used over the WebSocket API."""

    def __init__(self, home: Home, session: ClientSession) -> None:
        """Take a home and a session, which the caller closes."""
        self.home = home
        self._session = session
        self.api = Api(session, home.url)

    async def set_up(
        self, targets: Sequence[AnyTarget], following: Following
    ) -> Mapping[str, AnyTarget]:
        """Start it for the first time, set everything up, and stop it properly.

        Returns the targets by the ids of their connections. Home Assistant writes its
        users and connections with a delay, so a kill could undo them.
        """
        api = self.api
        await self.home.start()
        await api.make_user(User(name="torture", password=secrets.token_hex(8)))
        await api.wait_running()
        async with connected(self._session, self.home.url, api.access_token) as socket:
            await settle(socket)
            entries = {
                await api.add_entry(
                    "event_relay",
                    [{"next_step_id": target.backend}, target.connection()],
                ): target
                for target in targets
            }
            for entry_id, target in entries.items():
                for kind, steps in target.subentries():
                    await api.add_subentry(entry_id, kind, steps)
            await following.add(api, socket, entries)
        await self.home.stop()
        return entries

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[WebSocket]:
        """Yield a connection as soon as Event Relay's actions exist.

        Its connections need not be loaded yet.
        """
        while True:
            try:
                await self.api.renew()
                break
            except ApiError, ClientError:
                await asyncio.sleep(_TRY_SECONDS)
        async with connected(
            self._session, self.home.url, self.api.access_token
        ) as socket:
            await eventually(
                lambda: _has_actions(socket), "Event Relay", _READY_SECONDS
            )
            yield socket


async def _has_actions(socket: WebSocket) -> bool | None:
    """Return True once Event Relay's actions exist, None before."""
    try:
        await socket.ask("event_relay.list_deliveries", limit=1)
    except Refused:
        return None
    return True
