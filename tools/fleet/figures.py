"""What a run of a scenario comes to, in figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from custom_components.event_relay.queue.backoff import BACK_OFF_CAP

from .backend import BIN, WINDOW
from .simulation import Simulation

PEAK = 2.0
"""Goal: the requests of no minute after an outage are more times the limit."""
DRAIN = 1.3
"""Goal: after an outage it takes so many times the ideal, and one longest back-off."""
RATIO = 3.0
"""Goal: after an outage no home waits more times the median."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """Requests in each bin since the mark."""

    taken: tuple[int, ...]
    refused: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What is reported; times in seconds, all since the mark."""

    scenario: str
    homes: int
    tells: bool
    """Whether the backend says with a 429 when to come again."""
    spread: float
    backlog: int
    """Deliveries that waited at the mark."""
    requests: int
    refused: int
    peak_to_limit: float
    """Requests of the worst minute, refused ones as well, to what is taken in one."""
    peak_to_mean: float
    drain: float
    """Until the last home had nothing left that waited."""
    ideal: float
    """The same if the backend were asked at its limit all the time, never above."""
    median_wait: float
    """Until half of the homes had nothing left that waited."""
    expired: int

    @property
    def longest_wait(self) -> float:
        """Return how long the last home waited."""
        return self.drain

    @property
    def unfairness(self) -> float:
        """Return how many times longer the last home waits than the middle one."""
        return self.drain / self.median_wait if self.median_wait else 1.0

    @property
    def misses(self) -> tuple[str, ...]:
        """Return the goals that an outage's figures miss."""
        if not self.scenario.startswith("outage"):
            return ()
        allowed = DRAIN * self.ideal + BACK_OFF_CAP
        met = {
            "peak": self.peak_to_limit <= PEAK,
            "drain": self.drain <= allowed,
            "ratio": self.unfairness <= RATIO,
        }
        return tuple(goal for goal, is_met in met.items() if not is_met)


def measure(
    scenario: str, simulation: Simulation, backlog: int
) -> tuple[Figures, Series]:
    """Read the figures off a simulation that has run."""
    backend = simulation.backend
    series = _series(simulation)
    minutes = _minutes(series)
    peak = max(minutes)
    waits = simulation.drained or [0.0]
    figures = Figures(
        scenario=scenario,
        homes=len(simulation.homes),
        tells=backend.tells,
        spread=simulation.fleet.spread,
        backlog=backlog,
        requests=sum(series.taken) + sum(series.refused),
        refused=sum(series.refused),
        peak_to_limit=peak / backend.limit,
        peak_to_mean=peak * len(minutes) / sum(minutes),
        drain=max(waits),
        ideal=backlog / (backend.limit - simulation.load) * 60,
        median_wait=median(waits),
        expired=sum(home.line.expired for home in simulation.homes),
    )
    return figures, series


def _series(simulation: Simulation) -> Series:
    first = int(simulation.marked_at // BIN)
    places = range(first, int(simulation.now // BIN))
    return Series(
        taken=_counts(simulation.backend.taken, places),
        refused=_counts(simulation.backend.refused, places),
    )


def _counts(counted: Mapping[int, int], places: range) -> tuple[int, ...]:
    return tuple(counted.get(place, 0) for place in places)


def _minutes(series: Series) -> list[int]:
    """Return the requests in each minute of the clock."""
    asked = [sum(both) for both in zip(series.taken, series.refused, strict=True)]
    width = WINDOW // BIN
    return [sum(asked[place : place + width]) for place in range(0, len(asked), width)]
