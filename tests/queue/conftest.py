"""Fixtures for tests of the queue."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from custom_components.event_relay.queue.delivery import Delivery
from custom_components.event_relay.queue.store.store import Store

from .pipeline import Pipeline
from .world import World


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the queue's file."""
    return tmp_path / "event_relay.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    """Open a store."""
    store = Store(path)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def idle(store: Store) -> Pipeline:
    """Return a pipeline whose worker has not started."""
    return Pipeline(store)


@pytest.fixture
async def pipeline(idle: Pipeline) -> AsyncIterator[Pipeline]:
    """Return a pipeline whose worker is running."""
    idle.start()
    yield idle
    await idle.stop()


type Submit = Callable[..., Awaitable[Delivery]]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a world without violations of the promise."""
    world = World(tmp_path)
    yield world
    assert not world.violations, world.violations
    world.close()
