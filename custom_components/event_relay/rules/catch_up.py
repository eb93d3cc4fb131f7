"""Catches up on occurrences that have not become deliveries in time."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from homeassistant.core import Context
from homeassistant.util import dt as dt_util

from ..queue.store.rule_state import Note, Notes
from .attachment import Armed
from .cursor import Cursor, cursor_name, read_cursor, triggers_mark
from .firing import Cause
from .member import Member
from .occurrences import MOST, CannotTell, Occurrence, missed_occurrences, recurs
from .outcome import Outcome, OutcomeKind
from .rule import Rule

_ABOUT_TO_FIRE = timedelta(seconds=10)
"""How late Home Assistant may fire what is due."""
_TOLD_ONE_BY_ONE = 5
"""Skipped occurrences that are told one by one; of more, the last one tells of all."""

type Fire = Callable[[Cause, Notes], Awaitable[bool]]
"""Returns whether the outbox took what was to be delivered, if anything was."""


class CatchUp:
    """Keeps, for each trigger whose occurrences can be worked out, up to where it is.

    Until the occurrences of the time off have been seen to, and those that the outbox
    did not take, others that fire by themselves leave the cursor where it is: their
    ids keep them from coming twice.
    """

    def __init__(self, member: Member, rule: Rule) -> None:
        """Take the rule's own memory, and what it wants of missed occurrences."""
        self._member = member
        self._missed = rule.missed
        self._of = triggers_mark(rule.triggers)
        self._caught_up: set[int] = set()
        self._refused: dict[str, Occurrence] = {}
        """What the outbox did not take, by the ids of deliveries; it has been told."""

    def notes_for(self, occurrence: Occurrence | None) -> Notes:
        """Return what is to be noted when an occurrence has been seen to."""
        if occurrence is None or not self._follows(occurrence.index):
            return {}
        return self._past(occurrence)

    def refused(self, occurrence: Occurrence) -> None:
        """Keep what the outbox did not take, to try it again while it is not too late.

        Of more than `MOST` the others are only found again after a restart.
        """
        if self._missed.deliver and len(self._refused) < MOST:
            self._refused[occurrence.delivery_id(self._member.id)] = occurrence

    async def async_catch_up(self, armed: Armed, fire: Fire) -> bool:
        """See to what was missed before each was armed, and to what was refused.

        Return whether that was all: what cannot be worked out now, because its
        calendar does not answer, and what the outbox does not take, is left for
        another time.
        """
        await self._try_refused(fire)
        told = True
        missed: list[Occurrence] = []
        looked_at: set[int] = set()
        for index, since in tuple(armed.triggers.since.items()):
            config = armed.triggers.configs[index]
            if index in self._caught_up or not recurs(config):
                continue
            cursor = self._cursor(index)
            if cursor is None:
                await self._start_from(index, since)
                continue
            if cursor.at > since + _ABOUT_TO_FIRE:
                # The clock was ahead then. What is too late is left; of the rest,
                # ids keep what has become a delivery from coming twice.
                back = self._missed.grace if self._missed.deliver else timedelta()
                cursor = Cursor(at=since - back, of=self._of)
                await self._member.remember_if_possible(
                    {cursor_name(index): cursor.note}
                )
            try:
                found = await missed_occurrences(
                    self._member.hass, config, index, cursor.at, since
                )
            except CannotTell:
                told = False
                continue
            looked_at.add(index)
            missed += (
                one
                for one in found
                if not cursor.covers(one.instant, one.delivery_id(self._member.id))
            )
        await self._see_to(sorted(missed, key=lambda one: one.instant), fire)
        # Not before: one that fires by itself would hide what is still to be seen to.
        self._caught_up |= looked_at
        return told and not self._refused

    async def async_keep_up(self, armed: Armed) -> None:
        """Note that nothing was missed up to now.

        What was to fire in this moment may only be about to.
        """
        moment = dt_util.utcnow() - _ABOUT_TO_FIRE
        notes: dict[str, Note | None] = {}
        for index in filter(self._follows, self._caught_up):
            cursor = self._cursor(index)
            if recurs(armed.triggers.configs[index]) and cursor and cursor.at < moment:
                notes[cursor_name(index)] = Cursor(at=moment, of=self._of).note
        if notes:
            await self._member.remember_if_possible(notes)

    def begin_anew(self) -> None:
        """Look again at the next start for what was missed."""
        self._caught_up.clear()
        self._refused.clear()

    async def _try_refused(self, fire: Fire) -> None:
        """Deliver what was refused, the earliest first, as long as it is taken."""
        waiting = sorted(self._refused.items(), key=lambda item: item[1].instant)
        for delivery_id, occurrence in waiting:
            caught_up = occurrence.index in self._caught_up
            notes = self._past(occurrence) if caught_up else {}
            if dt_util.utcnow() - occurrence.instant > self._missed.grace:
                await self._member.remember_if_possible(notes)
            elif not await fire(_cause(occurrence, told=True), notes):
                return
            self._refused.pop(delivery_id, None)

    def _follows(self, index: int) -> bool:
        """Say whether the cursor of a trigger goes with what fires by itself."""
        return index in self._caught_up and not self._has_refused(index)

    def _has_refused(self, index: int) -> bool:
        """Say whether the outbox still is to take an occurrence of a trigger."""
        return any(one.index == index for one in self._refused.values())

    async def _start_from(self, index: int, moment: datetime) -> None:
        """Miss nothing from now on."""
        await self._member.remember_if_possible(
            {cursor_name(index): Cursor(at=moment, of=self._of).note}
        )
        self._caught_up.add(index)

    async def _see_to(self, missed: Sequence[Occurrence], fire: Fire) -> None:
        """Deliver what is not too late, and say what is skipped."""
        now = dt_util.utcnow()
        wanted: list[Occurrence] = []
        skipped: list[Occurrence] = []
        notes: dict[str, Note | None] = {}
        for occurrence in missed:
            late = now - occurrence.instant > self._missed.grace
            if self._missed.deliver and not late:
                wanted.append(occurrence)
                continue
            skipped.append(occurrence)
            notes |= self._past(occurrence)
            self._member.noted(notes)
        if notes:
            await self._member.remember_if_possible(notes)
        for occurrence in wanted:
            past = self._past(occurrence)
            notes = {} if self._has_refused(occurrence.index) else past
            if not await fire(_cause(occurrence), notes):
                self.refused(occurrence)
        self._tell(skipped)

    def _tell(self, skipped: Sequence[Occurrence]) -> None:
        """Tell what is not delivered any more."""
        told: Sequence[Occurrence] = skipped
        reason = "missed while Home Assistant was off"
        number = len(skipped) + sum(one.left_out for one in skipped)
        if number > _TOLD_ONE_BY_ONE:
            told = skipped[-1:]
            reason = f"{number} times {reason}, the last of them at this time"
        for occurrence in told:
            self._member.tell(
                Outcome(
                    kind=OutcomeKind.SKIPPED,
                    occurred_at=occurrence.instant,
                    reason=reason,
                    reason_key="missed",
                    times=number if number > _TOLD_ONE_BY_ONE else 1,
                )
            )

    def _cursor(self, index: int) -> Cursor | None:
        """Return up to where a trigger has been seen to, None if it begins anew."""
        return read_cursor(self._member.notes, index, self._of)

    def _past(self, occurrence: Occurrence) -> dict[str, Note | None]:
        """Return the note of a trigger once an occurrence has been seen to."""
        index = occurrence.index
        cursor = self._cursor(index) or Cursor(at=occurrence.instant, of=self._of)
        past = cursor.past(occurrence.instant, occurrence.delivery_id(self._member.id))
        return {cursor_name(index): past.note}


def _cause(occurrence: Occurrence, *, told: bool = False) -> Cause:
    """Return an occurrence as the cause of a firing."""
    return Cause(
        variables=occurrence.variables,
        occurred_at=occurrence.instant,
        context=Context(),
        occurrence=occurrence,
        told=told,
    )
