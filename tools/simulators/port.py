"""A TLS port that also accepts peers without TLS, as nginx's does."""

import asyncio
from collections.abc import Callable, Coroutine
import contextlib
import socket
import ssl

_BACKLOG = 128
_HANDSHAKE = b"\x16"


class TlsPort:
    """Listens, and starts TLS only with a peer that starts it too."""

    def __init__(
        self, protocol: Callable[[], asyncio.Protocol], context: ssl.SSLContext
    ) -> None:
        """Pass connections to the protocol."""
        self._protocol = protocol
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, host: str, port: int) -> int:
        """Listen, and return the port."""
        listener = socket.create_server((host, port), backlog=_BACKLOG)
        listener.settimeout(0)
        number: int = listener.getsockname()[1]
        self._run(self._accept(listener))
        return number

    async def stop(self) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with listener:
            while True:
                connection, _ = await loop.sock_accept(listener)
                self._run(self._greet(connection))

    async def _greet(self, connection: socket.socket) -> None:
        try:
            await _readable(connection)
            first = connection.recv(1, socket.MSG_PEEK)
            context = self._context if first == _HANDSHAKE else None
            loop = asyncio.get_running_loop()
            # A peer that rejects the certificate just disconnects.
            with contextlib.suppress(OSError):
                await loop.connect_accepted_socket(
                    self._protocol, connection, ssl=context
                )
        except asyncio.CancelledError, OSError:
            connection.close()


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    heard = asyncio.Event()
    loop.add_reader(connection, heard.set)
    try:
        await heard.wait()
    finally:
        loop.remove_reader(connection)
