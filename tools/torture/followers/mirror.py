"""The base of mirrors under torture: in the end, outside equals home."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from time import monotonic
from typing import ClassVar, override

from custom_components.event_relay.queue.delivery import (
    SETTLED,
    Delivery,
    DeliveryState,
)
from tools.demo.api import Api, ApiError, Refused
from tools.demo.websocket import WebSocket
from tools.torture.calls import Answer, Thing
from tools.torture.ledger import Kept, Kind, Offence, Row
from tools.torture.targets import AnyTarget

from .follower import Follower


class MirrorFollower[Content](Follower):
    """A mirror; its items have marks, and contents that can be compared."""

    thing: ClassVar[str]
    """The operation that creates them."""
    gone_after: ClassVar[float] = 0.0
    """Seconds that an item must have been missing before it is removed outside."""

    def __init__(self, name: str, target: AnyTarget) -> None:
        """Begin without changes."""
        super().__init__(name, target)
        self._answers: Counter[Answer] = Counter()
        self._home: Mapping[str, Content] = {}
        self._since: float | None = None
        self._seconds = 0.0
        """Seconds since the last change at home."""

    @property
    @override
    def accepted(self) -> bool:
        return bool(self._answers[Answer.ACCEPTED])

    @abstractmethod
    async def at_home(self, api: Api, socket: WebSocket) -> Mapping[str, Content]:
        """Return the items at home, by mark."""

    @abstractmethod
    def outside(self) -> Mapping[str, Content]:
        """Return the current items outside, by mark."""

    @abstractmethod
    def made(self) -> Mapping[str, Sequence[str]]:
        """Return the outside ids of all items ever created, by mark."""

    async def change(self, command: Awaitable[object]) -> None:
        """Change an item at home; raises ApiError if that was interrupted."""
        try:
            await command
        except Refused:
            self._answers[Answer.REFUSED] += 1
        except ApiError:
            self._answers[Answer.CUT] += 1
            raise
        else:
            self._answers[Answer.ACCEPTED] += 1

    @override
    async def left(self, api: Api, socket: WebSocket, patience: float) -> int:
        self._home = await self.at_home(api, socket)
        self._since = self._since or monotonic()
        self._seconds = monotonic() - self._since
        return sum(
            one.kind is not Kind.STRAY or patience > self.gone_after
            for one in self._differences()
        )

    @override
    def account(self, deliveries: Sequence[Delivery], told: Mapping[str, str]) -> Row:
        row = Row(
            connection=self.name,
            called=self._answers.total(),
            accepted=self._answers[Answer.ACCEPTED],
            perhaps=self._answers[Answer.CUT],
            refused=self._answers[Answer.REFUSED],
            waiting=[_waiting(one) for one in deliveries if one.state not in SETTLED],
        )
        outside = self.outside()
        row.stored = sum(outside.get(mark) == it for mark, it in self._home.items())
        differences = [*self._differences()]
        if self._seconds < self.gone_after:
            row.waiting += (
                Kept(id="not yet", thing=one.thing, state=DeliveryState.PENDING)
                for one in differences
                if one.kind is Kind.STRAY
            )
            differences = [one for one in differences if one.kind is not Kind.STRAY]
        if not any(one.state not in SETTLED for one in deliveries):
            row.offences += differences
        row.offences += (
            self._offence(Kind.DOUBLED, mark, f"made {len(ids)} times: {ids}")
            for mark, ids in self.made().items()
            if len(ids) > 1
        )
        return row

    def _differences(self) -> Iterator[Offence]:
        """Yield the differences between outside and home."""
        outside = self.outside()
        for mark, content in self._home.items():
            if mark not in outside:
                yield self._offence(Kind.LOST, mark, "at home, and not outside")
            elif outside[mark] != content:
                why = f"{outside[mark]} outside, {content} at home"
                yield self._offence(Kind.LOST, mark, why)
        for mark in outside.keys() - self._home.keys():
            yield self._offence(Kind.STRAY, mark, "outside, and not at home")

    def _offence(self, kind: Kind, mark: str, why: str) -> Offence:
        thing = Thing(self.thing, mark)
        return Offence(kind=kind, thing=thing, delivery_id=None, why=why)


def _waiting(one: Delivery) -> Kept:
    """Return an unfinished delivery in the ledger's format."""
    code = one.failure.code if one.failure else None
    thing = Thing(one.operation, one.summary)
    return Kept(id=one.id, thing=thing, state=one.state, failure=code)
