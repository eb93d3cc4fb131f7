"""A client of Home Assistant's WebSocket API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from aiohttp import (
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    WSMessageTypeError,
)

from tools.simulators.wire import Json

from .api import ApiError, Refused, member

_ANSWER_SECONDS = 60.0


class WebSocket:
    """A connection to Home Assistant for commands and their results."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        """Take an authenticated socket."""
        self._socket = socket
        self._identifiers = count(1)
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._ended = False

    async def command(self, kind: str, **fields: Json) -> Json:
        """Send a command, and return its result.

        Raises Refused if the result is an error, and another ApiError if there is no
        result.
        """
        return await self._send(next(self._identifiers), kind, fields)

    async def act(self, action: str, **data: Json) -> None:
        """Call an action, and wait until it has finished."""
        await self._call(action, data, answers=False)

    async def ask(self, action: str, **data: Json) -> dict[str, Json]:
        """Call an action with a response, and return it."""
        return member(await self._call(action, data, answers=True), "response", dict)

    async def _call(self, action: str, data: dict[str, Json], *, answers: bool) -> Json:
        domain, _, service = action.partition(".")
        return await self.command(
            "call_service",
            domain=domain,
            service=service,
            service_data=data,
            return_response=answers,
        )

    async def _send(self, identifier: int, kind: str, fields: dict[str, Json]) -> Json:
        """Send one message, and return its result."""
        if self._ended:
            raise ApiError(f"{kind}: the connection has ended")
        answer = asyncio.get_running_loop().create_future()
        self._answers[identifier] = answer
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self._socket.send_json({"id": identifier, "type": kind, **fields})
                result: Json = await answer
                return result
        except TimeoutError:
            raise ApiError(f"{kind}: no answer for {_ANSWER_SECONDS:.0f} s") from None
        except Refused as error:
            raise Refused(f"{kind}: {error}", error.key) from error
        except (ApiError, ClientError) as error:
            raise ApiError(f"{kind}: {error}") from error
        finally:
            del self._answers[identifier]

    async def read(self) -> None:
        """Pass on received messages until the connection ends."""
        async for message in self._socket:
            content: Json = message.json()
            identifier = member(content, "id", int)
            if (answer := self._answers.get(identifier)) and not answer.done():
                _settle(answer, content)
        self._ended = True
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ApiError("the connection has ended"))


def _settle(answer: asyncio.Future[Json], content: Json) -> None:
    """Set the result, or the error, of the waiting command."""
    match content:
        case {"success": True, "result": result}:
            answer.set_result(result)
        case {"error": {"message": str(message), "code": str(code), **more}}:
            key = more.get("translation_key")
            known = key if isinstance(key, str) else code
            answer.set_exception(Refused(message, known))
        case _:
            answer.set_exception(ApiError(f"an unforeseen answer: {content}"))


async def _receive(socket: ClientWebSocketResponse) -> Json:
    """Return the next message; raise ApiError if the connection ends instead."""
    try:
        message: Json = await socket.receive_json()
    except WSMessageTypeError as error:
        raise ApiError("the connection has ended") from error
    return message


@asynccontextmanager
async def connected(
    session: ClientSession, url: str, access_token: str
) -> AsyncIterator[WebSocket]:
    """Yield a connection as the user of an access token."""
    async with session.ws_connect(f"{url}/api/websocket", max_msg_size=0) as socket:
        await _receive(socket)
        await socket.send_json({"type": "auth", "access_token": access_token})
        answer = await _receive(socket)
        if member(answer, "type", str) != "auth_ok":
            raise ApiError(f"Home Assistant does not let the user in: {answer}")
        connection = WebSocket(socket)
        reading = asyncio.create_task(connection.read())
        try:
            yield connection
        finally:
            reading.cancel()
