"""Catches up on missed occurrences, and on those that the queue refused."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from homeassistant.core import Context
from homeassistant.util import dt as dt_util

from ..queue.store.rule_state import Note, Notes
from .attachment import Armed
from .cursor import Cursor, cursor_name, read_cursor, triggers_mark
from .firing import Cause
from .occurrences import MOST, CannotTell, Occurrence, missed_occurrences, recurs
from .outcome import Outcome, OutcomeKind
from .rule import Rule
from .subentry_runner import SubentryRunner

_ABOUT_TO_FIRE = timedelta(seconds=10)
"""How late Home Assistant may fire an occurrence that is due."""
_REPORTED_ONE_BY_ONE = 5
"""Skipped occurrences that are reported one by one; more are reported as one."""

type Fire = Callable[[Cause, Notes], Awaitable[bool]]
"""Returns False if the queue refused the delivery."""


class CatchUp:
    """Keeps a cursor for each trigger whose occurrences can be computed.

    Live firings do not move the cursor until missed and refused occurrences have been
    handled. Deduplication by their ids keeps them from being delivered twice.
    """

    def __init__(
        self, runner: SubentryRunner, rule: Rule, try_again_later: Callable[[], None]
    ) -> None:
        """Initialize the catch-up of a rule; it may be called again later."""
        self._runner = runner
        self._try_again_later = try_again_later
        self._missed = rule.missed
        self._of = triggers_mark(rule.triggers)
        self._caught_up: set[int] = set()
        self._refused: dict[str, Occurrence] = {}
        """Refused occurrences by delivery id; the refusal has been reported."""

    def notes_for(self, occurrence: Occurrence | None) -> Notes:
        """Return the notes to commit once an occurrence has been handled."""
        if occurrence is None or not self._moves_with_firings(occurrence.index):
            return {}
        return self._past(occurrence)

    def refused(self, occurrence: Occurrence) -> None:
        """Keep an occurrence that the queue refused, to retry it within the grace time.

        Those above `MOST` are found again only after a restart.
        """
        if self._missed.deliver and len(self._refused) < MOST:
            self._refused[occurrence.delivery_id(self._runner.id)] = occurrence
        self._try_again_later()

    async def async_catch_up(self, armed: Armed, fire: Fire) -> None:
        """Handle refused occurrences, and those missed before each trigger was armed.

        Occurrences that cannot be computed now, because a calendar does not respond,
        and those that the queue refuses are left for the next call.
        """
        await self._retry_refused(fire)
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
                # The clock was ahead then. Go back by the grace time; the ids of
                # occurrences deduplicate those that were delivered already.
                back = self._missed.grace if self._missed.deliver else timedelta()
                cursor = Cursor(at=since - back, of=self._of)
                await self._runner.remember_if_possible(
                    {cursor_name(index): cursor.note}
                )
            try:
                found = await missed_occurrences(
                    self._runner.hass, config, index, cursor.at, since
                )
            except CannotTell:
                told = False
                continue
            looked_at.add(index)
            missed += (
                one
                for one in found
                if not cursor.covers(one.instant, one.delivery_id(self._runner.id))
            )
        await self._handle_missed(sorted(missed, key=lambda one: one.instant), fire)
        # Not before: a live firing would move the cursor past missed occurrences.
        self._caught_up |= looked_at
        if self._refused or not told:
            self._try_again_later()

    async def async_save_progress(self, armed: Armed) -> None:
        """Move the cursors to now: nothing was missed up to here.

        Occurrences that are due right now may not have fired yet.
        """
        moment = dt_util.utcnow() - _ABOUT_TO_FIRE
        notes: dict[str, Note | None] = {}
        for index in filter(self._moves_with_firings, self._caught_up):
            cursor = self._cursor(index)
            if recurs(armed.triggers.configs[index]) and cursor and cursor.at < moment:
                notes[cursor_name(index)] = Cursor(at=moment, of=self._of).note
        if notes:
            await self._runner.remember_if_possible(notes)

    def reset(self) -> None:
        """Reset, so that the next start looks for missed occurrences again."""
        self._caught_up.clear()
        self._refused.clear()

    async def _retry_refused(self, fire: Fire) -> None:
        """Retry refused occurrences, earliest first, until the queue refuses one."""
        waiting = sorted(self._refused.items(), key=lambda item: item[1].instant)
        for delivery_id, occurrence in waiting:
            caught_up = occurrence.index in self._caught_up
            notes = self._past(occurrence) if caught_up else {}
            if dt_util.utcnow() - occurrence.instant > self._missed.grace:
                await self._runner.remember_if_possible(notes)
            elif not await fire(_cause(occurrence, told=True), notes):
                return
            self._refused.pop(delivery_id, None)

    def _moves_with_firings(self, index: int) -> bool:
        """Return whether live firings move the cursor of a trigger."""
        return index in self._caught_up and not self._has_refused(index)

    def _has_refused(self, index: int) -> bool:
        """Return whether a trigger has refused occurrences left to retry."""
        return any(one.index == index for one in self._refused.values())

    async def _start_from(self, index: int, moment: datetime) -> None:
        """Start the cursor of a trigger at a moment."""
        await self._runner.remember_if_possible(
            {cursor_name(index): Cursor(at=moment, of=self._of).note}
        )
        self._caught_up.add(index)

    async def _handle_missed(self, missed: Sequence[Occurrence], fire: Fire) -> None:
        """Deliver occurrences within the grace time; report the others as skipped."""
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
            self._runner.noted(notes)
        if notes:
            await self._runner.remember_if_possible(notes)
        for occurrence in wanted:
            past = self._past(occurrence)
            notes = {} if self._has_refused(occurrence.index) else past
            if not await fire(_cause(occurrence), notes):
                self.refused(occurrence)
        self._report_skipped(skipped)

    def _report_skipped(self, skipped: Sequence[Occurrence]) -> None:
        """Report skipped occurrences."""
        told: Sequence[Occurrence] = skipped
        reason = "missed while Home Assistant was off"
        number = len(skipped) + sum(one.left_out for one in skipped)
        if number > _REPORTED_ONE_BY_ONE:
            told = skipped[-1:]
            reason = f"{number} times {reason}, the last of them at this time"
        for occurrence in told:
            self._runner.tell(
                Outcome(
                    kind=OutcomeKind.SKIPPED,
                    occurred_at=occurrence.instant,
                    reason=reason,
                    reason_key="missed",
                    times=number if number > _REPORTED_ONE_BY_ONE else 1,
                )
            )

    def _cursor(self, index: int) -> Cursor | None:
        """Return the cursor of a trigger; None if it starts afresh."""
        return read_cursor(self._runner.notes, index, self._of)

    def _past(self, occurrence: Occurrence) -> dict[str, Note | None]:
        """Return the cursor note of a trigger after an occurrence has been handled."""
        index = occurrence.index
        cursor = self._cursor(index) or Cursor(at=occurrence.instant, of=self._of)
        past = cursor.past(occurrence.instant, occurrence.delivery_id(self._runner.id))
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
