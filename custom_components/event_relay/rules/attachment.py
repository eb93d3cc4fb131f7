"""Attaches the triggers and conditions of a rule to Home Assistant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.condition import ConditionsChecker
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..backends.base import Shape
from .fields import Fields
from .rule import Rule
from .triggers import (
    CannotAttach,
    Triggered,
    Triggers,
    entities_of_conditions,
    entities_of_triggers,
    make_conditions,
    targets_more_than_entities,
    validate_triggers,
)


@dataclass(frozen=True, kw_only=True)
class Armed:
    """The attached triggers, the conditions and the fields of an armed rule."""

    rule: Rule
    triggers: Triggers
    ends: Triggers | None
    """The end triggers; None for a rule that leaves no event open."""
    conditions: ConditionsChecker
    fields: Fields

    @property
    def problem(self) -> str:
        """Return why some triggers could not be attached; empty if all are attached."""
        each = (one.problem for one in (self.triggers, self.ends) if one is not None)
        return "; ".join(problem for problem in each if problem)

    @property
    def references(self) -> set[str]:
        """Return the entities that it names outside of templates."""
        named = entities_of_conditions(self.rule.conditions)
        for triggers in (self.triggers, self.ends):
            if triggers is not None:
                named |= entities_of_triggers(
                    [triggers.configs[index] for index in triggers.since]
                )
        return named

    def may_start(self, entity_id: str | None) -> bool:
        """Return whether an entity can begin events; if so, it ends only its own."""
        if entity_id is None:
            return False
        configs = self.triggers.configs
        if any(targets_more_than_entities(one) for one in configs):
            return True
        return entity_id in entities_of_triggers(configs)

    def allows(self, variables: Mapping[str, Any]) -> bool:
        """Return whether the conditions hold."""
        return self.conditions.async_check(variables=variables)

    async def async_attach(self) -> None:
        """Attach the triggers that are not attached yet, as far as possible."""
        await self.triggers.async_attach()
        if self.ends is not None:
            await self.ends.async_attach()

    async def async_reattach(self, entity_id: str) -> None:
        """Attach triggers again that miss an entity because it was added later."""
        await self.triggers.async_reattach(entity_id)
        if self.ends is not None:
            await self.ends.async_reattach(entity_id)

    @callback
    def detach(self) -> None:
        """Detach the triggers; conditions stay for firings in progress."""
        self.triggers.detach()
        if self.ends is not None:
            self.ends.detach()

    @callback
    def disarm(self) -> None:
        """Detach the triggers and unload the conditions."""
        self.detach()
        self.conditions.async_unload()


async def arm(
    hass: HomeAssistant,
    rule: Rule,
    *,
    shape_of: Callable[[str], Shape],
    triggered: Triggered,
    ended: Triggered | None,
) -> Armed:
    """Arm a rule; triggers that cannot be attached now are left out.

    Raises CannotAttach, with nothing attached, if nothing could fire the rule.
    """
    ends: Triggers | None = None
    if ended is not None and rule.until is not None:
        ends = Triggers(hass, rule.until.triggers, rule.title, ended)
    armed = Armed(
        rule=rule,
        triggers=Triggers(hass, rule.triggers, rule.title, triggered),
        ends=ends,
        fields=Fields(hass, rule.fields, shape_of),
        conditions=await make_conditions(hass, rule.conditions, rule.title),
    )
    await armed.async_attach()
    if armed.triggers.problem and not armed.triggers.attached:
        armed.disarm()
        raise CannotAttach(armed.problem)
    return armed


async def async_read(
    hass: HomeAssistant, rule: Rule, shape_of: Callable[[str], Shape]
) -> tuple[list[ConfigType], Fields]:
    """Return the validated triggers and the fields of a rule without arming it.

    Raises CannotAttach.
    """
    try:
        configs = await validate_triggers(hass, rule.triggers)
    except (vol.Invalid, HomeAssistantError) as error:
        raise CannotAttach(str(error)) from error
    return configs, Fields(hass, rule.fields, shape_of)
