"""Shared fixtures."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
import logging
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from hypothesis import HealthCheck, settings
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion
from xdist.remote import Producer

# The test harness has an empty package of the same name, and Home Assistant searches
# for integrations in the one imported first.
from custom_components.event_relay import storage
from tools.simulators.aipix import AipixSimulator
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.palabra import PalabraSimulator

from .forking import fork_ahead
from .harness import log_once, reduce_collections, skip_searches, storage_in_memory
from .loop_thread import refuse_other_threads
from .moving_time import skip_timeouts
from .scheduling import SpreadByFile, longest_first, spread
from .search_effort import THOROUGH
from .without_loop import record_threads, refuse_leftovers, remove_loops

# Two shared cores may stop any example for longer than Hypothesis waits. Every run has
# the same examples, so a result depends on the change only; the profile "thorough"
# searches on.
settings.register_profile(
    "event_relay",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough",
    deadline=None,
    max_examples=2_000,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "event_relay"))

# The harness logs every statement of Home Assistant's recorder, also between tests.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


pytest.register_assert_rewrite("tests.invalid_input")
log_once()
reduce_collections()
skip_searches()


def pytest_xdist_setupnodes(config: pytest.Config, specs: Sequence[object]) -> None:
    """Fork the workers with the modules that are imported here."""
    fork_ahead(config, len(specs))


def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Producer
) -> SpreadByFile | None:
    """Schedule the tests, if they are distributed by file."""
    return spread(config, log)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Run the longest tests first; a thorough search has no time limit."""
    longest_first(items, config.rootpath)
    remove_loops(items)
    if THOROUGH:
        for item in items:
            item.add_marker(pytest.mark.timeout(0))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Record the state before a test without an event loop."""
    yield
    record_threads(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Fail a test without an event loop as the harness would fail it."""
    yield
    refuse_leftovers(item)


@pytest.fixture(autouse=True, scope="session")
def disable_http_server() -> Iterator[None]:
    """Start no HTTP server; the harness does the same for every test."""
    with (
        patch("homeassistant.components.http.HomeAssistantHTTP.async_bind"),
        patch("homeassistant.components.http.HomeAssistantHTTP.start"),
    ):
        yield


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Replace the harness's debug mode, which PYTHONASYNCIODEBUG=1 restores."""
    loop = asyncio.get_running_loop()
    if not loop.get_debug():
        refuse_other_threads(loop)


@pytest.fixture
def hass_storage() -> Iterator[dict[str, Any]]:
    """Return Home Assistant's stored data by key."""
    with storage_in_memory() as stored:
        yield stored


@pytest.fixture
def hass(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> HomeAssistant:
    """Return a Home Assistant that loads custom integrations.

    Only tests that request `hass` come here, and fixtures that must precede it, such as
    `recorder_mock`, still do. All tests share the harness's configuration folder, so
    each has its own queue file.
    """
    monkeypatch.setattr(storage, "FILE_NAME", str(tmp_path / "event_relay.db"))
    skip_timeouts(monkeypatch)
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    return hass


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Return a snapshot in Home Assistant's format, stored in `snapshots/`."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable entities that are disabled by default."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
async def frigate(socket_enabled: None) -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate simulator without login that stores at once."""
    async with FrigateSimulator(async_delay=0) as simulator:
        yield simulator


@pytest.fixture
async def aipix(socket_enabled: None) -> AsyncIterator[AipixSimulator]:
    """Run an aipix simulator."""
    async with AipixSimulator() as simulator:
        yield simulator


@pytest.fixture
async def guance(socket_enabled: None) -> AsyncIterator[GuanceSimulator]:
    """Run a Guance simulator."""
    async with GuanceSimulator() as simulator:
        yield simulator


@pytest.fixture
async def palabra(socket_enabled: None) -> AsyncIterator[PalabraSimulator]:
    """Run a Palabra simulator."""
    async with PalabraSimulator() as simulator:
        yield simulator
