"""Starts a new rule: empty, or from a pattern, another rule or an automation."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from functools import partial
import json
from typing import Any, cast, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import (
    CONF_CONDITIONS,
    CONF_NAME,
    CONF_PLATFORM,
    CONF_TRIGGERS,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow, FlowResultType
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    ObjectSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.helpers.trigger import async_validate_trigger_config
from homeassistant.loader import Integration, async_get_integrations
from homeassistant.setup import async_setup_component
import voluptuous as vol

from ..backends.forms import BackendForms
from ..backends.markdown import in_markdown
from ..backends.menu_forms import chosen_step, connection_summary, menu_schema
from ..backends.named_steps import FlowStep, NamedSteps
from ..backends.rule_patterns import Pattern
from ..const import CONF_BACKEND, DOMAIN
from ..coordinator import RelayConfigEntry
from ..home_language import say, texts_of
from ..registry import BY_NAME
from ..rules.rule import (
    CONF_FIELDS,
    CONF_FROM_UNKNOWN,
    CONF_LABELS,
    CONF_LIMITS,
    CONF_MISSED,
    CONF_OPERATION,
    CONF_UNTIL,
    SUBENTRY_RULE,
)
from .pattern_targets import async_filled
from .rule_validation import Mistake

CONF_RULE = "rule"
AUTOMATION = "automation"
RULE_START = "rule_start"
"""The translation key of the choices."""
_MAPPINGS = (CONF_FIELDS, CONF_LABELS, CONF_UNTIL, CONF_LIMITS, CONF_MISSED)
_LISTS = (CONF_TRIGGERS, CONF_CONDITIONS)
KEYS = frozenset({CONF_NAME, CONF_OPERATION, CONF_FROM_UNKNOWN, *_MAPPINGS, *_LISTS})
"""Keys of a rule in YAML."""


class RuleStart(NamedSteps, ConfigSubentryFlow):
    """The steps before the form of a new rule, which they prefill."""

    _title = ""
    _when: Mapping[str, Any]
    _deliver: Mapping[str, Any]
    _hint = ""
    """What the form says first, before anything is entered."""

    @override
    def named_step(self, name: str) -> FlowStep | None:
        """Return the step of a pattern or a mirror."""
        if name in self._backend.runners:
            return partial(self.mirror, name)
        return partial(self.pattern, name) if name in self._backend.patterns else None

    @property
    def _backend(self) -> BackendForms:
        """Return the backend of the connection, which may not be loaded."""
        return BY_NAME[self._get_entry().data[CONF_BACKEND]]

    async def async_step_when(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Continue with the form itself."""
        raise NotImplementedError

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to start from; offer only starts that are available."""
        if (step := chosen_step(self, user_input)) is not None:
            return await step()
        copied = ["from_rule"] if self._rules() else []
        options = [
            "when",
            *self._patterns(),
            *self._backend.runners,
            *copied,
            "from_automation",
            "from_yaml",
        ]
        return self.async_show_form(
            step_id="user",
            data_schema=menu_schema(options, RULE_START),
            last_step=False,
            description_placeholders={
                "connection": in_markdown(self._get_entry().title),
                **connection_summary(self),
            },
        )

    async def pattern(
        self, name: str, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Start from a pattern; its title is its text before the colon."""
        texts = texts_of(self.hass, "selector")
        text = texts.get(f"{RULE_START}.options.{name}", "")
        title = self._another(text.partition(":")[0].strip())
        data = self._patterns()[name].data()
        wanted = data[CONF_TRIGGERS]
        await async_show_triggers(self.hass, wanted)
        data[CONF_TRIGGERS] = await async_filled(self.hass, wanted)
        if until := data.get(CONF_UNTIL):
            ending = await async_filled(self.hass, until[CONF_TRIGGERS])
            data[CONF_UNTIL] = {**until, CONF_TRIGGERS: ending}
        if len(data[CONF_TRIGGERS]) < len(wanted):
            self._hint = say(self.hass, "nothing_fits")
        return await self._begin(title, data)

    async def mirror(
        self, kind: str, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Continue with the form of a mirror.

        Home Assistant has no next flow for subentries (2026.10), but its frontend
        follows one, and reads the connection from the result. Others show the reason.
        """
        entry = self._get_entry()
        form = await self.hass.config_entries.subentries.async_init(
            (entry.entry_id, kind), context=SubentryFlowContext(source=SOURCE_USER)
        )
        if form["type"] is FlowResultType.ABORT:
            return form
        result = {
            **self.async_abort(reason="mirror_opened"),
            "next_flow": (FlowType.CONFIG_SUBENTRIES_FLOW, form["flow_id"]),
            "result": entry.as_json_fragment,
        }
        return cast("SubentryFlowResult", result)

    async def async_step_from_rule(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Start from a copy of a rule for the same backend."""
        rules = self._rules()
        if user_input is not None and (rule := rules.get(user_input[CONF_RULE])):
            title, data = rule
            return await self._begin(self._another(title), data)
        options = [
            SelectOptionDict(value=subentry_id, label=title)
            for subentry_id, (title, _) in rules.items()
        ]
        choice = SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
        )
        return self._ask("from_rule", vol.Required(CONF_RULE), choice, None, None)

    async def async_step_from_automation(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Start from an automation, which is not changed."""
        error = None
        if user_input is not None:
            try:
                title, data = of_automation(
                    self.hass, user_input[AUTOMATION], self._operations()
                )
            except Mistake as mistake:
                error = mistake
            else:
                return await self._begin(title, data)
        choice = EntitySelector(EntitySelectorConfig(domain=AUTOMATION))
        return self._ask(
            "from_automation", vol.Required(AUTOMATION), choice, user_input, error
        )

    async def async_step_from_yaml(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Start from a rule that was copied as YAML."""
        error = None
        if user_input is not None:
            try:
                title, data = of_yaml(user_input[CONF_RULE], self._operations())
            except Mistake as mistake:
                error = mistake
            else:
                return await self._begin(title, data)
        # Without a default, the frontend writes '' into the editor (2026.10).
        rule = vol.Required(CONF_RULE, default=dict)
        return self._ask("from_yaml", rule, ObjectSelector(), user_input, error)

    async def _begin(self, title: str, data: Mapping[str, Any]) -> SubentryFlowResult:
        """Continue with the form, prefilled with this data."""
        self._title = title
        self._when = self._deliver = deepcopy(dict(data))
        return await self.async_step_when()

    def _ask(
        self,
        step_id: str,
        field: vol.Required,
        selector: Any,  # noqa: ANN401 - one of Home Assistant's
        shown: Mapping[str, Any] | None,
        error: Mistake | None,
    ) -> SubentryFlowResult:
        """Show a form with one field."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({field: selector}), shown or {}
            ),
            errors={str(field): error.problem} if error else {},
            description_placeholders={
                "connection": in_markdown(self._get_entry().title),
                **(error.details if error else {}),
            },
            last_step=False,
        )

    def _loaded_entry(self) -> RelayConfigEntry:
        """Return the connection; raises AbortFlow if it is not loaded."""
        entry: RelayConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("entry_not_loaded")
        return entry

    def _operations(self) -> Sequence[str]:
        """Return the operations that a rule of the connection may use."""
        coordinator = self._loaded_entry().runtime_data
        return coordinator.forms.rule_operations(coordinator.effective)

    def _patterns(self) -> Mapping[str, Pattern]:
        """Return the patterns for which the connection lacks nothing but entities."""
        operations = self._operations()
        entry = self._loaded_entry()
        forms = entry.runtime_data.forms
        patterns = forms.patterns_for(forms.settings_of(entry))
        return {
            name: pattern
            for name, pattern in patterns.items()
            if pattern.operation in operations
        }

    def _rules(self) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        """Return the rules of all connections to this backend, this one's first."""
        own = self._get_entry()
        entries = [
            one
            for one in self.hass.config_entries.async_entries(DOMAIN)
            if one.data[CONF_BACKEND] == own.data[CONF_BACKEND]
        ]
        entries.sort(key=lambda one: one.entry_id != own.entry_id)
        return {
            rule.subentry_id: (
                rule.title if entry is own else f"{rule.title} ({entry.title})",
                rule.data,
            )
            for entry in entries
            for rule in entry.get_subentries_of_type(SUBENTRY_RULE)
        }

    def _another(self, title: str) -> str:
        """Return a title that no rule of the connection has."""
        taken = {one.title for one in self._get_entry().subentries.values()}
        number = 2
        while f"{title} {number}" in taken:
            number += 1
        return f"{title} {number}" if title in taken else title


def of_automation(
    hass: HomeAssistant, entity_id: str, operations: Sequence[str]
) -> tuple[str, dict[str, Any]]:
    """Return the title and the data of a rule made from an automation.

    Takes its triggers and conditions, and its first action, at any depth, that a rule
    of the connection can deliver. Raises Mistake.
    """
    entities = getattr(hass.data.get(AUTOMATION), "entities", ())
    entity = next((one for one in entities if one.entity_id == entity_id), None)
    config = _plain(getattr(entity, "raw_config", None))
    if entity is None or not isinstance(config, dict):
        raise Mistake(AUTOMATION, "no_automation")
    wanted = {f"{DOMAIN}.{operation}": operation for operation in operations}
    called = _actions(config.get("actions", config.get("action")))
    found = next(((name, given) for name, given in called if name in wanted), None)
    if found is None:
        raise Mistake(AUTOMATION, "no_action")
    action, given = found
    data: dict[str, Any] = {
        CONF_TRIGGERS: cv.ensure_list(config.get("triggers", config.get("trigger"))),
        CONF_OPERATION: wanted[action],
        CONF_FIELDS: {name: _in_form(value) for name, value in given.items()},
    }
    if conditions := cv.ensure_list(config.get("conditions", config.get("condition"))):
        data[CONF_CONDITIONS] = conditions
    return str(entity.name or entity_id), data


def of_yaml(entered: object, operations: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Return the title and the data of a rule in YAML; raises Mistake."""
    if not isinstance(entered, dict) or not entered:
        raise Mistake(CONF_RULE, "not_pasted")
    data = _plain(entered)
    if unknown := [key for key in data if key not in KEYS]:
        raise _no_rule(unknown[0])
    for name, kind in (
        *((name, dict) for name in _MAPPINGS),
        *((name, list) for name in _LISTS),
    ):
        if name in data and not isinstance(data[name], kind):
            raise _no_rule(name)
    if data.setdefault(CONF_OPERATION, operations[0]) not in operations:
        raise _no_rule(CONF_OPERATION)
    data.setdefault(CONF_TRIGGERS, [])
    if fields := data.get(CONF_FIELDS):
        data[CONF_FIELDS] = {name: _in_form(value) for name, value in fields.items()}
    return str(data.pop(CONF_NAME, "")), data


def _no_rule(part: str) -> Mistake:
    """Return the error for pasted YAML with an invalid part."""
    return Mistake(CONF_RULE, "no_rule", {"reason": part})


def as_entered(title: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule to be copied as YAML, for `of_yaml`."""
    order = (CONF_TRIGGERS, CONF_CONDITIONS, CONF_FROM_UNKNOWN, CONF_OPERATION)
    kept = {name: data[name] for name in order if name in data}
    kept |= {name: data[name] for name in _MAPPINGS if name in data}
    kept.pop(CONF_LABELS, None)
    return {CONF_NAME: title, **kept}


def _actions(part: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the actions in a part of an automation with their data, at any depth."""
    match part:
        case dict():
            called = part.get("action", part.get("service"))
            if isinstance(called, str):
                given = part.get("data")
                yield called, given if isinstance(given, dict) else {}
            for inner in part.values():
                yield from _actions(inner)
        case list():
            for inner in part:
                yield from _actions(inner)


def _in_form(value: object) -> object:
    """Return a value as a rule's form holds it, with numbers as text."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(value)
    return value


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """Return a YAML value as JSON; text for types that JSON lacks."""
    return json.loads(json.dumps(value, default=str))


async def async_show_triggers(hass: HomeAssistant, triggers: object) -> None:
    """Set up the integrations of shown triggers, so that the editor knows them.

    Nothing sets up Home Assistant's doorbell integration, for example: its trigger
    works, but the editor shows it as unknown.
    """
    named = [
        one.get("trigger") for one in cv.ensure_list(triggers) if isinstance(one, dict)
    ]
    domains = {one.partition(".")[0] for one in named if isinstance(one, str)}
    found = await async_get_integrations(hass, domains - hass.config.components)
    for domain, integration in found.items():
        if (
            isinstance(integration, Integration)
            and integration.integration_type == "system"
            and integration.platforms_exists(("trigger",))
        ):
            await async_setup_component(hass, domain, {})
            # Home Assistant registers its triggers in the background. Their validation
            # does so at once; a trigger without its options is invalid.
            for name in named:
                if str(name).partition(".")[0] == domain:
                    with suppress(vol.Invalid):
                        await async_validate_trigger_config(
                            hass, [{CONF_PLATFORM: name}]
                        )
