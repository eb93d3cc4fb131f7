"""The durable store of deliveries, shared by all connections."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

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
from .writes import Acceptance, Change, StaleDelivery

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


def _unheard(_: SetAside) -> None:
    """Stand for nobody who wants to hear of damage."""


def _unclaimed() -> None:
    """Stand for nobody who wants to hear of claims."""


class Store:
    """Keeps deliveries; what a coroutine of it has returned is on disk."""

    def __init__(
        self,
        path: Path,
        damaged: Callable[[SetAside], None] = _unheard,
        *,
        seen: int = 0,
        claimed: Callable[[], None] = _unclaimed,
    ) -> None:
        """Take the path of the file, which `open` makes if it is not there.

        What waits in a file of a generation before `seen` is looked up before it is
        sent. `claimed` hears when something is about to be sent that may be in a copy
        of the file, so that there be a new generation.

        `damaged` hears of every file that has to make way, at whatever moment the
        damage is found; whoever waits for something then gets it of the new one.
        """
        self._database = Database(path, damaged, seen)
        self._claimed = claimed
        limits = QueueLimits()
        self._accepting = BatchWriter(partial(writes.accept, limits=limits))
        self._changing = BatchWriter(partial(writes.change, limits=limits))

    async def open(self) -> None:
        """Open the file; raises StoreUnavailable."""
        await self._database.open()

    async def advance(self) -> int:
        """Begin the next generation of the file; return its number, once on disk.

        Raises StoreUnavailable.
        """
        return await self._database.advance()

    async def begin_backup(self) -> None:
        """Make copies of the file safe to use until the end of the backup."""
        await self._database.run(begin_backup, alone=True)

    async def end_backup(self) -> None:
        """Go back to normal."""
        await self._database.run(end_backup, alone=True)

    async def close(self) -> None:
        """Finish what waits and close the file."""
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
        """Commit a new delivery, and notes with it, and return it as stored.

        A delivery whose id is already there is not stored twice: the one that is
        there is returned. Raises OutboxFull and StoreUnavailable.
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
        """Commit a delivery's next state and return it.

        With `anew`, one that went with a damaged file is stored once more. Raises
        ValueError for a way that the state table does not have, and StaleDelivery
        when the stored one is not in the state `was`.
        """
        await self.updating(delivery, was=was, anew=anew)
        return delivery

    def updating(
        self, delivery: Delivery, *, was: DeliveryState, anew: bool = False
    ) -> asyncio.Future[None]:
        """Queue the commit of a next state; return what `update` would wait for."""
        if delivery.state is not was and delivery.state not in TRANSITIONS[was]:
            message = f"no way from {was} to {delivery.state}"
            raise ValueError(message)
        return self._changing.put(
            self._database, Change(delivery=delivery, was=was, anew=anew)
        )

    async def recover(
        self,
        owner: str,
        now: datetime,
        moved: timedelta = timedelta(),
        held_back_by: Collection[str] = (),
    ) -> int:
        """Make uncertain what an earlier run left in `sending`; return how many.

        What waits because of one of some codes is due now. What comes from now on is of
        this run, whose clock has been set by `moved` since it began.
        """
        # Alone, since nothing of it is for the disk, which so has nothing to commit.
        await self._database.run(
            lambda connection: clock_shifts.begin(connection, owner, moved), alone=True
        )
        return await self._database.run(
            lambda connection: claims.recover(connection, owner, now, held_back_by)
        )

    async def take(
        self,
        owner: str,
        now: datetime,
        *,
        slots: int,
        free: int | None = None,
        look_ups: int,
        busy: Collection[str],
        steady: bool = True,
        moved: timedelta | None = None,
        instance: Instance | None = None,
    ) -> Taken:
        """End what is over, claim what is due, and say when to look again.

        At most `slots` deliveries of the connection `owner` are claimed and
        `look_ups` look-ups named, none of them among the ids in `busy`. Of the claimed
        at most `free` cannot wait for a slot, by default all. While the clock
        is not `steady` only what this run has accepted expires. `moved` is by how much
        it had been set when it told what is `now`; `instance` is the system to which
        the connection leads.
        """
        taken = await self._database.run(
            lambda connection: claims.take(
                connection,
                owner,
                clock_shifts.in_file(connection, owner, now, moved),
                slots=slots,
                free=slots if free is None else free,
                look_ups=look_ups,
                busy=busy,
                steady=steady,
                instance=instance,
            )
        )
        if taken.claimed:
            self._claimed()
        return taken

    async def shift(self, owner: str, jump: timedelta, now: datetime) -> None:
        """Move the times of what waits along with a clock that was set.

        What was accepted since the start has all its times from that clock; of what
        is older only what has been done since then has. `now` is after the jump.
        """
        await self._database.run(
            lambda connection: clock_shifts.shift(connection, owner, jump, now)
        )

    async def hasten(self, owner: str, now: datetime, *, limit: int | None) -> None:
        """Let what waits for another attempt wait no longer; the first due first."""
        await self._database.run(
            lambda connection: claims.hasten(connection, owner, now, limit)
        )

    async def prune(self, owner: str, before: datetime) -> int:
        """Delete what had ended before a moment; return how many, at most a hundred.

        What somebody waiting follows is kept.
        """
        return await self._database.run(
            lambda connection: queries.prune(connection, owner, before)
        )

    async def remember(self, noted: Memory) -> None:
        """Commit what a rule or mirror is to remember."""
        await self._database.run(
            lambda connection: rule_state.remember(connection, noted)
        )

    async def recall(self, owner: str) -> dict[str, dict[str, Note]]:
        """Return what the rules and mirrors of a connection remember.

        By their subentry ids, then by the names of the notes.
        """
        return await self._database.run(
            lambda connection: rule_state.recall(connection, owner)
        )

    async def forget(self, owner: str, subject: str) -> None:
        """Forget what a rule or mirror remembered."""
        await self._database.run(
            lambda connection: rule_state.forget(connection, owner, subject)
        )

    async def get(self, delivery_id: str) -> Delivery | None:
        """Return a delivery, or None."""
        return await self._database.run(
            lambda connection: queries.get(connection, delivery_id)
        )

    async def by_outside_id(self, owner: str, outside_id: str) -> Delivery | None:
        """Return the delivery that made something outside, or None."""
        return await self._database.run(
            lambda connection: queries.by_outside_id(connection, owner, outside_id)
        )

    async def outside_ids(self, owner: str, since: datetime) -> frozenset[str]:
        """Return the outside ids that deliveries are bound to.

        Of those that have ended only what ended since then.
        """
        return await self._database.run(
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
        """Return deliveries, newest first; `since` counts from acceptance.

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
        """Return what was accepted since a moment, newest first.

        No index tells when, so that it is read in pages: whatever else is to be read
        comes in between. It ends with a page on which all is older.
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
        """Return what a connection delivered last, since a moment; the last first."""
        return await self._database.run(
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
        """Return a page of what is wanted of some connections, newest first.

        It is short work however much there is, so that a search takes many of them.
        """
        return await self._database.read(
            lambda connection: listing.search(
                connection, owners=owners, wanted=wanted, before=before, limit=limit
            )
        )

    async def named(self, ids: Collection[str]) -> list[Listed]:
        """Return those of some deliveries that are there, newest first."""
        return await self._database.read(
            lambda connection: listing.named(connection, ids)
        )

    async def counts(self, owner: str) -> Counts:
        """Count what waits and what failed."""
        return await self._database.read(
            lambda connection: queries.counts(connection, owner)
        )

    async def ended_since(
        self, owner: str, since: datetime
    ) -> dict[tuple[str | None, str], int]:
        """Count what ended after a moment, by the subentry that asked and the state."""
        return await self._database.read(
            lambda connection: queries.ended_since(connection, owner, since)
        )

    async def states(self, owner: str) -> dict[DeliveryState, int]:
        """Count the deliveries in each state in which there are any."""
        return await self._database.read(
            lambda connection: queries.states(connection, owner)
        )

    async def states_up_to(self, owner: str, most: int) -> dict[DeliveryState, int]:
        """Count the deliveries in each state, in none of them further than `most`."""
        return await self._database.read(
            lambda connection: queries.states_up_to(connection, owner, most)
        )

    async def size(self) -> int:
        """Return the size of the file in bytes, without its write-ahead log."""
        return await self._database.read(queries.size)

    async def remove_connection(self, owner: str) -> None:
        """Forget everything about a connection, a page at a time."""
        while await self._database.run(
            lambda connection: queries.remove(connection, owner)
        ):
            pass

    async def owners(self) -> frozenset[str]:
        """Return the connections that have left anything."""
        return await self._database.read(queries.owners)
