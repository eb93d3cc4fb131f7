"""Tests of moving the clock in a test on a slow machine."""

import asyncio
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from .backends.raw_server import hang, serve


@pytest.mark.usefixtures("socket_enabled")
async def test_requests_in_flight_do_not_time_out(hass: HomeAssistant) -> None:
    reached: list[object] = []
    async_call_later(hass, 60, reached.append)
    session = async_get_clientsession(hass)
    async with serve(hang) as server, asyncio.timeout(30):
        asking = asyncio.create_task(session.get(server.address))
        while not server.requests:
            await asyncio.sleep(0.01)
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=1))
        await hass.async_block_till_done()
        assert not asking.done()
        assert len(reached) == 1
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
