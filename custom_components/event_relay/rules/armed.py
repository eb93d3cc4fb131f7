"""All that a rule has attached while it is armed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.condition import ConditionsChecker
from homeassistant.util import dt as dt_util

from .arming import (
    CannotArm,
    Triggered,
    Triggers,
    attach,
    entities_of_conditions,
    entities_of_triggers,
    make_conditions,
    targets_more_than_entities,
)
from .fields import Fields
from .rule import Rule


@dataclass(frozen=True, kw_only=True)
class Armed:
    """The triggers, conditions and fields of a rule, ready."""

    since: datetime
    """What was to fire before that has not, and from then on it does."""
    triggers: Triggers
    ends: Triggers | None
    """What ends the events that it begins; None for a rule that leaves none open."""
    conditions: ConditionsChecker
    fields: Fields
    starters: set[str] | None
    """Entities that can fire it; None if its triggers name more than entities."""
    references: set[str]
    """All entities that it names outside of templates."""

    def may_start(self, entity_id: str | None) -> bool:
        """Say whether an entity can begin events, and so ends only its own."""
        if entity_id is None:
            return False
        return self.starters is None or entity_id in self.starters

    def allows(self, variables: Mapping[str, Any]) -> bool:
        """Say whether the conditions hold."""
        return self.conditions.async_check(variables=variables)

    @callback
    def disarm(self) -> None:
        """Detach everything."""
        self.triggers.detach()
        if self.ends is not None:
            self.ends.detach()
        self.conditions.async_unload()


async def arm(
    hass: HomeAssistant, rule: Rule, *, triggered: Triggered, ended: Triggered | None
) -> Armed:
    """Attach what a rule needs; raises CannotArm, and then nothing is attached."""
    fields = Fields(hass, rule.fields)
    conditions = await make_conditions(hass, rule.conditions, rule.title)
    try:
        triggers = await attach(hass, rule.triggers, rule.title, triggered)
    except CannotArm:
        conditions.async_unload()
        raise
    ends: Triggers | None = None
    if ended is not None and rule.until is not None:
        try:
            ends = await attach(hass, rule.until.triggers, rule.title, ended)
        except CannotArm:
            triggers.detach()
            conditions.async_unload()
            raise
    named = entities_of_triggers(triggers.configs)
    groups = any(targets_more_than_entities(one) for one in triggers.configs)
    return Armed(
        since=dt_util.utcnow(),
        triggers=triggers,
        ends=ends,
        conditions=conditions,
        fields=fields,
        starters=None if groups else named,
        references=named
        | entities_of_triggers(ends.configs if ends else ())
        | entities_of_conditions(rule.conditions),
    )
