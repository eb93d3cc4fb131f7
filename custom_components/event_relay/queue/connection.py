"""What the queue, the worker and the enricher of one connection have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
import random
from typing import Any, Protocol

from ..backends.base import Backend, Client, Instance
from ..backends.errors import BackendError
from .clock import SteadyClock
from .delivery import Delivery, shifted
from .store.store import Store


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A connection's backend and client, and the store that all connections share."""

    id: str
    """Entry id of the connection."""
    backend: Backend
    client: Client
    capabilities: Callable[[], Any]
    """Returns what the system can do, as far as that is known now."""
    store: Store
    clock: SteadyClock
    instance: Instance | None = None
    """The system to which the connection leads, if that is known."""
    chance: Callable[[], float] = random.random
    """Returns a number from 0 to 1."""

    def present(self, delivery: Delivery) -> tuple[Delivery, datetime]:
        """Return a delivery moved along with the clock, and the current time."""
        now = self.clock()
        return shifted(delivery, self.clock.total_shift), now


class QueueObserver(Protocol):
    """Is told, in the event loop, what happens to the deliveries of a connection."""

    def changed(self, delivery: Delivery) -> None:
        """Note the outcome of an attempt, or the end of a delivery."""

    def contacted(self, error: BackendError | None) -> None:
        """Note that the backend answered, or the error with which it did not."""
