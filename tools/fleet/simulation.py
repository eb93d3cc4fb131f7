"""The loop of simulated time: homes are woken, answered, and turn."""

from dataclasses import dataclass
from functools import partial
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random

from custom_components.event_relay.backends.base import Backend
from custom_components.event_relay.backends.errors import BackendError
from custom_components.event_relay.backends.guance.backend import GUANCE
from custom_components.event_relay.queue.flow_control import FlowControl

from .backend import LimitedBackend
from .home import NEVER, READ_EVERY, Home
from .pending import Waiting

LATENCY = (0.1, 0.3)
"""Seconds that an answer takes, at random between the two."""

LEAST_LIMIT = 60.0
"""Requests a minute that a backend takes from however few homes."""


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """How many homes there are, and what they and their backend are like."""

    homes: int = 1000
    per_hour: float = 6.0
    """Deliveries of one home."""
    limit: float = 0.5
    """Requests a minute and home that the backend takes."""
    hours: float = 24.0
    """How long a delivery may wait before it expires."""
    spread: float = 0.0
    """Longest random delay of what a home plans, and of its start, in seconds."""
    seed: int = 1
    backend: Backend = GUANCE
    """Whose number of deliveries at once is taken."""


class Simulation:
    """A fleet and its backend; `now` is in seconds since it began."""

    def __init__(self, fleet: Fleet, *, tells: bool) -> None:
        """Build the homes; the backend `tells` with a 429 when to come again."""
        self.fleet = fleet
        self.now = 0.0
        self.chance = Random(fleet.seed)  # noqa: S311 - chance, not secrecy
        self.backend = LimitedBackend(
            max(fleet.limit * fleet.homes, LEAST_LIMIT), tells=tells
        )
        flow_control = partial(FlowControl, fleet.backend, self.chance.random)
        self.load = fleet.per_hour * fleet.homes / 60
        """Deliveries a minute that all homes make."""
        rate, life = fleet.per_hour / 3600, fleet.hours * 3600
        self.homes = [
            Home(flow_control, self.chance, rate, life) for _ in range(fleet.homes)
        ]
        self._number = count()
        self._answers: dict[int, tuple[Waiting, BackendError | None]] = {}
        self._heap: list[tuple[float, int, Home]] = []
        """What happens when, by number, to whom."""
        self._reads: set[int] = set()
        self.reads = 0
        """Looks at the backend that it answered."""
        self.marked_at = NEVER
        self.left = 0
        """Homes in which something has waited ever since the mark."""
        self.drained: list[float] = []
        """Seconds since the mark after which each of the others had nothing left."""
        for home in self.homes:
            self._turn(home)
            self._read_at(home, home.read_at)

    def run(self, seconds: float, *, until_drained: bool = False) -> None:
        """Let time go by, at the longest until every home is done."""
        end = self.now + seconds
        while self._heap and self._heap[0][0] <= end:
            self.now, number, home = heappop(self._heap)
            if answer := self._answers.pop(number, None):
                self._answered(home, *answer)
            elif number in self._reads:
                self._reads.discard(number)
                self._read(home)
            elif home.wake_at == self.now:
                home.wake_at = NEVER
                self._turn(home)
            if until_drained and not self.left:
                return
        self.now = end

    def skip(self, seconds: float) -> None:
        """Leave out hours in which nothing gets through.

        Once its breaker waits as long as it ever does, a home's state is the same an
        hour later, but for what has happened in it.
        """
        self.now += seconds
        self._heap = [
            (time + seconds, number, home) for time, number, home in self._heap
        ]
        heapify(self._heap)
        for home in self.homes:
            home.skip(seconds, self.now)

    def mark(self) -> int:
        """Begin to measure; return how many deliveries wait now."""
        self.marked_at = self.now
        for home in self.homes:
            home.live(self.now)
            home.behind = home.waiting > 0
            self.left += home.behind
        return sum(home.waiting for home in self.homes)

    def switch_on(self, home: Home) -> None:
        """Start a home that was off; it looks at the backend first of all."""
        home.switch_on(self.now, self._random_delay())
        self._read_at(home, home.read_at)
        self._turn(home)

    def plan(self, home: Home) -> None:
        """Have a home make a delivery of a planned moment, which is now."""
        home.line.accept_delayed(self.now, self.now + self._random_delay())

    def wake(self) -> None:
        """Tell all homes that something has happened in them."""
        for home in self.homes:
            self._turn(home)

    def _random_delay(self) -> float:
        return self.fleet.spread * self.chance.random()

    def _turn(self, home: Home) -> None:
        """Send what may be sent, and set the timer."""
        for waiting in home.turn(self.now):
            error = self.backend.ask(self.now)
            answered_at = self.now + self.chance.uniform(*LATENCY)
            number = next(self._number)
            self._answers[number] = (waiting, error)
            heappush(self._heap, (answered_at, number, home))
        if home.behind and not home.waiting:
            home.behind = False
            self.left -= 1
            self.drained.append(self.now - self.marked_at)
        if (wake_at := home.next_at(self.now)) < home.wake_at:
            home.wake_at = wake_at
            heappush(self._heap, (wake_at, next(self._number), home))

    def _answered(
        self, home: Home, waiting: Waiting, error: BackendError | None
    ) -> None:
        """Let a home note an answer, and go on."""
        if home.answered(waiting, error, self.now):
            home.read_at = self.now + READ_EVERY
        self._turn(home)

    def _read_at(self, home: Home, time: float) -> None:
        """Set the time at which a home that heard of nothing asks how it is."""
        number = next(self._number)
        self._reads.add(number)
        heappush(self._heap, (time, number, home))

    def _read(self, home: Home) -> None:
        """Ask, unless something was heard since."""
        if not home.on:
            return
        if home.read_at <= self.now:
            self.reads += self.backend.ask(self.now) is None
            home.read_at = self.now + READ_EVERY
        self._read_at(home, home.read_at)
