"""The base of the clients of services that speak plain HTTP and JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any, ClassVar

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.base import Json
from custom_components.event_relay.backends.errors import (
    BackendError,
    Gone,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    Unavailable,
)
from custom_components.event_relay.backends.json_client import JsonClient
from custom_components.event_relay.backends.json_responses import Failures, decoded_as
from custom_components.event_relay.backends.shapes import ShapeError, shaped
from custom_components.event_relay.backends.transport import Effect, Reply

from .raw_server import bytes_then_close, serve

pytestmark = pytest.mark.usefixtures("socket_enabled")


class Kind(StrEnum):
    """A choice."""

    ONE = "one"


@dataclass(frozen=True, kw_only=True)
class Room:
    """A part of an answer."""

    name: str
    size: float = 1.5
    kind: Kind | None = None


@dataclass(frozen=True, kw_only=True)
class Building:
    """An answer."""

    rooms: tuple[Room, ...]
    owner: Room | None = None
    doors: Mapping[str, int] = field(default_factory=dict)
    open: bool = False


class Client(JsonClient):
    """Reads one house."""

    headers: ClassVar[Mapping[str, str]] = {
        "X-Key": "a {api_key}",
        "Authorization": "Basic {basic}",
    }
    failures = Failures(statuses={404: Gone})


CREDENTIALS = {"api_key": "k{}y", "username": "üser", "password": "pass"}


def answer(status: int, body: str) -> bytes:
    """Return an answer as it is on the wire."""
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
    return (
        f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    )


async def test_every_request_has_the_credentials(session: ClientSession) -> None:
    async with serve(bytes_then_close(answer(200, '{"rooms": []}'))) as server:
        client = Client(session, f"{server.address}/base", **CREDENTIALS)
        assert await client.read_as(Building, "a b", query={"q": "1"}) == Building(
            rooms=()
        )
        assert await client.read("x") == {"rooms": []}
        await client.send("POST", "y", headers={"X-More": "z"}, body={"a": 1})
    first, _, last = server.requests
    assert first.startswith(b"GET /base/a%20b?q=1 HTTP")
    assert b"X-Key: a k{}y\r\n" in first
    assert b"Authorization: Basic w7xzZXI6cGFzcw==\r\n" in first
    assert b"X-Key: a k{}y\r\n" in last
    assert b"X-More: z\r\n" in last
    assert last.endswith(b'{"a": 1}')


@pytest.mark.parametrize(
    ("method", "effect", "status", "kind"),
    [
        ("GET", None, 401, InvalidCredentials),
        ("GET", None, 404, Gone),
        ("POST", None, 500, OutcomeUnknown),
        ("POST", Effect.REPEATABLE, 500, Unavailable),
        ("PUT", None, 500, Unavailable),
    ],
)
async def test_failures_are_raised(
    session: ClientSession,
    method: str,
    effect: Effect | None,
    status: int,
    kind: type[BackendError],
) -> None:
    said = '{"message": "k{}y w7xzZXI6cGFzcw== pass is wrong"}'
    async with serve(bytes_then_close(answer(status, said))) as server:
        client = Client(session, server.address, **CREDENTIALS)
        with pytest.raises(kind) as caught:
            await client.send(method, effect=effect)
    assert str(caught.value) == "••• ••• ••• is wrong"


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (str, "a", "a"),
        (tuple[int, ...], [1, 2], (1, 2)),
        (
            Building,
            {"rooms": [{"name": "a", "size": 2, "kind": "one"}, {"name": "b"}]},
            Building(rooms=(Room(name="a", size=2, kind=Kind.ONE), Room(name="b"))),
        ),
        (
            Building,
            {"rooms": [], "owner": {"name": "a", "kind": None}, "open": True, "x": 1},
            Building(rooms=(), owner=Room(name="a"), open=True),
        ),
        (Mapping[str, Room], {"a": {"name": "b"}}, {"a": Room(name="b")}),
        (
            Building,
            {"rooms": [], "doors": {"a": 1}},
            Building(rooms=(), doors={"a": 1}),
        ),
    ],
)
def test_matching_value_is_parsed(kind: type[Any], value: Json, read: object) -> None:
    assert shaped(kind, value) == read


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ([], ""),
        ({}, "rooms"),
        ({"rooms": {}}, "rooms"),
        ({"rooms": ["secret"]}, "rooms"),
        ({"rooms": [{}]}, "rooms.name"),
        ({"rooms": [{"name": "a", "kind": "secret"}]}, "rooms.kind"),
        ({"rooms": [], "open": 1}, "open"),
        ({"rooms": [], "doors": {"secret": "a"}}, "doors"),
        ({"rooms": [], "doors": []}, "doors"),
        ({"rooms": [], "owner": {"name": 1}}, "owner.name"),
    ],
)
def test_mismatching_value_is_refused(value: Json, where: str) -> None:
    with pytest.raises(ShapeError) as refused:
        shaped(Building, value)
    assert refused.value.place == where


@pytest.mark.parametrize(
    ("effect", "kind"),
    [
        (Effect.NONE, InvalidResponse),
        (Effect.REPEATABLE, Unavailable),
        (Effect.ONCE, OutcomeUnknown),
    ],
)
@pytest.mark.parametrize("body", [b'{"rooms": 1}', b"<html>"])
def test_success_of_another_shape(
    body: bytes, effect: Effect, kind: type[BackendError]
) -> None:
    reply = Reply(status=200, headers={}, set_cookies={}, body=body)
    with pytest.raises(kind):
        decoded_as(Building, reply, effect)
