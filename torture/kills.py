"""When Home Assistant is killed: while it starts, runs, or stops."""

from dataclasses import dataclass
from enum import StrEnum
import random


class Phase(StrEnum):
    """What Home Assistant does when it is killed."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


_WEIGHTS = {Phase.STARTING: 3, Phase.RUNNING: 5, Phase.STOPPING: 2}
_LONGEST_START = 4.0
_LONGEST_RUN = 8.0
_LONGEST_STOP = 1.5


@dataclass(frozen=True, kw_only=True)
class Kill:
    """One life of Home Assistant, and its end."""

    phase: Phase
    after: float
    """Seconds from the launch, or from when calls are answered."""
    patience: float
    """Seconds that it gets to stop; only while it stops."""


def next_kill(chance: random.Random) -> Kill:
    """Return when to kill next."""
    phase = chance.choices([*_WEIGHTS], [*_WEIGHTS.values()])[0]
    longest = _LONGEST_START if phase is Phase.STARTING else _LONGEST_RUN
    return Kill(
        phase=phase,
        after=chance.uniform(0.3, longest),
        patience=chance.uniform(0, _LONGEST_STOP),
    )
