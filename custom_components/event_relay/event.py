"""Event entities for the outcomes of a connection, a rule or a mirror.

They are for automations, and disabled by default: Activity cannot hide the line of
an event entity, and already has a better one, with what was delivered or why not.
"""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import ATTR_DELIVERY_ID
from .coordinator import RelayConfigEntry, RelayCoordinator
from .entities.subentry_entity import SubentryEntity, async_add_for_runners
from .entity import RelayEntity
from .outcomes.announcer import Announcement
from .outcomes.tallies import delay_of
from .queue.delivery import Delivery
from .rules.outcome import Outcome, OutcomeKind
from .rules.rule_runner import RuleRunner

PARALLEL_UPDATES = 0

DELIVERY_OUTCOME = EventEntityDescription(
    key="outcome",
    translation_key="outcome",
    entity_registry_enabled_default=False,
    event_types=[
        OutcomeKind.DELIVERED.value,
        OutcomeKind.FAILED.value,
        OutcomeKind.EXPIRED.value,
        OutcomeKind.DISCARDED.value,
    ],
)
"""Of a connection or a mirror: neither skips anything."""
RULE_OUTCOME = EventEntityDescription(
    key="outcome",
    translation_key="outcome",
    entity_registry_enabled_default=False,
    event_types=[kind.value for kind in OutcomeKind],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an entity for the connection, and one per rule and mirror."""
    async_add_entities([RelayOutcome(entry, DELIVERY_OUTCOME)])
    async_add_for_runners(
        entry,
        async_add_entities,
        lambda runner: [
            SubentryOutcome(
                entry,
                runner,
                RULE_OUTCOME if isinstance(runner, RuleRunner) else DELIVERY_OUTCOME,
            )
        ],
    )


class OutcomeEntity(EventEntity):
    """Fires an event for each outcome."""

    _unrecorded_attributes = frozenset({"links"})

    coordinator: RelayCoordinator
    owner: str | None
    """The owner of the outcomes: None for the whole connection."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to announcements."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.announcer.listen(self._announced, self.owner)
        )

    @callback
    def _announced(self, announcement: Announcement) -> None:
        """Fire an event for an outcome, in the context of its cause."""
        outcome = announcement.outcome
        if self.owner is None and outcome.delivery is None:
            return
        self.async_set_context(announcement.context)
        self._trigger_event(outcome.kind.value, _attributes(outcome))
        self.async_write_ha_state()


class RelayOutcome(OutcomeEntity, RelayEntity):
    """The outcomes of all deliveries of a connection.

    It leaves out firings that never became a delivery.
    """


class SubentryOutcome(OutcomeEntity, SubentryEntity):
    """The outcomes of a rule's firings, including those never accepted."""


def _attributes(outcome: Outcome) -> dict[str, Any]:
    """Return the attributes of an outcome that everyone may see.

    Neither the summary nor the backend's own words: both may repeat text from a
    field.
    """
    known = {
        "occurred_at": outcome.occurred_at.isoformat(),
        "reason": outcome.reason_key or None,
    }
    if outcome.delivery is None:
        return {ATTR_DELIVERY_ID: None, **known, "times": outcome.times}
    return _of_delivery(outcome.delivery) | known


def _of_delivery(delivery: Delivery) -> dict[str, Any]:
    """Return the attributes of a delivery."""
    receipt = delivery.receipt
    return {
        ATTR_DELIVERY_ID: delivery.id,
        "operation": delivery.operation,
        "origin": delivery.origin.kind.value,
        "outside_id": receipt.outside_id if receipt else None,
        "links": dict(receipt.links) if receipt else {},
        "lateness": delay_of(delivery),
    }
