"""The rules and mirrors of a connection: which there are, and which have changed."""

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
from .member import Member
from .rule import SUBENTRY_RULE
from .runner import RuleRunner

_LOGGER = logging.getLogger(__name__)

type MakeMember = Callable[[RuleContext, ConfigSubentry, Mapping[str, Note]], Member]


class Rules:
    """Runs what the subentries of a connection ask for."""

    def __init__(self, rule_context: RuleContext) -> None:
        """Take the connection; nothing runs yet."""
        self._rule_context = rule_context
        self._makes: Mapping[str, MakeMember] = {
            SUBENTRY_RULE: RuleRunner,
            **rule_context.members,
        }
        """What runs for each kind of subentry."""
        self._members: dict[str, Member] = {}
        self._snapshots: dict[str, object] = {}
        self._stop_listening: Callable[[], None] | None = None
        self._listeners: dict[str | None, list[Callable[[Member], None]]] = {}
        """By the subentry ids of whom they hear of; None for all."""
        self._changing = asyncio.Lock()
        """Held while members come and go, so that none comes twice."""

    @property
    def members(self) -> Mapping[str, Member]:
        """Return what runs, by subentry ids."""
        return self._members

    @callback
    def listen_members(
        self, listener: Callable[[Member], None], member_id: str | None = None
    ) -> Callable[[], None]:
        """Call a listener with what runs for a new or changed subentry, or for any.

        It does so before that begins to work. Returns how to stop it.
        """
        listeners = self._listeners.setdefault(member_id, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    async def async_move(
        self, rule_context: RuleContext, subentries: Mapping[str, ConfigSubentry]
    ) -> None:
        """Go on for a connection that is loaded again; raises StoreUnavailable.

        What has not changed is not stopped for that: its triggers stay attached, and
        what they wait for, such as a state to last, is waited for on.
        """
        self._rule_context.queue.give_way(rule_context.queue)
        self._rule_context = rule_context
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = rule_context.queue.listen(self._settled)
        for member in self._members.values():
            member.moved(rule_context)
        await self.async_sync(subentries)

    async def async_load(self, subentries: Mapping[str, ConfigSubentry]) -> None:
        """Know what there is, for entities; raises StoreUnavailable."""
        if wanted := self._wanted(subentries):
            notes = await self._rule_context.store.recall(self._rule_context.connection)
            for subentry in wanted.values():
                self._add(subentry, notes)

    async def async_start(self) -> None:
        """Let everything begin to work that does not work already."""
        if self._stop_listening is None:
            self._stop_listening = self._rule_context.queue.listen(self._settled)
        for member in self._members.values():
            await _start(member)

    async def async_home_stops(self) -> None:
        """End what need not go on until the last moment."""
        for member in self._members.values():
            await member.async_home_stops()

    async def async_sync(self, subentries: Mapping[str, ConfigSubentry]) -> None:
        """Start, stop and replace only what has changed; raises StoreUnavailable."""
        async with self._changing:
            await self._async_sync(subentries)

    async def _async_sync(self, subentries: Mapping[str, ConfigSubentry]) -> None:
        """Start, stop and replace only what has changed; raises StoreUnavailable."""
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
        """Return the subentries that something runs for."""
        return {
            subentry_id: subentry
            for subentry_id, subentry in subentries.items()
            if subentry.subentry_type in self._makes
        }

    def _add(
        self, subentry: ConfigSubentry, notes: Mapping[str, Mapping[str, Note]]
    ) -> Member | None:
        """Make what runs for a subentry; None if it cannot be read."""
        make = self._makes[subentry.subentry_type]
        try:
            member = make(
                self._rule_context, subentry, notes.get(subentry.subentry_id, {})
            )
        except Exception:
            # One that was changed by hand must not take the others with it.
            _LOGGER.exception("%s cannot be read", subentry.title)
            return None
        self._members[member.id] = member
        self._snapshots[member.id] = _snapshot(subentry)
        for whose in (None, member.id):
            for listener in tuple(self._listeners.get(whose, ())):
                listener(member)
        return member

    async def async_stop(self) -> None:
        """Stop everything; it goes on in the next run."""
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        async with self._changing:
            for member in self._members.values():
                await member.async_stop()

    async def async_remove(self) -> None:
        """End what has been begun outside: the connection is deleted."""
        for member in self._members.values():
            try:
                await member.async_remove()
            except StoreError as error:
                _LOGGER.warning("%s may be left open (%s)", member.title, error)

    async def async_keep_up(self) -> None:
        """Let everything note that it misses nothing."""
        for member in self._members.values():
            await member.async_keep_up()

    @callback
    def _settled(self, delivery: Delivery) -> None:
        """Pass an outcome on to whom it belongs to."""
        subentry_id = delivery.origin.subentry_id
        if subentry_id and (member := self._members.get(subentry_id)):
            member.settled(delivery)


def _snapshot(subentry: ConfigSubentry) -> tuple[str, dict[str, Any]]:
    """Return what a subentry says; Home Assistant changes it in place."""
    return subentry.title, dict(subentry.data)


async def _start(member: Member) -> None:
    """Let a member begin; one that cannot must not take the others with it."""
    try:
        await member.async_start()
    except Exception:
        _LOGGER.exception("%s does not start", member.title)
