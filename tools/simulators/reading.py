"""Read a whole request, up to the limit."""

from aiohttp import web

from .wire import Call


async def read_call(request: web.BaseRequest, prefix: str, limit: int) -> Call:
    """Return the request, its raw path without prefix."""
    path, _, query = request.raw_path.partition("?")
    body, too_large = await _read_body(request, limit)
    return Call(
        method=request.method,
        path=path.removeprefix(prefix),
        query=query,
        headers=request.headers,
        body=body,
        too_large=too_large,
        host=request.headers.get("Host", "127.0.0.1").rpartition(":")[0]
        or request.headers.get("Host", "127.0.0.1"),
        remote=request.remote or "127.0.0.1",
    )


async def _read_body(request: web.BaseRequest, limit: int) -> tuple[bytes, bool]:
    if (request.content_length or 0) > limit:
        return b"", True
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit:
            return b"", True
    return bytes(body), False
