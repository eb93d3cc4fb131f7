"""Mirror each event of a Home Assistant calendar as a live event."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
import logging
from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Event, EventStateReportedData, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.event import (
    async_call_later,
    async_track_state_change_event,
    async_track_state_report_event,
    async_track_time_interval,
)
from homeassistant.util import dt as dt_util

from ....const import DOMAIN
from ....queue.store.rule_state import Note
from ....rules.context import RuleContext
from ....rules.mirrors.changed_system import remembered_system
from ....rules.mirrors.mirror import BEGUN, Mirror, uncounted_version
from ....rules.occurrences import CannotTell
from ....rules.removal import async_discard_deliveries
from ...base import Instance
from ...markdown import in_list, in_markdown
from .calendar_bindings import Binding, damaged_bindings, notes_of, read_bindings
from .calendar_changes import CREATE, DELETE, CalendarChanges
from .calendar_plan import PATIENCE, Delete, Seen, make_plan, missing, surely_gone
from .calendar_reading import read_calendar, seen_events
from .calendar_settings import read_calendar_mirror
from .live_events import adopt, listed_ids, recover

_LOGGER = logging.getLogger(__name__)

LIVE_EVENTS = "live_events"

INTERVAL = timedelta(minutes=15)
"""How often the calendar is read without a change of its state."""
REPORTS = timedelta(minutes=1)
"""Shortest interval between reads because of unchanged state reports."""
FAR_AHEAD = timedelta(days=400)
"""How far ahead a missing event is searched for before it counts as deleted."""


class CalendarMirror(Mirror):
    """Reads its calendar in overlapping periods and submits the changes.

    No information changes nothing: while the calendar is unavailable, returns an error
    or has just started, no event counts as deleted.
    """

    names_refused = True

    def __init__(
        self,
        rule_context: RuleContext,
        subentry: ConfigSubentry,
        notes: Mapping[str, Note],
    ) -> None:
        """Take the connection, the subentry, and the stored notes."""
        super().__init__(rule_context, subentry.subentry_id, subentry.title, notes)
        self.settings = read_calendar_mirror(subentry.data)
        self._missed_since: dict[str, datetime] = {}
        self._look_again: Callable[[], None] | None = None
        self._changes = CalendarChanges(self)
        if damaged_bindings(self.notes):
            self.warn_of_damage()

    @override
    def listen_to_source(self) -> list[Callable[[], None]]:
        """Compare when the calendar changes, and every quarter of an hour.

        A change to any but its next event only shows as another report of the same
        state, and polling integrations send such reports without a change, too.
        """
        reported: Debouncer[None] = Debouncer(
            self.hass,
            _LOGGER,
            cooldown=REPORTS.total_seconds(),
            immediate=True,
            function=self.look,
            background=True,
        )

        @callback
        def report(_: Event[EventStateReportedData]) -> None:
            """Compare at once after a quiet time, else at its end."""
            reported.async_schedule_call()

        return [
            async_track_state_report_event(self.hass, self.settings.calendar, report),
            reported.async_shutdown,
            async_track_state_change_event(
                self.hass, self.settings.calendar, self.look
            ),
            async_track_time_interval(
                self.hass, self.look, INTERVAL, cancel_on_shutdown=True
            ),
            self._forget_missing,
        ]

    @override
    async def compare(self) -> None:
        """Create, change and delete live events to match the calendar."""
        if not self.source_is(self.settings.calendar):
            self._forget_missing()
            return
        now = dt_util.utcnow()
        bound = read_bindings(self.notes)
        try:
            seen = await self._read(now, self.settings.ahead)
            if missing(bound, seen, now):
                everywhere = await self._read(now, self.settings.ahead + FAR_AHEAD)
                seen |= {key: one for key, one in everywhere.items() if key in bound}
        except CannotTell as error:
            _LOGGER.debug("%s: nothing is compared (%s)", self.id, error)
            self._forget_missing()
            return
        if BEGUN not in self.notes or damaged_bindings(self.notes):
            await self._begin(seen, now)
            bound = read_bindings(self.notes)
        elif remembered_system(self.notes) != self.rule_context.queue.instance:
            await self._follow_connection(bound, seen)
            bound = read_bindings(self.notes)
        plan = make_plan(bound, seen, now=now, gone=self._gone(bound, seen, now))
        if plan.remembered:
            await self.remember(notes_of(plan.remembered))
        for change in plan.changes:
            await self._changes.carry_out(change)
        self._report_refused(seen)

    @callback
    def _report_refused(self, seen: Mapping[str, Seen]) -> None:
        """List the events that could not be mirrored in a repair."""
        bound = read_bindings(self.notes)
        refused = {
            key: event
            for key, event in seen.items()
            if key in bound
            and bound[key].digest == event.digest
            and (key in self._changes.refused or not bound[key].exists)
        }
        self._changes.refused = {
            key: why for key, why in self._changes.refused.items() if key in refused
        }
        if not refused:
            ir.async_delete_issue(self.hass, DOMAIN, self._refused_issue)
            return
        named = [
            in_markdown(self._named(event, self._changes.refused.get(key, "")))
            for key, event in sorted(refused.items(), key=lambda one: one[1].start)
        ]
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._refused_issue,
            # Every user may list repairs: personal data is only shown in the repair's
            # flow.
            data={**self.form_data, "events": in_list(named)},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="mirror_refused",
            translation_placeholders={"mirror": in_markdown(self.title)},
        )

    def _named(self, event: Seen, why: str) -> str:
        """Return the title and time of an event, and why it was refused."""
        begins = self.rule_context.moment(event.start)
        return f"{event.content['title']} ({begins})" + (f": {why}" if why else "")

    @property
    def _refused_issue(self) -> str:
        """Return the id of the repair that lists the refused events."""
        return f"mirror_refused_{self.id}"

    @override
    @callback
    def _withdraw_issues(self) -> None:
        """Delete the repairs of a mirror that is not running."""
        super()._withdraw_issues()
        ir.async_delete_issue(self.hass, DOMAIN, self._refused_issue)

    @override
    async def async_remove(self) -> None:
        """Delete future live events, if the settings ask for it; then delete the notes.

        Raises StoreError.
        """
        await self.async_stop()
        now = dt_util.utcnow()
        if self.settings.delete:
            for key, binding in read_bindings(self.notes).items():
                if binding.exists and binding.start > now:
                    await self._changes.carry_out(Delete(key=key, binding=binding))
        await async_discard_deliveries(self.rule_context, self.id, spare=(DELETE,))

    async def _read(self, now: datetime, ahead: timedelta) -> dict[str, Seen]:
        """Return the calendar's events from now on; raises CannotTell."""
        events = await read_calendar(
            self.hass, self.settings.calendar, now, now + ahead
        )
        return seen_events(events, self.settings, self.hass.config.time_zone)

    def _gone(
        self, bound: Mapping[str, Binding], seen: Mapping[str, Seen], now: datetime
    ) -> frozenset[str]:
        """Return the keys of deleted events; look again later for uncertain ones."""
        missed = missing(bound, seen, now)
        self._missed_since = {key: self._missed_since.get(key, now) for key in missed}
        if not self.settings.delete:
            return frozenset()
        gone = surely_gone(self._missed_since, now, nothing_shown=not seen)
        if missed - gone and self._look_again is None:
            self._look_again = async_call_later(
                self.hass, PATIENCE, self._compare_again
            )
        return gone

    @callback
    def _compare_again(self, _: datetime) -> None:
        """Look again for missing events."""
        self._look_again = None
        self.look()

    @callback
    def _forget_missing(self) -> None:
        """Restart the wait after which missing events count as deleted."""
        self._missed_since.clear()
        if self._look_again is not None:
            self._look_again()
            self._look_again = None

    async def _begin(self, seen: Mapping[str, Seen], now: datetime) -> None:
        """Recover the bindings of live events after notes were lost or damaged.

        Raises BackendError while the existing live events cannot be listed.
        """
        damaged, lost = damaged_bindings(self.notes), self.lost
        outside: dict[str, Binding] = {}
        if damaged or lost:
            fitting = partial(self.rule_context.queue.fitting, CREATE)
            outside = adopt(await self.rule_context.ask(LIVE_EVENTS), seen, fitting)
        recovered = recover(damaged, outside, seen, uncounted_version(now))
        found = {**outside, **recovered} if lost else recovered
        await self.remember(
            {BEGUN: Note(value=True), **self.system_note, **notes_of(found)}
        )

    async def _follow_connection(
        self, bound: Mapping[str, Binding], seen: Mapping[str, Seen]
    ) -> None:
        """Start over if the connection now leads to another account.

        Another key may belong to the same account: then its list has an event that was
        created before. Raises BackendError while that cannot be determined.
        """
        elsewhere: dict[str, Instance] = {}
        ids: set[str] = set()
        for key, binding in bound.items():
            made_by = binding.made_by
            made = await self.rule_context.store.get(made_by) if made_by else None
            if binding.exists and (left := self.left_in(made)) is not None:
                elsewhere[key] = left
                receipt = made.receipt if made else None
                ids.add(str(receipt.outside_id if receipt else binding.event_id))
        notes: dict[str, Note | None] = dict(self.system_note)
        if elsewhere:
            answer = await self.rule_context.ask(LIVE_EVENTS)
            if ids.isdisjoint(listed_ids(answer)):
                fitting = partial(self.rule_context.queue.fitting, CREATE)
                found = adopt(answer, seen, fitting)
                notes |= notes_of(
                    {
                        key: replace(found[key], version=bound[key].version)
                        if key in found
                        else bound[key].ended()
                        for key in elsewhere
                    }
                )
                if elsewhere.keys() - found.keys():
                    self.report_left_behind(next(iter(elsewhere.values())))
        await self.remember(notes)
