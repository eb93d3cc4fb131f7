"""Trigger platform: a delivery has failed, or has been delivered.

The triggers need no entity, and also fire for connections that are loaded later.
"""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, override

from homeassistant.const import (
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    CONF_OPTIONS,
    CONF_TARGET,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .outcomes.announcer import EVENT_OUTCOME
from .outcomes.descriptions import OUTCOME_UNKNOWN, UNKNOWN, message
from .rules.outcome import OutcomeKind

CONF_OUTCOME = "outcome"
FAILURES = (OutcomeKind.FAILED.value, OUTCOME_UNKNOWN, OutcomeKind.EXPIRED.value)
"""Outcomes that the trigger for failures offers."""


class OutcomeTrigger(Trigger):
    """Fires when a delivery has one of certain outcomes.

    Without a target it covers all connections. The target may name devices of
    connections, for all their deliveries, or of rules and mirrors; an entity represents
    its device.
    """

    options: ClassVar[Mapping[vol.Marker, Any]] = {}

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Return a configuration with its defaults; raises Invalid."""
        schema = vol.Schema(
            {
                vol.Optional(CONF_TARGET): cv.TARGET_FIELDS,
                vol.Optional(CONF_OPTIONS, default=dict): dict(cls.options),
            }
        )
        valid: ConfigType = schema(config)
        return valid

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize with the options and the target."""
        super().__init__(hass, config)
        self._target = TargetSelection(config.target or {})
        self._outcomes = self.wanted(config.options or {})

    def wanted(self, options: Mapping[str, Any]) -> Collection[str]:
        """Return the outcomes that it fires for."""
        raise NotImplementedError

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen to outcomes; return a callback to stop."""

        @callback
        def ended(event: Event[Mapping[str, Any]]) -> None:
            """Run the action if the outcome matches."""
            told = trigger_variables(self._hass, event.data)
            if told[CONF_OUTCOME] in self._outcomes and self._is_meant(event.data):
                described = f"{told['name']}: {told['message']}"
                _ = run_action(told, described, event.context)

        return self._hass.bus.async_listen(EVENT_OUTCOME, ended)

    def _is_meant(self, data: Mapping[str, Any]) -> bool:
        """Return whether the target includes the connection or the outcome's owner.

        Resolved each time: areas and labels of devices change.
        """
        if not self._target.has_any_target:
            return True
        chosen = async_extract_referenced_entity_ids(
            self._hass, self._target, expand_group=False
        )
        named = set(chosen.referenced_devices)
        registry = er.async_get(self._hass)
        for entity_id in chosen.referenced | chosen.indirectly_referenced:
            if (entity := registry.async_get(entity_id)) is not None:
                named.add(entity.device_id or "")
        owner = registry.async_get(data.get(ATTR_ENTITY_ID) or "")
        concerned = {data.get(ATTR_DEVICE_ID), owner.device_id if owner else None}
        return not named.isdisjoint(concerned - {None, ""})


class FailedTrigger(OutcomeTrigger):
    """Fires for deliveries that failed, or whose outcome is unknown."""

    options: ClassVar[Mapping[vol.Marker, Any]] = {
        vol.Optional(CONF_OUTCOME, default=list(FAILURES)): vol.All(
            cv.ensure_list, vol.Length(min=1), [vol.In(FAILURES)]
        )
    }

    @override
    def wanted(self, options: Mapping[str, Any]) -> Collection[str]:
        """Return the chosen outcomes."""
        return frozenset(options.get(CONF_OUTCOME, FAILURES))


class DeliveredTrigger(OutcomeTrigger):
    """Fires for deliveries that have arrived."""

    @override
    def wanted(self, options: Mapping[str, Any]) -> Collection[str]:
        """Return the outcome for arrivals."""
        return frozenset({OutcomeKind.DELIVERED.value})


TRIGGERS: Mapping[str, type[OutcomeTrigger]] = {
    "delivered": DeliveredTrigger,
    "delivery_failed": FailedTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return our triggers by name within our domain."""
    return dict(TRIGGERS)


def trigger_variables(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the trigger variables of an outcome: nothing personal, as its event."""
    kind, reason = data.get("outcome"), data.get("reason")
    unknown = kind == OutcomeKind.FAILED and reason in UNKNOWN
    return {
        CONF_OUTCOME: OUTCOME_UNKNOWN if unknown else kind,
        "name": data.get("name"),
        "connection": data.get("connection"),
        "operation": data.get("operation"),
        "about": data.get("about"),
        "reason": reason,
        "message": message(hass, data),
        "delivery_id": data.get("delivery_id"),
        ATTR_ENTITY_ID: data.get(ATTR_ENTITY_ID),
        ATTR_DEVICE_ID: data.get(ATTR_DEVICE_ID),
    }
