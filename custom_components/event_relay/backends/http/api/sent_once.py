"""Keep aiohttp from resending a request by itself.

It resends GET, PUT, DELETE and some others whenever the connection breaks, even if that
is the server's reaction to the request. Whether twice is the same as once is the user's
to say, whatever the method.
"""

from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientHandlerType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ServerDisconnectedError,
)


class BrokenOff(ClientConnectionError):
    """The connection broke; aiohttp does not resend on this error."""


async def sent_once(
    request: ClientRequest, handler: ClientHandlerType
) -> ClientResponse:
    """Send a request; raises BrokenOff for errors on which aiohttp would resend."""
    try:
        return await handler(request)
    except ClientConnectorError:
        # Never sent, and aiohttp does not resend it.
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise BrokenOff from error
