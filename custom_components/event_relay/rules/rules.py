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
from .rule import SUBENTRY_RULE
from .rule_runner import RuleRunner
from .subentry_runner import SubentryRunner

_LOGGER = logging.getLogger(__name__)

type MakeRunner = Callable[
    [RuleContext, ConfigSubentry, Mapping[str, Note]], SubentryRunner
]


class Rules:
    """The running rules and mirrors of a connection."""

    def __init__(self, rule_context: RuleContext) -> None:
        """Initialize for a connection; nothing runs yet."""
        self._rule_context = rule_context
        self._makes: Mapping[str, MakeRunner] = {
            SUBENTRY_RULE: RuleRunner,
            **rule_context.runners,
        }
        """Factories by subentry type."""
        self._runners: dict[str, SubentryRunner] = {}
        self._snapshots: dict[str, object] = {}
        self._stop_listening: Callable[[], None] | None = None
        self._listeners: Listeners[[SubentryRunner]] = Listeners()
        self._changing = asyncio.Lock()
        """Serializes adding and removing runners, so that none is added twice."""

    @property
    def runners(self) -> Mapping[str, SubentryRunner]:
        """Return the runners by subentry id."""
        return self._runners

    @callback
    def listen_runners(
        self, listener: Callable[[SubentryRunner], None], subentry_id: str | None = None
    ) -> Callable[[], None]:
        """Call a listener with each new or changed runner, or with one subentry's.

        It is called before the runner starts. Returns a callback to remove it.
        """
        return self._listeners.add(listener, subentry_id)

    async def async_move(
        self, rule_context: RuleContext, subentries: Mapping[str, ConfigSubentry]
    ) -> None:
        """Continue with a connection that was reloaded; raises StoreUnavailable.

        Unchanged runners are not stopped: their triggers stay attached, so that a state
        that must last, for example, goes on counting.
        """
        self._rule_context.queue.hand_over_to(rule_context.queue)
        self._rule_context = rule_context
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = rule_context.queue.listen(self._settled)
        for runner in self._runners.values():
            runner.update_connection(rule_context)
        await self.async_sync(subentries)

    async def async_start(self) -> None:
        """Start every runner that has not started."""
        if self._stop_listening is None:
            self._stop_listening = self._rule_context.queue.listen(self._settled)
        for runner in tuple(self._runners.values()):
            await _start(runner)

    async def async_home_stops(self) -> None:
        """Stop early what need not run until Home Assistant has stopped."""
        for runner in tuple(self._runners.values()):
            await runner.async_home_stops()

    async def async_sync(self, subentries: Mapping[str, ConfigSubentry]) -> None:
        """Add, stop and replace changed runners only; raises StoreUnavailable.

        Before `async_start`, nothing that is added starts.
        """
        async with self._changing:
            await self._async_sync(subentries)

    async def _async_sync(self, subentries: Mapping[str, ConfigSubentry]) -> None:
        """Add, stop and replace changed runners only; raises StoreUnavailable."""
        wanted = self._wanted(subentries)
        for gone in self._runners.keys() - wanted.keys():
            del self._snapshots[gone]
            await _remove(self._runners.pop(gone))
        changed = [
            subentry
            for subentry_id, subentry in wanted.items()
            if self._snapshots.get(subentry_id) != _snapshot(subentry)
        ]
        if not changed:
            return
        formers = [
            (former, subentry)
            for subentry in changed
            if (former := self._runners.get(subentry.subentry_id)) is not None
        ]
        try:
            for former, subentry in formers:
                await former.async_stop()
                await former.async_replaced(subentry)
            notes = await self._rule_context.store.recall(self._rule_context.connection)
        except StoreError:
            # They go on as they were, until the change can be applied.
            if self._stop_listening is not None:
                for former, _ in formers:
                    await _start(former)
            raise
        for subentry in changed:
            runner = self._add(subentry, notes)
            if runner is not None and self._stop_listening is not None:
                await _start(runner)

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
    ) -> SubentryRunner | None:
        """Create the runner of a subentry; None if it cannot be read."""
        make = self._makes[subentry.subentry_type]
        self._snapshots[subentry.subentry_id] = _snapshot(subentry)
        try:
            runner = make(
                self._rule_context, subentry, notes.get(subentry.subentry_id, {})
            )
        except Exception:
            # One that was edited by hand must not stop the others.
            _LOGGER.exception("%s cannot be read", subentry.title)
            return None
        self._runners[runner.id] = runner
        self._listeners.notify_with_all(runner.id, runner)
        return runner

    async def async_stop(self) -> None:
        """Stop every runner; they continue in the next run."""
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        async with self._changing:
            for runner in tuple(self._runners.values()):
                await runner.async_stop()

    async def async_remove(self) -> None:
        """End what was begun at the backend: the connection is deleted."""
        for runner in tuple(self._runners.values()):
            await _remove(runner)

    async def async_save_progress(self) -> None:
        """Save the progress of every runner."""
        for runner in tuple(self._runners.values()):
            await runner.async_save_progress()

    @callback
    def _settled(self, delivery: Delivery) -> None:
        """Pass an outcome to the runner that it belongs to."""
        subentry_id = delivery.origin.subentry_id
        if subentry_id and (runner := self._runners.get(subentry_id)):
            runner.settled(delivery)


def _snapshot(subentry: ConfigSubentry) -> tuple[str, dict[str, Any]]:
    """Return a copy of a subentry's settings; Home Assistant changes it in place."""
    return subentry.title, dict(subentry.data)


async def _remove(runner: SubentryRunner) -> None:
    """End what a runner began; one that cannot must not stop the others."""
    try:
        await runner.async_remove()
    except StoreError as error:
        _LOGGER.warning("%s may be left open (%s)", runner.title, error)


async def _start(runner: SubentryRunner) -> None:
    """Start a runner; one that fails must not stop the others."""
    try:
        await runner.async_start()
    except Exception:
        _LOGGER.exception("%s does not start", runner.title)
