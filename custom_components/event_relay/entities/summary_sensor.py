"""Sensor that summarizes a rule and its last outcomes."""

from collections import deque
from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers.restore_state import ExtraStoredData, RestoreEntity
from homeassistant.helpers.start import async_at_started

from ..entity import BurstEntity
from ..outcomes.announcer import Announcement
from ..rule_summary import Summary, async_summarise
from ..rules.rule import CONF_LABELS
from ..rules.rule_runner import RuleRunner
from ..rules.subentry_runner import SubentryRunner
from .subentry_entity import SubentryEntity

SHOWN = 10
"""Number of outcomes shown, latest first."""
SUMMARY = SensorEntityDescription(
    key="summary",
    translation_key="summary",
    entity_category=EntityCategory.DIAGNOSTIC,
)


class KeptOutcomes(ExtraStoredData):
    """The last outcomes, as Home Assistant stores them through a restart."""

    def __init__(self, outcomes: list[dict[str, Any]]) -> None:
        """Initialize with the outcomes."""
        self._outcomes = outcomes

    @override
    def as_dict(self) -> dict[str, Any]:
        """Return the data to store."""
        return {"outcomes": self._outcomes}


class SummarySensor(BurstEntity, SubentryEntity, RestoreEntity, SensorEntity):
    """Describes in a sentence what a rule does."""

    _unrecorded_attributes = frozenset(
        {"when", "only_if", "deliver", "until", "last_outcomes"}
    )
    _summary: Summary | None = None
    _outcomes: deque[dict[str, Any]]

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the outcomes, and listen to the rule and its outcomes."""
        kept = await self.async_get_last_extra_data()
        outcomes = kept.as_dict().get("outcomes") if kept else None
        shown = outcomes if isinstance(outcomes, list) else []
        self._outcomes = deque(shown[:SHOWN], maxlen=SHOWN)
        await super().async_added_to_hass()
        await self._async_summarise()
        if self.hass.state is not CoreState.running:
            # Only then are all names known.
            self.async_on_remove(async_at_started(self.hass, self._home_started))
        self.async_on_remove(
            self.coordinator.announcer.listen(self._announced, self.runner.id)
        )

    @property
    @override
    def native_value(self) -> str | None:
        """Return the sentence."""
        return self._summary.sentence if self._summary else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return its parts, and the last outcomes."""
        summary = self._summary
        return {
            "when": summary.when if summary else None,
            "only_if": (summary.only_if if summary else None) or None,
            "deliver": summary.deliver if summary else None,
            "until": (summary.until if summary else None) or None,
            "last_outcomes": [*self._outcomes],
        }

    @property
    @override
    def extra_restore_state_data(self) -> KeptOutcomes:
        """Return the data to restore after a restart."""
        return KeptOutcomes([*self._outcomes])

    async def _async_summarise(self) -> None:
        """Compose the sentence again, and once more if the rule changes meanwhile."""
        summarised: SubentryRunner | None = None
        while summarised is not self.runner and isinstance(self.runner, RuleRunner):
            summarised = self.runner
            subentry = self.coordinator.config_entry.subentries.get(self.runner.id)
            self._summary = await async_summarise(
                self.hass,
                self.runner.rule,
                self.coordinator.forms,
                subentry.data.get(CONF_LABELS, {}) if subentry else {},
            )

    async def _home_started(self, _: HomeAssistant) -> None:
        """Update the summary."""
        await self._async_summarise()
        self.async_write_ha_state()

    @override
    @callback
    def _runner_changed(self) -> None:
        """Update the summary."""
        if self._summary is not None:
            _ = self.hass.async_create_task(self._home_started(self.hass))

    @callback
    def _announced(self, announcement: Announcement) -> None:
        """Add an outcome, without personal text, as in Activity."""
        outcome = announcement.outcome
        delivery = outcome.delivery
        self._outcomes.appendleft(
            {
                "time": outcome.occurred_at.isoformat(timespec="seconds"),
                "outcome": outcome.kind.value,
                "reason": outcome.reason_key or None,
                "delivery_id": delivery.id if delivery else None,
            }
        )
        self.async_set_context(announcement.context)
        self.async_write_soon()
