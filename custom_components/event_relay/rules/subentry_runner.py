"""Base class of the rules and mirrors of a connection."""

from abc import ABC, abstractmethod
import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
import logging
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, callback

from ..backends.base import Json
from ..queue.delivery import Delivery, Origin, OriginKind
from ..queue.store.rule_state import Memory, Note, Notes
from ..queue.store.store import StoreError
from .context import RuleContext
from .listeners import Listeners
from .outcome import Outcome, outcome_of

_LOGGER = logging.getLogger(__name__)

_ENABLED = "enabled"
_MOST_CONTEXTS = 100
"""Contexts kept for later outcomes; for older ones only the id is known."""


class SubentryRunner(ABC):
    """Runs one subentry of a connection."""

    names_refused = False
    """Whether it reports what it cannot create in a repair issue of its own."""

    def __init__(
        self,
        rule_context: RuleContext,
        subentry_id: str,
        title: str,
        notes: Mapping[str, Note],
        origin: OriginKind,
    ) -> None:
        """Initialize with the subentry and its stored notes."""
        self.rule_context = rule_context
        self.hass = rule_context.hass
        self.id = subentry_id
        self.title = title
        self.notes = dict(notes)
        self.entity_id: str | None = None
        """The entity that represents it, once added: `this` in templates."""
        self._origin = origin
        self.armed = False
        """Whether it is enabled and everything that it needs is in place."""
        self._watchers: Listeners[[]] = Listeners()
        self._listeners: Listeners[[Outcome]] = Listeners()
        self._contexts: OrderedDict[str, Context] = OrderedDict()
        self._switching = asyncio.Lock()
        """Serializes switching on and off, so that the last request wins."""

    @property
    def enabled(self) -> bool:
        """Return whether the user has it enabled."""
        note = self.notes.get(_ENABLED)
        return note is None or note.value is not False

    @abstractmethod
    async def async_start(self) -> None:
        """Start, or wait until Home Assistant is ready."""

    @abstractmethod
    async def async_stop(self) -> None:
        """Stop for this run; what it has begun continues in the next."""

    @abstractmethod
    async def async_remove(self) -> None:
        """End what it began at the backend: its subentry or connection is deleted."""

    async def async_replaced(  # noqa: B027 - most forget nothing
        self, by: ConfigSubentry
    ) -> None:
        """Forget and end what the changed subentry has no use for."""

    async def async_home_stops(self) -> None:  # noqa: B027 - a rule fires on
        """Stop early, at the stop of Home Assistant, what need not run to the end."""

    @callback
    def update_connection(self, rule_context: RuleContext) -> None:
        """Continue with a connection that was reloaded.

        Removes the listeners of the old connection.
        """
        self.rule_context = rule_context
        self._listeners = Listeners()
        self._watchers = Listeners()

    async def async_save_progress(self) -> None:  # noqa: B027 - most miss nothing
        """Save progress, so that a crash does not make it look missed."""

    async def async_enable(self) -> None:
        """Enable it for the user, from now on."""
        async with self._switching:
            if not self.enabled:
                await self._async_before_enabling()
                await self.remember({_ENABLED: Note(value=True)})
                await self.async_start()

    async def async_disable(self) -> None:
        """Disable it until the user enables it again."""
        async with self._switching:
            if self.enabled:
                await self.remember({_ENABLED: Note(value=False)})
                await self.async_stop()
            await self._async_disabled()

    async def _async_before_enabling(self) -> None:  # noqa: B027 - most forget nothing
        """Forget what happened while it was switched off."""

    async def _async_disabled(self) -> None:  # noqa: B027 - most have nothing open
        """End what it has begun and would otherwise end later."""

    @callback
    def warn_of_damage(self) -> None:
        """Log that some of its notes cannot be read."""
        _LOGGER.warning(
            "%s does not know all that it should: its notes are damaged", self.title
        )

    @callback
    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call a watcher when it starts or stops; return a callback to remove it."""
        return self._watchers.add(watcher)

    @callback
    def set_armed(self, armed: bool) -> None:  # noqa: FBT001 - what else could it be
        """Set whether it is armed, and notify watchers."""
        self.armed = armed
        self._watchers.notify(None)

    @callback
    def listen(self, listener: Callable[[Outcome], None]) -> Callable[[], None]:
        """Call a listener with every outcome; return a callback to remove it."""
        return self._listeners.add(listener)

    @callback
    def settled(self, delivery: Delivery) -> None:
        """Report the outcome of one of its deliveries if that has settled."""
        if delivery.state.settled:
            self.tell(outcome_of(delivery, self.context_of(delivery)))

    @callback
    def tell(self, outcome: Outcome) -> None:
        """Notify listeners of an outcome."""
        if outcome.reason:
            _LOGGER.debug("%s: %s (%s)", self.id, outcome.kind, outcome.reason)
        self._listeners.notify(None, outcome)

    async def remember(self, notes: Notes) -> None:
        """Commit notes without a delivery; raises StoreUnavailable."""
        await self.rule_context.store.remember(
            Memory(
                connection=self.rule_context.connection, subject=self.id, notes=notes
            )
        )
        self.noted(notes)

    async def remember_if_possible(self, notes: Notes) -> None:
        """Commit notes that are not essential; log a failure."""
        try:
            await self.remember(notes)
        except StoreError as error:
            _LOGGER.warning("%s: nothing could be noted (%s)", self.title, error)

    @callback
    def noted(self, notes: Notes) -> None:
        """Update the notes in memory with what has been committed."""
        for name, note in notes.items():
            if note is None:
                self.notes.pop(name, None)
            else:
                self.notes[name] = note

    def note(self, name: str) -> Json:
        """Return the value of a note; None without one."""
        note = self.notes.get(name)
        return note.value if note else None

    def origin(self, context: Context, kind: OriginKind | None = None) -> Origin:
        """Return the origin of a delivery, and keep the context for its outcome."""
        self._contexts[context.id] = context
        if len(self._contexts) > _MOST_CONTEXTS:
            self._contexts.popitem(last=False)
        return Origin(
            kind=kind or self._origin,
            subentry_id=self.id,
            context_id=context.id,
            user_id=context.user_id,
        )

    def this(self) -> dict[str, Any] | None:
        """Return the state of the entity that represents it, for templates."""
        state = self.hass.states.get(self.entity_id) if self.entity_id else None
        return None if state is None else dict(state.as_dict())

    def context_of(self, delivery: Delivery) -> Context | None:
        """Return the context in which one of its deliveries was requested."""
        if (context_id := delivery.origin.context_id) is None:
            return None
        return self._contexts.get(context_id) or Context(
            id=context_id, user_id=delivery.origin.user_id
        )
