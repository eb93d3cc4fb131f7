"""The durable store of deliveries, shared by all connections."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
import sqlite3

from ...backends.base import Instance
from ..delivery import TRANSITIONS, Delivery, DeliveryState
from . import claims, clock_shifts, listing, queries, rule_state, writes
from .batches import BatchWriter, OnWritten
from .claims import Taken
from .database import Database
from .file import StoreError, StoreTooNew, StoreUnavailable, begin_backup, end_backup
from .limits import QueueFull, QueueLimits
from .listing import Listed, Page, Wanted
from .queries import Counts
from .recovery.reports import LogDamage, SetAside
from .rule_state import Memory, Note
from .writes import Acceptance, Change, StaleDelivery, Unclaimed

__all__ = [
    "Counts",
    "Listed",
    "LogDamage",
    "Page",
    "QueueFull",
    "SetAside",
    "StaleDelivery",
    "Store",
    "StoreError",
    "StoreTooNew",
    "StoreUnavailable",
    "Taken",
    "Wanted",
]

UNSETTLED_LIMIT = 10_000
"""Deliveries of one connection that may wait at the same time."""


def _ignore_damage(_: SetAside) -> None:
    """Ignore damage: there is no observer."""


def _ignore_claims() -> None:
    """Ignore claims: there is no observer."""


class Store:
    """Keeps deliveries; once one of its coroutines returns, its change is on disk."""

    def __init__(
        self,
        path: Path,
        damaged: Callable[[SetAside], None] = _ignore_damage,
        *,
        seen: int = 0,
        claimed: Callable[[], None] = _ignore_claims,
    ) -> None:
        """Set the path of the file, which `open` creates if it does not exist.

        Deliveries in a file of a generation before `seen` are looked up before they are
        sent. `claimed` is called before deliveries are sent that may be in a copy of
        the file, so that a new generation is begun.

        `damaged` is called for each file that is replaced, whenever the damage is
        found. Calls that wait then continue on the new file.
        """
        self._database = Database(path, damaged, seen)
        self._claimed = claimed
        self._unclaimed = Unclaimed()
        limits = QueueLimits()
        self._accepting = BatchWriter(
            partial(writes.accept, limits=limits, unclaimed=self._unclaimed)
        )
        self._changing = BatchWriter(
            partial(writes.change, limits=limits, unclaimed=self._unclaimed)
        )

    async def open(self) -> None:
        """Open the file; raises StoreUnavailable."""
        await self._database.open()

    async def advance(self) -> int:
        """Begin the next generation of the file; return its number, once on disk.

        Raises StoreUnavailable.
        """
        return await self._database.advance()

    async def begin_backup(self) -> None:
        """Make copies of the file safe until the end of the backup."""
        await self._database.run(begin_backup, without_transaction=True)

    async def end_backup(self) -> None:
        """End the safety of copies."""
        await self._database.run(end_backup, without_transaction=True)

    async def close(self) -> None:
        """Finish all queued jobs and close the file."""
        await self._database.close()

    @property
    def healthy(self) -> bool:
        """Whether the file could be written when it was last tried."""
        return self._database.healthy

    async def accept(
        self,
        delivery: Delivery,
        *,
        limit: int = UNSETTLED_LIMIT,
        noted: Memory | None = None,
    ) -> Delivery:
        """Commit a new delivery, and rule state with it; return it as stored.

        The id is the idempotency key: if it is known, the stored delivery is returned.
        Raises QueueFull and StoreUnavailable.
        """
        return await self.accepting(delivery, limit=limit, noted=noted)

    def accepting(
        self,
        delivery: Delivery,
        *,
        limit: int = UNSETTLED_LIMIT,
        noted: Memory | None = None,
        on_written: OnWritten[Delivery] | None = None,
    ) -> asyncio.Future[Delivery]:
        """Queue the commit of a new delivery; return the future of `accept`.

        `on_written` is called at the same moment, even if the caller has gone.
        """
        acceptance = Acceptance(delivery=delivery, limit=limit, noted=noted)
        return self._accepting.put(self._database, acceptance, on_written)

    async def update(
        self, delivery: Delivery, *, was: DeliveryState, anew: bool = False
    ) -> Delivery:
        """Commit the next state of a delivery, and return the delivery.

        With `anew`, a delivery that was lost with a damaged file is stored again.
        Raises ValueError for a transition that `TRANSITIONS` does not have, and
        StaleDelivery if the stored state is not `was`.
        """
        await self.updating(delivery, was=was, anew=anew)
        return delivery

    def updating(
        self,
        delivery: Delivery,
        *,
        was: DeliveryState,
        anew: bool = False,
    ) -> asyncio.Future[None]:
        """Queue the commit of a next state; return the future of `update`."""
        if delivery.state is not was and delivery.state not in TRANSITIONS[was]:
            message = f"no transition from {was} to {delivery.state}"
            raise ValueError(message)
        change = Change(delivery=delivery, was=was, anew=anew)
        return self._changing.put(self._database, change)

    def hurry(self) -> None:
        """Have what is queued committed without waiting for more."""
        self._database.hurry()

    async def recover(
        self,
        owner: str,
        now: datetime,
        total_shift: timedelta = timedelta(),
        held_back_by: Collection[str] = (),
    ) -> int:
        """Make deliveries uncertain that an earlier run left in `sending`.

        Whatever waits for a failure with a code in `held_back_by` becomes due. The
        clock of this run has been set by `total_shift` so far. Return how many were
        left.
        """

        def begin(connection: sqlite3.Connection) -> None:
            """Begin the run, with a clock of its own."""
            self._unclaimed.forget()
            clock_shifts.begin(connection, owner, total_shift)

        # It only writes a temporary table: there is nothing to commit.
        await self._database.run(begin, without_transaction=True)
        return await self._database.run(
            lambda connection: claims.recover(connection, owner, now, held_back_by)
        )

    async def take(
        self,
        owner: str,
        now: datetime,
        *,
        most: int,
        free_slots: int | None = None,
        look_ups: int,
        busy: Collection[str],
        steady: bool = True,
        total_shift: timedelta | None = None,
        instance: Instance | None = None,
    ) -> Taken:
        """Expire and claim deliveries; return them, and when to look again.

        At most `most` deliveries of the connection `owner` are claimed, of which at
        most `free_slots` (by default all) must not wait for a slot. At most `look_ups`
        due look-ups are returned, none of an id in `busy`. While the clock is not
        `steady`, only deliveries of this run expire. `now` is a moment of a clock that
        was set by `total_shift` in this run. `instance` is the system to which the
        connection leads.
        """
        taken = await self._database.run(
            lambda connection: claims.take(
                connection,
                owner,
                clock_shifts.in_file(connection, owner, now, total_shift),
                most=most,
                free_slots=most if free_slots is None else free_slots,
                look_ups=look_ups,
                busy=busy,
                steady=steady,
                unclaimed=self._unclaimed,
                instance=instance,
            )
        )
        if taken.claimed:
            self._claimed()
        return taken

    async def shift(self, owner: str, jump: timedelta, now: datetime) -> None:
        """Move the times of waiting deliveries along with a clock that was set.

        Deliveries of this run have all their times from that clock, older ones only
        some of them. `now` is after the jump.
        """

        def shift(connection: sqlite3.Connection) -> None:
            """Shift the rows, and so not only what is in memory."""
            self._unclaimed.forget()
            clock_shifts.shift(connection, owner, jump, now)

        await self._database.run(shift)

    async def end_back_off(
        self, owner: str, now: datetime, *, limit: int | None
    ) -> None:
        """End the back-off of deliveries, up to `limit`; the first due first."""
        await self._database.run(
            lambda connection: claims.end_back_off(connection, owner, now, limit)
        )

    async def release_held_back(
        self, owner: str, now: datetime, codes: Collection[str]
    ) -> None:
        """Make due what waits for a failure with one of some codes."""
        await self._database.run(
            lambda connection: claims.release_held_back(connection, owner, now, codes)
        )

    async def prune(self, owner: str, before: datetime) -> int:
        """Delete up to a hundred deliveries that ended before a moment.

        Those that a waiting delivery follows are kept. Return how many were deleted.
        """
        return await self._database.run(
            lambda connection: queries.prune(connection, owner, before)
        )

    async def remember(self, noted: Memory) -> None:
        """Commit state of a rule or mirror."""
        await self._database.run(
            lambda connection: rule_state.remember(connection, noted)
        )

    async def recall(self, owner: str) -> dict[str, dict[str, Note]]:
        """Return the state of all rules and mirrors of a connection.

        The keys are subentry ids, and then the names of notes.
        """
        return await self._database.run(
            lambda connection: rule_state.recall(connection, owner)
        )

    async def forget(self, owner: str, subject: str) -> None:
        """Delete the state of a rule or mirror."""
        await self._database.run(
            lambda connection: rule_state.forget(connection, owner, subject)
        )

    async def get(self, delivery_id: str) -> Delivery | None:
        """Return a delivery, or None."""
        return await self._database.run(
            lambda connection: queries.get(connection, delivery_id)
        )

    async def by_outside_id(self, owner: str, outside_id: str) -> Delivery | None:
        """Return the delivery that created what has an outside id, or None."""
        return await self._database.run(
            lambda connection: queries.by_outside_id(connection, owner, outside_id)
        )

    async def outside_ids(self, owner: str, since: datetime) -> frozenset[str]:
        """Return outside ids of deliveries that have not ended, or since a moment."""
        # Writes queued before are seen, and yet no commit waits for the read.
        await asyncio.sleep(0)
        await self._database.run(lambda _: None)
        return await self._database.read(
            lambda connection: queries.outside_ids(connection, owner, since)
        )

    async def listing(
        self,
        *,
        owner: str | None = None,
        states: Collection[DeliveryState] = (),
        since: datetime | None = None,
        limit: int | None = 100,
    ) -> list[Delivery]:
        """Return deliveries, newest first; `since` is a moment of acceptance.

        Without a limit all of them are read into memory.
        """
        if since is not None:
            return await self._listing_since(since, owner, states, limit)
        listed = await self._database.read(
            lambda connection: listing.page(
                connection,
                owners=None if owner is None else (owner,),
                states=states,
                limit=limit,
            )
        )
        return [one.delivery for one in listed]

    async def _listing_since(
        self,
        since: datetime,
        owner: str | None,
        states: Collection[DeliveryState],
        limit: int | None,
    ) -> list[Delivery]:
        """Return deliveries accepted since a moment, newest first.

        No index has the moment. So they are read in pages, between which other reads
        can come, until a page has only older ones.
        """
        owners = await self.owners() if owner is None else (owner,)
        wanted = Wanted(states=states, since=since)
        found: list[Delivery] = []
        before: int | None = None
        while limit is None or len(found) < limit:
            most = listing.LOOKED_THROUGH if limit is None else limit - len(found)
            page = await self.search(
                owners=owners, wanted=wanted, before=before, limit=most
            )
            found += [one.delivery for one in page.listed]
            if (before := page.before) is None:
                break
        return found

    async def delivered(
        self, owner: str, since: datetime, *, limit: int
    ) -> list[Delivery]:
        """Return deliveries that were delivered since a moment, the last first."""
        return await self._database.read(
            lambda connection: queries.delivered(connection, owner, since, limit)
        )

    async def search(
        self,
        *,
        owners: Collection[str],
        wanted: Wanted,
        before: int | None = None,
        limit: int,
    ) -> Page:
        """Return a page of a search in some connections, newest first.

        Each page is short work, however many deliveries there are.
        """
        return await self._database.read(
            lambda connection: listing.search(
                connection, owners=owners, wanted=wanted, before=before, limit=limit
            )
        )

    async def named(self, ids: Collection[str]) -> list[Listed]:
        """Return the deliveries with some ids, newest first."""
        return await self._database.read(
            lambda connection: listing.named(connection, ids)
        )

    async def counts(self, owner: str) -> Counts:
        """Return the counts of waiting and failed deliveries."""
        return await self._database.read(
            lambda connection: queries.counts(connection, owner)
        )

    async def ended_since(
        self, owner: str, since: datetime
    ) -> dict[tuple[str | None, str], int]:
        """Count deliveries that ended after a moment, by subentry id and state."""
        return await self._database.read(
            lambda connection: queries.ended_since(connection, owner, since)
        )

    async def states(self, owner: str) -> dict[DeliveryState, int]:
        """Count the deliveries in each state; states without any are left out."""
        return await self._database.read(
            lambda connection: queries.states(connection, owner)
        )

    async def states_up_to(self, owner: str, most: int) -> dict[DeliveryState, int]:
        """Count the deliveries in each state, up to `most` in each."""
        return await self._database.read(
            lambda connection: queries.states_up_to(connection, owner, most)
        )

    async def size(self) -> int:
        """Return the size of the file in bytes, without its write-ahead log."""
        return await self._database.read(queries.size)

    async def remove_connection(self, owner: str) -> None:
        """Delete everything of a connection, a page at a time."""
        while await self._database.run(
            lambda connection: queries.remove(connection, owner)
        ):
            pass

    async def owners(self) -> frozenset[str]:
        """Return the ids of connections that have anything in the file."""
        return await self._database.read(queries.owners)
