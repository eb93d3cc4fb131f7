"""Runs scenarios, one after the other, each with a fleet of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
import gc

from .figures import Figures, Series, measure
from .scenarios import SCENARIOS, SPREADABLE, WARM_UP
from .simulation import Fleet, Simulation


@dataclass(frozen=True, kw_only=True)
class Run:
    """One scenario, and what it is run with."""

    scenario: str
    fleet: Fleet
    tells: bool

    def go(self) -> tuple[Figures, Series]:
        """Run it; the same seed gives the same figures."""
        # Millions of small objects live to the end; looking for rubbish among them
        # would take half of the time.
        gc.freeze()
        gc.disable()
        try:
            simulation = Simulation(self.fleet, tells=self.tells)
            simulation.run(WARM_UP)
            backlog = SCENARIOS[self.scenario](simulation)
            return measure(self.scenario, simulation, backlog)
        finally:
            gc.enable()


def runs(
    scenarios: Sequence[str], sizes: Sequence[int], fleet: Fleet, spread: float
) -> Iterator[Run]:
    """Return every scenario with both kinds of backend and every size of the fleet.

    Those that a spread could mend are run once more with it.
    """
    for size in sizes:
        for scenario in scenarios:
            spreads = (0.0, spread) if spread and scenario in SPREADABLE else (0.0,)
            for chosen in spreads:
                for tells in (False, True):
                    yield Run(
                        scenario=scenario,
                        fleet=replace(fleet, homes=size, spread=chosen),
                        tells=tells,
                    )
