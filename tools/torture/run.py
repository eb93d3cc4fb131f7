"""A torture run: lives of Home Assistant that end with a kill, and their audit."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
import random
from time import monotonic

from aiohttp import ClientError, ClientSession

from custom_components.event_relay.queue.delivery import Delivery, OriginKind
from tools.demo.api import ApiError
from tools.demo.home import Home, temporary_home
from tools.demo.screen import progress, say
from tools.demo.websocket import WebSocket

from .changes import Changes
from .chaos import Chaos
from .damage import Damage
from .following import Following
from .home import TorturedHome
from .kills import Kill, Phase, next_kill
from .ledger import Row, audit
from .queue import FILE, kept, read_deliveries, told, waiting
from .run_report import keep
from .table import lines
from .targets import AnyTarget
from .traffic import Traffic
from .wall_clock import WallClock
from .write_times import shorten_write_times

_ANSWERS_SECONDS = 240.0
_LOOK_SECONDS = 2.0
_LISTEN_SECONDS = 1.0
_SET_RIGHT_SHARE = 0.5
"""How often a wrong clock is corrected while Home Assistant is off."""
_QUIET_SECONDS = 1.0
"""Longer than an outside system takes to store a confirmed write."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of a run."""

    kills: int | None
    seconds: float | None
    """No new life begins after this time."""
    patience: float
    """Seconds for accepted deliveries to finish."""
    write_time: int | None = None
    """Longest write time of any backend in seconds; None: unchanged."""


async def torture(
    targets: Sequence[AnyTarget], limits: Limits, seed: str, first_port: int
) -> Sequence[Row]:
    """Run it all with running simulators, and return the ledger.

    It has a row for each connection, rule and mirror. With an offence, all evidence is
    kept in a folder.
    """
    async with AsyncExitStack() as stack:
        home = await stack.enter_async_context(temporary_home(first_port=first_port))
        if limits.write_time is not None:
            await asyncio.to_thread(
                shorten_write_times,
                home.integration,
                {target.backend for target in targets},
                limits.write_time,
            )
        session = await stack.enter_async_context(ClientSession())
        clock = WallClock(home.folder / "clock")
        home.command = clock.command
        run = _Run(TorturedHome(home, session), targets, seed, clock)
        async with _kept(home, seed) as texts:
            rows = await run.go(limits)
            if any(row.offences for row in rows):
                texts["ledger"] = "\n".join(lines(rows))
                texts["flips"] = "\n".join(map(str, run.damage.flips))
        return rows


@asynccontextmanager
async def _kept(home: Home, seed: str) -> AsyncIterator[dict[str, str]]:
    """Stop a home, and keep its folder if it fails, or with anything to report."""
    texts: dict[str, str] = {}
    try:
        yield texts
    except Exception as error:
        texts["failure"] = repr(error)
        raise
    finally:
        await home.kill()
        if texts:
            folder = await asyncio.to_thread(keep, home.folder, seed, texts)
            say(f"Log, files and seed are kept in {folder}")


class _Run:
    """One run."""

    def __init__(
        self,
        tortured: TorturedHome,
        targets: Sequence[AnyTarget],
        seed: str,
        clock: WallClock,
    ) -> None:
        def chance(what: str) -> random.Random:
            return random.Random(f"{seed} {what}")  # noqa: S311 no secrets

        self._tortured = tortured
        self._targets = targets
        self._clock = clock
        self._chance = chance("kills")
        self._clock_chance = chance("clock")
        self._traffic_chance = chance("traffic")
        self._following = Following(targets, seed, clock.spans)
        self._chaos = Chaos(targets, chance("chaos"))
        self._changes = Changes(clock, chance("changes"))
        self.damage = Damage(tortured.home.folder / FILE, chance("damage"))
        self._entries: Mapping[str, AnyTarget] = {}
        self._kills: Counter[Phase] = Counter()
        self._stops = 0
        """How often it had stopped before it was killed."""

    @property
    def _home(self) -> Home:
        return self._tortured.home

    async def go(self, limits: Limits) -> Sequence[Row]:
        """Set up, kill and restart, let everything finish, and audit."""
        async with progress("Starting Home Assistant, and connecting it"):
            self._entries = await self._tortured.set_up(self._targets, self._following)
        traffic = Traffic(self._entries, self._traffic_chance)
        began = monotonic()
        async with self._chaos.raging():
            while not self._over(limits, monotonic() - began):
                await self._live(next_kill(self._chance), traffic)
        self._clock.set(0)
        say(await self._summary(monotonic() - began))
        listed = await self._drain(traffic, limits.patience)
        for made in self.damage.flips:
            say(f"  flipped {made}")
        deliveries = await read_deliveries(self._home.folder)
        return [
            *(
                self._account(target, traffic, deliveries, entry_id, listed)
                for entry_id, target in self._entries.items()
            ),
            *self._follow_up(deliveries, listed),
        ]

    def _over(self, limits: Limits, seconds: float) -> bool:
        kills = self._kills.total()
        return (limits.kills is not None and kills >= limits.kills) or (
            limits.seconds is not None and seconds >= limits.seconds
        )

    async def _live(self, kill: Kill, traffic: Traffic) -> None:
        """Start Home Assistant, send traffic, and end it as a kill says."""
        answering = asyncio.Event()
        began = monotonic()
        stopped = False
        if self._clock_chance.random() < _SET_RIGHT_SHARE:
            self._clock.set(0)
        await self._home.launch()
        talking = asyncio.create_task(self._talk(traffic, answering))
        try:
            if kill.phase is not Phase.STARTING:
                async with asyncio.timeout(_ANSWERS_SECONDS):
                    await self._home.run(_wait(answering))
            await self._home.run(asyncio.sleep(kill.after))
            if kill.phase is Phase.STOPPING:
                stopped = await self._home.stop(kill.patience)
            else:
                await self._home.kill()
        finally:
            talking.cancel()
            with suppress(asyncio.CancelledError, ApiError, ClientError):
                await talking
        if stopped:
            self._stops += 1
            return
        self._kills[kill.phase] += 1
        await asyncio.to_thread(self.damage.after_kill)
        say(
            f"  kill {self._kills.total()}, {kill.phase}, {monotonic() - began:.1f} s:"
            f" {sum(map(len, traffic.calls.values()))} calls,"
            f" {await self._chaos.faults()} faults"
        )

    async def _talk(self, traffic: Traffic, answering: asyncio.Event) -> None:
        """Send traffic while Home Assistant responds, until it is killed."""
        async with self._tortured.talking() as socket:
            answering.set()
            async with asyncio.TaskGroup() as events:
                events.create_task(traffic.flow(socket))
                events.create_task(self._following.drive(self._tortured.api, socket))
                events.create_task(
                    self._changes.drive(self._tortured.api, self._entries)
                )
                events.create_task(self._listen(socket))

    async def _listen(self, socket: WebSocket) -> None:
        """Collect the notifications about damage."""
        with suppress(ApiError):
            while True:
                await self.damage.listen(socket)
                await asyncio.sleep(_LISTEN_SECONDS)

    async def _summary(self, seconds: float) -> str:
        phases = ", ".join(f"{self._kills[phase]} while {phase}" for phase in Phase)
        chaos, changes = self._chaos, self._changes
        return (
            f"{self._kills.total()} kills and restarts ({phases}), and {self._stops}"
            f" orderly ones, in {seconds:.0f} s;"
            f" {await chaos.faults()} requests struck by faults,"
            f" {chaos.outages} outages, {chaos.slow_spans} slow spans,"
            f" {chaos.stalls} stalls of {chaos.stalled:.0f} s,"
            f" {chaos.restarts} restarts of a Frigate, {chaos.expiries} logins expired,"
            f" {changes.reloads} reloads, {changes.options} changes of options,"
            f" {len(self._clock.spans)} clock jumps, {len(self.damage.flips)} bits"
            " flipped"
        )

    async def _drain(self, traffic: Traffic, patience: float) -> Mapping[str, str]:
        """Let all accepted deliveries finish; return their states in the user's list.

        Each connection gets one more call, without a kill, and so does each rule or
        mirror that needs it: a slow machine may have accepted none between two kills.
        """
        await self._home.start()
        async with self._tortured.talking() as socket:
            await self._tortured.api.wait_running()
            await traffic.once(socket)
            await self._following.drive_once(self._tortured.api, socket)
            async with progress("Everything is mended; waiting for what is left"):
                until = monotonic() + patience
                left = await self._left(socket, patience)
                while left and monotonic() < until:
                    await asyncio.sleep(_LOOK_SECONDS)
                    left = await self._left(socket, patience)
            for name, number in left.items():
                say(f"  {name}: {number} are not settled within {patience:.0f} s")
            await asyncio.sleep(_QUIET_SECONDS)
            await self.damage.hear_the_end(socket)
            listed: dict[str, str] = {}
            for entry_id in self._entries:
                listed |= await told(socket, entry_id)
        await self._home.stop()
        await self._look()  # a rule on the clock delivers until the stop
        return listed

    async def _look(self) -> None:
        """Fetch the current state of the outside systems."""
        for target in self._targets:
            await target.process.look()

    def _account(
        self,
        target: AnyTarget,
        traffic: Traffic,
        deliveries: Sequence[Delivery],
        entry_id: str,
        listed: Mapping[str, str],
    ) -> Row:
        """Return the row of the actions of one target."""
        own = [
            one
            for one in deliveries
            if one.connection == entry_id and one.origin.kind is OriginKind.ACTION
        ]
        row = audit(
            target.name,
            traffic.calls[target.name],
            kept(target.mark_of, own, listed),
            {
                thing: ids
                for thing, ids in target.stored().items()
                if not self._following.knows(target, thing.mark)
            },
            target.at_once,
            may_double=target.may_double,
        )
        self.damage.explain(row, self._changed_marks(target, own))
        return row

    def _follow_up(
        self, deliveries: Sequence[Delivery], listed: Mapping[str, str]
    ) -> Sequence[Row]:
        """Return the rows of the rules and mirrors."""
        rows = self._following.rows(deliveries, listed)
        marks = {
            mark
            for entry_id, target in self._entries.items()
            for mark in self._changed_marks(
                target, [one for one in deliveries if one.connection == entry_id]
            )
        }
        for row in rows:
            self.damage.explain(row, marks)
        return rows

    def _changed_marks(
        self, target: AnyTarget, deliveries: Sequence[Delivery]
    ) -> set[str]:
        """Return the current marks of deliveries whose rows were changed."""
        return {
            target.mark_of(one.payload)
            for one in deliveries
            if one.id in self.damage.hit and one.follows is None
        }

    async def _left(self, socket: WebSocket, patience: float) -> Mapping[str, int]:
        """Return the number of unsettled items, by row name."""
        await self._look()
        numbers = {
            target.name: await waiting(socket, entry_id)
            for entry_id, target in self._entries.items()
        }
        waits = {name: number for name, number in numbers.items() if number}
        return {
            **waits,
            **await self._following.left(self._tortured.api, socket, patience),
        }


async def _wait(event: asyncio.Event) -> None:
    """Wait for an event."""
    await event.wait()
