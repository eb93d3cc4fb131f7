"""Builds the context of a connection's rules and mirrors."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .actions.coercion import coerce
from .actions.resolve import invalid_field, unfilled_field
from .backends.base import InvalidField, JsonObject
from .const import CONF_BACKEND
from .errors import outbox_error
from .home_language import in_home_language, moment_in_words, say
from .queue.queue import DeliveryQueue
from .queue.store.store import Store, StoreError
from .registry import BY_NAME
from .rules.context import RuleContext
from .rules.fields import CannotRender


def make_context(
    hass: HomeAssistant, entry: ConfigEntry, store: Store, queue: DeliveryQueue
) -> RuleContext:
    """Return the context of a connection's rules and mirrors."""
    forms = BY_NAME[entry.data[CONF_BACKEND]]

    async def canonical(
        operation: str, fields: Mapping[str, Any]
    ) -> Mapping[str, object]:
        """Convert fields into canonical values, as for an action."""
        data = coerce(fields, forms.action_fields[operation])
        return await forms.resolve(hass, forms.settings_of(entry), operation, data)

    def explain(error: Exception) -> str:
        """Return the reason for an error as an action words it."""
        match error:
            case InvalidField():
                return in_home_language(hass, invalid_field(error))
            case CannotRender():
                reasons = error.reasons.items()
                return "; ".join(
                    in_home_language(hass, unfilled_field(*reason))
                    for reason in reasons
                )
            case StoreError():
                return in_home_language(hass, outbox_error(error, entry.title))
            case _:
                return str(error)

    async def ask(look: str) -> JsonObject:
        """Query the backend."""
        return await forms.looks[look](entry.runtime_data.client)

    return RuleContext(
        hass=hass,
        connection=entry.entry_id,
        queue=queue,
        store=store,
        canonical=canonical,
        shape_of=forms.shape_of,
        as_test=forms.as_test,
        explain=explain,
        say=partial(say, hass),
        moment=partial(moment_in_words, hass),
        runners=forms.runners,
        endings=forms.endings,
        ask=ask,
    )
