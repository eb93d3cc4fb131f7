"""Measure the outbox's store in a real file in the temporary folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
import sys
import tempfile
from time import perf_counter

from custom_components.event_relay.outbox.delivery import (
    Delivery,
    DeliveryState,
    Origin,
    OriginKind,
)
from custom_components.event_relay.outbox.store import Store

NOW = datetime.now(UTC)
OWNER = "connection"
ONE_BY_ONE = 500
AT_ONCE = 5_000
PENDING = 10_000
SETTLED = 100_000
MANY = 10**9


def a_delivery(number: int) -> Delivery:
    """Return a delivery of a usual size."""
    return Delivery(
        id=f"delivery-{number}",
        connection=OWNER,
        operation="create_camera_event",
        version=1,
        payload={"camera": "front_door", "label": "doorbell", "duration": 30},
        summary="front_door / doorbell",
        origin=Origin(kind=OriginKind.ACTION, context_id="0" * 26),
        occurred_at=NOW,
        accepted_at=NOW,
        due_at=NOW,
        key=f"delivery-{number}",
    )


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Store]:
    """Open a store, and close it again."""
    store = Store(path)
    await store.open()
    yield store
    await store.close()


async def measure_commits(path: Path) -> float:
    """Print what one commit takes alone and among many; return the first, in ms."""
    async with opened(path) as store:
        seconds = []
        for number in range(ONE_BY_ONE):
            begin = perf_counter()
            await store.accept(a_delivery(number), limit=MANY)
            seconds.append(perf_counter() - begin)
        alone = median(seconds) * 1000
        slowest = quantiles(seconds, n=100)[98] * 1000
        tell("accept, one by one", f"{alone:.2f} ms median, {slowest:.2f} ms p99")
        begin = perf_counter()
        await asyncio.gather(
            *(
                store.accept(a_delivery(number), limit=MANY)
                for number in range(ONE_BY_ONE, ONE_BY_ONE + AT_ONCE)
            )
        )
        together = (perf_counter() - begin) * 1000 / AT_ONCE
        tell("accept, many at once", f"{together:.3f} ms each")
        tell("  one by one / at once", f"{alone / together:.1f}")
    return alone


async def measure_turns(path: Path) -> None:
    """Print what a worker's turn takes with few and with many waiting."""
    async with opened(path) as store:
        few = await _turn(store)
        for first in range(1, PENDING, 1000):
            await asyncio.gather(
                *(
                    store.accept(a_delivery(number), limit=MANY)
                    for number in range(first, first + 1000)
                )
            )
        many = await _turn(store)
        tell("turn, 1 waiting", f"{few:.2f} ms")
        tell(f"turn, {PENDING:,} waiting", f"{many:.2f} ms")
        tell("  many / few", f"{many / few:.1f}")


async def _turn(store: Store) -> float:
    """Return the milliseconds of a turn that claims one, which is then put back."""
    await store.accept(a_delivery(0))
    seconds = []
    for _ in range(20):
        begin = perf_counter()
        taken = await store.take(OWNER, NOW, slots=1, look_ups=1, busy=())
        seconds.append(perf_counter() - begin)
        for delivery in taken.claimed:
            back = replace(delivery, state=DeliveryState.PENDING, due_at=NOW)
            await store.update(back, was=DeliveryState.SENDING)
    return median(seconds) * 1000


async def measure_opening(path: Path) -> None:
    """Print what opening takes with an empty and with a large file."""
    begin = perf_counter()
    async with opened(path) as store:
        empty = (perf_counter() - begin) * 1000
        done = {
            "state": DeliveryState.DELIVERED,
            "settled_at": NOW,
            "due_at": None,
        }
        for first in range(0, SETTLED, 5000):
            await asyncio.gather(
                *(
                    store.accept(replace(a_delivery(number), **done), limit=MANY)  # type: ignore[arg-type]
                    for number in range(first, first + 5000)
                )
            )
    begin = perf_counter()
    async with opened(path) as store:
        full = (perf_counter() - begin) * 1000
        begin = perf_counter()
        listed = await store.listing(owner=OWNER)
        page = (perf_counter() - begin) * 1000
    tell("open, empty", f"{empty:.1f} ms")
    tell(f"open, {SETTLED:,} rows", f"{full:.1f} ms")
    tell(f"list {len(listed)} of them", f"{page:.1f} ms")


def tell(what: str, figure: str) -> None:
    """Print a figure."""
    sys.stdout.write(f"{what:<28}{figure}\n")
    sys.stdout.flush()


async def main() -> None:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as folder:
        await measure_commits(Path(folder) / "commits.db")
        await measure_turns(Path(folder) / "turns.db")
        await measure_opening(Path(folder) / "opening.db")


asyncio.run(main())
