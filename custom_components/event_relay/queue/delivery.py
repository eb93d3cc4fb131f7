"""A delivery, its states, and the table of legal transitions."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, Annotated, get_args, get_type_hints

from ..backends.base import Instance, JsonObject, Receipt
from ..backends.errors import is_gone

__all__ = [
    "ELSEWHERE",
    "MOMENTS",
    "SENT_ELSEWHERE",
    "SETTLED",
    "START_NEVER_WAS",
    "TRANSITIONS",
    "UNSETTLED",
    "Delivery",
    "DeliveryState",
    "Failure",
    "Origin",
    "OriginKind",
    "ShiftRule",
    "altered",
    "no_retry_helps",
    "shifted",
]


class DeliveryState(StrEnum):
    """State of a delivery."""

    PENDING = "pending"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    DISCARDED = "discarded"

    @property
    def settled(self) -> bool:
        """Whether the delivery has ended; only the user can retry it."""
        return self in SETTLED


_S = DeliveryState

SETTLED = frozenset({_S.DELIVERED, _S.FAILED, _S.EXPIRED, _S.DISCARDED})
UNSETTLED = frozenset(_S) - SETTLED

TRANSITIONS: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    # A file that may be older than what was sent is the exception: there all that waits
    # becomes uncertain, see `store/recovery/distrust.py`.
    # Claimed; its time is over; discarded by the user, or with its start, its rule or
    # its connection.
    _S.PENDING: frozenset({_S.SENDING, _S.EXPIRED, _S.DISCARDED}),
    # A receipt; a refusal; surely not taken; outcome unknown, or a restart; what it is
    # about was deleted outside.
    _S.SENDING: frozenset(
        {_S.DELIVERED, _S.FAILED, _S.PENDING, _S.UNCERTAIN, _S.DISCARDED}
    ),
    # Found; surely absent; cannot be looked up, or not answered in time; discarded.
    _S.UNCERTAIN: frozenset({_S.DELIVERED, _S.PENDING, _S.FAILED, _S.DISCARDED}),
    # The user retries it, discards it, or has seen that it arrived.
    _S.FAILED: frozenset({_S.PENDING, _S.UNCERTAIN, _S.DISCARDED, _S.DELIVERED}),
    _S.EXPIRED: frozenset({_S.PENDING, _S.UNCERTAIN}),
    _S.DELIVERED: frozenset(),
    _S.DISCARDED: frozenset(),
}


class OriginKind(StrEnum):
    """Kind of the requester of a delivery."""

    ACTION = "action"
    RULE = "rule"
    MIRROR = "mirror"
    TEST = "test"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Requester of a delivery, and its Home Assistant context."""

    kind: OriginKind
    subentry_id: str | None = None
    context_id: str | None = None
    user_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Reason why the last attempt did not succeed.

    `code` is the key of a text for users, `reason` is the backend's own text.
    """

    code: str
    reason: str = ""


START_NEVER_WAS = Failure(code="start_never_was")
"""Failure of a delivery that was discarded with the one that it follows."""
ELSEWHERE = "elsewhere"
"""Code of a discarded delivery: what it changes is in another system."""
SENT_ELSEWHERE = "sent_elsewhere"
"""Code of a failed delivery whose outcome only another system knows."""


def no_retry_helps(code: str) -> bool:
    """Return whether a code is of deliveries that no user discarded."""
    return code in {START_NEVER_WAS.code, ELSEWHERE} or is_gone(code)


class ShiftRule(Enum):
    """How a moment of a delivery is shifted when the clock is set.

    The type of each moment says it, so that none can be forgotten.
    """

    ALWAYS = auto()
    """A moment of the clock of this run: when something is due, or was last done."""
    IF_NEW = auto()
    """A moment of the run that accepted the delivery: moved if that is this run."""
    AT_LEAST_BACK = auto()
    """The same; in a later run it is moved back only, since too early is safe."""
    NEVER = auto()
    """A moment that is final: of the end, or one that the backend was given."""


type Current = Annotated[datetime, ShiftRule.ALWAYS]
type OfItsRun = Annotated[datetime, ShiftRule.IF_NEW]
type Sent = Annotated[datetime, ShiftRule.AT_LEAST_BACK]
type Over = Annotated[datetime, ShiftRule.NEVER]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An accepted request to run one operation with one payload.

    Its id is the idempotency key.
    """

    id: str
    connection: str
    """Entry id of the connection."""
    operation: str
    version: int
    payload: JsonObject
    summary: str
    origin: Origin
    occurred_at: OfItsRun
    """When it happened in the home."""
    accepted_at: OfItsRun
    state: DeliveryState = DeliveryState.PENDING
    key: str | None = None
    lane: str | None = None
    follows: str | None = None
    expires_at: OfItsRun | None = None
    due_at: Current | None = None
    """When the next attempt or look-up is due; None if there is none."""
    attempts: int = 0
    """Attempts that may have reached the backend."""
    first_sent_at: Sent | None = None
    """First send of the current step that may have arrived, or the current attempt."""
    reported_time: Over | None = None
    """The occurrence time that the backend was given; None if it surely has none."""
    target_at: Instance | None = None
    """The system of the outside id that it names; None if it names none."""
    ahead: bool = False
    """Whether it may be claimed before a slot is free: after a crash it is looked up,
    or repeated, as if it had been sent."""
    sent_to: Instance | None = None
    """The system to which it was last sent; None if surely none knows of it."""
    asked_since: Current | None = None
    """Since when look-ups have found out nothing."""
    look_ups: int = 0
    """Number of look-ups of the current unknown outcome."""
    outcome_unknown: bool = False
    """Whether an attempt may have arrived, and nobody knows yet."""
    restored: bool = False
    """Whether it is from a backup: any step may have been run since then."""
    results: Mapping[str, JsonObject] = field(default_factory=dict)
    """Results of the steps that are done, by their names."""
    warnings: tuple[str, ...] = ()
    """Texts that were cut at acceptance, and errors after the first effect."""
    clue: JsonObject | None = None
    receipt: Receipt | None = None
    failure: Failure | None = None
    settled_at: Over | None = None
    shifted_by: timedelta | None = field(default=None, compare=False)
    """Total of the clock's jumps by which its moments are shifted; None if they are as
    in the file, whose rows are shifted at each jump."""
    claimed_at: Current | None = field(default=None, compare=False)
    """When the current attempt began; only in memory."""
    may_have_arrived: bool = field(default=False, compare=False)
    """Whether an attempt at the current step before this one may have arrived."""
    older: bool = field(default=False, compare=False)
    """Whether an earlier run accepted it, whose clock may have differed."""


def _moments() -> Mapping[str, ShiftRule]:
    """Return the moments among the fields of a delivery, and how each is shifted."""
    found = {}
    for name, hint in get_type_hints(Delivery).items():
        for one in get_args(hint) or (hint,):
            how = getattr(getattr(one, "__value__", one), "__metadata__", ())
            if how:
                found[name] = how[0]
    return found


MOMENTS = _moments()
"""The moments among the fields of a delivery, and how each is shifted."""


def shifted(delivery: Delivery, total_shift: timedelta) -> Delivery:
    """Return a delivery whose moments are shifted by all jumps of the clock up to now.

    `total_shift` is the total of those jumps, see `SteadyClock.total_shift`.
    """
    if delivery.shifted_by is None or not (jump := total_shift - delivery.shifted_by):
        return delivery
    changes: dict[str, datetime] = {}
    for name, rule in MOMENTS.items():
        moment: datetime | None = getattr(delivery, name)
        if moment is None or rule is ShiftRule.NEVER:
            continue
        if rule is ShiftRule.ALWAYS or not delivery.older:
            changes[name] = moment + jump
        elif rule is ShiftRule.AT_LEAST_BACK:
            changes[name] = min(moment, moment + jump)
    new = altered(delivery, shifted_by=total_shift)
    vars(new).update(changes)
    return new


if TYPE_CHECKING:
    from dataclasses import replace as altered
else:

    def altered(delivery: Delivery, /, **changes: object) -> Delivery:
        """Return a copy of a delivery with some fields changed.

        It takes a third of the time of `dataclasses.replace`, and each delivery is
        changed about four times.
        """
        new = copy(delivery)
        vars(new).update(changes)
        return new
