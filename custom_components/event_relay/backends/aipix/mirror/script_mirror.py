"""An aipix script whose schedule follows a schedule helper of Home Assistant."""

from collections.abc import Callable, Mapping
from dataclasses import replace
import json
from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util

from ....queue.delivery import Delivery, DeliveryState
from ....queue.store.rule_state import Note, Notes
from ....rules.context import RuleContext
from ....rules.mirrors.day_watch import DayWatch
from ....rules.mirrors.mirror import BEGUN, Mirror, uncounted_version
from ....rules.removal import async_discard_deliveries
from ...base import Instance, InvalidField, JsonObject
from .script_description import in_words, read_week
from .script_issue import ScriptQuestions
from .script_plan import (
    Kept,
    Step,
    changed_fields,
    is_damaged,
    next_step,
    read_kept,
    recover,
)
from .script_settings import read_script_mirror

CREATE = "create_script"
UPDATE = "update_script"
SCRIPTS = "scripts"


class ScriptMirror(Mirror):
    """Compares the helper's week with the one last sent to the script.

    It compares states, not changes, so nothing is missed for good. It does so when the
    helper is written, when Home Assistant starts, at midnight, and when the clocks
    change, which a stored timetable does not follow.
    """

    def __init__(
        self,
        rule_context: RuleContext,
        subentry: ConfigSubentry,
        notes: Mapping[str, Note],
    ) -> None:
        """Take the connection, the subentry, and the stored notes."""
        super().__init__(rule_context, subentry.subentry_id, subentry.title, notes)
        self.settings = read_script_mirror(subentry.data)
        self._day_watch = DayWatch(self.hass, self.look)
        self._questions = ScriptQuestions(
            self.hass, self.id, self.title, self.form_data
        )
        if is_damaged(self.notes):
            self.warn_of_damage()

    @override
    def listen_to_source(self) -> list[Callable[[], None]]:
        """Compare when the helper is written, even with the same state, and by time.

        A change to another day of its week leaves state and attributes unchanged.
        """
        helper = self.settings.schedule
        self._day_watch.start()
        return [
            async_track_state_change_event(self.hass, helper, self.look),
            async_track_state_report_event(self.hass, helper, self.look),
            self.hass.bus.async_listen(
                EVENT_CORE_CONFIG_UPDATE, self._time_zone_changed
            ),
            self._day_watch.stop,
        ]

    @override
    async def compare(self) -> None:
        """Create the script, or update it from the helper."""
        if not self.source_is(self.settings.schedule):
            return
        try:
            wanted = await self._wanted()
        except InvalidField as error:
            self._questions.cannot_follow(self.rule_context.explain(error))
            return
        self._questions.follows()
        kept = read_kept(self.notes) or recover(self.notes, self._fallback_version)
        if kept is None:
            await self._begin(wanted)
            return
        made = await self._delivery(kept.made_by)
        if (left := self.left_in(made)) is not None:
            await self._begin(wanted, left)
            return
        if made is None or made.state is DeliveryState.DELIVERED:
            await self.stay()
        latest = await self._delivery(kept.latest)
        match next_step(kept, wanted, made, latest):
            case Step.NOTHING:
                self._questions.is_changed()
            case Step.CREATE:
                await self._create(wanted, kept.version + 1)
            case Step.CHANGE:
                await self._change(kept, wanted, made, latest)
            case Step.WAIT_FOR_USER:
                return

    @override
    async def async_remove(self) -> None:
        """Leave the script as it is and delete the notes; raises StoreError."""
        await self.async_stop()
        await async_discard_deliveries(self.rule_context, self.id)

    async def _wanted(self) -> JsonObject:
        """Return the wanted script; raises InvalidField."""
        canonical = await self.rule_context.canonical(CREATE, self.settings.fields)
        wanted: JsonObject = json.loads(json.dumps({"users": [], **canonical}))
        return wanted

    async def _week(self) -> JsonObject:
        """Return the week of the helper, for people."""
        helper = self.settings.schedule
        try:
            answer = await self.hass.services.async_call(
                "schedule",
                "get_schedule",
                {"entity_id": helper},
                blocking=True,
                return_response=True,
            )
        except ServiceNotFound, HomeAssistantError:
            return {}
        return read_week((answer or {}).get(helper))

    async def _delivery(self, delivery_id: str | None) -> Delivery | None:
        """Read a delivery from the notes."""
        return await self.rule_context.store.get(delivery_id) if delivery_id else None

    async def _begin(self, wanted: JsonObject, left: Instance | None = None) -> None:
        """Create the script, unless an earlier attempt may have done so.

        In that case, look it up, and ask the user if that does not decide. The same if
        it was `left` in what seems to be another system.
        """
        if not (left or self.lost or is_damaged(self.notes)):
            self._questions.is_found()
            await self._create(wanted, 1)
            return
        listed = (await self.rule_context.ask(SCRIPTS)).get("scripts")
        if isinstance(listed, list):
            alike = [
                one["script_id"]
                for one in listed
                if isinstance(one, dict) and _looks_like(one, wanted)
            ]
            if not alike:
                if left is not None:
                    self.report_left_behind(left)
                await self._create(wanted, self._fallback_version)
                return
            if len(alike) == 1 and isinstance(script_id := alike[0], int):
                await self._adopt(script_id, wanted)
                return
        self._questions.ask_which(self._found)

    async def _found(self, script_id: int | None) -> None:
        """Take the user's answer: the script's id, or None if there is none."""
        async with self.alone():
            try:
                wanted = await self._wanted()
            except InvalidField as error:
                self._questions.cannot_follow(self.rule_context.explain(error))
                return
            if script_id is None:
                await self._create(wanted, self._fallback_version)
            else:
                await self._adopt(script_id, wanted)

    async def _adopt(self, script_id: int, wanted: JsonObject) -> None:
        """Use an existing script, whose schedule is unknown."""
        unknown = {
            name: value
            for name, value in wanted.items()
            if name not in ("schedule", "timetable")
        }
        kept = Kept(
            version=self._fallback_version, fields=unknown, week={}, script_id=script_id
        )
        begun = {BEGUN: Note(value=True), **self.system_note}
        await self.remember({**begun, **kept.notes})
        self.compare_again()

    async def _create(self, wanted: JsonObject, version: int) -> None:
        """Create the script."""
        delivery_id = self.delivery_id(CREATE, version)
        kept = Kept(
            version=version,
            fields=wanted,
            week=await self._week(),
            made_by=delivery_id,
            latest=delivery_id,
        )
        self._questions.is_changed()
        await self._submit(CREATE, wanted, kept)

    async def _change(
        self,
        kept: Kept,
        wanted: JsonObject,
        made: Delivery | None,
        latest: Delivery | None,
    ) -> None:
        """Change the script, or ask the user to if the API cannot."""
        version = kept.version + 1
        if "timetable" not in wanted:
            # The administrator API has no call to change a script.
            if made is not None and await self.give_up(made):
                await self._create(wanted, version)
                return
            self._ask_for_manual_change(kept, wanted, made, await self._week())
            return
        changed = changed_fields(kept, wanted, latest)
        await self._submit(
            UPDATE,
            {**changed, **kept.target},
            replace(
                kept,
                version=version,
                fields=wanted,
                week=await self._week(),
                latest=self.delivery_id(UPDATE, version),
            ),
        )

    async def _submit(self, operation: str, data: JsonObject, kept: Kept) -> None:
        """Commit a delivery together with the new notes about the script."""
        notes: Notes = {BEGUN: Note(value=True), **self.system_note, **kept.notes}
        try:
            await self.submit(
                operation,
                data,
                delivery_id=self.delivery_id(operation, kept.version),
                notes=notes,
            )
        except InvalidField as error:
            self._questions.cannot_follow(self.rule_context.explain(error))

    def _ask_for_manual_change(
        self, kept: Kept, wanted: JsonObject, made: Delivery | None, week: JsonObject
    ) -> None:
        """Ask the user to change the script if only they can."""
        receipt = made.receipt if made else None
        script_id = kept.script_id or (receipt.outside_id if receipt else None)

        async def done(_: int | None) -> None:
            """Record the user's confirmation that the script was changed."""
            async with self.alone():
                await self.remember(replace(kept, fields=wanted, week=week).notes)

        say = self.rule_context.say
        self._questions.ask_by_hand(
            script=str(script_id or "?"),
            old=in_words(kept.fields, kept.week, say),
            new=in_words(wanted, week, say),
            done=done,
        )

    @callback
    def _time_zone_changed(self, _: object) -> None:
        """Compare after a change of the time zone."""
        self._day_watch.start()
        self.look()

    @property
    def _fallback_version(self) -> int:
        """Return a version outside the count, for when the count is lost."""
        return uncounted_version(dt_util.utcnow())

    @override
    @callback
    def _withdraw_issues(self) -> None:
        """Delete the repairs of a mirror that is not running."""
        super()._withdraw_issues()
        self._questions.withdraw()


def _looks_like(script: JsonObject, wanted: JsonObject) -> bool:
    """Return whether a listed script equals the wanted one, except for its schedule."""
    return all(
        script.get(name) == wanted.get(name)
        for name in ("title", "event_id", "reaction_id")
    )
