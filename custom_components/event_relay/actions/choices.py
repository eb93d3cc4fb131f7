"""Fills the forms of actions with matching connections and live lists.

`services.yaml` has the static descriptions. Home Assistant's own list of
connections can be filtered by integration only, not by backend.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE, EVENT_SERVICE_REGISTERED
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.service import async_set_service_schema
from homeassistant.util.yaml import load_yaml_dict

from ..backends.choice_forms import ChoiceSelector, Labels
from ..const import ATTR_CONFIG_ENTRY_ID, DOMAIN
from ..coordinator import LISTED, RelayConfigEntry
from ..registry import BY_NAME
from .default_connection import connections_to

_FILE = Path(__file__).parent.with_name("services.yaml")
_ANNOUNCED = "list_deliveries"
"""Action that is registered again, so that browsers reload all descriptions.

They show its form without fields for five seconds.
"""

type _Fields = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class _RuleFields:
    """The fields of a connection's rule forms."""

    lists: Mapping[str, ChoiceSelector]
    required: Mapping[str, frozenset[str]]
    """Required fields by operation."""


@dataclass
class ActionForms:
    """Keeps the descriptions of actions in sync with the connections."""

    hass: HomeAssistant
    static: Mapping[str, Any]
    """Content of `services.yaml`."""
    _rule_fields: dict[str, _RuleFields] = field(default_factory=dict)
    """Last known fields by connection, kept while it is not loaded."""
    _described: dict[str, _Fields] = field(default_factory=dict)

    @callback
    def async_follow(self) -> None:
        """Describe all actions now and after every change."""
        async_dispatcher_connect(
            self.hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_changed
        )
        async_dispatcher_connect(self.hass, LISTED, self._async_describe)
        self._async_describe()

    @callback
    def _async_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Update the descriptions if a connection was added, changed or removed."""
        if entry.domain != DOMAIN:
            return
        if change is ConfigEntryChange.REMOVED:
            self._rule_fields.pop(entry.entry_id, None)
        self._async_describe()

    @callback
    def _async_describe(self) -> None:
        """Set the descriptions that have changed, and notify browsers."""
        changed = False
        for backend in BY_NAME.registered:
            entries = connections_to(self.hass, backend.name)
            for entry in entries:
                self._read_fields(entry)
            for action in (*backend.actions, *backend.queries):
                if action not in self.static:  # of a backend that only rules use
                    continue
                fields = self._fields(action, entries)
                if self._described.get(action) != fields:
                    self._described[action] = fields
                    changed = True
                    async_set_service_schema(
                        self.hass, DOMAIN, action, {"fields": fields}
                    )
        if changed and self.hass.is_running:
            self.hass.bus.async_fire(
                EVENT_SERVICE_REGISTERED,
                {ATTR_DOMAIN: DOMAIN, ATTR_SERVICE: _ANNOUNCED},
            )

    def _read_fields(self, entry: RelayConfigEntry) -> None:
        """Read the fields of a connection's rule forms if it is loaded."""
        if entry.state is not ConfigEntryState.LOADED:
            return
        coordinator = entry.runtime_data
        forms, listed = coordinator.forms, coordinator.lists
        asked = {
            operation: forms.rule_fields(operation, coordinator.effective, listed)
            for operation in forms.rule_operations(coordinator.effective)
        }
        self._rule_fields[entry.entry_id] = _RuleFields(
            lists={
                one.name: one.selector
                for fields in asked.values()
                for one in fields
                if isinstance(one.selector, ChoiceSelector) and listed.get(one.name)
            },
            required={
                operation: frozenset(one.name for one in fields if one.required)
                for operation, fields in asked.items()
            },
        )

    def _fields(self, action: str, entries: Sequence[RelayConfigEntry]) -> _Fields:
        """Return the fields of an action, with the values of these connections."""
        known = [
            (entry.title, self._rule_fields[entry.entry_id])
            for entry in entries
            if entry.entry_id in self._rule_fields
        ]
        titles = sorted(entries, key=lambda entry: entry.title.casefold())
        ids = {entry.entry_id: entry.title for entry in titles}
        return {
            name: {
                **one,
                "fields": {
                    inner: _described(action, inner, value, ids, known)
                    for inner, value in one["fields"].items()
                },
            }
            if "fields" in one
            else _described(action, name, one, ids, known)
            for name, one in self.static[action]["fields"].items()
        }


@cache
def _static() -> Mapping[str, Any]:
    """Return the content of `services.yaml`; the file is read once."""
    return load_yaml_dict(_FILE)


async def async_setup_action_forms(hass: HomeAssistant) -> None:
    """Keep the forms of actions up to date from now on."""
    static = await hass.async_add_executor_job(_static)
    ActionForms(hass=hass, static=static).async_follow()


def _described(
    action: str,
    name: str,
    static: Mapping[str, Any],
    ids: Labels,
    known: Sequence[tuple[str, _RuleFields]],
) -> dict[str, Any]:
    """Return the description of one field.

    A list does not allow custom values, because Home Assistant's frontend would then
    show choices without labels (2026.10). Templates and other values still work, and
    are shown.
    """
    described = dict(static)
    if name == ATTR_CONFIG_ENTRY_ID:
        described["selector"] = _select(ids)
        return described
    lists = [(title, one.lists[name]) for title, one in known if name in one.lists]
    if lists:
        options = _merged([(title, one.options) for title, one in lists])
        described["selector"] = _select(options, multiple=lists[0][1].multiple)
    required = [one.required[action] for _, one in known if action in one.required]
    if required and static.get("required") and not any(name in one for one in required):
        del described["required"]
    return described


def _merged(lists: Sequence[tuple[str, Labels]]) -> dict[str, str]:
    """Return the merged values of several connections.

    The label of a value that is not the same in all of them names its connections.
    """
    merged: dict[str, str] = {}
    for value in dict.fromkeys(value for _, one in lists for value in one):
        labels: dict[str, list[str]] = {}
        for title, one in lists:
            if value in one:
                labels.setdefault(one[value], []).append(title)
        shared = len(labels) == 1 and all(value in one for _, one in lists)
        merged[value] = ", ".join(
            label if shared else f"{label} ({', '.join(titles)})"
            for label, titles in labels.items()
        )
    return merged


def _select(options: Labels, *, multiple: bool = False) -> dict[str, Any]:
    """Return the selector of a list without a default."""
    select: dict[str, Any] = {
        "options": [
            {"value": value, "label": label} for value, label in options.items()
        ],
        "mode": "dropdown",
    }
    if multiple:
        select |= {"multiple": True, "custom_value": True}
    return {"select": select}
