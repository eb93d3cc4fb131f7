"""What all connections under torture have in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
import random
from typing import Any, ClassVar, cast

from custom_components.event_relay.backends.base import JsonObject
from demo.scenes import Scene
from simulators.server import Simulator
from simulators.wire import Json
from torture.calls import Act, Call, Thing
from torture.process import StandInProcess


@dataclass(frozen=True, kw_only=True)
class Temper:
    """What may be done to a simulator beside making requests go wrong."""

    restarts: bool = False
    """Whether a restart of the outside system loses something."""
    expires_logins: bool = False
    """Whether a login that is over can be done again."""


class Target[System: Simulator](ABC):
    """One connection: its simulator, what is asked of it, and what it has stored."""

    backend: ClassVar[str]
    scene: ClassVar[type[Scene[Any]]]
    """Of the demo, which knows how to connect it."""
    seconds: ClassVar[float]
    """Mean time between two calls."""
    temper: ClassVar[Temper] = Temper()
    at_once: ClassVar[frozenset[str]] = frozenset()
    """Actions that may be sent while they are being committed."""
    may_double: ClassVar[bool] = False
    """Whether the user has said that things may arrive twice."""

    def __init__(self, name: str, simulator: System) -> None:
        """Take its name in the ledger, and a simulator that does not run."""
        self.name = name
        self._process = StandInProcess(simulator)

    @property
    def process(self) -> StandInProcess[System]:
        """Return what runs the stand-in."""
        return self._process

    @property
    def simulator(self) -> System:
        """Return what stands in for the outside system, as it was last looked at."""
        return self._process.simulator

    def connection(self) -> dict[str, Json]:
        """Return what a person enters to connect."""
        return self.scene(self.simulator).connection()

    def subentries(self) -> Sequence[tuple[str, Sequence[Mapping[str, Json]]]]:
        """Return what its actions need: kinds, and what is entered in their forms."""
        return ()

    def mark(self, number: int) -> str:
        """Return what tells one thing from all others."""
        return f"torture {number}"

    @abstractmethod
    def act(self, mark: str, chance: random.Random) -> Act:
        """Return the next action to call, about a new thing or an earlier one."""

    def heard(self, call: Call) -> None:  # noqa: B027 some have nothing to remember
        """Take note of an answer, for later actions on the same thing."""

    def going_on(self) -> Sequence[str]:
        """Return the marks of what has begun and not ended."""
        return ()

    @abstractmethod
    def mark_of(self, payload: JsonObject) -> str:
        """Return the mark in a delivery that makes a thing."""

    @abstractmethod
    def stored(self) -> Mapping[Thing, Sequence[str]]:
        """Return the outside ids of all that is there, as receipts have them."""


def now() -> datetime:
    """Return the present."""
    return datetime.now(UTC)


def text(payload: JsonObject, name: str) -> str:
    """Return a text of a delivery's payload."""
    return cast("str", payload[name])
