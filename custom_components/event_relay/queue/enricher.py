"""Adds data to receipts that the backend has only after a delivery is settled.

The enricher runs beside the worker: it takes no slot, keeps no order, and delays
nothing. The times to look follow from when a delivery was settled, so none is stored.
After a restart it makes the looks that are still to come, and one for those missed.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import logging
from typing import Any, Protocol

from ..backends.base import Enrichment, Receipt
from ..backends.errors import BackendError
from ..backends.redaction import redacting
from .connection import Connection
from .delivery import Delivery, DeliveryState, altered
from .store.store import StaleDelivery, StoreUnavailable

_LOGGER = logging.getLogger(__name__)

MOST = 1_000
"""Deliveries that may wait for a look at the same time; others get none."""
RECALLED = 200
"""Most deliveries that are looked at again after a restart; the last ones."""
RECALLED_SINCE = timedelta(days=1)
YIELD_SECONDS = 1.0
YIELDS = 30
"""How many times, and how long each, a look waits for deliveries being sent."""


class Traffic(Protocol):
    """Tells whether a worker is sending; deliveries go before looks."""

    @property
    def held(self) -> bool:
        """Whether nothing is sent now."""

    @property
    def busy(self) -> bool:
        """Whether anything is being sent now."""


@dataclass(kw_only=True)
class Enricher:
    """Completes the receipts of one connection, one after the other."""

    connection: Connection
    worker: Traffic
    enriched: Callable[[Delivery], None]
    """Is called with each delivery whose receipt was completed."""
    _looks: dict[str, list[datetime]] = field(default_factory=dict)
    """Times to look, by delivery id; no list is empty."""
    _planned: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self, delivery: Delivery) -> None:
        """Plan the looks for a delivery that was delivered.

        The one that it follows is looked at, too: the end of an event may be what its
        start was waiting for.
        """
        if self.connection.backend.enriches:
            self._plan(delivery)

    async def run(self) -> None:
        """Look when it is due, until cancelled."""
        if not self.connection.backend.enriches:
            return
        await self._recall()
        while True:
            self._planned.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._planned.wait()
            for delivery_id in self._due():
                await self._yield()
                await self._try(delivery_id)

    async def _yield(self) -> None:
        """Wait for a while as long as deliveries are being sent."""
        for _ in range(YIELDS):
            if not self.worker.busy:
                return
            await asyncio.sleep(YIELD_SECONDS)

    async def _recall(self) -> None:
        """Plan the looks for deliveries of an earlier run."""
        since = self.connection.clock() - RECALLED_SINCE
        try:
            recalled = await self.connection.store.delivered(
                self.connection.id, since, limit=RECALLED
            )
        except StoreUnavailable as error:
            _LOGGER.debug("Receipts of an earlier run stay as they are: %s", error)
            return
        for delivery in recalled:
            self._plan(delivery)

    def _plan(self, delivery: Delivery) -> None:
        """Note when to look for the rest of a delivery's receipt."""
        if (enrichment := self._enrichment(delivery)) is None:
            return
        now = self.connection.clock()
        moments = [moment for moment in enrichment.at if moment > now]
        if len(moments) < len(enrichment.at):
            moments.append(now)
        for delivery_id in (delivery.id, delivery.follows):
            if delivery_id is None:
                continue
            if delivery_id not in self._looks and len(self._looks) >= MOST:
                _LOGGER.debug("Too many receipts wait; %s goes without", delivery_id)
                continue
            known = self._looks.get(delivery_id, ())
            self._looks[delivery_id] = sorted({*known, *moments})
        self._planned.set()

    def _enrichment(self, delivery: Delivery) -> Enrichment[Any] | None:
        """Return how a receipt can be completed; None also if that is not known."""
        if delivery.state is not DeliveryState.DELIVERED:
            return None
        if delivery.receipt is None or delivery.settled_at is None:
            return None
        try:
            operation = self.connection.backend.operation(delivery.operation)
            return operation.enrichment(
                operation.load(delivery.version, delivery.payload),
                delivery.receipt,
                self.connection.capabilities(),
                delivery.settled_at,
            )
        except Exception:
            _LOGGER.exception("Delivery %s: its receipt stays as it is", delivery.id)
            return None

    def _pause(self) -> float | None:
        """Return the seconds to the next look; None if there is none."""
        if not self._looks:
            return None
        first = min(moments[0] for moments in self._looks.values())
        return max(0.0, (first - self.connection.clock()).total_seconds())

    def _due(self) -> Sequence[str]:
        """Return the ids of deliveries that are due, the longest due first."""
        now = self.connection.clock()
        due = [
            (moments[0], delivery_id)
            for delivery_id, moments in self._looks.items()
            if moments[0] <= now
        ]
        return [delivery_id for _, delivery_id in sorted(due)]

    async def _try(self, delivery_id: str) -> None:
        """Look once, and plan no more if that was the last time, or found all."""
        try:
            done = await self._look(delivery_id)
        except StoreUnavailable as error:
            _LOGGER.debug("Delivery %s: the outbox is away: %s", delivery_id, error)
            done = False
        now = self.connection.clock()
        left = [moment for moment in self._looks[delivery_id] if moment > now]
        if done or not left:
            del self._looks[delivery_id]
        else:
            self._looks[delivery_id] = left

    async def _look(self, delivery_id: str) -> bool:
        """Look once, and return whether the receipt is complete.

        Raises StoreUnavailable.
        """
        delivery = await self.connection.store.get(delivery_id)
        enrichment = self._enrichment(delivery) if delivery else None
        if delivery is None or enrichment is None:
            return True
        if self.worker.held or (more := await self._ask(delivery, enrichment)) is None:
            return False
        await self._add(delivery, more)
        return True

    async def _ask(
        self, delivery: Delivery, enrichment: Enrichment[Any]
    ) -> Receipt | None:
        """Ask the backend for the rest of a receipt; None if it does not have it."""
        operation = self.connection.backend.operation(delivery.operation)
        try:
            with redacting(delivery.payload, operation.public_fields):
                return await enrichment.look(self.connection.client)
        except BackendError as error:
            _LOGGER.debug("Delivery %s: nothing to add yet: %s", delivery.id, error)
        except Exception:
            _LOGGER.exception(
                "Delivery %s: its receipt could not be completed", delivery.id
            )
        return None

    async def _add(self, delivery: Delivery, more: Receipt) -> None:
        """Add to a receipt; raises StoreUnavailable."""
        receipt = delivery.receipt or Receipt()
        richer = altered(
            delivery,
            receipt=replace(
                receipt,
                links={**receipt.links, **more.links},
                details={**receipt.details, **more.details},
            ),
        )
        with suppress(StaleDelivery):
            await self.connection.store.update(richer, was=delivery.state)
            self.enriched(richer)
