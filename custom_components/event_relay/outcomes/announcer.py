"""Announces outcomes to entities and Activity."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..backends.base import Backend
from ..const import DOMAIN
from ..queue.delivery import Delivery, OriginKind
from ..queue.queue import DeliveryQueue
from ..rules.listeners import Listeners
from ..rules.outcome import Outcome, outcome_of
from ..rules.subentry_runner import SubentryRunner

EVENT_OUTCOME = f"{DOMAIN}_outcome"
CONNECTIVITY = "connectivity"
"""Key of the entity that represents a connection."""
ENABLED = "enabled"
"""Key of the entity that represents a rule or mirror."""

type Listener = Callable[[Announcement], None]


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """An outcome and its owner."""

    outcome: Outcome
    context: Context
    subentry_id: str | None = None
    """The rule or mirror; None for an action."""


def unique_id(entry_id: str, subentry_id: str | None, key: str) -> str:
    """Return the unique id of an entity of a connection, or of a rule or mirror."""
    return "_".join(part for part in (entry_id, subentry_id, key) if part)


@callback
def entity_of(
    hass: HomeAssistant, entry_id: str, subentry_id: str | None
) -> str | None:
    """Return the entity that represents a rule or mirror, or the connection."""
    if subentry_id is None:
        platform, key = Platform.BINARY_SENSOR, CONNECTIVITY
    else:
        platform, key = Platform.SWITCH, ENABLED
    return er.async_get(hass).async_get_entity_id(
        platform, DOMAIN, unique_id(entry_id, subentry_id, key)
    )


class Announcer:
    """Announces outcomes one by one, each in its own iteration of the event loop.

    Thousands may expire at once, and must not block Home Assistant. The event on the
    bus precedes the states, so that Activity and automations see it as their cause,
    and its own cause behind it.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], backend: Backend
    ) -> None:
        """Initialize for a connection, without listening."""
        self._hass = hass
        self._entry = entry
        self._backend = backend
        self._runners: dict[str, SubentryRunner] = {}
        self._listeners: Listeners[[Announcement]] = Listeners()
        self._waiting: deque[Announcement] = deque()
        self._announcing = False

    @callback
    def listen(
        self, listener: Listener, subentry_id: str | None = None
    ) -> CALLBACK_TYPE:
        """Call a listener with every announcement, or those of a rule or mirror.

        Returns a callback to remove it.
        """
        return self._listeners.add(listener, subentry_id)

    @callback
    def async_follow(self, queue: DeliveryQueue) -> CALLBACK_TYPE:
        """Announce the settled deliveries of a queue; return a callback to stop."""
        stop_listening = queue.listen(self._ended)

        def stop() -> None:
            stop_listening()
            self._waiting.clear()

        return stop

    @callback
    def async_observe(self, runner: SubentryRunner) -> None:
        """Also announce outcomes of a rule or mirror without a delivery."""

        def told(outcome: Outcome) -> None:
            if outcome.delivery is None:
                self._announce(outcome, runner.id)

        self._runners[runner.id] = runner
        runner.listen(told)

    @callback
    def _ended(self, delivery: Delivery) -> None:
        """Handle a settled delivery."""
        if not delivery.state.settled:
            return
        origin = delivery.origin
        if runner := self._runners.get(origin.subentry_id or ""):
            context = runner.context_of(delivery)
        else:
            context = Context(id=origin.context_id, user_id=origin.user_id)
        self._announce(outcome_of(delivery, context), origin.subentry_id)

    def _announce(self, outcome: Outcome, subentry_id: str | None) -> None:
        """Queue an announcement."""
        self._waiting.append(
            Announcement(
                outcome=outcome,
                context=outcome.context or Context(),
                subentry_id=subentry_id,
            )
        )
        if not self._announcing:
            self._next()

    @callback
    def _next(self) -> None:
        """Announce the oldest in the queue."""
        self._announcing = bool(self._waiting)
        if not self._waiting:
            return
        self._hass.loop.call_soon(self._next)
        announcement = self._waiting.popleft()
        self._fire(announcement)
        self._listeners.notify_with_all(announcement.subentry_id, announcement)

    def _fire(self, announcement: Announcement) -> None:
        """Fire the event that Activity describes, without personal text.

        It belongs to the entity that represents its owner, and to the connection's
        device, which therefore also shows the deliveries of rules and mirrors.
        """
        outcome = announcement.outcome
        delivery = outcome.delivery
        receipt = delivery.receipt if delivery else None
        owner = self._runners.get(announcement.subentry_id or "")
        self._hass.bus.async_fire(
            EVENT_OUTCOME,
            {
                "entity_id": entity_of(
                    self._hass, self._entry.entry_id, owner.id if owner else None
                ),
                "device_id": dr.async_get_device_id_by_identifier(
                    self._hass,
                    (DOMAIN, self._entry.entry_id),
                    config_entry_id=self._entry.entry_id,
                ),
                "name": owner.title if owner else self._entry.title,
                "connection": self._entry.title,
                "outcome": outcome.kind.value,
                "operation": delivery.operation if delivery else None,
                "about": self._about(delivery) if delivery else None,
                "reason": outcome.reason_key or None,
                "reason_values": dict(outcome.reason_values),
                "warnings": len(receipt.warnings) if receipt else 0,
                "times": outcome.times,
                "delivery_id": delivery.id if delivery else None,
                "test": delivery is not None
                and delivery.origin.kind is OriginKind.TEST,
            },
            context=announcement.context,
        )

    def _about(self, delivery: Delivery) -> str | None:
        """Return the summary of a delivery if everyone may read it."""
        known = {one.name: one for one in self._backend.operations}
        operation = known.get(delivery.operation)
        return delivery.summary if operation and operation.public_summary else None
