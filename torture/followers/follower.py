"""What all rules and mirrors under torture have in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import count
import random
from typing import ClassVar

from custom_components.event_relay.queue.delivery import Delivery
from demo.api import Api, ApiError, member
from demo.websocket import WebSocket
from simulators.wire import Json
from torture.ledger import Row
from torture.targets import AnyTarget


class Follower(ABC):
    """A rule or a mirror: what is done at home, and what must come of it outside."""

    kind: ClassVar[str] = "rule"
    """Of the form that adds it."""

    def __init__(self, name: str, target: AnyTarget) -> None:
        """Take its name in the ledger, and the connection that it belongs to."""
        self.name = name
        self.target = target
        self.subentry_id = ""
        self._numbers = count(1)

    def mark(self) -> str:
        """Return what tells a new thing from all others, of whomever."""
        return f"{self.name} {next(self._numbers)}"

    def is_own(self, mark: str) -> bool:
        """Say whether a mark is one of its own."""
        return mark.startswith(f"{self.name} ")

    async def add(self, api: Api, socket: WebSocket, entry_id: str) -> None:
        """Add what it follows, and then itself, by its form."""
        await self.furnish(api, socket)
        await api.add_subentry(entry_id, self.kind, self.steps())
        self.subentry_id = await _subentry_id(socket, entry_id, self.title)

    @property
    def title(self) -> str:
        """Return what Home Assistant calls it."""
        return self.name

    @property
    def accepted(self) -> bool:
        """Say whether something of what it follows was surely taken."""
        return True

    @abstractmethod
    async def furnish(self, api: Api, socket: WebSocket) -> None:
        """Add to the home what it follows."""

    @abstractmethod
    def steps(self) -> Sequence[Mapping[str, Json]]:
        """Return what a person enters in its form."""

    @abstractmethod
    async def drive(self, api: Api, socket: WebSocket, chance: random.Random) -> None:
        """Do what it follows until cancelled, or until ApiError: the end of a life."""

    @abstractmethod
    async def left(self, api: Api, socket: WebSocket, patience: float) -> int:
        """Return how many things are not yet as they are to be in the end.

        Deliveries that have not ended are counted elsewhere, and so is what takes
        longer than there is patience for, in seconds.
        """

    @abstractmethod
    def account(self, deliveries: Sequence[Delivery], told: Mapping[str, str]) -> Row:
        """Return its row, from its own deliveries and what users are told of them."""


async def _subentry_id(socket: WebSocket, entry_id: str, title: str) -> str:
    """Return the id of what has just been added."""
    listed = await socket.command("config_entries/subentries/list", entry_id=entry_id)
    for one in listed if isinstance(listed, list) else ():
        if member(one, "title", str) == title:
            return member(one, "subentry_id", str)
    raise ApiError(f"{title} was not added: {listed}")
