"""A process that kills itself at a commit."""

import asyncio
from collections.abc import Sequence
import os
from pathlib import Path
import signal
import sqlite3
from typing import Any, cast

from custom_components.event_relay.backends.base import JsonObject, StepContext
from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.store import database
from custom_components.event_relay.queue.store.file import Opened, open_file
from custom_components.event_relay.queue.store.store import Store

from .pipeline import Pipeline
from .virtual import Commits


def run_until_commit(
    path: Path, told: Path, number: int, when: str, steps: Sequence[str], live: bool
) -> None:
    """Execute a delivery, and die before or after a commit.

    `told` gets a line for each request, before it takes effect. With `live` the
    delivery is sent during its acceptance.
    """
    told.touch()

    def die(reached: int) -> None:
        if reached == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(path: Path, *, seen: int = 0) -> Opened:
        hooks: dict[str, Any] = {"before": int, "after": int, when: die}
        commits = Commits(open_file(path, seen=seen).database, **hooks)
        return Opened(database=cast("sqlite3.Connection", commits))

    database.open_file = watched  # type: ignore[attr-defined]
    asyncio.run(_deliver(path, told, tuple(steps), live=live))


async def _deliver(
    path: Path, told: Path, steps: tuple[str, ...], *, live: bool
) -> None:
    """Accept a delivery, live or before the worker starts, until it is delivered."""
    store = Store(path)
    await store.open()
    pipeline = Pipeline(store)
    write = pipeline.client.write

    async def tell(step: str, text: str, context: StepContext) -> JsonObject:
        with told.open("a") as file:
            file.write(f"{context.delivery_id} {step}\n")
        return await write(step, text, context)

    pipeline.client.write = tell  # type: ignore[method-assign]
    if live:
        pipeline.start()
        while not pipeline.worker.at_rest:
            await asyncio.sleep(0)
    delivery = await pipeline.submit(wait=0, steps=steps)
    if not live:
        pipeline.start()
    await pipeline.wait_for(delivery, DeliveryState.DELIVERED)
    await pipeline.stop()
    await store.close()
