"""What the proof of every system has in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from custom_components.event_relay.backends.base import Backend, Client
from custom_components.event_relay.backends.errors import BackendError
from custom_components.event_relay.queue.delivery import Delivery

from .findings import Claim
from .lab import Lab, Tempo
from .wire import Wire
from .words import Word


@dataclass(frozen=True)
class Thing:
    """A test object in the live system."""

    kind: Word
    id: str
    place: str = ""
    """What else is needed to remove it, such as a camera."""
    at: datetime | None = None
    """When it is, where that is needed to find it."""


@dataclass(kw_only=True)
class Left:
    """How many test objects are still there."""

    remaining: int = 0
    """Those that should have been removed, and could not be."""
    lasting: int = 0
    """Those for which the system has no way of removing them."""
    unknown: bool = False
    """Whether it could not be found out which there are."""

    def __add__(self, other: Left) -> Left:
        """Return both together."""
        return Left(
            remaining=self.remaining + other.remaining,
            lasting=self.lasting + other.lasting,
            unknown=self.unknown or other.unknown,
        )


class System(ABC):
    """One kind of live system, and how what is assumed of it is proved."""

    title: Word
    backend: Backend
    claims: Sequence[Claim]
    routes: Mapping[Word, str]
    """The requests that a report names, each with a pattern of its path."""

    def __init__(self, data: Mapping[str, Any], wire: Wire, tempo: Tempo) -> None:
        """Take a connection's data, as its form has checked them."""
        self.data = data
        self.wire = wire
        self.tempo = tempo
        self.gone: set[Thing] = set()
        """Things that are surely not there any more."""

    @classmethod
    @abstractmethod
    def makes(cls, data: Mapping[str, Any]) -> Sequence[str]:
        """Say what a proof makes, for people to agree to."""

    @property
    @abstractmethod
    def client(self) -> Client:
        """The product's own client."""

    @property
    @abstractmethod
    def secrets(self) -> frozenset[str]:
        """All that proves the account, or names it."""

    @property
    def account(self) -> str:
        """What tells this account from others; kept as a hash only."""
        return "\n".join(sorted(self.secrets))

    @abstractmethod
    async def prove(self, lab: Lab, capabilities: Any) -> None:  # noqa: ANN401 - each has its own
        """Go through all steps; raises Stopped."""

    @abstractmethod
    async def things(self, deliveries: Sequence[Delivery]) -> Sequence[Thing]:
        """Return the test objects that are there, as far as can be told.

        They are those that deliveries have made, and those that are listed under
        the label of a test. Raises BackendError.
        """

    @abstractmethod
    async def remove(self, thing: Thing) -> bool | None:
        """Remove a test object; None where there is no way. Raises BackendError."""

    async def try_wrong_key(self, lab: Lab) -> None:
        """See how a wrong key is refused, where that can lock nobody out."""
        del lab

    async def leave(self) -> None:  # noqa: B027 - most take nothing
        """Give back what was taken to log in."""

    async def clean(self, deliveries: Sequence[Delivery]) -> Left:
        """Remove all test objects there are, as far as that can be done.

        Raises BackendError where it cannot be found out which there are.
        """
        left = Left()
        for thing in await self.things(deliveries):
            if thing in self.gone:
                continue
            removed: bool | None = False
            with suppress(BackendError):
                removed = await self.remove(thing)
            if removed:
                self.gone.add(thing)
            elif removed is None:
                left.lasting += 1
            else:
                left.remaining += 1
        return left
