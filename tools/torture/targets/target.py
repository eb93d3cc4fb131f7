"""The base of all connections under torture."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
import random
from typing import Any, ClassVar, cast

from custom_components.event_relay.backends.base import JsonObject
from tools.demo.scenes import Scene
from tools.simulators.server import Simulator
from tools.simulators.wire import Json
from tools.torture.calls import Act, Call, Thing
from tools.torture.process import StandInProcess


@dataclass(frozen=True, kw_only=True)
class Temper:
    """What may be done to a simulator beside request faults."""

    restarts: bool = False
    """Whether a restart of the outside system loses something."""
    expires_logins: bool = False
    """Whether it is possible to log in again after a login expires."""


class Target[System: Simulator](ABC):
    """One connection: its simulator, its calls, and its stored items."""

    backend: ClassVar[str]
    scene: ClassVar[type[Scene[Any]]]
    """Scene of the demo, which can connect it."""
    seconds: ClassVar[float]
    """Mean time between two calls."""
    temper: ClassVar[Temper] = Temper()
    at_once: ClassVar[frozenset[str]] = frozenset()
    """Actions that may be sent while their acceptance is being committed."""
    may_double: ClassVar[bool] = False
    """Whether the user has allowed duplicates."""

    def __init__(self, name: str, simulator: System) -> None:
        """Take its name in the ledger, and a simulator that is not running."""
        self.name = name
        self._process = StandInProcess(simulator)

    @property
    def process(self) -> StandInProcess[System]:
        """Return the process of the simulator."""
        return self._process

    @property
    def simulator(self) -> System:
        """Return the copy of the simulator from the last look."""
        return self._process.simulator

    def connection(self) -> dict[str, Json]:
        """Return the input of the connection's form."""
        return self.scene(self.simulator).connection()

    def subentries(self) -> Sequence[tuple[str, Sequence[Mapping[str, Json]]]]:
        """Return the subentries that its actions need: types and form input."""
        return ()

    def mark(self, number: int) -> str:
        """Return a unique mark."""
        return f"torture {number}"

    @abstractmethod
    def act(self, mark: str, chance: random.Random) -> Act:
        """Return the next action to call, about a new item or an earlier one."""

    def heard(self, call: Call) -> None:  # noqa: B027 some have nothing to remember
        """Note a result, for later actions on the same item."""

    def going_on(self) -> Sequence[str]:
        """Return the marks of open items."""
        return ()

    @abstractmethod
    def mark_of(self, payload: JsonObject) -> str:
        """Return the mark in a delivery that creates an item."""

    @abstractmethod
    def stored(self) -> Mapping[Thing, Sequence[str]]:
        """Return the outside ids of all stored items, as receipts have them."""


def now() -> datetime:
    """Return the current time."""
    return datetime.now(UTC)


def text(payload: JsonObject, name: str) -> str:
    """Return a text of a delivery's payload."""
    return cast("str", payload[name])
