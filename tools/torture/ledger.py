"""A ledger: compares calls, deliveries and stored items."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from custom_components.event_relay.backends.errors import OutcomeUnknown
from custom_components.event_relay.queue.delivery import SETTLED, DeliveryState

from .calls import Answer, Call, Thing

COMMITTED_WITHIN = 2.0
"""Seconds in which a call is committed, even on a busy machine."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A delivery in its final state in the queue."""

    id: str
    thing: Thing
    state: DeliveryState
    failure: str | None = None
    """Error code of a failed delivery."""
    outside_id: str | None = None
    told: bool = True
    """Whether the user's list shows it with this state."""


class Kind(StrEnum):
    """Kinds of offences."""

    LOST = "lost"
    """Accepted, not stored, and nobody was notified."""
    DOUBLED = "doubled"
    """Stored more than once."""
    STRAY = "stray"
    """Stored, but Event Relay reports otherwise, or does not know it."""
    OPEN = "open"
    """Stored, and still going on, though it should be over."""


@dataclass(frozen=True, kw_only=True)
class Offence:
    """One violation of the guarantees."""

    kind: Kind
    thing: Thing
    delivery_id: str | None
    why: str
    known: bool = False
    """Whether the queue knows it: no damage has removed it then."""
    at: float | None = None
    """When it was accepted, or interrupted, in unix seconds; None if unknown."""


type _Blame = Callable[[Kind, str], None]


@dataclass(kw_only=True)
class Row:
    """The figures of one connection, rule or mirror."""

    connection: str
    called: int = 0
    accepted: int = 0
    """Calls that returned a delivery id."""
    perhaps: int = 0
    """Calls interrupted by a kill."""
    refused: int = 0
    """Calls that returned an error."""
    stored: int = 0
    """Calls whose item the outside system has."""
    twice: int = 0
    """Those stored more than once, as the user has allowed."""
    unknown: int = 0
    """Not stored, and reported as failed with an unknown outcome."""
    expired: int = 0
    """Reported as expired, or discarded together with an expired one."""
    waiting: list[Kept] = field(default_factory=list)
    """Unfinished deliveries."""
    offences: list[Offence] = field(default_factory=list)
    told: list[Offence] = field(default_factory=list)
    """Violations excused by reported damage."""
    subentry_id: str = ""
    """Of a rule or mirror."""

    def count(self, kind: Kind) -> int:
        """Return the number of offences of a kind."""
        return sum(offence.kind is kind for offence in self.offences)


def audit(
    connection: str,
    calls: Sequence[Call],
    kept: Sequence[Kept],
    stored: Mapping[Thing, Sequence[str]],
    at_once: Collection[str] = (),
    *,
    may_double: bool = False,
) -> Row:
    """Compare the calls with the queue and the outside system.

    `stored` has the outside ids of all stored items, as receipts have them. An item of
    an `at_once` call may be stored and unknown to the queue if the kill came before its
    commit: it was in flight meanwhile, and nobody was notified. With `may_double` items
    stored more than once are only counted.
    """
    row = Row(connection=connection, called=len(calls))
    deliveries: dict[Thing, list[Kept]] = {}
    for one in kept:
        deliveries.setdefault(one.thing, []).append(one)
    for call in calls:
        row.accepted += call.answer is Answer.ACCEPTED
        row.perhaps += call.answer is Answer.CUT
        row.refused += call.answer is Answer.REFUSED
        mine = deliveries.get(call.thing, [])
        if call.delivery_id is not None:
            mine = [one for one in mine if one.id == call.delivery_id]
        found = stored.get(call.thing, ())
        if len(found) == 1 and not mine and _overlapped(call, at_once):
            row.stored += 1
            continue
        if len(found) > 1 and may_double:
            row.twice += 1
        _settle(row, call, mine[0] if mine else None, found, may_double=may_double)
    called = {call.thing for call in calls}
    for thing in stored.keys() - called:
        why = "nobody asked for it"
        row.offences.append(
            Offence(kind=Kind.STRAY, thing=thing, delivery_id=None, why=why)
        )
    for thing, several in deliveries.items():
        if len(several) > 1:
            why = f"{len(several)} deliveries of one call"
            row.offences.append(
                Offence(
                    kind=Kind.DOUBLED, thing=thing, delivery_id=several[1].id, why=why
                )
            )
    return row


def _overlapped(call: Call, at_once: Collection[str]) -> bool:
    """Return whether the kill may have come before the commit of a call."""
    return (
        call.answer is Answer.CUT
        and call.thing.action in at_once
        and call.seconds <= COMMITTED_WITHIN
    )


def _settle(
    row: Row,
    call: Call,
    kept: Kept | None,
    found: Sequence[str],
    *,
    may_double: bool,
) -> None:
    """Enter the result of one call."""

    def blame(kind: Kind, why: str) -> None:
        known = kept.id if kept is not None else call.delivery_id
        row.offences.append(
            Offence(
                kind=kind,
                thing=call.thing,
                delivery_id=known,
                why=why,
                known=kept is not None,
                at=call.at,
            )
        )

    if len(found) > 1 and not may_double:
        blame(Kind.DOUBLED, f"there {len(found)} times: {', '.join(found)}")
    if kept is None and call.answer is Answer.ACCEPTED:
        blame(Kind.LOST, "the outbox does not know it")
    if found:
        row.stored += 1
        _check_found(kept, found, blame)
    elif kept is not None:
        _enter_missing(row, kept, blame)


def _check_found(kept: Kept | None, found: Sequence[str], blame: _Blame) -> None:
    """Check a stored item against the queue's state."""
    if kept is None:
        blame(Kind.STRAY, "the outbox does not know it")
    elif kept.state in (DeliveryState.EXPIRED, DeliveryState.DISCARDED):
        blame(Kind.STRAY, f"{kept.state}, and there: {found[0]}")
    elif kept.state is DeliveryState.FAILED and kept.failure != OutcomeUnknown.code:
        blame(Kind.STRAY, f"failed ({kept.failure}), and there: {found[0]}")
    elif kept.outside_id is not None and kept.outside_id not in found:
        blame(Kind.STRAY, f"taken for {kept.outside_id}, and is {found[0]}")


def _enter_missing(row: Row, kept: Kept, blame: _Blame) -> None:
    """Enter a missing item, which is allowed if it is reported."""
    state = kept.state
    if state is DeliveryState.DELIVERED:
        blame(Kind.LOST, f"delivered as {kept.outside_id}, and not there")
    elif state not in SETTLED:
        row.waiting.append(kept)
    elif not kept.told:
        blame(Kind.LOST, f"{state}, and not listed so")
    elif state is DeliveryState.FAILED and kept.failure == OutcomeUnknown.code:
        row.unknown += 1
    elif state is DeliveryState.FAILED:
        blame(Kind.LOST, f"failed ({kept.failure})")
    else:
        row.expired += 1
