"""A server that responds with any bytes, valid or not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import ssl

type Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RawServer:
    """The server's address, and the requests that it received."""

    address: str = ""
    requests: list[bytes] = field(default_factory=list)


def bytes_then_close(*parts: bytes) -> Answer:
    """Respond with bytes, then close."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.writelines(parts)
        await writer.drain()

    return answer


async def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection."""
    writer.transport.abort()


async def hang(writer: asyncio.StreamWriter) -> None:
    """Never respond; stopping the server ends it."""
    await asyncio.get_running_loop().create_future()


def half_then_hang(part: bytes) -> Answer:
    """Respond with a part, and never with the rest."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(part)
        await writer.drain()
        await hang(writer)

    return answer


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Read one request, including its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return head + await reader.readexactly(length)


@asynccontextmanager
async def serve(
    answer: Answer, context: ssl.SSLContext | None = None
) -> AsyncIterator[RawServer]:
    """Listen on a free port and respond to every request in the same way."""
    raw = RawServer()
    tasks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                raw.requests.append(await read_request(reader))
                await answer(writer)
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(talk(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    scheme = "http" if context is None else "https"
    raw.address = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield raw
    finally:
        server.close()
        waiting = tuple(tasks)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await server.wait_closed()
