"""Tests that a small fleet meets the goals, with the random delay where needed."""

from dataclasses import replace

import pytest

from custom_components.event_relay.backends.aipix.backend import AIPIX
from custom_components.event_relay.backends.guance.backend import GUANCE
from custom_components.event_relay.backends.palabra.backend import PALABRA
from tools.fleet.figures import Figures
from tools.fleet.runs import Run, runs
from tools.fleet.scenarios import SCENARIOS, WARM_UP
from tools.fleet.simulation import Fleet, Simulation

FLEET = Fleet(homes=80)
SPREAD = 120.0


def figures(
    scenario: str, *, tells: bool = False, fleet: Fleet = FLEET, spread: float = 0
) -> Figures:
    """Run a scenario and return its figures."""
    fleet = replace(fleet, spread=spread)
    return Run(scenario=scenario, fleet=fleet, tells=tells).go()[0]


@pytest.mark.parametrize("tells", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("scenario", ["outage-10-min", "outage-day"])
def test_outage_meets_the_goals(scenario: str, seed: int, *, tells: bool) -> None:
    outage = figures(scenario, tells=tells, fleet=replace(FLEET, seed=seed))
    assert outage.backlog > FLEET.homes / 2
    assert outage.peak_to_limit <= 2
    assert outage.drain <= 1.3 * outage.ideal + 15 * 60
    assert outage.unfairness <= 3
    assert outage.misses == ()
    assert outage.expired <= 0.01 * outage.backlog


@pytest.mark.parametrize("tells", [False, True])
def test_home_alone_meets_the_goals(*, tells: bool) -> None:
    for scenario in ("outage-10-min", "outage-day"):
        assert figures(scenario, tells=tells, fleet=Fleet(homes=1)).misses == ()


@pytest.mark.parametrize("tells", [False, True])
def test_steady_load_is_never_refused(*, tells: bool) -> None:
    steady = figures("steady", tells=tells)
    assert steady.requests > FLEET.homes
    assert steady.refused == 0


@pytest.mark.parametrize("tells", [False, True])
def test_load_stays_below_a_reduced_limit(*, tells: bool) -> None:
    squeeze = figures("squeeze", tells=tells)
    assert squeeze.backlog > FLEET.homes
    assert squeeze.peak_to_limit <= 1.2
    assert squeeze.drain <= 1.3 * squeeze.ideal + 15 * 60


@pytest.mark.parametrize("tells", [False, True])
@pytest.mark.parametrize(("scenario", "most"), [("sharp", 2.0), ("restart", 3.5)])
def test_random_delay_spreads_simultaneous_deliveries(
    scenario: str, most: float, *, tells: bool
) -> None:
    fleet = replace(FLEET, homes=400)
    at_once = figures(scenario, tells=tells, fleet=fleet)
    delayed = figures(scenario, tells=tells, fleet=fleet, spread=SPREAD)
    assert at_once.peak_to_limit > 2
    assert delayed.peak_to_limit < 0.85 * at_once.peak_to_limit
    assert delayed.peak_to_limit <= most


def test_same_seed_gives_the_same_figures() -> None:
    assert figures("outage-10-min") == figures("outage-10-min")
    other = figures("outage-10-min", fleet=replace(FLEET, seed=9))
    assert other != figures("outage-10-min")


def test_nothing_is_lost_or_sent_twice() -> None:
    simulation = Simulation(FLEET, tells=False)
    simulation.run(WARM_UP)
    SCENARIOS["outage-10-min"](simulation)
    taken = sum(simulation.backend.taken.values())
    left = sum(home.waiting for home in simulation.homes)
    accepted = sum(home.line.accepted for home in simulation.homes)
    assert accepted == taken - simulation.reads + left
    assert all(not home.line.expired for home in simulation.homes)


def test_only_a_shared_backend_limits_homes() -> None:
    assert all(backend.shared for backend in (AIPIX, GUANCE, PALABRA))


def test_all_scenarios_run_for_both_kinds_of_backend() -> None:
    chosen = list(runs(tuple(SCENARIOS), (1, 10), FLEET, SPREAD))
    assert len(chosen) == 2 * 2 * (len(SCENARIOS) + 2)
    assert {run.fleet.homes for run in chosen} == {1, 10}
    assert {run.scenario for run in chosen if run.fleet.spread} == {"sharp", "restart"}
