"""The contenders in one home, ready to be measured in turn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession

from .contenders import (
    HTTP_BELL,
    Bare,
    Contender,
    Forgetful,
    Relay,
    RestCommand,
    a_rule,
    an_automation,
    furnish,
)
from .house import a_connection, connect, home
from .http_request import an_http_connection
from .process import serving
from .receiving import Receiving


@dataclass(frozen=True, kw_only=True)
class SideBySide:
    """The contenders, and the server that all of them send to."""

    relay: Relay
    http: Relay
    """The same with an HTTP connection, the usual replacement of `rest_command`."""
    rest_command: RestCommand
    bare: Bare
    forgetful: Forgetful
    receiving: Receiving

    @property
    def contenders(self) -> tuple[Contender, ...]:
        """Return them in the order of their turns."""
        return self.relay, self.http, self.rest_command, self.bare, self.forgetful


@asynccontextmanager
async def side_by_side() -> AsyncIterator[SideBySide]:
    """Yield the contenders, at rest."""
    async with (
        serving("tools.bench.receiver") as address,
        ClientSession() as session,
        home(an_automation(address)) as hass,
    ):
        furnish(hass)
        entry = a_connection(address, [a_rule()])
        await connect(hass, entry)
        http = an_http_connection(address)
        await connect(hass, http)
        bare = Bare(session, address)
        forgetful = Forgetful(hass, session, address)
        async with bare.working(), forgetful.armed():
            yield SideBySide(
                relay=Relay(hass, entry),
                http=Relay(hass, http, HTTP_BELL, "http"),
                rest_command=RestCommand(hass),
                bare=bare,
                forgetful=forgetful,
                receiving=Receiving(session, address),
            )
