"""Checks that every used text exists, and every text is used.

Steps of flows and fields of forms and actions are read from the registry, all else
from the syntax of the code (`texts_in_code`).
"""

from collections.abc import Iterator, Mapping
from functools import cache
import re
from string import Formatter
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow
from homeassistant.data_entry_flow import section as section_type
import pytest
import voluptuous as vol

from custom_components.event_relay import config_flow, trigger
from custom_components.event_relay.actions import deliveries
from custom_components.event_relay.backends.menu_forms import NEXT_STEP, menu_schema
from custom_components.event_relay.backends.mirror_forms import MirrorFlow
from custom_components.event_relay.backends.table_forms import rule_field_of
from custom_components.event_relay.const import OWN_ACTIONS
from custom_components.event_relay.flows.rule_form import deliver_schema, when_schema
from custom_components.event_relay.options import options_schema
from custom_components.event_relay.queue.delivery import SETTLED, DeliveryState
from custom_components.event_relay.registry import BY_NAME
from tests.every_backend import BACKENDS

from .files import PACKAGE, read_json, read_yaml, trees
from .texts_in_code import Texts, constants_in, texts_in

TEXTS: Mapping[str, Any] = read_json(PACKAGE / "translations/en.json")
ACTIONS: Mapping[str, Mapping[str, Any]] = read_yaml(PACKAGE / "services.yaml")
TRIGGERS: Mapping[str, Mapping[str, Any]] = read_yaml(PACKAGE / "triggers.yaml")

CENTRAL_ABORTS = {
    "already_in_progress",
    "reauth_successful",
    "reconfigure_successful",
    "single_instance_allowed",
}
"""Home Assistant has its own texts for these."""
CLIENT_PLACEHOLDERS = {"connection", "reason"}
"""Placeholders of every client error and of a failed delivery."""
STATE_PLACEHOLDERS = {"state"}
"""Placeholders of an error about a delivery in the wrong state."""
NOT_ALLOWED = {
    "confirmation_needed",
    "not_discardable",
    "not_retryable",
    "outcome_known",
}
CAUSES = config_flow.FORM_ERRORS.union(*(forms.form_errors for forms in BACKENDS))
"""Error codes of clients that have a text in the form of a connection."""
CAUSE_PLACEHOLDERS = {"connection", "reason"}
FORM_PLACEHOLDERS = {"name", "address"}
"""Aborts of the form of an existing connection."""

TOP_LEVEL = {
    "application_credentials",
    "common",
    "conditions",
    "config",
    "config_panel",
    "config_subentries",
    "conversation",
    "device",
    "device_automation",
    "entity",
    "entity_component",
    "exceptions",
    "issues",
    "options",
    "preview_features",
    "selector",
    "services",
    "system_health",
    "title",
    "triggers",
}
KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")

type Endings = tuple[str, ...]
"""Suffixes of module names."""


@cache
def texts_of_modules() -> Mapping[str, Texts]:
    """Return the texts that each module uses."""
    constants: dict[str, str] = {}
    for tree in trees().values():
        constants |= constants_in(tree)
    return {name: texts_in(tree, constants) for name, tree in trees().items()}


def read_code(*, only: Endings = ("",), but: Endings = ()) -> Texts:
    """Return the texts used by modules with and without some suffixes."""
    found = Texts()
    for name, texts in texts_of_modules().items():
        if name.endswith(only) and not name.endswith(but):
            found.add(texts)
    return found


SUBENTRY_MODULES: Mapping[str, Endings] = {
    "rule": (
        "flows.rule_validation",
        "flows.rule_start",
        "flows.rule",
    ),
}
"""The modules of the flow of each subentry type."""
FLOWS: Mapping[str, type[ConfigSubentryFlow]] = {
    kind: flow for forms in BACKENDS for kind, flow in forms.subentry_flows.items()
}
"""The flows of subentry types that only one backend has."""
CONNECTION_FORMS = (".forms", ".connection_forms", ".address_forms")


@cache
def used() -> Texts:
    """Return the texts used by any module."""
    return read_code()


@cache
def in_repairs() -> Texts:
    """Return the texts used by the flows of repairs."""
    flows = (name for name in trees() if ".repair_flows" in name)
    return read_code(only=("repairs", *flows))


def modules_of(flow: type) -> Endings:
    """Return the modules of this package that define a flow and its bases."""
    return tuple(base.__module__ for base in flow.__mro__ if base.__module__ in trees())


def flow_modules(kind: type = ConfigSubentryFlow) -> Endings:
    """Return the modules of the flows of a subentry type of one backend."""
    return tuple(
        module
        for flow in FLOWS.values()
        if issubclass(flow, kind)
        for module in modules_of(flow)
    )


@cache
def in_forms() -> Texts:
    """Return the texts used by the forms of connections."""
    return read_code(only=CONNECTION_FORMS)


@cache
def in_connection() -> Texts:
    """Return the texts used by all but the flows of subentries."""
    subentries = (one for modules in SUBENTRY_MODULES.values() for one in modules)
    return read_code(but=(*flow_modules(), *subentries))


@cache
def elsewhere() -> Texts:
    """Return the texts used by all but forms.

    Problems of fields are shown in the form, or in the exception of an action.
    """
    return read_code(but=(*CONNECTION_FORMS, *flow_modules(MirrorFlow)))


type Part = str | Mapping[str, Part]
"""A text, or texts by key."""


def leaves(value: Part, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text with its path of keys."""
    if isinstance(value, str):
        yield path, value
        return
    for key, inner in value.items():
        yield from leaves(inner, *path, key)


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def flow_forms() -> dict[str, vol.Schema]:
    """Return the form of every step of the flow, as the registry builds it."""
    schemas = {"user": menu_schema((), "backend")}
    for forms in BACKENDS:
        name = forms.backend.name
        schemas[name] = forms.connection
        schemas[f"{name}_reconfigure"] = forms.connection
        schemas[f"{name}_reauth"] = forms.credentials_schema
    return schemas


def names(schema: vol.Schema) -> set[str]:
    """Return the names of a form's fields."""
    return {str(marker) for marker in schema.schema}


def section(*path: str) -> dict[str, Any]:
    """Return a section of the texts; empty if there is none."""
    part: Any = TEXTS
    for key in path:
        part = part.get(key, {})
    return dict(part)


# The flow.


def test_steps() -> None:
    handled = {"reauth", "reconfigure", "init"}
    """These steps only lead to the form of the backend."""
    wanted = set(flow_forms()) | (in_connection().steps - handled - in_repairs().steps)
    assert set(section("config", "step")) == wanted


@pytest.mark.parametrize("step", flow_forms())
def test_fields_of_forms(step: str) -> None:
    wanted, sections = parts_of(flow_forms()[step])
    assert set(section("config", "step", step, "data")) == wanted
    described = set(section("config", "step", step, "data_description"))
    assert described == wanted - {NEXT_STEP}
    assert section("config", "step", step)["title"]
    assert set(section("config", "step", step, "sections")) == set(sections)
    for name, fields in sections.items():
        said = section("config", "step", step, "sections", name)
        assert said["name"]
        assert said["description"]
        assert set(said["data"]) == set(said["data_description"]) == fields


def test_options() -> None:
    wanted = {forms.backend.name: names(options_schema(forms)) for forms in BACKENDS}
    steps = section("options", "step")
    assert {step: set(texts["data"]) for step, texts in steps.items()} == wanted
    for texts in steps.values():
        assert texts["title"]
        assert set(texts["data_description"]) == set(texts["data"])


def test_choice_of_backends() -> None:
    names = [forms.backend.name for forms in BACKENDS]
    assert list(section("selector", "backend", "options")) == names


def test_form_errors() -> None:
    wanted = CAUSES | in_connection().form_errors | set(in_forms().problems)
    assert set(section("config", "error")) == wanted


def test_form_errors_are_codes_of_clients() -> None:
    assert used().codes >= CAUSES


def test_every_backend_has_its_own_error_codes() -> None:
    """Codes of two backends are shared, and their texts name no backend."""
    own = [code for forms in BACKENDS for code in forms.form_errors]
    assert sorted({*own, *config_flow.FORM_ERRORS}) == sorted(
        [*own, *config_flow.FORM_ERRORS]
    )
    titles = {forms.backend.title for forms in BACKENDS}
    for code in config_flow.FORM_ERRORS:
        text = section("config", "error")[code]
        assert not [title for title in titles if title.casefold() in text.casefold()]


@pytest.mark.parametrize("code", sorted(config_flow.FORM_ERRORS))
def test_shared_error_code_is_not_of_one_backend(code: str) -> None:
    """A code that only one backend raises is among its own `form_errors`."""
    raised_by = {
        next((name for name in BY_NAME if f".backends.{name}." in module), None)
        for module, texts in texts_of_modules().items()
        if code in texts.codes
    }
    assert None in raised_by or len(raised_by) > 1


def test_aborts() -> None:
    wanted = in_connection().aborts - CENTRAL_ABORTS - in_repairs().aborts
    assert set(section("config", "abort")) == wanted


def test_repairs() -> None:
    flows = [
        texts["fix_flow"] for texts in section("issues").values() if "fix_flow" in texts
    ]
    steps = {step for flow in flows for step in flow["step"]}
    chosen = {
        option
        for selector in in_repairs().selectors - {"unknown_outcome"}
        for option in section("selector", selector, "options")
    }
    """Some act at once and have no form, so they have no text."""
    assert steps | chosen == in_repairs().steps
    aborts = {abort for flow in flows for abort in flow.get("abort", {})}
    assert aborts == in_repairs().aborts


def test_placeholders_of_forms() -> None:
    for step, texts in section("config", "step").items():
        existing = step.endswith(("_reauth", "_reconfigure"))
        allowed = FORM_PLACEHOLDERS if existing else set()
        for _, text in leaves(texts):
            assert placeholders(text) <= allowed, (step, text)
    for error, text in section("config", "error").items():
        details = [
            uses for uses in in_forms().problems.get(error, ()) if uses is not None
        ]
        allowed = CAUSE_PLACEHOLDERS if error in CAUSES | {"refused"} else set()
        allowed |= set.intersection(*map(set, details)) if details else set()
        assert placeholders(text) <= allowed, (error, text)


# The flows of subentries.


def rule_forms() -> dict[str, vol.Schema]:
    """Return the form of every step of a rule, with all its fields."""
    found: dict[str, vol.Schema] = {"when": when_schema(["one", "another"], {})}
    for forms in BACKENDS:
        for operation in forms.backend.operations:
            if not operation.in_rule:
                continue
            asked = [
                rule_field_of(field, {}) for field in operation.asked() if field.in_rule
            ]
            ending = forms.endings.get(operation.name)
            found[operation.name] = deliver_schema(asked, ending, {}, missable=True)
    return found


def parts_of(schema: vol.Schema) -> tuple[set[str], dict[str, set[str]]]:
    """Return the fields of a form, and those of each of its sections."""
    sections = {
        str(marker): names(inner.schema)
        for marker, inner in schema.schema.items()
        if isinstance(inner, section_type)
    }
    return names(schema) - set(sections), sections


def test_kinds_of_subentries() -> None:
    wanted = {*config_flow.SUBENTRY_FLOWS, *FLOWS}
    assert set(section("config_subentries")) == wanted
    assert set(SUBENTRY_MODULES) == set(config_flow.SUBENTRY_FLOWS)


@pytest.mark.parametrize("kind", SUBENTRY_MODULES)
def test_texts_of_subentries(kind: str) -> None:
    here = read_code(only=SUBENTRY_MODULES[kind])
    texts = section("config_subentries", kind)
    assert texts["entry_type"]
    assert set(texts["initiate_flow"]) == {"user", "reconfigure"}
    assert set(texts["error"]) == here.form_errors
    assert set(texts["abort"]) == here.aborts - CENTRAL_ABORTS


@pytest.mark.parametrize("kind", FLOWS)
def test_texts_of_subentries_of_one_backend(kind: str) -> None:
    here = read_code(only=modules_of(FLOWS[kind]))
    texts = section("config_subentries", kind)
    assert texts["entry_type"]
    assert set(texts["initiate_flow"]) == {"user", "reconfigure"}
    assert set(texts["step"]) >= here.steps
    assert set(texts["abort"]) == here.aborts - CENTRAL_ABORTS
    assert set(texts["error"]) >= here.form_errors
    for step in texts["step"].values():
        assert step["title"]
        described = set(step.get("data_description", ()))
        assert described == set(step.get("data", ())) - {NEXT_STEP}


@pytest.mark.parametrize(
    "kind", [kind for kind, flow in FLOWS.items() if issubclass(flow, MirrorFlow)]
)
def test_errors_of_mirrors(kind: str) -> None:
    here = read_code(only=modules_of(FLOWS[kind]))
    assert set(section("config_subentries", kind, "step")) == here.steps
    assert set(section("config_subentries", kind, "error")) >= set(here.problems)


def test_steps_of_rules() -> None:
    shown = {"preview", "preview_partly", "preview_refused"}
    steps = section("config_subentries", "rule", "step")
    assert set(steps) == set(RULE_FORMS) | shown | {"user", *STARTS}
    for start, field in STARTS.items():
        assert steps[start]["title"]
        assert {*steps[start]["data"]} == {*steps[start]["data_description"]} == {field}
    patterns = [name for forms in BACKENDS for name in forms.patterns]
    assert len({*patterns}) == len(patterns)
    starts = section("selector", "rule_start", "options")
    mirrors = [kind for forms in BACKENDS for kind in forms.runners]
    assert set(starts) == {"when", *STARTS, *patterns, *mirrors}


STARTS = {
    "from_automation": "automation",
    "from_rule": "rule",
    "from_yaml": "rule",
}
"""Starting points of a new rule, and the field of each."""
RULE_FORMS = rule_forms()


@pytest.mark.parametrize("step", RULE_FORMS)
def test_fields_of_rules(step: str) -> None:
    fields, sections = parts_of(RULE_FORMS[step])
    texts = section("config_subentries", "rule", "step", step)
    assert texts["title"]
    assert texts["description"]
    assert set(texts["data"]) == set(texts["data_description"]) == fields
    assert set(texts["sections"]) == set(sections)
    for name, inner in sections.items():
        assert texts["sections"][name]["name"]
        assert texts["sections"][name]["description"]
        assert set(texts["sections"][name]["data"]) == inner
        assert set(texts["sections"][name]["data_description"]) == inner


def test_every_operation_of_rules_has_a_form() -> None:
    operations = set(RULE_FORMS) - {"when"}
    assert operations <= {
        action for forms in BACKENDS for action in forms.action_fields
    }
    chosen = {
        operation.name
        for forms in BACKENDS
        if len([one for one in forms.backend.operations if one.in_rule]) > 1
        for operation in forms.backend.operations
        if operation.in_rule
    }
    assert set(section("selector", "rule_operation", "options")) == chosen
    for forms in BACKENDS:
        for operation in operations & set(forms.action_fields):
            fields, sections = parts_of(RULE_FORMS[operation])
            taken = fields | sections.get("more", set())
            left_open = forms.endings.get(operation)
            assert taken | set(left_open.left_open if left_open else ()) == set(
                forms.action_fields[operation]
            )


# Exceptions and issues.


@cache
def exception_placeholders() -> dict[str, set[str] | None]:
    """Return the placeholders that all uses of each exception pass; None if unknown."""
    wanted: dict[str, set[str] | None] = {
        f"field_{problem}": {"field"} | passed
        for problem, uses in elsewhere().problems.items()
        if (passed := common(uses)) is not None
    }
    for problem in elsewhere().problems:
        wanted.setdefault(f"field_{problem}", None)
    for code in used().codes:
        wanted[code] = (
            STATE_PLACEHOLDERS if code in NOT_ALLOWED else CLIENT_PLACEHOLDERS
        )
    for state in SETTLED - {DeliveryState.DELIVERED, DeliveryState.FAILED}:
        wanted[state.value] = CLIENT_PLACEHOLDERS
    for key, uses in used().exceptions.items():
        passed, other = common(uses), wanted.get(key)
        wanted[key] = passed if other is None or passed is None else passed & other
    return wanted


def common(uses: list[frozenset[str] | None]) -> set[str] | None:
    """Return the placeholders passed by every use, as far as known."""
    known = [set(passed) for passed in uses if passed is not None]
    return set.intersection(*known) if known else None


def test_exceptions() -> None:
    assert set(section("exceptions")) == set(exception_placeholders())


@pytest.mark.parametrize("key", sorted(TEXTS["exceptions"]))
def test_placeholders_of_exceptions(key: str) -> None:
    passed = exception_placeholders()[key]
    if passed is not None:
        message = section("exceptions", key).get("message", "")
        assert placeholders(message) <= passed


ENDS = ("done", "not_done", "unknown")
"""Outcomes of an operation in Activity."""


def test_outcomes() -> None:
    operations = {one.name for forms in BACKENDS for one in forms.backend.operations}
    wanted = {
        f"outcome_{name}_{end}" for name in {"event", *operations} for end in ENDS
    }
    assert {
        key
        for key in section("common")
        if key.startswith("outcome_") and key.endswith(ENDS)
    } == wanted


def test_issues() -> None:
    assert set(section("issues")) == used().issues
    for texts in section("issues").values():
        assert texts["title"]
        assert ("description" in texts) != ("fix_flow" in texts)


def test_entities() -> None:
    keys = {key for platform in section("entity").values() for key in platform}
    # It has the name of its connection and Home Assistant's states, and only icons.
    assert keys == used().entities - {"connectivity"}


def test_system_health() -> None:
    wanted = {forms.backend.name for forms in BACKENDS} | {
        "failed_deliveries",
        "last_delivery",
        "oldest_pending",
        "outbox_size",
        "pending_deliveries",
    }
    assert set(section("system_health", "info")) == wanted


# Actions.


def fields_of(action: str) -> tuple[dict[str, Any], set[str]]:
    """Return the fields and sections of an action, including fields in sections."""
    fields: dict[str, Any] = {}
    sections: set[str] = set()
    for name, field in (ACTIONS[action].get("fields") or {}).items():
        if "fields" in field:
            sections.add(name)
            fields |= field["fields"]
        else:
            fields[name] = field
    return fields, sections


def test_actions() -> None:
    sending = {action for forms in BACKENDS for action in forms.action_fields}
    asking = {action for forms in BACKENDS for action in forms.queries}
    assert set(ACTIONS) == sending | asking | used().actions
    assert set(section("services")) == set(ACTIONS)


def test_no_backend_redefines_a_shared_action() -> None:
    assert used().actions == OWN_ACTIONS


@pytest.mark.parametrize("action", ACTIONS)
def test_texts_of_actions(action: str) -> None:
    fields, sections = fields_of(action)
    texts = section("services", action)
    assert texts["name"]
    assert texts["description"]
    assert set(texts["fields"]) == set(fields)
    assert set(texts.get("sections", ())) == sections
    assert all(text["name"] for text in texts.get("sections", {}).values())
    for field in texts["fields"].values():
        assert field["name"]
        assert field["description"]


def test_fields_of_actions_match_their_schemas() -> None:
    taken: dict[str, set[str]] = {
        action: {"config_entry_id", "wait", *fields}
        for forms in BACKENDS
        for action, fields in forms.action_fields.items()
    }
    taken |= {
        action: {"config_entry_id", *query.fields}
        for forms in BACKENDS
        for action, query in forms.queries.items()
    }
    taken |= {
        "list_deliveries": set(deliveries.LIST_FIELDS),
        "retry_delivery": set(deliveries.RETRY_FIELDS),
        "discard_delivery": set(deliveries.DISCARD_FIELDS),
        "mark_delivered": set(deliveries.MARK_DELIVERED_FIELDS),
    }
    assert {action: set(fields_of(action)[0]) for action in ACTIONS} == taken


def selections() -> dict[str, set[str]]:
    """Return the translated selectors of actions and triggers, and their options."""
    found: dict[str, set[str]] = {}
    described = [fields_of(action)[0] for action in ACTIONS]
    described += [trigger.get("fields", {}) for trigger in TRIGGERS.values()]
    for field in (field for fields in described for field in fields.values()):
        select = (field.get("selector") or {}).get("select") or {}
        if key := select.get("translation_key"):
            found.setdefault(key, set()).update(select["options"])
    return found


def test_triggers() -> None:
    assert {*TRIGGERS} == {*trigger.TRIGGERS} == {*section("triggers")}
    for name, described in TRIGGERS.items():
        texts = section("triggers", name)
        assert texts["name"]
        assert texts["description"]
        fields = texts.get("fields", {})
        asked = {str(marker) for marker in trigger.TRIGGERS[name].options}
        assert {*described.get("fields", {})} == {*fields} == asked
        assert all(one["name"] and one["description"] for one in fields.values())


def test_selectors() -> None:
    assert set(section("selector")) == set(selections()) | used().selectors
    for key, options in selections().items():
        assert set(section("selector", key, "options")) == options


def test_selector_offers_all_states() -> None:
    assert selections()["delivery_state"] == set(DeliveryState)


# Rules of hassfest for every text.


def test_top_level() -> None:
    assert set(TEXTS) <= TOP_LEVEL
    assert not (PACKAGE / "strings.json").exists()
    assert not (PACKAGE / ".translations").exists()


def test_form_of_texts() -> None:
    texts = [*leaves(TEXTS)]
    assert len(texts) > 1000
    assert [path for path, _ in texts if not all(map(KEY.fullmatch, path))] == []
    found = {".".join(path): flaws(text) for path, text in texts}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def flaws(text: str) -> list[str]:
    """Return the problems that hassfest would find in a text."""
    found = []
    if not text or text != text.strip():
        found.append("blanks around it, or nothing")
    if re.search(r"<[/!]?[a-zA-Z][^>]*>", text):
        found.append("HTML")
    if re.search(r"\bhttps?://|\bwww\.", text, re.IGNORECASE):
        found.append("address: describe it in words, or use a placeholder")
    if re.search(r"'\{[^}]*\}'", text):
        found.append("placeholder in single quotes")
    if ".." in text:
        found.append("two full stops")
    if "[%key:" in text:
        found.append("reference")
    if not all(name.isidentifier() for name in placeholders(text)):
        found.append("placeholder that is no name")
    return found


@pytest.mark.parametrize(
    "text",
    [
        "",
        " before",
        "after ",
        "a <b>word</b>",
        "see https://example.com",
        "see www.example.com",
        "the name '{name}' is taken",
        "[%key:common::error%]",
        "take {}",
        "take {a.b}",
        "one too many..",
    ],
)
def test_flaws_are_found(text: str) -> None:
    assert len(flaws(text)) == 1


def test_no_flaw_in_a_good_text() -> None:
    assert flaws('Don\'t use https with {name}; 1 < 2, and "{other}" neither.') == []


def test_reason_that_is_a_paragraph_ends_as_a_sentence() -> None:
    """Reasons have no final period, because most follow a colon."""
    alone = {
        ".".join(path): paragraph
        for path, text in leaves(TEXTS["issues"], "issues")
        for paragraph in text.split("\n\n")
        if paragraph.strip(".") == "{reason}"
    }
    assert alone
    assert set(alone.values()) == {"{reason}."}
