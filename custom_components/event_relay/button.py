"""Buttons to retry failed deliveries, and to test rules."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .actions.deliveries import async_retry_failed
from .coordinator import RelayConfigEntry
from .entities.subentry_entity import SubentryEntity, async_add_for_runners
from .entity import ControlEntity, RelayEntity
from .permissions import Right, async_demand
from .rule_test import async_test_rule
from .rules.rule_runner import RuleRunner

PARALLEL_UPDATES = 1

RETRY_FAILED = ButtonEntityDescription(
    key="retry_failed", translation_key="retry_failed"
)
TEST = ButtonEntityDescription(key="test", translation_key="test")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button of the connection, and one per rule."""
    async_add_entities([RetryButton(entry, RETRY_FAILED)])
    async_add_for_runners(
        entry,
        async_add_entities,
        lambda runner: (
            [TestButton(entry, runner, TEST)] if isinstance(runner, RuleRunner) else []
        ),
    )


class RetryButton(ControlEntity, RelayEntity, ButtonEntity):
    """Retries deliveries that failed for a known reason, even without contact."""

    @override
    async def async_press(self) -> None:
        """Retry them if the user is permitted.

        Raises Unauthorized, and HomeAssistantError if the queue is unavailable.
        """
        await async_demand(self.hass, self.call_context, Right.ADMINISTER)
        await async_retry_failed(self.coordinator.config_entry)


class TestButton(ControlEntity, SubentryEntity, ButtonEntity):
    """Tests a rule; its delivery is marked as a test."""

    @override
    async def async_press(self) -> None:
        """Test the rule if the user may deliver the same by an action.

        Raises Unauthorized, and HomeAssistantError if the delivery does not arrive.
        """
        context = self.call_context or Context()
        await self.async_demand(context)
        if isinstance(self.runner, RuleRunner):
            entry = self.coordinator.config_entry
            await async_test_rule(self.hass, entry, self.runner, context)
