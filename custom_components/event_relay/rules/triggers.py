"""Validates and attaches Home Assistant's triggers and conditions for a rule."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from copy import deepcopy
from datetime import datetime
import logging
from typing import Any, cast

from homeassistant.const import (
    CONF_ALIAS,
    CONF_ATTRIBUTE,
    CONF_ENTITY_ID,
    CONF_ID,
    CONF_PLATFORM,
    CONF_TARGET,
    CONF_VARIABLES,
)
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import condition, config_validation as cv, trigger
from homeassistant.helpers.condition import ConditionsChecker
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from .firing import trigger_of
from .occurrences import add_variables
from .occurrences.targets import targeted
from .startup_filter import STATELESS

_LOGGER = logging.getLogger(__name__)


class CannotAttach(Exception):
    """Triggers or conditions cannot be attached; the message says why."""


async def validate_triggers(
    hass: HomeAssistant, raw: Collection[Mapping[str, Any]]
) -> list[ConfigType]:
    """Return triggers as Home Assistant validates them.

    Raises voluptuous' Invalid and HomeAssistantError.
    """
    configs = cv.TRIGGER_SCHEMA([deepcopy(dict(one)) for one in raw])
    return await trigger.async_validate_trigger_config(hass, configs)


async def make_conditions(
    hass: HomeAssistant, raw: Collection[Any], name: str
) -> ConditionsChecker:
    """Return the condition checker of a rule; the caller must unload it.

    Raises CannotAttach.
    """
    try:
        configs = await condition.async_validate_conditions_config(
            hass, cv.CONDITIONS_SCHEMA(deepcopy(list(raw)))
        )
        return await condition.async_conditions_from_config(
            hass, cast("list[ConfigType]", configs), _LOGGER, name
        )
    except (vol.Invalid, HomeAssistantError) as error:
        raise CannotAttach(str(error)) from error


def entities_of_triggers(configs: Collection[ConfigType]) -> set[str]:
    """Return the entities that triggers name."""
    found: set[str] = set()
    for config in configs:
        with suppress(KeyError, TypeError):
            # An unvalidated trigger may name a single entity as text.
            found.update(cv.ensure_list(trigger.async_extract_entities(config)))
    return found


def targets_more_than_entities(config: ConfigType) -> bool:
    """Return whether a trigger targets areas, devices, floors or labels."""
    target = config.get(CONF_TARGET)
    return isinstance(target, Mapping) and bool(target.keys() - {CONF_ENTITY_ID})


def _misses_return(hass: HomeAssistant, config: ConfigType, state: State) -> bool:
    """Return whether a trigger of an entity does not fire when it comes back."""
    if state.domain in STATELESS:
        return False
    if CONF_TARGET in config:
        return state.entity_id in targeted(hass, config, state.domain)
    if config[CONF_PLATFORM] != "state" or CONF_ATTRIBUTE in config:
        return False
    states = config.get("to")
    return (
        config.get("from") is not None
        and state.entity_id in config[CONF_ENTITY_ID]
        and (states is None or state.state in cv.ensure_list(states))
    )


def entities_of_conditions(raw: Collection[Any]) -> set[str]:
    """Return the entities that conditions name."""
    found: set[str] = set()
    for config in raw:
        with suppress(KeyError, TypeError, vol.Invalid):
            found.update(condition.async_extract_entities(config))
    return found


def _alone(config: ConfigType, index: int) -> ConfigType:
    """Return a trigger of a list so that Home Assistant can attach it alone.

    Without an id of its own it has its index as id. Its variables are left out: their
    templates may use the index, which Home Assistant does not know.
    """
    alone = {CONF_ID: f"{index}", **config}
    alone.pop(CONF_VARIABLES, None)
    return alone


type Triggered = Callable[[dict[str, Any], Context | None], Awaitable[None]]
"""Called with the trigger's variables and the context of its cause."""


class Triggers:
    """Attaches triggers independently of each other.

    As in Home Assistant's automations, one that cannot be attached stops no other.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        raw: Collection[Mapping[str, Any]],
        name: str,
        triggered: Triggered,
    ) -> None:
        """Validate the schema of raw triggers; raises CannotAttach if it fails."""
        self.raw = list(raw)
        """As the user entered them."""
        try:
            self._raw: list[ConfigType] = cv.TRIGGER_SCHEMA(
                [deepcopy(dict(one)) for one in raw]
            )
        except vol.Invalid as error:
            raise CannotAttach(str(error)) from error
        self.configs = list(self._raw)
        """Attached ones as Home Assistant validated them, the others as entered."""
        self.since: dict[int, datetime] = {}
        """When each attached or disabled trigger was attached, by index."""
        self.problem = ""
        """Why the others could not be attached."""
        self._hass = hass
        self._name = name
        self._triggered = triggered
        self._detach: dict[int, CALLBACK_TYPE] = {}
        self._to_reattach: set[int] = set()
        """Attached triggers that must be attached again."""
        self._detached = False

    @property
    def attached(self) -> bool:
        """Whether any can fire."""
        return bool(self._detach)

    def miss_return(self, state: State) -> bool:
        """Return whether one does not fire when its entity comes back in a state.

        Home Assistant's triggers with a target ignore changes from `unavailable` and
        `unknown` (2026.10.4), and `from` of a state trigger does not match these.
        """
        return any(
            _misses_return(self._hass, self.configs[index], state)
            for index in self._detach
        )

    async def async_attach(self) -> None:
        """Attach the triggers that are not attached yet, as far as possible."""
        missing = [
            index
            for index in range(len(self.configs))
            if index not in self.since or index in self._to_reattach
        ]
        if len(missing) == 1:  # as most have, which need no task then
            problems = [await self._async_attach(missing[0])]
        else:
            problems = await asyncio.gather(*map(self._async_attach, missing))
        self.problem = "; ".join(one for one in problems if one)

    async def async_reattach(self, entity_id: str) -> None:
        """Attach triggers again whose target names an entity that was not there.

        Home Assistant's triggers with a target select their entities, such as doors,
        when they are attached or a registry changes. They miss an entity that is added
        without either.
        """
        self._to_reattach.update(
            index
            for index in self._detach
            if CONF_TARGET in (config := self.configs[index])
            and entity_id in entities_of_triggers([config])
        )
        if self._to_reattach:
            await self.async_attach()

    @callback
    def detach(self) -> None:
        """Detach all triggers, also those that are still being attached."""
        self._detached = True
        while self._detach:
            self._detach.popitem()[1]()
        self.since.clear()

    async def _async_attach(self, index: int) -> str:
        """Attach one trigger; return the problem, or an empty text."""
        config = self._raw[index]
        problems: list[str] = []

        def log(level: int, message: str, **_: object) -> None:
            """Collect what Home Assistant would only write to the log."""
            if level >= logging.ERROR:
                problems.append(message)

        replaces = self._detach.get(index)

        async def triggered(
            variables: dict[str, Any], context: Context | None = None
        ) -> None:
            """Pass on a firing, unless the replaced trigger reports it as well."""
            if replaces is not None and self._detach.get(index) is replaces:
                return
            variables["trigger"] = {**trigger_of(variables), "idx": f"{index}"}
            add_variables(self._hass, self.configs[index], variables)
            await self._triggered(variables, context)

        detach: CALLBACK_TYPE | None = None
        try:
            (valid,) = await trigger.async_validate_trigger_config(self._hass, [config])
            self.configs[index] = valid
            detach = await trigger.async_initialize_triggers(
                self._hass, [_alone(valid, index)], triggered, DOMAIN, self._name, log
            )
        except Exception as error:  # noqa: BLE001 - other integrations raise anything
            problems.append(str(error) or type(error).__name__)
        if problems:
            named = config.get(CONF_ALIAS) or config[CONF_PLATFORM]
            return f"{named} ({index + 1}): {'; '.join(problems)}"
        self._keep(index, detach)
        return ""

    @callback
    def _keep(self, index: int, detach: CALLBACK_TYPE | None) -> None:
        """Keep the detach callback of a trigger, and detach the one it replaces."""
        self._to_reattach.discard(index)
        if (replaced := self._detach.pop(index, None)) is not None:
            replaced()
        self.since.setdefault(index, dt_util.utcnow())
        if detach is not None:
            self._detach[index] = detach
        if self._detached:
            self.detach()
