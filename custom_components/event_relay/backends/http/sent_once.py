"""Keeps the library below from sending a request again by itself.

It does so for GET, PUT, DELETE and some others whenever the connection breaks off, also
where that is the answer to what was sent. Whether twice is the same as once is the
user's to say, whatever the method.
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
    """The connection broke off, and the library leaves it at that."""


async def sent_once(
    request: ClientRequest, handler: ClientHandlerType
) -> ClientResponse:
    """Send a request; raises BrokenOff in place of what the library would act on."""
    try:
        return await handler(request)
    except ClientConnectorError:
        # Never sent, which the library does not try again.
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise BrokenOff from error
