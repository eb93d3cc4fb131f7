"""Run tests that await nothing without an event loop, which is slow to create."""

from collections.abc import Set as AbstractSet
from datetime import UTC
import inspect
import threading
from typing import Any

from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component import plugins

OF_A_LOOP = frozenset(
    {
        "configure_event_loop",
        "enable_event_loop_debug",
        "expected_lingering_tasks",
        "expected_lingering_timers",
        "skip_stop_scripts",
        "verify_cleanup",
        "wait_for_stop_scripts_after_shutdown",
    }
)
"""Fixtures of the harness that use the loop of every test."""
_THREADS = pytest.StashKey[AbstractSet[threading.Thread]]()


def remove_loops(items: list[pytest.Item]) -> None:
    """Take the loop away from tests without coroutines."""
    for item in items:
        if isinstance(item, pytest.Function) and not _waits(item):
            item.fixturenames[:] = [
                name for name in item.fixturenames if name not in OF_A_LOOP
            ]
            item.stash[_THREADS] = set()


def record_threads(item: pytest.Item) -> None:
    """Record the threads before a test without a loop."""
    if _THREADS in item.stash:
        item.stash[_THREADS] = {*threading.enumerate()}


def refuse_leftovers(item: pytest.Item) -> None:
    """Fail a test without a loop for the same leftovers as one with a loop."""
    if _THREADS not in item.stash:
        return
    zone, dt_util.DEFAULT_TIME_ZONE = dt_util.DEFAULT_TIME_ZONE, UTC
    counted: type[Any] = plugins.HASocketBlockedError
    refused, counted.instances = counted.instances, []
    assert item.stash[_THREADS] >= {*threading.enumerate()}
    assert zone is UTC
    assert not refused, "the test opens sockets"


def _waits(item: pytest.Function) -> bool:
    """Return whether a test or one of its own fixtures is a coroutine.

    pytest-asyncio replaces the item of such a test by its own.
    """
    if type(item) is not pytest.Function:
        return True
    return any(
        inspect.iscoroutinefunction(one.func) or inspect.isasyncgenfunction(one.func)
        for name, definitions in item._fixtureinfo.name2fixturedefs.items()
        if name not in OF_A_LOOP
        for one in definitions
        if one.scope == "function"
    )
