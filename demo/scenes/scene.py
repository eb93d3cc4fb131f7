"""What all scenes have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from demo.api import Api
from demo.deliveries import delivered
from demo.patience import eventually
from demo.screen import say
from demo.subentries import Rule
from demo.websocket import WebSocket
from simulators.server import Simulator
from simulators.wire import Json

ARRIVAL_SECONDS = 15.0
TOLERANCE_SECONDS = 2.0
"""How far a time may be off: two busy cores, and whole seconds."""


class Disproved(Exception):
    """Something did not arrive as it should have."""


class Scene[System: Simulator](ABC):
    """One backend: its stand-in, what happens in the home, and what must arrive."""

    backend: ClassVar[str]
    """Its name in the menu of connections, and in what is printed."""
    name: ClassVar[str]
    """What people call it."""
    adds: ClassVar[str]
    """What the scene adds to the home."""
    arrivals: ClassVar[int]
    """How many things it keeps in the end, none of them twice."""

    def __init__(self, simulator: System) -> None:
        """Look into a simulator, which the caller starts and stops."""
        self._simulator = simulator
        self._api: Api | None = None
        self._entry_id = ""

    @property
    def simulator(self) -> System:
        """Return what stands in for the backend."""
        return self._simulator

    @abstractmethod
    def connection(self) -> dict[str, Json]:
        """Return what a person enters to connect."""

    @abstractmethod
    async def add(self, api: Api, socket: WebSocket) -> None:
        """Add to the home what the scene is about."""

    @abstractmethod
    async def play(self, socket: WebSocket) -> None:
        """Play it; raise Disproved, or TookTooLong for what did not arrive."""

    @abstractmethod
    async def follow(self, socket: WebSocket) -> None:
        """Make rules and mirrors in their forms, and play on; raise likewise."""

    @abstractmethod
    def lines(self) -> list[str]:
        """Return a line for each thing that is stored, as it is now."""

    async def furnish(self, api: Api, socket: WebSocket) -> None:
        """Connect to the simulator, and add what the scene is about."""
        self._api = api
        self._entry_id = await api.add_entry(
            "event_relay", [{"next_step_id": self.backend}, self.connection()]
        )
        await self.add(api, socket)

    async def add_rule(self, new: Rule) -> None:
        """Add a rule, as a person does in its form, and let it begin."""
        await self._add("rule", new.name, new.steps())

    async def add_mirror(
        self, kind: str, name: str, settings: Mapping[str, Json]
    ) -> None:
        """Add a mirror, as a person does in its form, and let it begin."""
        await self._add(f"{kind}_mirror", name, [settings])

    async def _add(
        self, kind: str, name: str, steps: Sequence[Mapping[str, Json]]
    ) -> None:
        """Go through the forms, and wait until it is at work."""
        if self._api is None:
            raise Disproved(f"{self.name} is not connected")
        api = self._api
        await api.add_subentry(self._entry_id, kind, steps)

        async def at_work() -> bool | None:
            """Return True once its switch tells that it is at work."""
            states = await api.get("/api/states")
            return _armed(states, name) or None

        await eventually(at_work, f"{name} at work", ARRIVAL_SECONDS)

    def check_count(self) -> None:
        """Raise Disproved if anything is stored twice."""
        if (kept := len(self.simulator.stored_events())) != self.arrivals:
            raise Disproved(f"{self.name} keeps {kept}, not {self.arrivals}")

    async def stored[Stored](
        self,
        look: Callable[[], Sequence[Stored]],
        number: int,
        seconds: float = ARRIVAL_SECONDS,
    ) -> Stored:
        """Return the stored thing with this number, once it is there."""

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
        """Print a line for what arrived, and how long after its trigger."""
        say(f"  {line}  {seconds * 1000:.0f} ms")


def _armed(states: Json, name: str) -> bool:
    """Return whether the switch of a rule or mirror tells that it is at work."""
    for state in states if isinstance(states, list) else ():
        match state:
            case {
                "entity_id": str(entity_id),
                "attributes": {"friendly_name": str(shown), "armed": True},
            } if entity_id.startswith("switch.") and shown == name:
                return True
    return False
