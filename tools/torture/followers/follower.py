"""The base of all rules and mirrors under torture."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import count
import random
from typing import ClassVar

from custom_components.event_relay.queue.delivery import Delivery
from tools.demo.api import Api, ApiError, member
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json
from tools.torture.ledger import Row
from tools.torture.targets import AnyTarget


class Follower(ABC):
    """A rule or a mirror: its changes at home, and the required result outside."""

    kind: ClassVar[str] = "rule"
    """Subentry type of its form."""

    def __init__(self, name: str, target: AnyTarget) -> None:
        """Take its name in the ledger, and its connection."""
        self.name = name
        self.target = target
        self.subentry_id = ""
        self._numbers = count(1)

    def mark(self) -> str:
        """Return a mark that is unique among all followers."""
        return f"{self.name} {next(self._numbers)}"

    def is_own(self, mark: str) -> bool:
        """Return whether a mark is one of its own."""
        return mark.startswith(f"{self.name} ")

    async def add(self, api: Api, socket: WebSocket, entry_id: str) -> None:
        """Add its source, and then itself, by its form."""
        await self.set_up(api, socket)
        await api.add_subentry(entry_id, self.kind, self.steps())
        self.subentry_id = await _subentry_id(socket, entry_id, self.title)

    @property
    def title(self) -> str:
        """Return its title in Home Assistant."""
        return self.name

    @property
    def accepted(self) -> bool:
        """Return whether at least one of its changes was certainly accepted."""
        return True

    @abstractmethod
    async def set_up(self, api: Api, socket: WebSocket) -> None:
        """Add its source to the home."""

    @abstractmethod
    def steps(self) -> Sequence[Mapping[str, Json]]:
        """Return the input of its form."""

    @abstractmethod
    async def drive(self, api: Api, socket: WebSocket, chance: random.Random) -> None:
        """Change its source until cancelled, or until ApiError: the end of a life."""

    @abstractmethod
    async def left(self, api: Api, socket: WebSocket, patience: float) -> int:
        """Return how many items have not reached their final state.

        Unfinished deliveries are counted elsewhere, and so are items that need more
        than `patience` seconds.
        """

    @abstractmethod
    def account(self, deliveries: Sequence[Delivery], told: Mapping[str, str]) -> Row:
        """Return its row, from its own deliveries and their state in users' lists."""


async def _subentry_id(socket: WebSocket, entry_id: str, title: str) -> str:
    """Return the id of the subentry that was just added."""
    listed = await socket.command("config_entries/subentries/list", entry_id=entry_id)
    for one in listed if isinstance(listed, list) else ():
        if member(one, "title", str) == title:
            return member(one, "subentry_id", str)
    raise ApiError(f"{title} was not added: {listed}")
