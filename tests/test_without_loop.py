"""Tests of running tests without an event loop, with the same checks as ever."""

import asyncio
import threading
from zoneinfo import ZoneInfo

from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component import plugins

from .without_loop import OF_A_LOOP, record_threads, refuse_leftovers


def test_test_has_no_loop(request: pytest.FixtureRequest) -> None:
    assert not OF_A_LOOP & {*request.fixturenames}


@pytest.fixture
async def loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def test_test_has_the_loop_of_its_fixture(
    loop: asyncio.AbstractEventLoop, request: pytest.FixtureRequest
) -> None:
    assert "verify_cleanup" in request.fixturenames
    assert not loop.is_closed()


async def test_test_has_its_own_loop(request: pytest.FixtureRequest) -> None:
    assert "verify_cleanup" in request.fixturenames


def test_leftover_thread_fails_the_test(request: pytest.FixtureRequest) -> None:
    record_threads(request.node)
    go = threading.Event()
    thread = threading.Thread(target=go.wait)
    thread.start()
    try:
        with pytest.raises(AssertionError):
            refuse_leftovers(request.node)
    finally:
        go.set()
        thread.join()
    refuse_leftovers(request.node)


def test_leftover_time_zone_fails_the_test(request: pytest.FixtureRequest) -> None:
    dt_util.DEFAULT_TIME_ZONE = ZoneInfo("Asia/Tokyo")
    with pytest.raises(AssertionError):
        refuse_leftovers(request.node)
    refuse_leftovers(request.node)


def test_socket_fails_the_test(request: pytest.FixtureRequest) -> None:
    with pytest.warns(UserWarning, match="tried to use socket"):
        plugins.HASocketBlockedError()
    with pytest.raises(AssertionError, match="opens sockets"):
        refuse_leftovers(request.node)
    refuse_leftovers(request.node)
