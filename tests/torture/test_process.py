"""Tests that a frozen simulator keeps the requests in its sockets."""

import asyncio
from collections.abc import Iterator
from operator import methodcaller

from aiohttp import ClientSession
import pytest

from tools.simulators.guance import GuanceSimulator
from tools.torture.process import StandInProcess

EVENT = {"date": 1_795_000_000_000, "status": "ok", "title": "torture 1"}


@pytest.fixture
def process() -> Iterator[StandInProcess[GuanceSimulator]]:
    one = StandInProcess(GuanceSimulator(api_key="key"))
    with one.running():
        yield one


async def post(process: StandInProcess[GuanceSimulator], seconds: float) -> None:
    """Create an event; raises TimeoutError."""
    async with asyncio.timeout(seconds), ClientSession() as session:
        url = process.simulator.url + "/api/v1/events/create"
        reply = await session.post(url, json=EVENT, headers={"DF-API-KEY": "key"})
        assert reply.ok


@pytest.mark.usefixtures("socket_enabled")
async def test_request_to_a_frozen_simulator_is_handled_when_it_resumes(
    process: StandInProcess[GuanceSimulator],
) -> None:
    await process.do(methodcaller("configure", ingest_lag=0))
    await process.freeze()
    assert process.frozen
    with pytest.raises(TimeoutError):
        await post(process, 0.3)

    process.thaw()
    await post(process, 30)

    await process.look()
    assert [one.title for one in process.simulator.events] == ["torture 1"] * 2
