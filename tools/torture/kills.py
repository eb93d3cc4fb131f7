"""When Home Assistant is killed: while it starts, runs, or stops."""

from dataclasses import dataclass
from enum import StrEnum
import random


class Phase(StrEnum):
    """Home Assistant's phase when it is killed."""

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
    """Seconds from the launch, or from the first response to a call."""
    patience: float
    """Seconds that it has to stop; only in the stop phase."""


def next_kill(chance: random.Random) -> Kill:
    """Choose the next kill."""
    phase = chance.choices([*_WEIGHTS], [*_WEIGHTS.values()])[0]
    longest = _LONGEST_START if phase is Phase.STARTING else _LONGEST_RUN
    return Kill(
        phase=phase,
        after=chance.uniform(0.3, longest),
        patience=chance.uniform(0, _LONGEST_STOP),
    )
