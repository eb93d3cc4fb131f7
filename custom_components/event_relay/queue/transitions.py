"""State transitions: pure functions return the next state of a delivery.

They take a delivery, what happened, the time and chance. The dispatcher and the queue
commit what they return. `TRANSITIONS` in `delivery.py` has the legal ones. SQL alone
changes many rows at once: what expires, what its rule or a crash has left
(`store/claims.py`), and what a newer file may have sent
(`store/recovery/distrust.py`).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from ..backends.base import (
    Absent,
    Backend,
    Finding,
    Found,
    Instance,
    JsonObject,
    Receipt,
    Step,
    StepContext,
    Unclear,
)
from ..backends.errors import (
    RATE_LIMITED,
    BackendError,
    Gone,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    Unavailable,
)
from . import backoff
from .clock import JUMP
from .delivery import Delivery, DeliveryState, Failure, altered

type AnyStep = Step[Any, Any]
type AnyFind = Callable[[Any, Any, StepContext], Awaitable[Finding]]

PLACE_KEPT = 5
"""Attempts up to which a delivery refused for a limit keeps its place in the queue."""

UNKNOWN = Failure(code=OutcomeUnknown.code)


def pauses(error: BackendError) -> bool:
    """Return whether the connection is to pause until somebody fixes it."""
    return isinstance(error, InvalidCredentials | PermissionDenied)


def hold(error: BackendError) -> timedelta | None:
    """Return the wait that the backend asks for, if any."""
    match error:
        case Unavailable(retry_after=float() | int() as seconds):
            return backoff.clamped_retry_after(seconds)
        case _:
            return None


def claimed(
    delivery: Delivery, now: datetime, instance: Instance | None = None
) -> Delivery:
    """Begin an attempt; a delivery that another system may have stays bound to that."""
    return altered(
        delivery,
        state=DeliveryState.SENDING,
        attempts=delivery.attempts + 1,
        first_sent_at=delivery.first_sent_at or now,
        reported_time=delivery.reported_time or delivery.occurred_at,
        sent_to=delivery.sent_to or instance,
        claimed_at=now,
        may_have_arrived=delivery.first_sent_at is not None,
        due_at=None,
    )


def unclaimed(
    delivery: Delivery, now: datetime, due_at: datetime | None = None
) -> Delivery:
    """Take back a claim that was not sent; it keeps its place until it is due."""
    if due_at is None:
        due_at = min(delivery.accepted_at, now)
    return _back(delivery, due_at, attempts=delivery.attempts - 1)


def limits(error: BackendError) -> bool:
    """Return whether the backend is up and has refused a request for its limit."""
    return (
        isinstance(error, Unavailable)
        and not error.this_request_only
        and (error.code == RATE_LIMITED or hold(error) is not None)
    )


def step_done(
    delivery: Delivery, step: AnyStep, result: JsonObject, now: datetime
) -> Delivery:
    """Mark a step as done; the next one begins now."""
    return altered(
        delivery,
        results={**delivery.results, step.name: result},
        first_sent_at=now,
        may_have_arrived=False,
        clue=None,
    )


def look_up_next_step(delivery: Delivery, now: datetime) -> Delivery:
    """Have the next step looked up: it may have been run after the backup."""
    return altered(
        delivery,
        state=DeliveryState.UNCERTAIN,
        outcome_unknown=True,
        look_ups=0,
        asked_since=None,
        first_sent_at=delivery.accepted_at,
        due_at=now,
    )


def step_refused(
    delivery: Delivery, step: AnyStep, error: Rejected, now: datetime
) -> Delivery:
    """Fail a delivery, or go on with a warning if it has had an effect.

    It is discarded if what it changes is gone. What creates something fails all the
    same: there is nothing that somebody has deleted, and nobody would be told.
    """
    changes = delivery.follows is not None or delivery.target_at is not None
    if isinstance(error, Gone) and changes and not delivery.results:
        return discarded(altered(delivery, failure=failure_of(error)), now)
    if not delivery.results:
        return failed(delivery, failure_of(error), now)
    warning = f"{step.name}: {error}"
    return step_done(
        altered(delivery, warnings=(*delivery.warnings, warning)), step, {}, now
    )


def step_interrupted(
    delivery: Delivery,
    step: AnyStep,
    error: BackendError,
    *,
    now: datetime,
    chance: float,
    backend: Backend,
) -> Delivery:
    """Put a delivery back, or make it uncertain, after a request without an answer.

    It fails at once if its outcome is unknown and cannot be looked up.
    """
    delivery = altered(delivery, failure=failure_of(error))
    if isinstance(error, OutcomeUnknown | InvalidResponse) and not step.repeatable:
        clue = error.clue if isinstance(error, OutcomeUnknown) else None
        delivery = altered(delivery, clue=_json(clue) or delivery.clue)
        wait = backoff.look_up_wait(0, backend.look_up_after)
        return uncertain(delivery, step, now, wait)
    if isinstance(error, OutcomeUnknown | InvalidResponse) or (
        isinstance(error, Unavailable) and error.unknown
    ):
        delivery = altered(delivery, may_have_arrived=True)
    if pauses(error):
        return _back(delivery, now, attempts=delivery.attempts - 1)
    if backend.shared and limits(error):
        # The connection waits, and the delivery keeps its place in the queue. After
        # some attempts the limit may be one of its kind only: then others go first.
        keeps = delivery.attempts <= PLACE_KEPT
        return _back(delivery, delivery.accepted_at if keeps else now)
    wait = hold(error) or backoff.back_off(delivery.attempts, chance)
    return _back(delivery, now + wait)


def uncertain(
    delivery: Delivery, step: AnyStep, now: datetime, wait: timedelta = timedelta()
) -> Delivery:
    """Have an unknown outcome looked up after a wait; fail if that is not possible."""
    delivery = altered(delivery, outcome_unknown=True, look_ups=0, asked_since=None)
    if step.find is None:
        return failed(delivery, UNKNOWN, now)
    return altered(delivery, state=DeliveryState.UNCERTAIN, due_at=now + wait)


def repeats(delivery: Delivery, step: AnyStep, now: datetime) -> bool:
    """Return whether a step that may have arrived can simply be repeated, by now.

    Of an earlier run it may be older than it seems: between two runs nobody notices
    that the clock is set back a little.
    """
    limit, since = step.repeatable_for, delivery.first_sent_at
    if limit is None or since is None:
        return step.repeatable
    # What seems to lie ahead was sent by another clock, nobody knows when.
    age = abs(now - since)
    if delivery.older:
        age += JUMP
    return step.repeatable and age < limit


def age_is_unknown(delivery: Delivery, step: AnyStep, *, steady: bool) -> bool:
    """Return whether a step is repeatable for a while, and nobody knows since when.

    After a power cut the clock may be behind by the time that it was off; then it is
    not steady.
    """
    return step.repeatable_for is not None and delivery.older and not steady


def looked_up(
    delivery: Delivery,
    step: AnyStep,
    finding: Finding,
    *,
    now: datetime,
    chance: float,
    schedule: tuple[float, ...],
    look_again_after: timedelta | None,
) -> Delivery:
    """Go on after a look-up: with the next step, a new attempt, or a later look-up.

    A missing step is looked up again after `look_again_after`; None means it is absent.
    The second attempt is made at once. Later ones back off, in case the backend fails
    because of this very request.
    """
    match finding:
        case Found(result=result):
            return known(step_done(delivery, step, result, now), now)
        case Absent() if look_again_after is not None:
            return altered(
                delivery,
                asked_since=delivery.asked_since or now,
                look_ups=delivery.look_ups + 1,
                due_at=now + look_again_after,
            )
        case Absent():
            wait = (
                backoff.back_off(delivery.attempts, chance)
                if delivery.attempts > 1
                else timedelta()
            )
            return known(altered(delivery, clue=None), now + wait)
        case Unclear():
            since = delivery.asked_since or now
            if backoff.look_ups_exhausted(since, now):
                return failed(altered(delivery, outcome_unknown=True), UNKNOWN, now)
            look_ups = delivery.look_ups + 1
            return altered(
                delivery,
                asked_since=since,
                look_ups=look_ups,
                due_at=now + backoff.look_up_wait(look_ups, schedule),
            )


def look_up_interrupted(
    delivery: Delivery, error: BackendError, *, now: datetime, chance: float
) -> Delivery:
    """Look up later; time in which the backend does not answer does not count.

    After a pause, which is no fault of the delivery, it is looked up at once.
    """
    if pauses(error):
        look_ups, wait = delivery.look_ups, timedelta()
    else:
        look_ups = delivery.look_ups + 1
        wait = hold(error) or backoff.back_off(look_ups, chance)
    return altered(
        delivery,
        failure=failure_of(error),
        asked_since=None,
        look_ups=look_ups,
        due_at=now + wait,
    )


def settle_without_look_up(
    delivery: Delivery, step: AnyStep, now: datetime
) -> Delivery:
    """Settle an unknown outcome without a look-up.

    A repeatable step is simply repeated, unless that is too late; any other is never
    sent again.
    """
    if repeats(delivery, step, now):
        return known(altered(delivery, may_have_arrived=True), now)
    return failed(altered(delivery, outcome_unknown=True), UNKNOWN, now)


def known(delivery: Delivery, due_at: datetime) -> Delivery:
    """Let a delivery wait for an attempt again: its outcome has become known."""
    return altered(
        _back(delivery, due_at), outcome_unknown=False, asked_since=None, look_ups=0
    )


def delivered(delivery: Delivery, receipt: Receipt, now: datetime) -> Delivery:
    """Settle a delivery whose steps are all done."""
    if delivery.warnings:
        warnings = (*receipt.warnings, *delivery.warnings)
        receipt = replace(receipt, warnings=warnings)
    return altered(
        delivery,
        state=DeliveryState.DELIVERED,
        receipt=receipt,
        failure=None,
        outcome_unknown=False,
        due_at=None,
        settled_at=now,
    )


def failed(delivery: Delivery, failure: Failure, now: datetime) -> Delivery:
    """Settle a delivery as a dead letter, which the user can retry or discard."""
    return altered(
        delivery,
        state=DeliveryState.FAILED,
        failure=failure,
        due_at=None,
        settled_at=now,
    )


def discarded(delivery: Delivery, now: datetime) -> Delivery:
    """Settle a delivery that is no longer wanted."""
    return altered(delivery, state=DeliveryState.DISCARDED, due_at=None, settled_at=now)


def reopened(
    delivery: Delivery, expires_at: datetime | None, *, ask: bool, now: datetime
) -> Delivery:
    """Reopen a failed or expired delivery that the user retries.

    With `ask`, an unknown outcome is looked up before anything is sent.
    """
    state = DeliveryState.UNCERTAIN if ask else DeliveryState.PENDING
    return altered(
        delivery,
        state=state,
        expires_at=_expiry(delivery, expires_at),
        due_at=now,
        attempts=0,
        look_ups=0,
        asked_since=None,
        settled_at=None,
        first_sent_at=delivery.first_sent_at if ask else None,
        reported_time=delivery.reported_time if ask or delivery.results else None,
        sent_to=delivery.sent_to if ask or delivery.results else None,
        outcome_unknown=ask,
    )


def failure_of(error: BackendError) -> Failure:
    """Return an error as it is stored."""
    return Failure(code=error.code, reason=error.reason)


def _back(
    delivery: Delivery, due_at: datetime, *, attempts: int | None = None
) -> Delivery:
    """Let a delivery wait for its next attempt; the outcome of the last is known.

    If it may have arrived, the backend gets the same time, in the same system, again.
    """
    there = bool(delivery.results) or delivery.may_have_arrived
    return altered(
        delivery,
        state=DeliveryState.PENDING,
        expires_at=_expiry(delivery, delivery.expires_at),
        attempts=delivery.attempts if attempts is None else attempts,
        first_sent_at=delivery.first_sent_at if delivery.may_have_arrived else None,
        reported_time=delivery.reported_time if there else None,
        sent_to=delivery.sent_to if there else None,
        due_at=due_at,
    )


def _expiry(delivery: Delivery, expires_at: datetime | None) -> datetime | None:
    """Return when a waiting delivery expires: never after its first effect."""
    return None if delivery.results else expires_at


def _json(clue: Mapping[str, object] | None) -> JsonObject | None:
    """Return a clue, which is JSON of the backend, as such."""
    return cast("JsonObject", dict(clue)) if clue is not None else None
