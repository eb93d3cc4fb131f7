"""The default connection of a backend, for actions that do not name one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..backends.forms import BackendForms
from ..backends.markdown import in_list, in_markdown
from ..const import (
    ATTR_CONFIG_ENTRY_ID,
    ATTR_DELIVERY_ID,
    CONF_BACKEND,
    CONF_DEFAULT,
    DOMAIN,
)
from ..coordinator import RelayConfigEntry
from ..registry import BY_NAME

DEFAULT_ISSUE = "default_connection_"


@callback
def connections_to(hass: HomeAssistant, backend: str) -> list[RelayConfigEntry]:
    """Return all connections to a backend, loaded or not, oldest first."""
    entries: list[RelayConfigEntry] = [
        entry
        for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        if entry.data[CONF_BACKEND] == backend
    ]
    return sorted(entries, key=lambda entry: entry.created_at)


def default_of(entries: Sequence[RelayConfigEntry]) -> RelayConfigEntry | None:
    """Return the default among the connections to a backend; None without one."""
    return next((one for one in entries if one.options.get(CONF_DEFAULT)), None)


@callback
def async_set_default(hass: HomeAssistant, backend: str, entry_id: str | None) -> None:
    """Set the default connection to a backend; None removes it."""
    ir.async_delete_issue(hass, DOMAIN, f"{DEFAULT_ISSUE}{backend}")
    for entry in connections_to(hass, backend):
        wanted = entry.entry_id == entry_id
        if bool(entry.options.get(CONF_DEFAULT)) is not wanted:
            hass.config_entries.async_update_entry(
                entry, options={**entry.options, CONF_DEFAULT: wanted}
            )


@callback
def async_second_added(hass: HomeAssistant, backend: str) -> None:
    """Keep actions working when a second connection to a backend is added.

    The first becomes the default. A repair issue names what relies on it, and asks.
    """
    entries = connections_to(hass, backend)
    if len(entries) != 1 or entries[0].options.get(CONF_DEFAULT):
        return
    (first,) = entries
    async_set_default(hass, backend, first.entry_id)
    if not (concerned := list(_callers_without_connection(hass, BY_NAME[backend]))):
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{DEFAULT_ISSUE}{backend}",
        data={"entry_id": first.entry_id},
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="default_connection",
        translation_placeholders={
            "connection": in_markdown(first.title),
            "concerned": in_list(concerned),
        },
    )


@callback
def async_connection_removed(hass: HomeAssistant, backend: str) -> None:
    """Withdraw the question if no second connection to a backend is left."""
    if len(connections_to(hass, backend)) <= 1:
        ir.async_delete_issue(hass, DOMAIN, f"{DEFAULT_ISSUE}{backend}")


def _callers_without_connection(
    hass: HomeAssistant, forms: BackendForms
) -> Iterator[str]:
    """Yield automations and scripts that call an action without a connection.

    In Markdown, each with its blueprint. Callers outside of them, such as other
    programs and dashboard buttons, are not found.
    """
    names = {f"{DOMAIN}.{name}" for name in (*forms.action_fields, *forms.queries)}
    for domain in ("automation", "script"):
        component = hass.data.get(domain)
        for entity in tuple(getattr(component, "entities", ())):
            if not any(
                _calls_without_connection(one, names) for one in _sequence(entity)
            ):
                continue
            name = in_markdown(str(entity.name or entity.entity_id))
            edit = f"/config/{domain}/edit/{entity.unique_id}"
            line = f"[{name}]({edit})" if entity.unique_id else name
            if blueprint := getattr(entity, "referenced_blueprint", None):
                line += f" ({in_markdown(blueprint)})"
            yield line


def _sequence(entity: Any) -> Sequence[object]:  # noqa: ANN401 - of two components
    """Return the actions of an automation or script, with blueprint inputs applied."""
    runs = getattr(entity, "action_script", None) or getattr(entity, "script", None)
    if runs is not None:
        return list(runs.sequence)
    return [getattr(entity, "raw_config", None)]


def _calls_without_connection(part: object, names: set[str]) -> bool:
    """Return whether a part of a configuration has such an action, at any depth."""
    match part:
        case Mapping():
            called = part.get("action", part.get("service"))
            if isinstance(called, str) and called in names:
                data = {**_mapping(part.get("data")), **_mapping(part.get("target"))}
                return not data.keys() & {ATTR_CONFIG_ENTRY_ID, ATTR_DELIVERY_ID}
            return any(_calls_without_connection(one, names) for one in part.values())
        case list() | tuple():
            return any(_calls_without_connection(one, names) for one in part)
    return False


def _mapping(value: object) -> Mapping[Any, Any]:
    """Return a mapping; an empty one for any other value, such as a template."""
    return value if isinstance(value, Mapping) else {}
