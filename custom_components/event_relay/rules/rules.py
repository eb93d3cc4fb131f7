"""Runs the rules and mirrors of a connection, and applies changes to them."""

import asyncio
from collections.abc import Callable, Mapping
import logging
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback

from ..queue.delivery import Delivery
from ..queue.store.rule_state import Note
from ..queue.store.store import StoreError
from .context import RuleContext
from .listeners import Listeners
from .member import Member
from .rule import SUBENTRY_RULE
from .runner import RuleRunner

_LOGGER = logging.getLogger(__name__)

type MakeMember = Callable[[RuleContext, ConfigSubentry, Mapping[str, Note]], Member]


class Rules:
    """The running rules and mirrors of a connection."""

    def __init__(self, rule_context: RuleContext) -> None:
        """Initialize for a connection; nothing runs yet."""
        self._rule_context = rule_context
        self._makes: Mapping[str, MakeMember] = {
            SUBENTRY_RULE: RuleRunner,
            **rule_context.members,
        }
        """Factories by subentry type."""
        self._members: dict[str, Member] = {}
        self._snapshots: dict[str, object] = {}
        self._stop_listening: Callable[[], None] | None = None
        self._listeners: Listeners[[Member]] = Listeners()
        self._changing = asyncio.Lock()
        """Serializes adding and removing members, so that none is added twice."""

    @property
    def members(self) -> Mapping[str, Member]:
        """Return the members by subentry id."""
        return self._members

    @callback
    def listen_members(
        self, listener: Callable[[Member], None], member_id: str | None = None
    ) -> Callable[[], None]:
        """Call a listener with each new or changed member, or with one subentry's.

        It is called before the member starts. Returns a callback to remove it.
        """
        return self._listeners.add(listener, member_id)

    async def async_move(
        self, rule_context: RuleContext, subentries: Mapping[str, ConfigSubentry]
    ) -> None:
        """Continue with a connection that was reloaded; raises StoreUnavailable.

        Unchanged members are not stopped: their triggers stay attached, so that a state
        that must last, for example, goes on counting.
        """
        self._rule_context.queue.hand_over_to(rule_context.queue)
        self._rule_context = rule_context
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = rule_context.queue.listen(self._settled)
        for member in self._members.values():
            member.moved(rule_context)
        await self.async_sync(subentries)

    async def async_load(self, subentries: Mapping[str, ConfigSubentry]) -> None:
        """Create the members for entities, not started; raises StoreUnavailable."""
        if wanted := self._wanted(subentries):
            notes = await self._rule_context.store.recall(self._rule_context.connection)
            for subentry in wanted.values():
                self._add(subentry, notes)

    async def async_start(self) -> None:
        """Start every member that is not running."""
        if self._stop_listening is None:
            self._stop_listening = self._rule_context.queue.listen(self._settled)
        for member in self._members.values():
            await _start(member)

    async def async_home_stops(self) -> None:
        """Stop early what need not run until Home Assistant has stopped."""
        for member in self._members.values():
            await member.async_home_stops()

    async def async_sync(self, subentries: Mapping[str, ConfigSubentry]) -> None:
        """Start, stop and replace changed members only; raises StoreUnavailable."""
        async with self._changing:
            await self._async_sync(subentries)

    async def _async_sync(self, subentries: Mapping[str, ConfigSubentry]) -> None:
        """Start, stop and replace changed members only; raises StoreUnavailable."""
        wanted = self._wanted(subentries)
        for gone in self._members.keys() - wanted.keys():
            del self._snapshots[gone]
            await self._members.pop(gone).async_remove()
        changed = [
            subentry
            for subentry_id, subentry in wanted.items()
            if self._snapshots.get(subentry_id) != _snapshot(subentry)
        ]
        if not changed:
            return
        for subentry in changed:
            if (former := self._members.get(subentry.subentry_id)) is not None:
                await former.async_stop()
                await former.async_replaced(subentry)
        notes = await self._rule_context.store.recall(self._rule_context.connection)
        for subentry in changed:
            member = self._add(subentry, notes)
            if member is not None and self._stop_listening is not None:
                await _start(member)

    def _wanted(
        self, subentries: Mapping[str, ConfigSubentry]
    ) -> dict[str, ConfigSubentry]:
        """Return the subentries that have a factory."""
        return {
            subentry_id: subentry
            for subentry_id, subentry in subentries.items()
            if subentry.subentry_type in self._makes
        }

    def _add(
        self, subentry: ConfigSubentry, notes: Mapping[str, Mapping[str, Note]]
    ) -> Member | None:
        """Create the member of a subentry; None if it cannot be read."""
        make = self._makes[subentry.subentry_type]
        try:
            member = make(
                self._rule_context, subentry, notes.get(subentry.subentry_id, {})
            )
        except Exception:
            # One that was edited by hand must not stop the others.
            _LOGGER.exception("%s cannot be read", subentry.title)
            return None
        self._members[member.id] = member
        self._snapshots[member.id] = _snapshot(subentry)
        self._listeners.notify_with_all(member.id, member)
        return member

    async def async_stop(self) -> None:
        """Stop every member; they continue in the next run."""
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        async with self._changing:
            for member in self._members.values():
                await member.async_stop()

    async def async_remove(self) -> None:
        """End what was begun at the backend: the connection is deleted."""
        for member in self._members.values():
            try:
                await member.async_remove()
            except StoreError as error:
                _LOGGER.warning("%s may be left open (%s)", member.title, error)

    async def async_keep_up(self) -> None:
        """Save the progress of every member."""
        for member in self._members.values():
            await member.async_keep_up()

    @callback
    def _settled(self, delivery: Delivery) -> None:
        """Pass an outcome to the member that it belongs to."""
        subentry_id = delivery.origin.subentry_id
        if subentry_id and (member := self._members.get(subentry_id)):
            member.settled(delivery)


def _snapshot(subentry: ConfigSubentry) -> tuple[str, dict[str, Any]]:
    """Return a copy of a subentry's settings; Home Assistant changes it in place."""
    return subentry.title, dict(subentry.data)


async def _start(member: Member) -> None:
    """Start a member; one that fails must not stop the others."""
    try:
        await member.async_start()
    except Exception:
        _LOGGER.exception("%s does not start", member.title)
