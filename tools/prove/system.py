"""The base of every system's proof."""

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
from .report_text import Word
from .toolbox import Lab, Tempo
from .wire import Wire


@dataclass(frozen=True)
class Thing:
    """A test object in the live system."""

    kind: Word
    id: str
    place: str = ""
    """Further data to remove it, such as a camera."""
    at: datetime | None = None
    """Its time, if that is needed to find it."""


@dataclass(kw_only=True)
class Left:
    """The number of test objects that still exist."""

    remaining: int = 0
    """Those that could not be removed, although the system can."""
    lasting: int = 0
    """Those that the system cannot remove."""
    unknown: bool = False
    """Whether the objects could not be listed."""

    def __add__(self, other: Left) -> Left:
        """Return the sum."""
        return Left(
            remaining=self.remaining + other.remaining,
            lasting=self.lasting + other.lasting,
            unknown=self.unknown or other.unknown,
        )


class System(ABC):
    """A kind of live system, and the proof of the assumptions about it."""

    title: Word
    backend: Backend
    claims: Sequence[Claim]
    routes: Mapping[Word, str]
    """The requests named in a report, each with a pattern of its path."""

    def __init__(self, data: Mapping[str, Any], wire: Wire, tempo: Tempo) -> None:
        """Take a connection's data, as checked by its form."""
        self.data = data
        self.wire = wire
        self.tempo = tempo
        self.gone: set[Thing] = set()
        """Objects that certainly no longer exist."""

    @classmethod
    @abstractmethod
    def makes(cls, data: Mapping[str, Any]) -> Sequence[str]:
        """Describe the objects that a proof creates, for people to agree to."""

    @property
    @abstractmethod
    def client(self) -> Client:
        """Return the product's own client."""

    @property
    @abstractmethod
    def secrets(self) -> frozenset[str]:
        """Return all credentials, and names of the account."""

    @property
    def account(self) -> str:
        """Return the identity of this account; only its hash is stored."""
        return "\n".join(sorted(self.secrets))

    @abstractmethod
    async def prove(self, lab: Lab, capabilities: Any) -> None:  # noqa: ANN401 - each has its own
        """Run all steps; raises Stopped."""

    @abstractmethod
    async def things(self, deliveries: Sequence[Delivery]) -> Sequence[Thing]:
        """Return the existing test objects, as far as known.

        They are those that deliveries have created, and those listed under the label of
        a test. Raises BackendError.
        """

    @abstractmethod
    async def remove(self, thing: Thing) -> bool | None:
        """Remove a test object; None if that is impossible. Raises BackendError."""

    async def try_wrong_key(self, lab: Lab) -> None:
        """Check the response to a wrong key, if that cannot lock anybody out."""
        del lab

    async def leave(self) -> None:  # noqa: B027 - most take nothing
        """Log out."""

    async def clean(self, deliveries: Sequence[Delivery]) -> Left:
        """Remove all test objects, as far as possible.

        Raises BackendError if they cannot be listed.
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
