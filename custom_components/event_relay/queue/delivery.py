"""A delivery, the states it can be in, and the legal ways between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, Annotated, get_args, get_type_hints

from ..backends.base import Instance, JsonObject, Receipt
from ..backends.errors import UNKNOWN_EVENT, UNKNOWN_SCRIPT, Gone

__all__ = [
    "ELSEWHERE",
    "MOMENTS",
    "MOOT",
    "SENT_ELSEWHERE",
    "SETTLED",
    "START_NEVER_WAS",
    "TRANSITIONS",
    "UNSETTLED",
    "Delivery",
    "DeliveryState",
    "Failure",
    "Moved",
    "Origin",
    "OriginKind",
    "altered",
    "brought",
]


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    DISCARDED = "discarded"

    @property
    def settled(self) -> bool:
        """Whether it has ended; only the user can open it again."""
        return self in SETTLED


_S = DeliveryState

SETTLED = frozenset({_S.DELIVERED, _S.FAILED, _S.EXPIRED, _S.DISCARDED})
UNSETTLED = frozenset(_S) - SETTLED

TRANSITIONS: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    # Due, its key free, the connection neither paused nor broken; its time over;
    # discarded by the user, with its start, its rule or its connection.
    _S.PENDING: frozenset({_S.SENDING, _S.EXPIRED, _S.DISCARDED}),
    # A receipt; a refusal; surely not taken; outcome unknown, or a restart.
    # What it is about was deleted outside.
    _S.SENDING: frozenset(
        {_S.DELIVERED, _S.FAILED, _S.PENDING, _S.UNCERTAIN, _S.DISCARDED}
    ),
    # Found; surely absent; cannot be asked or not told in time; the user.
    _S.UNCERTAIN: frozenset({_S.DELIVERED, _S.PENDING, _S.FAILED, _S.DISCARDED}),
    # The user retries, gives it up, or has seen that it arrived.
    _S.FAILED: frozenset({_S.PENDING, _S.UNCERTAIN, _S.DISCARDED, _S.DELIVERED}),
    _S.EXPIRED: frozenset({_S.PENDING, _S.UNCERTAIN}),
    _S.DELIVERED: frozenset(),
    _S.DISCARDED: frozenset(),
}


class OriginKind(StrEnum):
    """Who asked for a delivery."""

    ACTION = "action"
    RULE = "rule"
    MIRROR = "mirror"
    TEST = "test"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Who asked for a delivery, and in which Home Assistant context."""

    kind: OriginKind
    subentry_id: str | None = None
    context_id: str | None = None
    user_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why the last attempt did not succeed.

    `code` is the key of a text for users, `reason` the backend's own words.
    """

    code: str
    reason: str = ""


START_NEVER_WAS = Failure(code="start_never_was")
"""Why something was discarded with the delivery that it follows."""
ELSEWHERE = "elsewhere"
"""Code of what was discarded because what it changes is in another system."""
SENT_ELSEWHERE = "sent_elsewhere"
"""Code of what failed because its outcome only another system knows."""
MOOT = frozenset(
    {START_NEVER_WAS.code, ELSEWHERE, Gone.code, UNKNOWN_EVENT, UNKNOWN_SCRIPT}
)
"""Codes of why something was discarded and not by a user: no retry can mend it."""


class Moved(Enum):
    """Which moments of a delivery are moved along with a clock that is set.

    Every moment says it in its type, so that none can be forgotten.
    """

    ALWAYS = auto()
    """When something is to be done, or was last done: by the clock of this run."""
    IF_NEW = auto()
    """By the clock of the run that accepted it: moved only if that is this one."""
    AT_LEAST_BACK = auto()
    """The same; else only back, since too early is safe for whoever looks for it."""
    NEVER = auto()
    """Of what is over: it has ended, or has been told to a backend as it is."""


type Current = Annotated[datetime, Moved.ALWAYS]
type OfItsRun = Annotated[datetime, Moved.IF_NEW]
type Sent = Annotated[datetime, Moved.AT_LEAST_BACK]
type Over = Annotated[datetime, Moved.NEVER]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One accepted request to run one operation with one payload."""

    id: str
    connection: str
    """Entry id of the connection."""
    operation: str
    version: int
    payload: JsonObject
    summary: str
    origin: Origin
    occurred_at: OfItsRun
    """When it happened at home."""
    accepted_at: OfItsRun
    state: DeliveryState = DeliveryState.PENDING
    key: str | None = None
    lane: str | None = None
    follows: str | None = None
    expires_at: OfItsRun | None = None
    due_at: Current | None = None
    """Not to be tried again before; None while nothing is to be tried."""
    attempts: int = 0
    """Attempts that may have reached the backend."""
    first_sent_at: Sent | None = None
    """First send of the step now under way."""
    told_at: Over | None = None
    """When it occurred, as the backend was told; None while it surely knows nothing."""
    target_at: Instance | None = None
    """The system of what it names by its outside id; None where it names nothing."""
    ahead: bool = False
    """Whether it may be claimed before there is a slot for it: after a crash it is
    looked up, or repeated, as if it had been sent."""
    sent_to: Instance | None = None
    """The system to which it was last sent; None while none surely knows of it."""
    asked_since: Current | None = None
    """Since when the backend, when asked for an outcome, could not tell."""
    look_ups: int = 0
    """Look-ups of the outcome now unknown."""
    unclear: bool = False
    """Whether the outcome of an attempt is unknown to this day."""
    restored: bool = False
    """Whether it is from a backup, so that any step may have been run since then."""
    results: Mapping[str, JsonObject] = field(default_factory=dict)
    """What each step gave that is done."""
    warnings: tuple[str, ...] = ()
    """What was cut when it was accepted, and what went wrong after the first effect."""
    clue: JsonObject | None = None
    receipt: Receipt | None = None
    failure: Failure | None = None
    settled_at: Over | None = None
    moved: timedelta | None = field(default=None, compare=False)
    """By how much the clock had been set in this run when its moments were right; None
    where they are as in the file, whose rows are moved at once."""
    bound: bool = field(default=False, compare=False)
    """Whether an attempt before the one under way may have arrived."""
    older: bool = field(default=False, compare=False)
    """Whether an earlier run has accepted it, by a clock that may have been another."""


def _moments() -> Mapping[str, Moved]:
    """Return the fields of a delivery that are moments, and how each is moved."""
    found = {}
    for name, hint in get_type_hints(Delivery).items():
        for one in get_args(hint) or (hint,):
            how = getattr(getattr(one, "__value__", one), "__metadata__", ())
            if how:
                found[name] = how[0]
    return found


MOMENTS = _moments()
"""The fields of a delivery that are moments, and how each is moved."""


def brought(delivery: Delivery, moved: timedelta) -> Delivery:
    """Move a delivery in memory along with a clock that has been set by so much."""
    if delivery.moved is None or not (jump := moved - delivery.moved):
        return delivery
    changes: dict[str, datetime] = {}
    for name, how in MOMENTS.items():
        moment: datetime | None = getattr(delivery, name)
        if moment is None or how is Moved.NEVER:
            continue
        if how is Moved.ALWAYS or not delivery.older:
            changes[name] = moment + jump
        elif how is Moved.AT_LEAST_BACK:
            changes[name] = min(moment, moment + jump)
    new = altered(delivery, moved=moved)
    new.__dict__.update(changes)
    return new


if TYPE_CHECKING:
    from dataclasses import replace as altered
else:

    def altered(delivery: Delivery, /, **changes: object) -> Delivery:
        """Return a delivery with some fields changed.

        What `replace` of dataclasses does one field after the other, in an eighth of
        the time: each delivery is changed four times on its way.
        """
        new = object.__new__(Delivery)
        new.__dict__.update(delivery.__dict__)
        new.__dict__.update(changes)
        return new
