"""State transitions of deliveries that were sent to the connection's former address.

A system is identified by its id, and shown to people by its address.
"""

from datetime import datetime

from ..backends.base import AnyOperation, Instance, Receipt
from ..backends.errors import (
    BackendError,
    CannotConnect,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from ..backends.own_sentences import OwnWarning
from . import transitions
from .delivery import (
    ELSEWHERE,
    SENT_ELSEWHERE,
    Delivery,
    DeliveryState,
    Failure,
    altered,
)


def is_elsewhere(there: Instance | None, here: Instance | None) -> bool:
    """Return whether two systems differ; an unknown one counts as the same."""
    return there is not None and here is not None and there.id != here.id


def target_of(
    delivery: Delivery, operation: AnyOperation, payload: object, start: Delivery | None
) -> tuple[Instance | None, str | None]:
    """Return the system and outside id of what a delivery changes or continues.

    For a delivery that creates something, the system that may already have it.
    """
    if start is not None:
        return start.sent_to, start.receipt.outside_id if start.receipt else None
    if delivery.target_at is not None:
        return delivery.target_at, operation.target_id(payload)
    receipt = delivery.receipt if delivery.results else None
    return delivery.sent_to, receipt.outside_id if receipt else None


def is_new(delivery: Delivery) -> bool:
    """Return whether a delivery creates something, and has not done so yet."""
    return delivery.follows is None and not (delivery.target_at or delivery.results)


def not_sent(error: BackendError) -> BackendError:
    """Return what the error of a read means for the write that was to follow it."""
    if isinstance(error, OutcomeUnknown | Rejected) or not (
        transitions.pauses(error) or isinstance(error, Unavailable)
    ):
        return CannotConnect(error.reason, code=error.code)
    return error


def ended(
    delivery: Delivery, there: Instance, here: Instance, now: datetime
) -> Delivery:
    """End a delivery for a system that the connection no longer leads to."""
    if delivery.results or is_elsewhere(delivery.sent_to, here):
        return sent_elsewhere(delivery, there, here, now)
    address = _named(there, here)
    failure = Failure(code=ELSEWHERE, reason=address)
    return transitions.discarded(altered(delivery, failure=failure), now)


def sent_elsewhere(
    delivery: Delivery, there: Instance, here: Instance, now: datetime
) -> Delivery:
    """End a delivery whose outcome only another system knows."""
    address = _named(there, here)
    if delivery.results:
        return _cut_short(delivery, address, now)
    failure = Failure(code=SENT_ELSEWHERE, reason=address)
    return transitions.failed(altered(delivery, outcome_unknown=True), failure, now)


def looked_up(
    before: Delivery, after: Delivery, there: Instance, here: Instance, now: datetime
) -> Delivery:
    """Correct the next state after a look-up here of what was sent elsewhere.

    What is found here was sent here, under another address. What is not found here may
    be in the other system.
    """
    if len(after.results) > len(before.results):
        return altered(after, sent_to=here)
    unknown_here = (
        after.state is DeliveryState.FAILED and after.failure == transitions.UNKNOWN
    )
    if after.state is DeliveryState.PENDING or unknown_here:
        return sent_elsewhere(before, there, here, now)
    return after


def _cut_short(delivery: Delivery, address: str, now: datetime) -> Delivery:
    """End a delivery after its first effect; the other steps are not run."""
    warning = OwnWarning.CUT_SHORT.of(address=address)
    cut = altered(delivery, warnings=(*delivery.warnings, warning))
    return transitions.delivered(cut, delivery.receipt or Receipt(), now)


def _named(there: Instance, here: Instance) -> str:
    """Return a name of a system that differs from that of the other one."""
    if there.address == here.address:
        return f"another account of {there.address}"
    return there.address
