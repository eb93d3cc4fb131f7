"""Facts §1: errors that come from nginx are HTML; TLS."""

import aiohttp
import pytest

from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from .conftest import Caller

CREATE = "/api/events/front_door/person/create"


@pytest.mark.parametrize(
    ("version", "path", "status"),
    [
        ("0.18", "/api/version", 500),
        ("0.14", "/api/version", 500),
        ("0.18", "/api/login", 502),
        # No authentication is needed there.
        ("0.13", "/api/version", 502),
    ],
)
async def test_responses_of_nginx_without_frigate(
    call: Caller, version: str, path: str, status: int
) -> None:
    call.frigate.configure(starting=True, version=version)
    answer = await call("GET", path)
    assert (answer.status, answer.is_html) == (status, True)
    call.frigate.configure(starting=False)
    assert (await call("GET", "/api/version")).status == 200


async def test_too_large_is_413(call: Caller) -> None:
    call.frigate.body_limit = 1000
    answer = await call("POST", CREATE, json={"sub_label": "x" * 2000})
    assert (answer.status, answer.is_html) == (413, True)


async def test_tls_certificate_is_self_signed(session: aiohttp.ClientSession) -> None:
    async with FrigateSimulator(tls=True) as frigate:
        assert frigate.url.startswith("https://")
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get(f"{frigate.url}/api/version")
        caller = Caller(frigate, session)
        assert (await caller("GET", "/api/version")).status == 200


async def test_plain_http_on_the_tls_port_is_400(
    session: aiohttp.ClientSession,
) -> None:
    async with FrigateSimulator(tls=True) as frigate:
        url = f"http://127.0.0.1:{frigate.port}/api/version"
        async with session.get(url) as response:
            assert response.status == 400
            assert response.content_type == "text/html"


async def test_reset_over_tls_and_return_on_the_same_port(
    session: aiohttp.ClientSession,
) -> None:
    async with FrigateSimulator(tls=True, async_delay=0) as frigate:
        caller = Caller(frigate, session)
        frigate.add_faults(Fault(kind=FaultKind.RESET_AFTER))
        with pytest.raises(aiohttp.ClientOSError):
            await caller.create()
        assert len(frigate.events) == 1
        await frigate.stop()
        with pytest.raises(aiohttp.ClientConnectorError):
            await caller.create()
        await frigate.start()
        await caller.create()
