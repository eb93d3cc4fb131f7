"""Tests of errors of the demo's WebSocket client."""

from collections.abc import Awaitable, Callable

from aiohttp import ClientSession, web
import pytest

from tools.demo.api import ApiError, Refused
from tools.demo.websocket import connected
from tools.simulators.wire import Json

from .other_systems import serve

pytestmark = pytest.mark.usefixtures("socket_enabled")


def _home(
    talk: Callable[[web.WebSocketResponse], Awaitable[None]], *, lets_in: bool = True
) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    """Return a Home Assistant that closes the connection after a conversation."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if lets_in:
            await socket.send_json({"type": "auth_required"})
            await socket.receive_json()
            await socket.send_json({"type": "auth_ok"})
        await talk(socket)
        await socket.close()
        return socket

    return answer


async def _say_nothing(socket: web.WebSocketResponse) -> None:
    """Send nothing more."""


def _refuse(error: Json) -> Callable[[web.WebSocketResponse], Awaitable[None]]:
    """Respond to a command with an error."""

    async def refuse(socket: web.WebSocketResponse) -> None:
        asked = await socket.receive_json()
        answer = {"id": asked["id"], "type": "result", "success": False}
        await socket.send_json({**answer, "error": error})
        await socket.receive()

    return refuse


async def test_end_during_the_handshake_is_an_error() -> None:
    home = _home(_say_nothing, lets_in=False)
    async with serve(home) as url, ClientSession() as session:
        with pytest.raises(ApiError, match="the connection has ended"):
            async with connected(session, url, "token"):
                pytest.fail("nobody was let in")


@pytest.mark.parametrize(
    ("error", "key"),
    [
        ({"code": "not_found", "message": "No."}, "not_found"),
        (
            {"code": "not_found", "message": "No.", "translation_key": "expired"},
            "expired",
        ),
        (
            {"code": "not_found", "message": "No.", "translation_key": None},
            "not_found",
        ),
    ],
)
async def test_error_has_the_key_of_its_text(error: Json, key: str) -> None:
    async with (
        serve(_home(_refuse(error))) as url,
        ClientSession() as session,
        connected(session, url, "token") as socket,
    ):
        with pytest.raises(Refused, match="get_states: No") as caught:
            await socket.command("get_states")
    assert caught.value.key == key


async def test_missing_response_is_another_error() -> None:
    async with (
        serve(_home(_say_nothing)) as url,
        ClientSession() as session,
        connected(session, url, "token") as socket,
    ):
        for _ in range(2):
            with pytest.raises(ApiError) as caught:
                await socket.command("get_states")
            assert not isinstance(caught.value, Refused)
