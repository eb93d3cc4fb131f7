"""Gives the rules and mirrors of a connection their way out."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant

from .backends.base import InvalidField, JsonObject
from .coercion import coerce
from .coordinator import RelayConfigEntry, outbox_error
from .outbox.store import Store, StoreError
from .resolve import invalid_field
from .rules.way import Way


def make_way(hass: HomeAssistant, entry: RelayConfigEntry, store: Store) -> Way:
    """Return what the rules and mirrors of a connection are given."""
    forms = entry.runtime_data.forms

    async def canonical(
        operation: str, fields: Mapping[str, Any]
    ) -> Mapping[str, object]:
        """Turn fields into canonical values, as for an action."""
        data = coerce(fields, forms.action_fields[operation])
        return await forms.resolve(
            hass, {**entry.data, **entry.options}, operation, data
        )

    def explain(error: Exception) -> str:
        """Say what is wrong in the words that an action has for it."""
        match error:
            case InvalidField():
                return str(invalid_field(error))
            case StoreError():
                return str(outbox_error(error, entry.title))
            case _:
                return str(error)

    async def ask(look: str) -> JsonObject:
        """Ask the backend what there is outside."""
        return await forms.looks[look](entry.runtime_data.client)

    return Way(
        hass=hass,
        connection=entry.entry_id,
        outbox=entry.runtime_data.outbox,
        store=store,
        canonical=canonical,
        as_test=forms.as_test,
        explain=explain,
        endings=forms.endings,
        ask=ask,
    )
