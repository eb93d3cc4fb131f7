"""Forms of mirrors: what outside follows which schedule or calendar."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import timedelta
import re
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..backends.base import InvalidField
from ..backends.choice_forms import (
    NOTHING_CHOSEN,
    ChoiceSelector,
    as_shown,
    choice,
)
from ..const import DOMAIN
from ..coordinator import RelayConfigEntry
from ..rules.mirrors.calendar_settings import (
    AHEAD_DAYS,
    AHEAD_DAYS_MOST,
    CONF_ACCESS_CODE,
    CONF_AHEAD,
    CONF_CALENDAR,
    CONF_DELETE,
    CONF_DETAILS,
    CONF_EVENT_TYPE,
    CONF_FILTER,
    CONF_FILTER_IS_PATTERN,
    CONF_LANGUAGE_MODE,
    CONF_TARGET_LANGUAGES,
    EVENT_TYPE,
    SUBENTRY_CALENDAR_MIRROR,
    read_calendar_mirror,
    summary_filter,
)
from ..rules.mirrors.script_settings import (
    CONF_CAMERAS,
    CONF_EVENT,
    CONF_EXTRA,
    CONF_REACTION,
    CONF_SCHEDULE,
    CONF_TITLE,
    CONF_USERS,
    SUBENTRY_SCRIPT_MIRROR,
    read_script_mirror,
)
from ..rules.rule import CONF_LABELS

_API = "api"
_CLIENT_API = "client"
"""How a connection to aipix says that it has titles and cameras."""
_SEVERAL = frozenset({CONF_USERS, CONF_CAMERAS})
_CHOSEN = (CONF_EVENT, CONF_REACTION, CONF_USERS, CONF_CAMERAS)
"""What is chosen from lists of the live system."""


class MirrorFlow(ConfigSubentryFlow):
    """Adds a mirror or changes one, with the same form."""

    def __init__(self) -> None:
        """Begin without errors."""
        self._errors: dict[str, str] = {}
        self._placeholders: dict[str, str] = {}

    @abstractmethod
    async def async_schema(self) -> vol.Schema:
        """Return the form."""

    @abstractmethod
    async def async_checked(
        self, user_input: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """Return title and data; raises InvalidField."""

    @property
    def entry(self) -> RelayConfigEntry:
        """The connection that the mirror belongs to."""
        entry: RelayConfigEntry = self._get_entry()
        return entry

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a mirror."""
        if self.entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        if user_input is not None and (checked := await self._check(user_input)):
            title, data = checked
            return self.async_create_entry(title=title, data=data)
        return await self._form("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a mirror; the connection's update listener starts it anew."""
        if self.entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        subentry = self._get_reconfigure_subentry()
        if user_input is not None and (checked := await self._check(user_input)):
            title, data = checked
            return self.async_update_and_abort(
                self.entry, subentry, title=title, data=data
            )
        shown = subentry.data if user_input is None else user_input
        return await self._form("reconfigure", shown)

    async def async_try(self, operation: str, data: dict[str, Any]) -> None:
        """Refuse what the operation would refuse; raises InvalidField."""
        runtime = self.entry.runtime_data
        settings = runtime.forms.settings_of(self.entry)
        resolved = await runtime.forms.resolve(self.hass, settings, operation, data)
        tried = runtime.forms.backend.operation(operation)
        fitting, _ = tried.shortened(resolved)
        tried.check(tried.parse(fitting), runtime.effective, dt_util.utcnow())

    async def _check(
        self, user_input: dict[str, Any]
    ) -> tuple[str, dict[str, Any]] | None:
        """Return title and data; None with errors to show."""
        self._errors, self._placeholders = {}, {}
        try:
            return await self.async_checked(user_input)
        except InvalidField as error:
            field = re.split(r"[.\[]", error.field)[0]
            known = {str(marker) for marker in (await self.async_schema()).schema}
            self._errors[field if field in known else "base"] = error.problem
            self._placeholders = {"field": error.field, **error.details}
            return None

    async def _form(
        self, step_id: str, shown: Mapping[str, Any] | None
    ) -> SubentryFlowResult:
        """Show the form with what was entered before."""
        schema = await self.async_schema()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                schema, as_shown(schema, shown or {})
            ),
            errors=self._errors,
            description_placeholders=self._placeholders,
        )


class ScriptMirrorFlow(MirrorFlow):
    """Asks which script is to follow which schedule helper."""

    _choices: Mapping[str, ChoiceSelector] | None = None

    @override
    async def async_schema(self) -> vol.Schema:
        """Return the form, with what the live system lists to choose from."""
        choices = await self._listed()
        schema: dict[vol.Marker, Any] = {
            vol.Required(CONF_SCHEDULE): EntitySelector(
                EntitySelectorConfig(domain="schedule")
            ),
            vol.Required(CONF_EVENT, description=NOTHING_CHOSEN): choices[CONF_EVENT],
            vol.Optional(CONF_REACTION): choices[CONF_REACTION],
            vol.Optional(CONF_USERS): choices[CONF_USERS],
        }
        if self.entry.data[_API] == _CLIENT_API:
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
        """Return what an entity is called."""
        state = self.hass.states.get(entity_id)
        return state.name if state else entity_id

    async def _listed(self) -> Mapping[str, ChoiceSelector]:
        """Return what there is to choose from; numbers can always be typed."""
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
        """Return the data of the mirror that is changed; none for a new one."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_subentry().data
        return {}


class CalendarMirrorFlow(MirrorFlow):
    """Asks which calendar becomes live events, and what these have in common."""

    @override
    async def async_schema(self) -> vol.Schema:
        """Return the form.

        A calendar of ours shows what mirrors make, so one that followed it would
        follow itself, and make more each time.
        """
        own = [
            entity.entity_id
            for entity in er.async_get(self.hass).entities.values()
            if entity.platform == DOMAIN and entity.domain == "calendar"
        ]
        return vol.Schema(
            {
                vol.Required(CONF_CALENDAR): EntitySelector(
                    EntitySelectorConfig(domain="calendar", exclude_entities=own)
                ),
                vol.Required(CONF_AHEAD, default=AHEAD_DAYS): NumberSelector(
                    NumberSelectorConfig(
                        min=1,
                        max=AHEAD_DAYS_MOST,
                        step=1,
                        mode=NumberSelectorMode.BOX,
                        unit_of_measurement="d",
                    )
                ),
                vol.Optional(CONF_FILTER): TextSelector(),
                vol.Required(CONF_FILTER_IS_PATTERN, default=False): BooleanSelector(),
                vol.Required(CONF_EVENT_TYPE, default=EVENT_TYPE): SelectSelector(
                    SelectSelectorConfig(
                        options=["in_person", "online"],
                        translation_key="live_event_type",
                    )
                ),
                vol.Optional(CONF_TARGET_LANGUAGES): TextSelector(
                    TextSelectorConfig(multiple=True)
                ),
                vol.Optional(CONF_LANGUAGE_MODE): SelectSelector(
                    SelectSelectorConfig(
                        options=["off", "approval", "auto"],
                        translation_key="listener_language_mode",
                    )
                ),
                vol.Optional(CONF_ACCESS_CODE): TextSelector(
                    TextSelectorConfig(
                        type=TextSelectorType.PASSWORD, autocomplete="off"
                    )
                ),
                vol.Required(CONF_DETAILS, default=True): BooleanSelector(),
                vol.Required(CONF_DELETE, default=True): BooleanSelector(),
            }
        )

    @override
    async def async_checked(
        self, user_input: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """Return title and data; raises InvalidField."""
        data = {**user_input, CONF_AHEAD: int(user_input[CONF_AHEAD])}
        try:
            summary_filter(
                data.get(CONF_FILTER) or "", is_pattern=data[CONF_FILTER_IS_PATTERN]
            )
        except re.PatternError as error:
            raise InvalidField(CONF_FILTER, "bad_pattern", reason=str(error)) from error
        now = dt_util.utcnow()
        trial = {
            "title": "Trial",
            "start": now + timedelta(days=1),
            "end": now + timedelta(days=2),
        }
        content = read_calendar_mirror(data).content
        await self.async_try("create_live_event", {**content, **trial})
        state = self.hass.states.get(data[CONF_CALENDAR])
        return state.name if state else data[CONF_CALENDAR], data


MIRROR_FLOWS: Mapping[str, Mapping[str, type[ConfigSubentryFlow]]] = {
    "aipix": {SUBENTRY_SCRIPT_MIRROR: ScriptMirrorFlow},
    "palabra": {SUBENTRY_CALENDAR_MIRROR: CalendarMirrorFlow},
}
"""For each backend the mirrors that its connections can have."""


def _number(entered: object, field: str) -> int:
    """Read an id that was chosen or typed; raises InvalidField."""
    written = str(entered).strip()
    if not re.fullmatch(r"[0-9]{1,15}", written):
        raise InvalidField(field, "not_a_number")
    return int(written)
