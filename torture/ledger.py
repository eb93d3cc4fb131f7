"""A ledger: what was asked, kept and stored, held together."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from custom_components.event_relay.backends.errors import OutcomeUnknown
from custom_components.event_relay.queue.delivery import SETTLED, DeliveryState

from .calls import Answer, Call, Thing

COMMITTED_WITHIN = 2.0
"""Seconds in which a call is committed, also on a machine with much else to do."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A delivery as the outbox has it in the end."""

    id: str
    thing: Thing
    state: DeliveryState
    failure: str | None = None
    """Code of why it did not arrive."""
    outside_id: str | None = None
    told: bool = True
    """Whether the user's list shows it with this end."""


class Kind(StrEnum):
    """What may not be."""

    LOST = "lost"
    """Accepted, not there, and nobody was told."""
    DOUBLED = "doubled"
    """There more than once."""
    STRAY = "stray"
    """There, and Event Relay says otherwise, or does not know it."""
    OPEN = "open"
    """There, and still going on, though it is over."""


@dataclass(frozen=True, kw_only=True)
class Offence:
    """One thing that may not be."""

    kind: Kind
    thing: Thing
    delivery_id: str | None
    why: str
    known: bool = False
    """Whether the outbox knows it: no damage has taken it away then."""
    at: float | None = None
    """When it was accepted, or cut off, in unix seconds; None where nobody can tell."""


type _Blame = Callable[[Kind, str], None]


@dataclass(kw_only=True)
class Row:
    """The figures of one connection, rule or mirror."""

    connection: str
    called: int = 0
    accepted: int = 0
    """Calls answered with a delivery id."""
    perhaps: int = 0
    """Calls cut off by a kill."""
    refused: int = 0
    """Calls answered with an error."""
    stored: int = 0
    """Calls whose thing the outside system has."""
    twice: int = 0
    """Those of them that it has more than once, as the user has allowed."""
    unknown: int = 0
    """Told as failed because nobody can tell whether it is there, and not there."""
    expired: int = 0
    """Told as too late, or discarded along with what was too late."""
    waiting: list[Kept] = field(default_factory=list)
    """What has not ended yet."""
    offences: list[Offence] = field(default_factory=list)
    told: list[Offence] = field(default_factory=list)
    """What would be offences, but came of damage that the user was told of."""
    subentry_id: str = ""
    """Of a rule or mirror."""

    def count(self, kind: Kind) -> int:
        """Return how many offences of a kind there are."""
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
    """Hold the calls against the outbox and the outside system.

    `stored` has the outside ids of everything that is there, as receipts have them.
    What a call of `at_once` brings about may be there and unknown to the outbox if the
    kill came before its commit: it was on its way meanwhile, and nobody was told.
    With `may_double` what is there more than once is only counted.
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
    """Say whether the kill may have come before the commit of a call."""
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
    """Enter what became of one call."""

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
    """Look whether what is there is what the outbox takes it for."""
    if kept is None:
        blame(Kind.STRAY, "the outbox does not know it")
    elif kept.state in (DeliveryState.EXPIRED, DeliveryState.DISCARDED):
        blame(Kind.STRAY, f"{kept.state}, and there: {found[0]}")
    elif kept.state is DeliveryState.FAILED and kept.failure != OutcomeUnknown.code:
        blame(Kind.STRAY, f"failed ({kept.failure}), and there: {found[0]}")
    elif kept.outside_id is not None and kept.outside_id not in found:
        blame(Kind.STRAY, f"taken for {kept.outside_id}, and is {found[0]}")


def _enter_missing(row: Row, kept: Kept, blame: _Blame) -> None:
    """Enter what is not there: that may be, if it is told."""
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
