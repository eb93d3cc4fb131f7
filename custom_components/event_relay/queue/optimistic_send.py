"""An optimistic send: a delivery is sent while its acceptance is being committed.

The house may die in between: before the commit, and then nobody was ever told that
anything was accepted; or after it, and then the next run looks up what was being
sent. What is left is a commit that fails, which is what this is about: the truth is
then not that nothing happened.
"""

import asyncio
from dataclasses import dataclass

from .delivery import Delivery, DeliveryState
from .store.file import StoreError, StoreUnavailable

_SURELY_NOT = frozenset({DeliveryState.PENDING, DeliveryState.FAILED})


class SentUnrecorded(StoreUnavailable):
    """What was sent could not be written down; it may have arrived."""

    def __init__(self, reason: str, state: DeliveryState) -> None:
        """Keep why, and how the attempt ended."""
        super().__init__(reason)
        self.state = state


@dataclass(frozen=True, kw_only=True)
class OptimisticSend:
    """The two things that happen to it at the same time."""

    delivery: Delivery
    payload: object
    """As its operation has just read it."""
    accepted: asyncio.Future[Delivery]
    """Ends with the commit of the acceptance, or why there is none."""
    attempted: asyncio.Future[Delivery]
    """Ends with what the first request has made of it, which is not committed."""

    async def acceptance(self) -> Delivery:
        """Return the delivery once it is committed.

        Raises StoreError if it is not, and surely nothing has arrived; and
        SentUnrecorded if something may have.
        """
        try:
            return await asyncio.shield(self.accepted)
        except StoreError as error:
            outcome = await asyncio.shield(self.attempted)
            if may_have_arrived(outcome):
                raise SentUnrecorded(str(error), outcome.state) from error
            raise

    async def is_to_be_kept(self, outcome: Delivery) -> bool:
        """Tell what an attempt has come to; say whether it is to be written down."""
        if not self.attempted.done():
            self.attempted.set_result(outcome)
        if not self.accepted.done():
            await asyncio.wait((self.accepted,))
        if isinstance(self.accepted.exception(), StoreError):
            return may_have_arrived(outcome)
        return True

    def broke_off(self) -> None:
        """Tell that nobody knows what the attempt has come to."""
        if not self.attempted.done():
            self.attempted.set_result(self.delivery)


def may_have_arrived(delivery: Delivery) -> bool:
    """Say whether a first attempt can have left anything outside."""
    return (
        bool(delivery.results)
        or delivery.unclear
        or delivery.bound
        or (delivery.state not in _SURELY_NOT)
    )
