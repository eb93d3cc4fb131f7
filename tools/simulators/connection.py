"""Close or reset a connection instead of responding."""

import socket
import struct

from aiohttp import web

_LINGER_NOT = struct.pack("ii", 1, 0)


def close(request: web.BaseRequest) -> None:
    """Close the connection; data that was already written is still sent."""
    if request.transport is not None:
        request.transport.close()


def reset(request: web.BaseRequest) -> None:
    """Reset the connection: the peer gets a real TCP RST."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    transport.abort()
