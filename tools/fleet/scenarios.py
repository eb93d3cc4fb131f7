"""What befalls a fleet."""

from collections.abc import Callable, Mapping

from .simulation import Simulation

MINUTE = 60.0
HOUR = 60 * MINUTE
WARM_UP = 20 * MINUTE
AFTERMATH = 20 * MINUTE
"""How long is looked at the least after what happened."""
LONGEST = 5 * 24 * HOUR
"""After this what has not drained never will."""


def steady(simulation: Simulation) -> int:
    """Let nothing happen for an hour."""
    backlog = simulation.mark()
    simulation.run(HOUR)
    return backlog


def outage_of_ten_minutes(simulation: Simulation) -> int:
    """Have nobody reach the backend for ten minutes."""
    return _outage(simulation, 10 * MINUTE)


def outage_of_a_day(simulation: Simulation) -> int:
    """Have nobody reach the backend for a day."""
    return _outage(simulation, 24 * HOUR)


def squeeze(simulation: Simulation) -> int:
    """Have the backend take a tenth of the steady load for half an hour."""
    limit = simulation.backend.limit
    simulation.backend.limit = simulation.load / 10
    simulation.run(HOUR / 2)
    simulation.backend.limit = limit
    return _aftermath(simulation)


def restart(simulation: Simulation) -> int:
    """Switch all homes off for five minutes, and on again within the same one.

    Each has one delivery of what its rules missed.
    """
    for home in simulation.homes:
        home.switch_off()
    simulation.run(5 * MINUTE)
    for home in simulation.homes:
        simulation.plan(home)
    backlog = simulation.mark()
    starts = sorted(
        (simulation.chance.uniform(0, MINUTE), number)
        for number in range(len(simulation.homes))
    )
    for start, number in starts:
        simulation.run(simulation.marked_at + start - simulation.now)
        simulation.switch_on(simulation.homes[number])
    return _drain(simulation, backlog)


def sharp(simulation: Simulation) -> int:
    """Have a rule of every home fire at eight o'clock sharp."""
    for home in simulation.homes:
        simulation.plan(home)
    backlog = simulation.mark()
    simulation.wake()
    return _drain(simulation, backlog)


SCENARIOS: Mapping[str, Callable[[Simulation], int]] = {
    "steady": steady,
    "outage-10-min": outage_of_ten_minutes,
    "outage-day": outage_of_a_day,
    "squeeze": squeeze,
    "restart": restart,
    "sharp": sharp,
}
"""By name, each returns the deliveries whose end is measured."""


SPREADABLE = frozenset({"restart", "sharp"})
"""What comes to all homes at once, and could be delayed."""


def _outage(simulation: Simulation, length: float) -> int:
    simulation.backend.reachable = False
    seen = min(length, HOUR)
    simulation.run(seen / 2)
    simulation.skip(length - seen)
    simulation.run(seen / 2)
    simulation.backend.reachable = True
    return _aftermath(simulation)


def _aftermath(simulation: Simulation) -> int:
    """Measure until all that waits now has ended."""
    return _drain(simulation, simulation.mark())


def _drain(simulation: Simulation, backlog: int) -> int:
    """Go on until the backlog has ended, and long enough to see what follows."""
    simulation.run(LONGEST, until_drained=True)
    end = simulation.marked_at + AFTERMATH
    simulation.run(max(0.0, end - simulation.now))
    return backlog
