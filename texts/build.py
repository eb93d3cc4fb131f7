"""Puts the sources together to what Home Assistant reads.

What every backend, action or rule has is said once, under `each_backend`, `each_action`
and `each_rule` of the shared source; `%backend%` stands for the title of the backend. A
backend says the rest, and may say anything at the place where Home Assistant looks for
it, below `texts`, `icons`, `services` and `triggers`.
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
from custom_components.event_relay.backends.section_forms import sections_of
from custom_components.event_relay.options import options_schema
from custom_components.event_relay.registry import BACKENDS

from .actions import CONNECTION, described
from .languages import as_json, leaves
from .sources import PACKAGE, ROOT, Tree, deep_over, merge, over, read_source

BACKEND = "%backend%"
CARD = "card_"
"""How the keys of the card's texts begin, which are among those named `common`."""
STEPS = {"add": "", "reauth": "_reauth", "reconfigure": "_reconfigure"}
"""The forms of a connection, and how their steps end."""


@dataclass
class Built:
    """What Home Assistant reads."""

    texts: Tree = field(default_factory=dict)
    card: Tree = field(default_factory=dict)
    icons: Tree = field(default_factory=dict)
    services: Tree = field(default_factory=dict)
    triggers: Tree = field(default_factory=dict)

    def add(self, more: Mapping[str, Any]) -> None:
        """Take in what stands where Home Assistant looks for it; raises TwiceSaid."""
        merge(self.texts, more.get("texts", {}))
        merge(self.card, card := more.get("card", {}))
        common = {f"{CARD}{key}": text for key, text in card.items()}
        merge(self.texts, {"common": common})
        merge(self.icons, more.get("icons", {}))
        merge(self.services, more.get("services", {}))
        merge(self.triggers, more.get("triggers", {}))

    def files(self) -> dict[Path, str]:
        """Return what is written to which file."""
        return {
            PACKAGE / "translations/en.json": as_json(self.texts),
            ROOT / "frontend/src/english.json": as_json(self.card),
            PACKAGE / "icons.json": as_json(self.icons),
            PACKAGE / "services.yaml": _yaml(self.services),
            PACKAGE / "triggers.yaml": _yaml(self.triggers),
        }


def build(backends: Iterable[BackendForms] = BACKENDS) -> Built:
    """Return what the sources say of some backends; raises TwiceSaid."""
    shared = read_source(PACKAGE)
    built = Built()
    built.add(shared)
    for forms in backends:
        source = read_source(folder_of(forms))
        built.add(texts_of(forms, source, shared))
        built.add(source)
    return built


def own_texts() -> dict[str, set[str]]:
    """Return the English texts that only one backend has, by its name."""
    everything = _words(BACKENDS)
    return {
        forms.backend.name: everything
        - _words(other for other in BACKENDS if other is not forms)
        for forms in BACKENDS
    }


def _words(backends: Iterable[BackendForms]) -> set[str]:
    """Return all texts of some backends, and what is shared."""
    return {text for _, text in leaves(build(backends).texts)}


def folder_of(forms: BackendForms) -> Path:
    """Return the folder that a backend is in."""
    module = type(forms).__module__
    *packages, _ = module.split(".")
    return PACKAGE.parents[1].joinpath(*packages)


def texts_of(
    forms: BackendForms, source: Mapping[str, Any], shared: Mapping[str, Any]
) -> Tree:
    """Return what a backend's source says, where Home Assistant looks for it."""
    found = Built()
    usual = _titled(shared["each_backend"], forms.backend.title)
    _add_connection(found.texts, forms, source, usual)
    if patterns := source.get("patterns"):
        menu = {"step": {"user": {"menu_options": patterns}}}
        merge(found.texts, {"config_subentries": {"rule": menu}})
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
    user: Tree = {"menu_options": {name: source.get("name", title)}}
    if (menu := source.get("menu")) is not None:
        user["menu_option_descriptions"] = {name: menu}
    merge(texts, {"config": {"step": {"user": user, **steps}}})
    merge(texts, {"system_health": {"info": {name: source.get("name", title)}}})
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
    """Add the texts, the icon and the description of an action that only asks."""
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
    """Return the texts of the fields of a form, also of those in its sections."""
    texts = _data(map(str, schema.schema), fields)
    if inner := sections_of(schema):
        texts["sections"] = {
            name: {**sections[name], **_data(names, fields)}
            for name, names in inner.items()
        }
    return texts


def _data(names: Iterable[str], fields: Mapping[str, Any]) -> Tree:
    """Return the names and descriptions of the fields of a form."""
    said = {name: fields[name] for name in names if name in fields}
    return {
        "data": _each(said, "name"),
        "data_description": _each(said, "description"),
    }


def _each(fields: Mapping[str, Any], key: str) -> Tree:
    """Return the names or descriptions that fields have; a check names the others."""
    return {name: text[key] for name, text in fields.items() if key in text}


def _named(said: Mapping[str, Any]) -> Tree:
    """Return name and description of a field of an action."""
    return {key: said[key] for key in ("name", "description") if key in said}


def _in_rule(said: Mapping[str, Any]) -> Tree:
    """Return name and description of a field as the form of a rule has them."""
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
    """Write YAML; a copy of it, in which nothing that stands twice is the same."""
    return dump(json.loads(json.dumps(tree)))
