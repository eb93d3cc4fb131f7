"""Tests of faults on demand, and of the control API."""

import asyncio
from collections.abc import AsyncGenerator
import time
from typing import Any

import aiohttp
import pytest

from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from ..responses import respond
from .polling import until

CREATE = "/api/events/front_door/person/create"


@pytest.fixture
async def frigate() -> AsyncGenerator[FrigateSimulator]:
    async with FrigateSimulator(async_delay=0) as simulator:
        yield simulator


async def _create(
    frigate: FrigateSimulator, session: aiohttp.ClientSession, **headers: str
) -> int:
    async with session.post(frigate.url + CREATE, json={}, headers=headers) as response:
        await response.json()
        return response.status


async def _lay(
    frigate: FrigateSimulator, session: aiohttp.ClientSession, **fault: object
) -> None:
    async with session.post(f"{frigate.control_url}/faults", json=[fault]) as response:
        assert response.status == 200


async def _get(
    frigate: FrigateSimulator, session: aiohttp.ClientSession, name: str
) -> list[dict[str, Any]]:
    async with session.get(f"{frigate.control_url}/{name}") as response:
        assert response.status == 200
        content: list[dict[str, Any]] = await response.json()
        return content


async def test_reset_after_the_effect(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    await _lay(frigate, session, kind="reset_after", match={"method": "POST"})
    with pytest.raises(aiohttp.ClientOSError, match="104"):
        await _create(frigate, session)
    assert len(frigate.events) == 1
    assert await _create(frigate, session) == 200


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset_before", aiohttp.ClientOSError),
        ("refuse", aiohttp.ServerDisconnectedError),
    ],
)
async def test_missing_response_without_an_effect(
    frigate: FrigateSimulator,
    session: aiohttp.ClientSession,
    kind: str,
    error: type[Exception],
) -> None:
    await _lay(frigate, session, kind=kind)
    with pytest.raises(error):
        await _create(frigate, session)
    assert frigate.events == []
    assert await _create(frigate, session) == 200


@pytest.mark.parametrize("retry_after", [7, "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_status(
    frigate: FrigateSimulator, session: aiohttp.ClientSession, retry_after: int | str
) -> None:
    await _lay(
        frigate,
        session,
        kind="status",
        status=503,
        retry_after=retry_after,
        body={"message": "later"},
    )
    async with session.post(frigate.url + CREATE) as response:
        assert response.status == 503
        assert response.headers["Retry-After"] == str(retry_after)
        assert await response.json() == {"message": "later"}
    assert frigate.events == []


async def test_status_as_html(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    await _lay(frigate, session, kind="status", status=504)
    async with session.post(frigate.url + CREATE) as response:
        assert response.content_type == "text/html"
        assert "504 Gateway Time-out" in await response.text()


async def test_half_body(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    await _lay(frigate, session, kind="half_body")
    with pytest.raises(aiohttp.ClientPayloadError):
        await _create(frigate, session)
    assert len(frigate.events) == 1


async def test_garbage(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    await _lay(frigate, session, kind="garbage")
    with pytest.raises(ValueError, match="codec"):
        await _create(frigate, session)
    assert len(frigate.events) == 1


async def _give_up(frigate: FrigateSimulator, session: aiohttp.ClientSession) -> None:
    """Create, and disconnect once the fault occurs."""
    task = asyncio.create_task(_create(frigate, session))
    await until(lambda: any(request.fault for request in frigate.requests))
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("handled", [False, True])
async def test_error_status_may_hide_the_effect(
    frigate: FrigateSimulator, session: aiohttp.ClientSession, handled: bool
) -> None:
    fault = respond(500, method="POST", handled=handled)
    frigate.add_faults(fault)
    async with session.post(frigate.url + CREATE, json={}) as response:
        assert response.status == 500
        nginx = "<center>nginx</center>" in await response.text()
    assert len(frigate.events) == handled
    assert nginx is not handled, "nginx's own 500 says that nothing was let through"


@pytest.mark.parametrize("handled", [False, True])
async def test_hang(
    frigate: FrigateSimulator, session: aiohttp.ClientSession, handled: bool
) -> None:
    await _lay(frigate, session, kind="hang", handled=handled)
    await _give_up(frigate, session)
    assert await _create(frigate, session) == 200
    assert len(frigate.events) == 1 + handled
    assert frigate.requests[0].status is None


async def test_delayed_request_has_its_effect_without_the_peer(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    await _lay(frigate, session, kind="delay", seconds=0.2)
    await _give_up(frigate, session)
    assert frigate.events == []
    await until(lambda: bool(frigate.events))


async def test_match_skip_and_times(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    await _lay(
        frigate,
        session,
        kind="status",
        status=500,
        body={},
        match={"method": "post", "path": "/api/events/*/*/create"},
        skip=1,
        times=2,
    )
    async with session.get(f"{frigate.url}/api/events") as response:
        assert response.status == 200
    statuses = [await _create(frigate, session) for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


async def test_until_cleared(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    await _lay(frigate, session, kind="status", status=500, body={}, times=None)
    assert [await _create(frigate, session) for _ in range(3)] == [500, 500, 500]
    async with session.delete(f"{frigate.control_url}/faults") as response:
        assert response.status == 200
    assert await _create(frigate, session) == 200


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "nonsense"},
        {"kind": "delay", "seconds": "long"},
        {"kind": "delay", "secs": 5},
        {"kind": "delay", "match": {"host": "x"}},
        "delay",
    ],
)
async def test_wrong_fault_is_400(
    frigate: FrigateSimulator, session: aiohttp.ClientSession, fault: object
) -> None:
    async with session.post(f"{frigate.control_url}/faults", json=[fault]) as response:
        assert response.status == 400
    assert frigate.faults.waiting == []


async def test_expire_logins_applies_at_once(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    frigate.configure(password="correct horse")
    body = {"user": "admin", "password": "correct horse"}
    async with session.post(f"{frigate.url}/api/login", json=body) as response:
        token = response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    headers = {"Authorization": f"Bearer {token}"}
    assert await _create(frigate, session, **headers) == 200
    await _lay(frigate, session, kind="expire_logins")
    async with session.post(frigate.url + CREATE, headers=headers) as response:
        assert response.status == 401
    seen = await _get(frigate, session, "requests")
    assert "correct horse" not in str(seen)


async def test_received_requests_are_listed(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    frigate.add_faults(Fault(kind=FaultKind.RESET_AFTER, skip=1))
    await _create(frigate, session)
    with pytest.raises(aiohttp.ClientOSError, match="104"):
        await _create(frigate, session)
    async with session.get(f"{frigate.url}/api/events?limit=1&token=s3cret"):
        pass
    seen = await _get(frigate, session, "requests")
    assert [(one["method"], one["path"], one["status"]) for one in seen] == [
        ("POST", CREATE, 200),
        ("POST", CREATE, None),
        ("GET", "/api/events", 200),
    ]
    assert seen[1]["fault"] == "reset_after"
    assert seen[2]["query"] == "limit=1&token=%2A%2A%2A"


async def test_stored_events_have_their_time(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    before = time.time()
    await _create(frigate, session)
    (event,) = await _get(frigate, session, "events")
    assert before <= event["stored_at"] <= time.time()
    assert event["label"] == "person"


async def test_configure_and_clock(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    url = frigate.control_url
    changes = {"version": "0.17", "cameras": ["cellar"], "async_delay": None}
    async with session.post(f"{url}/config", json=changes) as response:
        assert response.status == 200
    async with session.get(f"{frigate.url}/api/version") as response:
        assert (await response.text()).startswith("0.17.")
    async with session.post(f"{url}/config", json={"colour": 1}) as response:
        assert response.status == 400
    async with session.post(f"{url}/clock", json={"advance": 3600}) as response:
        assert (await response.json())["now"] == pytest.approx(
            time.time() + 3600, abs=60
        )


async def test_flush_restart_and_reset(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    frigate.configure(async_delay=None)
    url = frigate.control_url
    await _create(frigate, session)
    await session.post(f"{url}/restart", json={})
    await session.post(f"{url}/flush")
    assert await _get(frigate, session, "events") == []
    await _create(frigate, session)
    await session.post(f"{url}/flush")
    assert len(await _get(frigate, session, "events")) == 1
    await session.post(f"{url}/reset")
    assert await _get(frigate, session, "events") == []
    assert await _get(frigate, session, "requests") == []


async def test_outage_and_return_on_the_same_port(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    await _create(frigate, session)
    port = frigate.port
    await frigate.stop()
    for error in (aiohttp.ClientConnectionError, aiohttp.ClientConnectorError):
        with pytest.raises(error):
            await _create(frigate, session)
    await frigate.start()
    assert frigate.port == port
    await _create(frigate, session)
    assert len(frigate.events) == 2


async def test_slow_system_delays_every_request(
    frigate: FrigateSimulator, session: aiohttp.ClientSession
) -> None:
    frigate.slowness = (0.05, 0.1)
    for stored in (1, 2):
        began = time.monotonic()
        assert await _create(frigate, session) == 200
        assert time.monotonic() - began >= 0.05
        assert len(frigate.events) == stored
    frigate.reset()
    assert frigate.slowness is None
