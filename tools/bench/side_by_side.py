"""The contenders in one home, ready to be measured in turn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession

from .arrivals import ArrivalLog
from .contenders import (
    HTTP_BELL,
    AiohttpClient,
    Contender,
    Relay,
    RestCommand,
    WithoutStorage,
    a_rule,
    an_automation,
    set_states,
)
from .home import a_connection, connect, home
from .http_request import an_http_connection
from .process import serving


@dataclass(frozen=True, kw_only=True)
class SideBySide:
    """The contenders, and the server that all of them send to."""

    relay: Relay
    http: Relay
    """The same with an HTTP connection, the usual replacement of `rest_command`."""
    rest_command: RestCommand
    aiohttp_client: AiohttpClient
    without_storage: WithoutStorage
    receiving: ArrivalLog

    @property
    def in_turn(self) -> tuple[Contender, ...]:
        """Return them in the order of their turns."""
        return (
            self.relay,
            self.http,
            self.rest_command,
            self.aiohttp_client,
            self.without_storage,
        )


@asynccontextmanager
async def side_by_side() -> AsyncIterator[SideBySide]:
    """Yield the contenders, at rest."""
    async with (
        serving("tools.bench.receiver") as address,
        ClientSession() as session,
        home(an_automation(address)) as hass,
    ):
        set_states(hass)
        entry = a_connection(address, [a_rule()])
        await connect(hass, entry)
        http = an_http_connection(address)
        await connect(hass, http)
        aiohttp_client = AiohttpClient(session, address)
        without_storage = WithoutStorage(hass, session, address)
        async with aiohttp_client.working(), without_storage.armed():
            yield SideBySide(
                relay=Relay(hass, entry),
                http=Relay(hass, http, HTTP_BELL, "http"),
                rest_command=RestCommand(hass),
                aiohttp_client=aiohttp_client,
                without_storage=without_storage,
                receiving=ArrivalLog(session, address),
            )
