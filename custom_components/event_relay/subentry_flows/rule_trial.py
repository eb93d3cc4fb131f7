"""Trying what a rule would deliver before it has ever fired."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..backends.base import InvalidField
from ..coercion import coerce
from ..coordinator import RelayConfigEntry
from ..rules.fields import Field


class BrokenTemplate(Exception):
    """A template cannot be read; the message says why."""

    def __init__(self, name: str, reason: str) -> None:
        """Name the field that holds it."""
        super().__init__(reason)
        self.field = name


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What a rule would deliver if it fired now."""

    values: dict[str, Any]
    """What its fields hold, as far as that can be known."""
    templated: frozenset[str]
    """Fields that a template has a part in."""
    unknown: dict[str, str] = field(default_factory=dict)
    """Fields that only a firing fills, and why."""
    refusal: InvalidField | None = None
    """What the backend would not take of `values`."""
    data: Mapping[str, object] = field(default_factory=dict)
    """What would be asked for, with what only Home Assistant knows made plain."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """What would be delivered, with all defaults; empty if it is refused."""

    @property
    def ready(self) -> bool:
        """Whether it can be delivered as it is."""
        return self.refusal is None and not self.unknown

    @property
    def mistake(self) -> InvalidField | None:
        """The refusal if no firing can mend it."""
        if (refusal := self.refusal) is None:
            return None
        named = {field_of(refusal.field), refusal.details.get("other", "")}
        return None if named & self.templated else refusal


async def try_fields(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    operation: str,
    fields: Mapping[str, Any],
    variables: Mapping[str, Any],
) -> Trial:
    """Return what a rule would deliver with these variables.

    Raises BrokenTemplate.
    """
    values: dict[str, Any] = {}
    templated: set[str] = set()
    unknown: dict[str, str] = {}
    for name, raw in fields.items():
        shape = entry.runtime_data.forms.shape_of(operation, name)
        try:
            read = Field(hass, raw, shape)
        except vol.Invalid as error:
            raise BrokenTemplate(name, str(error)) from error
        if read.templated:
            templated.add(name)
        try:
            # Nothing is made up for what is not there. A firing takes an unknown
            # variable for an empty text, as all of Home Assistant does.
            value = read.render(variables, strict=True)
        except TemplateError as error:
            unknown[name] = str(error)
            continue
        if value is not None:
            values[name] = value
    data: Mapping[str, object] = {}
    payload: Mapping[str, Any] = {}
    refusal = None
    try:
        data, payload = await _offer(hass, entry, operation, values)
    except InvalidField as error:
        if field_of(error.field) not in unknown:
            refusal = error
    return Trial(
        values=values,
        templated=frozenset(templated),
        unknown=unknown,
        refusal=refusal,
        data=data,
        payload=payload,
    )


async def _offer(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    operation: str,
    values: Mapping[str, Any],
) -> tuple[Mapping[str, object], Mapping[str, Any]]:
    """Do with values all that is done with them at acceptance, but accept them.

    Return what would be asked for, and what would be stored. Raises InvalidField.
    """
    forms = entry.runtime_data.forms
    settings = forms.settings_of(entry)
    data = coerce(values, forms.action_fields[operation])
    resolved = await forms.resolve(hass, settings, operation, data)
    asked = forms.backend.operation(operation)
    fitting, _ = asked.shortened(resolved)
    payload = asked.parse(fitting)
    asked.check(payload, entry.runtime_data.effective, dt_util.utcnow())
    return resolved, asked.dump(payload)


def field_of(name: str) -> str:
    """Return the field that an entry such as `users[0]` or `tags.floor` is in."""
    return re.split(r"[.\[]", name, maxsplit=1)[0]
