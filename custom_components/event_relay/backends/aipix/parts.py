"""What the operations share."""

from datetime import timedelta

from ..base import StepContext

EXPIRES = timedelta(hours=24)
"""How late something is still written; being late does no harm to it."""
SURELY_THERE = timedelta(seconds=30)
"""Time after sending from which what is not listed was never made."""


def long_enough(context: StepContext) -> bool:
    """Say whether a request that was sent must have taken effect by now."""
    sent_at = context.first_sent_at or context.occurred_at
    return context.now - sent_at >= SURELY_THERE
