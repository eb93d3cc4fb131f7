"""The base of rules under torture: firings, each with its own mark."""

from abc import abstractmethod
import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from time import time
from typing import ClassVar, override

from custom_components.event_relay.queue.delivery import Delivery
from tools.demo.api import Api
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json
from tools.torture.calls import Answer, Call, Thing
from tools.torture.ledger import Row, audit
from tools.torture.targets import AnyTarget

from ..queue import kept
from .follower import Follower

_ARRIVES_SECONDS = 1.0
"""Time until a firing is in the queue."""


class RuleFollower(Follower):
    """A rule whose deliveries have the marks of their firings."""

    operation: ClassVar[str]
    chosen: ClassVar[bool] = False
    """Whether the form asks for the operation."""
    folded: ClassVar[bool] = True
    """Whether the form has a section of seldom used fields."""
    missable: ClassVar[bool] = False
    """Whether the form asks about missed firings, which can be found afterwards."""

    @property
    @abstractmethod
    def triggers(self) -> Sequence[Json]:
        """Return its triggers."""

    @property
    @abstractmethod
    def fields(self) -> Mapping[str, Json]:
        """Return the fields that it delivers."""

    @property
    def until(self) -> Mapping[str, Json] | None:
        """Return what ends it, None if the form does not ask."""
        return None

    @abstractmethod
    def firings(self, deliveries: Sequence[Delivery]) -> Sequence[Call]:
        """Return its firings."""

    @override
    def steps(self) -> Sequence[Mapping[str, Json]]:
        when: dict[str, Json] = {
            "name": self.title,
            "triggers": [*self.triggers],
            "only_if": {"from_unknown": False},
        }
        if self.chosen:
            when["operation"] = self.operation
        deliver: dict[str, Json] = {
            **self.fields,
            **({"more": {}} if self.folded else {}),
            "limits": {},
        }
        if self.missable:
            deliver["missed"] = {"deliver": True, "grace": {"minutes": 10}}
        if self.until is not None:
            deliver["until"] = dict(self.until)
        return {"next_step_id": "when"}, when, deliver, {}

    @override
    async def left(self, api: Api, socket: WebSocket, patience: float) -> int:
        return 0

    @override
    def account(self, deliveries: Sequence[Delivery], told: Mapping[str, str]) -> Row:
        return audit(
            self.name,
            self.firings(deliveries),
            kept(self.target.mark_of, deliveries, told),
            self.stored(),
        )

    def stored(self) -> Mapping[Thing, Sequence[str]]:
        """Return the outside ids of what it has begun."""
        return {
            thing: ids
            for thing, ids in self.target.stored().items()
            if thing.action == self.operation and self.is_own(thing.mark)
        }


class FiredRule(RuleFollower):
    """A rule that is fired on purpose."""

    def __init__(self, name: str, target: AnyTarget) -> None:
        """Begin without firings."""
        super().__init__(name, target)
        self._firings: dict[str, tuple[Answer, float]] = {}

    @property
    @override
    def accepted(self) -> bool:
        return any(answer is Answer.ACCEPTED for answer, _ in self._firings.values())

    async def fire(
        self, socket: WebSocket, mark: str, cause: Awaitable[object]
    ) -> None:
        """Cause a firing; it counts as accepted once the queue must have it."""
        self._firings[mark] = Answer.CUT, time()
        await cause
        await asyncio.sleep(_ARRIVES_SECONDS)
        # The queue commits earlier deliveries before it returns this one.
        await socket.ask("event_relay.list_deliveries", limit=1)
        self._firings[mark] = Answer.ACCEPTED, time()

    @override
    def firings(self, deliveries: Sequence[Delivery]) -> Sequence[Call]:
        return [
            Call(thing=Thing(self.operation, mark), answer=answer, at=at)
            for mark, (answer, at) in self._firings.items()
        ]
