"""Servers that are not a usable Frigate."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
import socket
from typing import Any

from aiohttp import web

type Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

HOST = "127.0.0.1"


@asynccontextmanager
async def serve(handler: Handler) -> AsyncIterator[str]:
    """Answer every request with a handler; return the address."""
    runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    try:
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def untrusted(place: AbstractAsyncContextManager[str]) -> AsyncIterator[str]:
    """Run a server whose clients may abort the handshake; return its address.

    The loop, which the server shares with Home Assistant, reports that as an error.
    """
    loop = asyncio.get_running_loop()
    report = loop.get_exception_handler()

    def ignore_handshakes(
        loop: asyncio.AbstractEventLoop, context: dict[str, Any]
    ) -> None:
        if "incoming connection" not in context["message"]:
            assert report is not None
            report(loop, context)

    loop.set_exception_handler(ignore_handshakes)
    try:
        async with place as url:
            yield url
    finally:
        loop.set_exception_handler(report)


@asynccontextmanager
async def serve_bytes(answer: bytes) -> AsyncIterator[str]:
    """Respond to every connection with bytes that need not be HTTP."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, HOST, 0)
    async with server:
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}"


def serve_document(document: object, status: int = 200) -> Handler:
    """Return a handler that always responds with the same JSON."""

    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(document, status=status)

    return answer


def serve_page(page: str, status: int = 200) -> Handler:
    """Return a handler that always responds with the same web page."""

    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=page, content_type="text/html", status=status)

    return answer


async def serve_redirect(_request: web.BaseRequest) -> web.StreamResponse:
    """Redirect to the same host with https, as a proxy does."""
    return web.Response(status=301, headers={"Location": f"https://{HOST}/"})


def unused_port() -> int:
    """Return a port where nothing listens."""
    with socket.socket() as unused:
        unused.bind((HOST, 0))
        port: int = unused.getsockname()[1]
        return port
