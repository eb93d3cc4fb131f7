"""What the rules and mirrors of a connection have in common."""

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
from .outcome import Outcome, outcome_of

_LOGGER = logging.getLogger(__name__)

_ENABLED = "enabled"
_CONTEXTS_MOST = 100
"""Contexts remembered for outcomes to come; of older ones only the id is told."""


class Member(ABC):
    """What runs for one subentry of a connection."""

    names_refused = False
    """Whether a repair of its own names what it cannot make."""

    def __init__(
        self,
        rule_context: RuleContext,
        subentry_id: str,
        title: str,
        notes: Mapping[str, Note],
        origin: OriginKind,
    ) -> None:
        """Take the connection, the subentry, and what is remembered of it."""
        self.rule_context = rule_context
        self.hass = rule_context.hass
        self.id = subentry_id
        self.title = title
        self.notes = dict(notes)
        self.entity_id: str | None = None
        """The entity that stands for it, once there is one: `this` of templates."""
        self._origin = origin
        self.armed = False
        """Whether it is at work: let, and with all that it needs in place."""
        self._watchers: list[Callable[[], None]] = []
        self._listeners: list[Callable[[Outcome], None]] = []
        self._contexts: OrderedDict[str, Context] = OrderedDict()
        self._switching = asyncio.Lock()
        """Held while it is switched on or off: the last that is asked for counts."""

    @property
    def enabled(self) -> bool:
        """Whether the user lets it work."""
        note = self.notes.get(_ENABLED)
        return note is None or note.value is not False

    @abstractmethod
    async def async_start(self) -> None:
        """Begin to work, or wait for Home Assistant to be ready for that."""

    @abstractmethod
    async def async_stop(self) -> None:
        """Work no more in this run; what was begun goes on in the next."""

    @abstractmethod
    async def async_remove(self) -> None:
        """End what it has begun outside: its subentry, or connection, is deleted."""

    async def async_replaced(  # noqa: B027 - most forget nothing
        self, by: ConfigSubentry
    ) -> None:
        """Forget, and end, what another form of the same subentry has no use for."""

    async def async_home_stops(self) -> None:  # noqa: B027 - a rule fires on
        """End, when Home Assistant does, what need not go on until the last moment."""

    @callback
    def moved(self, rule_context: RuleContext) -> None:
        """Go on for a connection that is loaded again.

        Who listened for the connection as it was hears nothing more.
        """
        self.rule_context = rule_context
        self._listeners.clear()
        self._watchers.clear()

    async def async_keep_up(self) -> None:  # noqa: B027 - most miss nothing
        """Note now and then what a crash would otherwise make look missed."""

    async def async_enable(self) -> None:
        """Begin to work because the user wants it, and from now on."""
        async with self._switching:
            if not self.enabled:
                await self._async_before_enabling()
                await self.remember({_ENABLED: Note(value=True)})
                await self.async_start()

    async def async_disable(self) -> None:
        """Work no more until the user wants it again."""
        async with self._switching:
            if self.enabled:
                await self.remember({_ENABLED: Note(value=False)})
                await self.async_stop()
            await self._async_disabled()

    async def _async_before_enabling(self) -> None:  # noqa: B027 - most forget nothing
        """Forget what happened while it was switched off."""

    async def _async_disabled(self) -> None:  # noqa: B027 - most have nothing open
        """End what it has begun and would have ended itself."""

    @callback
    def warn_of_damage(self) -> None:
        """Say that not all that it remembered can be read."""
        _LOGGER.warning(
            "%s does not know all that it should: its notes are damaged", self.title
        )

    @callback
    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call a watcher whenever it begins or ends to work; return how to stop it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    @callback
    def set_armed(self, armed: bool) -> None:  # noqa: FBT001 - what else could it be
        """Note, and tell, whether it is at work."""
        self.armed = armed
        for watcher in tuple(self._watchers):
            watcher()

    @callback
    def listen(self, listener: Callable[[Outcome], None]) -> Callable[[], None]:
        """Call a listener with every outcome; return how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def settled(self, delivery: Delivery) -> None:
        """Hear of an outcome of one of its deliveries, and tell it if it is an end."""
        if outcome := outcome_of(delivery, self.context_of(delivery)):
            self.tell(outcome)

    @callback
    def tell(self, outcome: Outcome) -> None:
        """Tell whoever listens of an outcome."""
        if outcome.reason:
            _LOGGER.debug("%s: %s (%s)", self.id, outcome.kind, outcome.reason)
        for listener in tuple(self._listeners):
            listener(outcome)

    async def remember(self, notes: Notes) -> None:
        """Commit notes that belong to no delivery; raises StoreUnavailable."""
        await self.rule_context.store.remember(
            Memory(
                connection=self.rule_context.connection, subject=self.id, notes=notes
            )
        )
        self.noted(notes)

    async def remember_if_possible(self, notes: Notes) -> None:
        """Commit notes that can be done without; say so if it fails."""
        try:
            await self.remember(notes)
        except StoreError as error:
            _LOGGER.warning("%s: nothing could be noted (%s)", self.title, error)

    @callback
    def noted(self, notes: Notes) -> None:
        """Know what has been committed."""
        for name, note in notes.items():
            if note is None:
                self.notes.pop(name, None)
            else:
                self.notes[name] = note

    def note(self, name: str) -> Json:
        """Return what a note says, None if there is none."""
        note = self.notes.get(name)
        return note.value if note else None

    def origin(self, context: Context, kind: OriginKind | None = None) -> Origin:
        """Return who asks for a delivery, and keep the context for its outcome."""
        self._contexts[context.id] = context
        if len(self._contexts) > _CONTEXTS_MOST:
            self._contexts.popitem(last=False)
        return Origin(
            kind=kind or self._origin,
            subentry_id=self.id,
            context_id=context.id,
            user_id=context.user_id,
        )

    def this(self) -> dict[str, Any] | None:
        """Return the state of the entity that stands for it, for templates."""
        state = self.hass.states.get(self.entity_id) if self.entity_id else None
        return None if state is None else dict(state.as_dict())

    def context_of(self, delivery: Delivery) -> Context | None:
        """Return the context that one of its deliveries was asked for in."""
        if (context_id := delivery.origin.context_id) is None:
            return None
        return self._contexts.get(context_id) or Context(
            id=context_id, user_id=delivery.origin.user_id
        )
