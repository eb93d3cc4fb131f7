"""Tests that wait for nothing get no event loop, and are looked at as ever."""

import asyncio
import threading
from zoneinfo import ZoneInfo

from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component import plugins

from .without_loop import OF_A_LOOP, note_what_is_there, refuse_what_is_left


def test_has_no_loop(request: pytest.FixtureRequest) -> None:
    assert not OF_A_LOOP & {*request.fixturenames}


@pytest.fixture
async def loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def test_has_the_loop_of_its_fixture(
    loop: asyncio.AbstractEventLoop, request: pytest.FixtureRequest
) -> None:
    assert "verify_cleanup" in request.fixturenames
    assert not loop.is_closed()


async def test_has_a_loop_of_its_own(request: pytest.FixtureRequest) -> None:
    assert "verify_cleanup" in request.fixturenames


def test_thread_that_is_left_fails_a_test(request: pytest.FixtureRequest) -> None:
    note_what_is_there(request.node)
    go = threading.Event()
    thread = threading.Thread(target=go.wait)
    thread.start()
    try:
        with pytest.raises(AssertionError):
            refuse_what_is_left(request.node)
    finally:
        go.set()
        thread.join()
    refuse_what_is_left(request.node)


def test_time_zone_that_is_left_fails_a_test(request: pytest.FixtureRequest) -> None:
    dt_util.DEFAULT_TIME_ZONE = ZoneInfo("Asia/Tokyo")
    with pytest.raises(AssertionError):
        refuse_what_is_left(request.node)
    refuse_what_is_left(request.node)


def test_socket_that_was_wanted_fails_a_test(request: pytest.FixtureRequest) -> None:
    with pytest.warns(UserWarning, match="tried to use socket"):
        plugins.HASocketBlockedError()
    with pytest.raises(AssertionError, match="opens sockets"):
        refuse_what_is_left(request.node)
    refuse_what_is_left(request.node)
