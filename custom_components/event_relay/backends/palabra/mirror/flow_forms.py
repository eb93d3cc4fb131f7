"""The form of live events that follow a calendar."""

from collections.abc import Mapping
from datetime import timedelta
import re
from typing import Any, override

from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ....const import DOMAIN
from ...base import InvalidField
from ...choice_forms import NOTHING_CHOSEN
from ...input_forms import BoundedNumber, read_numbers
from ...mirror_forms import MirrorFlow
from .calendar_settings import (
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
    read_calendar_mirror,
    summary_filter,
)


class CalendarMirrorFlow(MirrorFlow):
    """The flow that mirrors a calendar as live events with shared details."""

    @override
    async def async_schema(self) -> vol.Schema:
        """Return the form.

        Our own calendars are excluded: they show what mirrors create, so a mirror of
        one would follow itself, and create more each time.
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
                vol.Required(CONF_AHEAD, default=AHEAD_DAYS): BoundedNumber(
                    1, AHEAD_DAYS_MOST, unit="d"
                ),
                vol.Optional(CONF_FILTER): TextSelector(),
                vol.Required(CONF_FILTER_IS_PATTERN, default=False): BooleanSelector(),
                vol.Required(
                    CONF_EVENT_TYPE, description=NOTHING_CHOSEN
                ): SelectSelector(
                    SelectSelectorConfig(
                        options=["in_person", "online"],
                        translation_key="live_event_type",
                        # Only a drop-down list shows that it is required.
                        mode=SelectSelectorMode.DROPDOWN,
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
        data = read_numbers(await self.async_schema(), user_input)
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
