"""Merge the sources into the files that Home Assistant reads.

Texts that every backend, action or rule has are written once, under `each_backend`,
`each_action` and `each_rule` of the shared source; `%backend%` stands for the title of
the backend. A backend adds the rest, and may add any text at Home Assistant's own path,
below `texts`, `icons`, `services` and `triggers`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any

from homeassistant.util.yaml import dump
import voluptuous as vol

from custom_components.event_relay.backends.base import AnyOperation
from custom_components.event_relay.backends.forms import BackendForms
from custom_components.event_relay.backends.input_forms import sections_of
from custom_components.event_relay.options import options_schema
from custom_components.event_relay.registry import BY_NAME

from .actions import CONNECTION, described
from .languages import as_json, leaves
from .sources import PACKAGE, ROOT, Tree, deep_over, merge, over, read_source

BACKEND = "%backend%"
CARD = "card_"
"""Prefix of the keys of the card's texts, which are among those under `common`."""
STEPS = {"add": "", "reauth": "_reauth", "reconfigure": "_reconfigure"}
"""The forms of a connection, and the suffixes of their steps."""


@dataclass
class Built:
    """The content of Home Assistant's files."""

    texts: Tree = field(default_factory=dict)
    card: Tree = field(default_factory=dict)
    icons: Tree = field(default_factory=dict)
    services: Tree = field(default_factory=dict)
    triggers: Tree = field(default_factory=dict)

    def add(self, more: Mapping[str, Any]) -> None:
        """Merge content at Home Assistant's paths; raises TwiceSaid."""
        merge(self.texts, more.get("texts", {}))
        merge(self.card, card := more.get("card", {}))
        common = {f"{CARD}{key}": text for key, text in card.items()}
        merge(self.texts, {"common": common})
        merge(self.icons, more.get("icons", {}))
        merge(self.services, more.get("services", {}))
        merge(self.triggers, more.get("triggers", {}))

    def files(self) -> dict[Path, str]:
        """Return the content of each file."""
        return {
            PACKAGE / "translations/en.json": as_json(self.texts),
            ROOT / "frontend/src/english.json": as_json(self.card),
            PACKAGE / "icons.json": as_json(self.icons),
            PACKAGE / "services.yaml": _yaml(self.services),
            PACKAGE / "triggers.yaml": _yaml(self.triggers),
        }


def build(backends: Iterable[BackendForms] = BY_NAME.values()) -> Built:
    """Return the merged sources of some backends; raises TwiceSaid."""
    shared = read_source(PACKAGE)
    built = Built()
    built.add(shared)
    for forms in backends:
        source = read_source(folder_of(forms))
        built.add(texts_of(forms, source, shared))
        built.add(source)
    return built


def own_texts() -> dict[str, set[str]]:
    """Return the English texts that only one backend has, by backend name."""
    words = {forms.backend.name: _words([forms]) for forms in BY_NAME.values()}
    return {
        name: texts.difference(*(words[other] for other in words if other != name))
        for name, texts in words.items()
    }


def _words(backends: Iterable[BackendForms]) -> set[str]:
    """Return all texts of some backends, and the shared ones."""
    return {text for _, text in leaves(build(backends).texts)}


def folder_of(forms: BackendForms) -> Path:
    """Return the folder of a backend."""
    module = type(forms).__module__
    *packages, _ = module.split(".")
    return PACKAGE.parents[1].joinpath(*packages)


def texts_of(
    forms: BackendForms, source: Mapping[str, Any], shared: Mapping[str, Any]
) -> Tree:
    """Return the texts of a backend's source at Home Assistant's paths."""
    found = Built()
    usual = _titled(shared["each_backend"], forms.backend.title)
    _add_connection(found.texts, forms, source, usual)
    if patterns := source.get("patterns"):
        starts = {"rule_start": {"options": patterns}}
        merge(found.texts, {"selector": starts})
    for operation in forms.backend.operations:
        if (said := source.get("actions", {}).get(operation.name)) is not None:
            _add_action(found, forms, operation, said, shared)
    for name in forms.queries:
        if (said := source.get("actions", {}).get(name)) is not None:
            _add_query(found, name, said, shared)
    return {"texts": found.texts, "icons": found.icons, "services": found.services}


def _add_connection(
    texts: Tree,
    forms: BackendForms,
    source: Mapping[str, Any],
    usual: Mapping[str, Any],
) -> None:
    """Add the texts of the forms of a connection."""
    name, title = forms.backend.name, forms.backend.title
    connection = source.get("connection", {})
    fields = connection.get("fields", {})
    schemas = {
        "add": forms.connection,
        "reauth": forms.credentials_schema,
        "reconfigure": forms.connection,
    }
    steps: Tree = {
        f"{name}{suffix}": {
            **over(usual["connection"][step], connection.get(step)),
            **_form(schemas[step], fields, connection.get("sections", {})),
        }
        for step, suffix in STEPS.items()
    }
    called = source.get("name", title)
    if (menu := source.get("menu")) is not None:
        offered = {name: f"{called} \N{EN DASH} {menu}"}
        merge(texts, {"selector": {"backend": {"options": offered}}})
    merge(texts, {"config": {"step": steps}})
    merge(texts, {"system_health": {"info": {name: called}}})
    own = dict(source.get("options", {}))
    fields = {**usual["options"]["fields"], **own.pop("fields", {})}
    options: Tree = {
        **over({"title": usual["options"]["title"]}, own),
        **_data(map(str, options_schema(forms).schema), fields),
    }
    merge(texts, {"options": {"step": {name: options}}})


def _add_action(
    found: Built,
    forms: BackendForms,
    operation: AnyOperation,
    said: Mapping[str, Any],
    shared: Mapping[str, Any],
) -> None:
    """Add the texts, the icon and the description of an action, and its rule."""
    each = shared["each_action"]
    fields = {**each["fields"], **said.get("fields", {})}
    asked = operation.asked()
    action = described(operation)
    more = action["fields"]["more"]["fields"]
    names = [*(name for name in action["fields"] if name != "more"), *more]
    services: Tree = {
        "name": said.get("name"),
        "description": said.get("description"),
        "fields": {name: _named(fields[name]) for name in names if name in fields},
        "sections": each["sections"],
    }
    merge(found.texts, {"services": {operation.name: over(services, None)}})
    found.services[operation.name] = action
    outcomes = {
        f"outcome_{operation.name}_{how}": words
        for how, words in said.get("outcome", {}).items()
    }
    merge(found.texts, {"common": outcomes})
    if icon := said.get("icon"):
        icons = {"service": icon, "sections": each["icons"]}
        merge(found.icons, {"services": {operation.name: icons}})
    if (rule := said.get("rule")) is None:
        return
    own = dict(rule)
    if choice := own.pop("choice", None):
        options = {"rule_operation": {"options": {operation.name: choice}}}
        merge(found.texts, {"selector": options})
    usual = shared["each_rule"]
    asked_of_rule = {
        field.name: field.seldom
        if field.seldom_in_rule is None
        else field.seldom_in_rule
        for field in asked
        if field.in_rule
    }
    texts = {name: _in_rule(fields[name]) for name in asked_of_rule if name in fields}
    sections = deep_over(usual["sections"], own.pop("sections", {}))
    if operation.name not in forms.endings:
        del sections["until"]
    seldom = [name for name, folded in asked_of_rule.items() if folded]
    if seldom:
        sections["more"] = {**sections["more"], **_data(seldom, texts)}
    else:
        del sections["more"]
    often = [name for name, folded in asked_of_rule.items() if not folded]
    step: Tree = {
        **over({"description": usual["description"]}, own),
        **_data(often, texts),
        "sections": sections,
    }
    steps = {"rule": {"step": {operation.name: step}}}
    merge(found.texts, {"config_subentries": steps})


def _add_query(
    found: Built, name: str, said: Mapping[str, Any], shared: Mapping[str, Any]
) -> None:
    """Add the texts, the icon and the description of a query action."""
    fields = {**shared["each_action"]["fields"], **said.get("fields", {})}
    services: Tree = {
        "name": said.get("name"),
        "description": said.get("description"),
        "fields": {"config_entry_id": _named(fields["config_entry_id"])},
    }
    merge(found.texts, {"services": {name: over(services, None)}})
    found.services[name] = {"fields": CONNECTION}
    if icon := said.get("icon"):
        merge(found.icons, {"services": {name: {"service": icon}}})


def _form(
    schema: vol.Schema, fields: Mapping[str, Any], sections: Mapping[str, Any]
) -> Tree:
    """Return the texts of a form's fields, including those in sections."""
    texts = _data(map(str, schema.schema), fields)
    if inner := sections_of(schema):
        texts["sections"] = {
            name: {**sections[name], **_data(names, fields)}
            for name, names in inner.items()
        }
    return texts


def _data(names: Iterable[str], fields: Mapping[str, Any]) -> Tree:
    """Return the names and descriptions of a form's fields."""
    said = {name: fields[name] for name in names if name in fields}
    return {
        "data": _each(said, "name"),
        "data_description": _each(said, "description"),
    }


def _each(fields: Mapping[str, Any], key: str) -> Tree:
    """Return the names or descriptions of fields; a check reports missing ones."""
    return {name: text[key] for name, text in fields.items() if key in text}


def _named(said: Mapping[str, Any]) -> Tree:
    """Return name and description of an action's field."""
    return {key: said[key] for key in ("name", "description") if key in said}


def _in_rule(said: Mapping[str, Any]) -> Tree:
    """Return name and description of a field in the form of a rule."""
    return {**_named(said), **said.get("in_rule", {})}


def _titled(value: Any, title: str) -> Any:  # noqa: ANN401 - YAML
    """Return texts with the title of the backend filled in."""
    match value:
        case dict():
            return {key: _titled(inner, title) for key, inner in value.items()}
        case str():
            return value.replace(BACKEND, title)
    return value


def _yaml(tree: Tree) -> str:
    """Write YAML from a copy, so that it has no aliases."""
    return dump(json.loads(json.dumps(tree)))
