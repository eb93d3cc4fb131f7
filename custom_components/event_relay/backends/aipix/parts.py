"""What the operations share."""

from collections.abc import Mapping
from datetime import timedelta

from ..base import InvalidField, Operation, StepContext, UnreadablePayload
from .client import AipixClient
from .models import AipixCapabilities

EXPIRES = timedelta(hours=24)
"""How late something is still written; being late does no harm to it."""
SURELY_THERE = timedelta(seconds=30)
"""Time after sending from which what is not listed was never made."""


def load_with[PayloadT](
    operation: Operation[AipixClient, PayloadT, AipixCapabilities],
    version: int,
    data: Mapping[str, object],
) -> PayloadT:
    """Read a stored payload the way it was first read; raises UnreadablePayload."""
    if version != operation.version:
        raise UnreadablePayload(f"version {version} of {operation.name}")
    try:
        return operation.parse(data)
    except InvalidField as error:
        # Its details may hold what was to be sent; the name of the field does not.
        raise UnreadablePayload(f"{error.field}: {error.problem}") from error


def long_enough(context: StepContext) -> bool:
    """Say whether a request that was sent must have taken effect by now."""
    sent_at = context.first_sent_at or context.occurred_at
    return context.now - sent_at >= SURELY_THERE
