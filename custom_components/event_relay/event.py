"""What became of the deliveries of a connection, and of the firings of a rule.

These entities are for automations, and disabled until somebody wants one: Activity
cannot leave out the line of an event entity, and has a better one already, which
says what was delivered and why not.
"""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import ATTR_DELIVERY_ID
from .coordinator import RelayConfigEntry, RelayCoordinator
from .entity import RelayEntity
from .member_entity import MemberEntity, async_add_for_members
from .outcome_events import Announcement
from .queue.delivery import Delivery
from .rules.outcome import Outcome, OutcomeKind
from .tallies import delay_of

PARALLEL_UPDATES = 0

RELAY_OUTCOME = EventEntityDescription(
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
MEMBER_OUTCOME = EventEntityDescription(
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
    """Add the outcomes of the connection, and those of each rule and mirror."""
    async_add_entities([RelayOutcome(entry, RELAY_OUTCOME)])
    async_add_for_members(
        entry,
        async_add_entities,
        lambda member: [MemberOutcome(entry, member, MEMBER_OUTCOME)],
    )


class OutcomeEntity(EventEntity):
    """One outcome after the other, each an event of its own."""

    _unrecorded_attributes = frozenset({"links"})

    coordinator: RelayCoordinator

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to what is announced."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.announcer.listen(self._announced, self.owner)
        )

    @property
    def owner(self) -> str | None:
        """Whose outcomes they are: None for those of the whole connection."""
        return None

    @callback
    def _announced(self, announcement: Announcement) -> None:
        """Report an outcome, in the context of what asked for it."""
        outcome = announcement.outcome
        if self.owner is None and outcome.delivery is None:
            return
        self.async_set_context(announcement.context)
        self._trigger_event(outcome.kind.value, _attributes(outcome))
        self.async_write_ha_state()


class RelayOutcome(OutcomeEntity, RelayEntity):
    """The ends of all deliveries of a connection, whoever asked for them.

    It leaves out what never was a delivery.
    """


class MemberOutcome(OutcomeEntity, MemberEntity):
    """What became of each firing of a rule, also of what was never accepted."""

    @property
    @override
    def owner(self) -> str:
        """The rule or mirror."""
        return self.member.id


def _attributes(outcome: Outcome) -> dict[str, Any]:
    """Return what may be known of an outcome to whoever sees states.

    Neither the summary nor the backend's own words: both may repeat what somebody
    has written into a field.
    """
    known = {
        "occurred_at": outcome.occurred_at.isoformat(),
        "reason": outcome.reason_key or None,
    }
    if outcome.delivery is None:
        return {ATTR_DELIVERY_ID: None, **known, "times": outcome.times}
    return _of_delivery(outcome.delivery) | known


def _of_delivery(delivery: Delivery) -> dict[str, Any]:
    """Return what a delivery adds to that."""
    receipt = delivery.receipt
    return {
        ATTR_DELIVERY_ID: delivery.id,
        "operation": delivery.operation,
        "origin": delivery.origin.kind.value,
        "outside_id": receipt.outside_id if receipt else None,
        "links": dict(receipt.links) if receipt else {},
        "lateness": delay_of(delivery),
    }
