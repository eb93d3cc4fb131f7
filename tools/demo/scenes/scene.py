"""The base of all scenes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from tools.demo.api import Api
from tools.demo.deliveries import delivered
from tools.demo.polling import eventually
from tools.demo.screen import say
from tools.demo.subentries import Rule
from tools.demo.websocket import WebSocket
from tools.simulators.server import Simulator
from tools.simulators.wire import Json

ARRIVAL_SECONDS = 15.0
TOLERANCE_SECONDS = 2.0
"""Tolerance of a time: two busy cores, and whole seconds."""


class Disproved(Exception):
    """An item did not arrive as it should have."""


class Scene[System: Simulator](ABC):
    """One backend: its simulator, the events in the home, and the expected arrivals."""

    backend: ClassVar[str]
    """Its name in the menu of connections, and in the output."""
    name: ClassVar[str]
    """Its display name."""
    adds: ClassVar[str]
    """What the scene adds to the home."""
    arrivals: ClassVar[int]
    """Number of items that it stores in the end, each once."""

    def __init__(self, simulator: System) -> None:
        """Take a simulator, which the caller starts and stops."""
        self._simulator = simulator
        self._api: Api | None = None
        self._entry_id = ""

    @property
    def simulator(self) -> System:
        """Return the backend's simulator."""
        return self._simulator

    @abstractmethod
    def connection(self) -> dict[str, Json]:
        """Return the input of the connection's form."""

    @abstractmethod
    async def add(self, api: Api, socket: WebSocket) -> None:
        """Add the scene's devices to the home."""

    @abstractmethod
    async def play(self, socket: WebSocket) -> None:
        """Play it; raise Disproved, or TookTooLong for a missing arrival."""

    @abstractmethod
    async def follow(self, socket: WebSocket) -> None:
        """Add rules and mirrors by their forms, and play on; raise likewise."""

    @abstractmethod
    def lines(self) -> list[str]:
        """Return a line for each stored item, as it is now."""

    async def set_up(self, api: Api, socket: WebSocket) -> None:
        """Connect to the simulator, and add the scene's devices."""
        self._api = api
        self._entry_id = await api.add_entry(
            "event_relay", [{"next_step_id": self.backend}, self.connection()]
        )
        await self.add(api, socket)

    async def add_rule(self, new: Rule) -> None:
        """Add a rule by its form, and wait until it runs."""
        await self._add("rule", new.name, new.steps())

    async def add_mirror(
        self, kind: str, name: str, settings: Mapping[str, Json]
    ) -> None:
        """Add a mirror by its form, and wait until it runs."""
        await self._add(f"{kind}_mirror", name, [settings])

    async def _add(
        self, kind: str, name: str, steps: Sequence[Mapping[str, Json]]
    ) -> None:
        """Complete the forms, and wait until it runs."""
        if self._api is None:
            raise Disproved(f"{self.name} is not connected")
        api = self._api
        await api.add_subentry(self._entry_id, kind, steps)

        async def at_work() -> bool | None:
            """Return True once its switch shows that it runs."""
            states = await api.get("/api/states")
            return _armed(states, name) or None

        await eventually(at_work, f"{name} at work", ARRIVAL_SECONDS)

    def check_count(self) -> None:
        """Raise Disproved if an item is stored twice."""
        if (kept := len(self.simulator.stored_events())) != self.arrivals:
            raise Disproved(f"{self.name} keeps {kept}, not {self.arrivals}")

    async def stored[Stored](
        self,
        look: Callable[[], Sequence[Stored]],
        number: int,
        seconds: float = ARRIVAL_SECONDS,
    ) -> Stored:
        """Return the stored item with this number, once it exists."""

        async def find() -> Stored | None:
            found = look()
            return found[number - 1] if len(found) >= number else None

        return await eventually(find, f"arrival {number} at {self.name}", seconds)

    async def check_delivered(
        self, socket: WebSocket, operation: str, number: int, outside_id: str | None
    ) -> None:
        """Raise Disproved unless Event Relay knows a delivery by its outside id."""
        known = (await delivered(socket, operation, number))["outside_id"]
        if known != outside_id:
            raise Disproved(f"Event Relay takes {known} for {outside_id}")

    def tell(self, line: str, seconds: float) -> None:
        """Print a line for an arrival, with the time since its trigger."""
        say(f"  {line}  {seconds * 1000:.0f} ms")


def _armed(states: Json, name: str) -> bool:
    """Return whether the switch of a rule or mirror shows that it runs."""
    for state in states if isinstance(states, list) else ():
        match state:
            case {
                "entity_id": str(entity_id),
                "attributes": {"friendly_name": str(shown), "armed": True},
            } if entity_id.startswith("switch.") and shown == name:
                return True
    return False
