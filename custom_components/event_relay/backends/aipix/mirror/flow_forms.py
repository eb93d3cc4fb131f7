"""The form of a script that follows a schedule helper."""

from collections.abc import Mapping
import re
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    ObjectSelector,
    TextSelector,
)
import voluptuous as vol

from ....rules.rule import CONF_LABELS
from ...base import InvalidField
from ...choice_forms import NOTHING_CHOSEN, ChoiceSelector, choice
from ...mirror_forms import MirrorFlow
from ..api.login import Api
from ..login_forms import CONF_API
from .script_settings import (
    CONF_CAMERAS,
    CONF_EVENT,
    CONF_EXTRA,
    CONF_REACTION,
    CONF_SCHEDULE,
    CONF_TITLE,
    CONF_USERS,
    read_script_mirror,
)

_SEVERAL = frozenset({CONF_USERS, CONF_CAMERAS})
_CHOSEN = (CONF_EVENT, CONF_REACTION, CONF_USERS, CONF_CAMERAS)
"""Fields whose values come from the live system's lists."""


class ScriptMirrorFlow(MirrorFlow):
    """The flow that makes a script follow a schedule helper."""

    _choices: Mapping[str, ChoiceSelector] | None = None

    @override
    async def async_schema(self) -> vol.Schema:
        """Return the form, with the choices that the live system lists."""
        choices = await self._listed()
        schema: dict[vol.Marker, Any] = {
            vol.Required(CONF_SCHEDULE): EntitySelector(
                EntitySelectorConfig(domain="schedule")
            ),
            vol.Required(CONF_EVENT, description=NOTHING_CHOSEN): choices[CONF_EVENT],
            vol.Optional(CONF_REACTION): choices[CONF_REACTION],
            vol.Optional(CONF_USERS): choices[CONF_USERS],
        }
        if self.entry.data[CONF_API] == Api.CLIENT:
            schema = {
                vol.Required(CONF_TITLE): TextSelector(),
                **schema,
                vol.Optional(CONF_CAMERAS): choices[CONF_CAMERAS],
                vol.Optional(CONF_EXTRA): ObjectSelector(),
            }
        return vol.Schema(schema)

    @override
    async def async_checked(
        self, user_input: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """Return title and data; raises InvalidField."""
        data = dict(user_input)
        labels = {
            name: found
            for name, selector in (await self._listed()).items()
            if (found := selector.labels_of(data.get(name)))
        }
        for name in _CHOSEN:
            match data.get(name):
                case None | "":
                    data.pop(name, None)
                case list() as several:
                    data[name] = [_number(one, name) for one in several]
                case one:
                    data[name] = _number(one, name)
        await self.async_try("create_script", dict(read_script_mirror(data).fields))
        title = data.get(CONF_TITLE) or self._name_of(data[CONF_SCHEDULE])
        return title, data | ({CONF_LABELS: labels} if labels else {})

    def _name_of(self, entity_id: str) -> str:
        """Return the name of an entity."""
        state = self.hass.states.get(entity_id)
        return state.name if state else entity_id

    async def _listed(self) -> Mapping[str, ChoiceSelector]:
        """Return the choices; numbers can always be typed."""
        if self._choices is None:
            listed = await self.entry.runtime_data.async_listed()
            kept = self._shown_before().get(CONF_LABELS, {})
            self._choices = {
                name: choice(
                    {**kept.get(name, {}), **listed.get(name, {})},
                    multiple=name in _SEVERAL,
                )
                for name in _CHOSEN
            }
        return self._choices

    def _shown_before(self) -> Mapping[str, Any]:
        """Return the data of the changed mirror; none for a new one."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_subentry().data
        return {}


def _number(entered: object, field: str) -> int:
    """Read an id that was chosen or typed; raises InvalidField."""
    written = str(entered).strip()
    if not re.fullmatch(r"[0-9]{1,15}", written):
        raise InvalidField(field, "not_a_number")
    return int(written)
