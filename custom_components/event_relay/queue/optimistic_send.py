"""An optimistic send: a delivery is sent while its acceptance is being committed.

Home Assistant may die in between. Before the commit, nobody was told that anything was
accepted; after it, the next run looks the delivery up. What is left is a commit that
fails after the send: then it would be wrong to say that nothing has happened.
"""

import asyncio
from dataclasses import dataclass

from .delivery import Delivery, DeliveryState
from .store.file import StoreError, StoreUnavailable

_SURELY_NOT = frozenset({DeliveryState.PENDING, DeliveryState.FAILED})


class SentUnrecorded(StoreUnavailable):
    """A delivery was sent and could not be stored; it may have arrived."""

    def __init__(self, reason: str, state: DeliveryState) -> None:
        """Set the reason, and the state after the attempt."""
        super().__init__(reason)
        self.state = state


@dataclass(frozen=True, kw_only=True)
class OptimisticSend:
    """The commit and the first attempt of a delivery, which run at the same time."""

    delivery: Delivery
    payload: object
    """The parsed payload."""
    accepted: asyncio.Future[Delivery]
    """Result of the commit of the acceptance."""
    attempted: asyncio.Future[Delivery]
    """The delivery after the first attempt, before that is committed."""

    async def acceptance(self) -> Delivery:
        """Return the delivery once it is committed.

        Raises StoreError if that failed and surely nothing arrived, SentUnrecorded if
        something may have arrived.
        """
        try:
            return await asyncio.shield(self.accepted)
        except StoreError as error:
            outcome = await asyncio.shield(self.attempted)
            if may_have_arrived(outcome):
                raise SentUnrecorded(str(error), outcome.state) from error
            raise

    async def is_to_be_kept(self, outcome: Delivery) -> bool:
        """Set the outcome of an attempt; return whether it is to be committed."""
        if not self.attempted.done():
            self.attempted.set_result(outcome)
        if not self.accepted.done():
            await asyncio.wait((self.accepted,))
        if isinstance(self.accepted.exception(), StoreError):
            return may_have_arrived(outcome)
        return True

    def broke_off(self) -> None:
        """End the attempt without an outcome, if it has none."""
        if not self.attempted.done():
            self.attempted.set_result(self.delivery)


def may_have_arrived(delivery: Delivery) -> bool:
    """Return whether a first attempt may have had an effect."""
    return (
        bool(delivery.results)
        or delivery.outcome_unknown
        or delivery.may_have_arrived
        or (delivery.state not in _SURELY_NOT)
    )
