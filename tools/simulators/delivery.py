"""Send a reply to the peer, or fail as a fault demands."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from .connection import close, reset
from .faults import Fault, FaultKind
from .wire import Reply

_GARBAGE = b"\x00\xffnot JSON at all{"


async def deliver(
    request: web.BaseRequest,
    reply: Reply | None,
    fault: Fault | None,
    *,
    hold: Callable[[], Awaitable[object]],
) -> web.StreamResponse:
    """Send the reply, unless the fault does something else.

    A request without a response is held until `hold` returns. A peer that has
    disconnected meanwhile gets no response.
    """
    kind = None if fault is None else fault.kind
    if fault is not None and kind is FaultKind.STATUS:
        reply = fault.reply()
    if reply is None or kind in (FaultKind.RESET_AFTER, FaultKind.HANG):
        if kind is FaultKind.HANG:
            await hold()
        return _leave_unanswered(request, kind)
    try:
        if kind is FaultKind.HALF_BODY:
            return await _send_half(request, reply)
        garbage = kind is FaultKind.GARBAGE
        return await _send(request, Reply(body=_GARBAGE) if garbage else reply)
    except ConnectionError:
        return _leave_unanswered(request, kind)


def _leave_unanswered(
    request: web.BaseRequest, kind: FaultKind | None
) -> web.StreamResponse:
    if kind in (FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER):
        reset(request)
    else:
        close(request)
    # The connection is gone: aiohttp notices that itself and sends nothing.
    return web.Response(status=500)


def _headers(response: web.StreamResponse, reply: Reply) -> None:
    if reply.content_type is not None:
        response.headers["Content-Type"] = reply.content_type
    for name, value in reply.headers:
        response.headers.add(name, value)


async def _send(request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    response = web.Response(status=reply.status, body=reply.body)
    _headers(response, reply)
    await response.prepare(request)
    return response


async def _send_half(request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status)
    _headers(response, reply)
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    close(request)
    return response
