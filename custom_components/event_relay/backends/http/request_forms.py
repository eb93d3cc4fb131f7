"""The flow that adds a request to a connection, or changes one."""

from collections.abc import Iterator, Mapping
from functools import partial
import re
from typing import Any, Final, cast, override
from uuid import uuid4

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.exceptions import HomeAssistantError, TemplateError
from homeassistant.helpers.selector import (
    BooleanSelector,
    ObjectSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.helpers.template import Template
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import parse_yaml
import voluptuous as vol

from ..base import Absent, Found, InvalidField, JsonObject
from ..choice_forms import NOTHING_CHOSEN
from ..errors import BackendError
from ..input_forms import BoundedNumber, place_of
from ..markdown import in_markdown
from ..menu_forms import chosen_step, connection_summary, menu_schema
from ..named_steps import FlowStep, NamedSteps
from ..own_sentences import translated
from .api.client import HttpClient
from .connection_forms import named_secrets, signing_secrets
from .operations.send import finding_of
from .presets import BY_NAME, PRESETS, Preset
from .request.definition import (
    LONGEST_ABSENCE,
    LONGEST_LIFE,
    SHORTEST_ABSENCE,
    Definition,
    IdHeader,
    Order,
    Repeat,
)
from .request.filling import filler
from .request.prepared import question_of
from .request.recipe import METHODS, BodyKind, Recipe
from .request.rendering import Rendering
from .request.responses import WAITS, retried_in
from .request.slots import SECRET
from .request.wire import SEVERAL_LINES
from .rest_command import TakenOver, take_over
from .template_forms import TemplateRenderer

SUBENTRY_REQUEST = "request"
CONF_PRESET = "preset"
CONF_DEFINITION = "definition"
CONF_YAML = "yaml"
REASONS: Mapping[str, str] = {
    SEVERAL_LINES: "own_several_lines",
    "the path leads elsewhere": "own_other_path",
    "its request has no end": "reason_no_end_request",
    "the answer to its start had no id": "reason_no_start_id",
}
"""Our sentences that only HTTP gives as a reason, and the keys of their texts."""
_STEPS = f"config_subentries.{SUBENTRY_REQUEST}.step"

_ANY_SECRET = re.compile(rf"(?<!\{{)\{{{SECRET}([^{{}}]*)\}}(?!\}})")
"""A placeholder of a secret, even with a name that none can have."""
_PRESET: Final = "preset_"
"""Prefix of the step names of presets."""
_TEXT = TextSelector()
_LINES = TextSelector(TextSelectorConfig(multiline=True))
_OBJECT = ObjectSelector()
_YES_NO = BooleanSelector()


def _repeat(*kinds: Repeat) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(kinds),
            translation_key="http_repeat",
            mode=SelectSelectorMode.LIST,
        )
    )


_SECONDS = BoundedNumber(1, LONGEST_LIFE, fractions=True, unit="s")
_ABSENCE = BoundedNumber(SHORTEST_ABSENCE, LONGEST_ABSENCE, fractions=True, unit="s")
"""Their limits are those that the definition reads them with."""
_WITHOUT_LOOK_UP = [one for one in Repeat if one is not Repeat.LOOK_UP]
_WITHOUT_END = [one for one in _WITHOUT_LOOK_UP if one is not Repeat.WHILE_OPEN]
"""What may be true of a preset: none that asks has a look-up or an end."""
_METHOD = SelectSelector(
    SelectSelectorConfig(options=list(METHODS), mode=SelectSelectorMode.DROPDOWN)
)
_RECIPE: dict[vol.Marker, Any] = {
    vol.Required("method", default="POST"): _METHOD,
    vol.Optional("path"): _TEXT,
    vol.Optional("query"): _OBJECT,
    vol.Optional("headers"): _OBJECT,
    vol.Required("body_kind", default=BodyKind.NONE.value): SelectSelector(
        SelectSelectorConfig(
            options=list(BodyKind),
            translation_key="http_body_kind",
            mode=SelectSelectorMode.DROPDOWN,
        )
    ),
    vol.Optional("body_json"): _OBJECT,
    vol.Optional("body_form"): _OBJECT,
    vol.Optional("body_text"): _LINES,
    vol.Optional("content_type"): _TEXT,
}
_SECTIONS: Mapping[str, dict[vol.Marker, Any]] = {
    "look_up": {
        vol.Optional("path"): _TEXT,
        vol.Optional("query"): _OBJECT,
        vol.Optional("headers"): _OBJECT,
        vol.Optional("found_path"): _TEXT,
        vol.Optional("found_equals"): _TEXT,
        vol.Required("missing_is_404", default=False): _YES_NO,
        vol.Required("absent_after", default=60): _ABSENCE,
    },
    "answer": {
        vol.Optional("success_statuses"): _TEXT,
        vol.Optional("success_path"): _TEXT,
        vol.Optional("success_equals"): _TEXT,
        vol.Optional("id_from"): _TEXT,
        vol.Optional("link_from"): _TEXT,
        vol.Optional("answer_fields"): _OBJECT,
        vol.Optional("reason_from"): _TEXT,
        vol.Optional("retry_after_from"): _TEXT,
        vol.Optional("retry_statuses"): _TEXT,
    },
    "sending": {
        vol.Optional("ids"): SelectSelector(
            SelectSelectorConfig(
                options=list(IdHeader), multiple=True, mode=SelectSelectorMode.LIST
            )
        ),
        vol.Required("signed", default=False): _YES_NO,
        vol.Required("order", default=Order.NONE.value): SelectSelector(
            SelectSelectorConfig(
                options=list(Order),
                translation_key="http_order",
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        vol.Optional("repeat_for"): _SECONDS,
        vol.Optional("life"): _SECONDS,
    },
    "end": {
        **_RECIPE,
        vol.Optional("repeat"): _repeat(*_WITHOUT_LOOK_UP),
        vol.Optional("repeat_for"): _SECONDS,
    },
}
_NESTED = frozenset({"look_up", "end"})
"""Sections that are one value of a definition; the others only group values."""
_DEFAULTS = frozenset({"method", "body_kind", "missing_is_404", "absent_after"})
"""Content of a section without input."""
ADVANCED = vol.Schema(
    {
        vol.Required(CONF_NAME): _TEXT,
        **_RECIPE,
        vol.Optional("fields"): _OBJECT,
        vol.Optional("test_field"): _TEXT,
        vol.Required("repeat", description=NOTHING_CHOSEN): _repeat(*Repeat),
        **{
            vol.Required(name): section(vol.Schema(inner), {"collapsed": True})
            for name, inner in _SECTIONS.items()
        },
    }
)
PASTE = vol.Schema({vol.Required(CONF_YAML): _LINES})


def preset_schema(preset: Preset) -> vol.Schema:
    """Return the form of a preset: its name, its gaps, and what only the user knows."""
    fields: dict[vol.Marker, Any] = {vol.Required(CONF_NAME): _TEXT}
    for name, proposed in preset.asks.items():
        description = {"suggested_value": proposed} if proposed else None
        fields[vol.Required(name, description=description)] = _TEXT
    if preset.asks_repeat:
        repeat = _repeat(*_WITHOUT_END)
        fields[vol.Required("repeat", description=NOTHING_CHOSEN)] = repeat
    return vol.Schema(fields)


class RequestFlow(NamedSteps, ConfigSubentryFlow):
    """Adds a request: from a preset, from a `rest_command`, or from a blank form.

    Every preset has a step with its name.
    """

    def __init__(self) -> None:
        """Begin without input."""
        self._refusal = self._wrong = self._not_taken = ""
        self._taken: TakenOver | None = None

    @override
    def named_step(self, name: str) -> FlowStep | None:
        """Return the step of a preset."""
        preset = BY_NAME.get(name.removeprefix(_PRESET))
        if preset is None or not name.startswith(_PRESET):
            return None
        return partial(self.preset, preset.name)

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the kind of request."""
        if (step := chosen_step(self, user_input)) is not None:
            return await step()
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        presets = [f"{_PRESET}{preset.name}" for preset in PRESETS]
        return self.async_show_form(
            step_id="user",
            data_schema=menu_schema([*presets, "paste", "advanced"], "http_request"),
            description_placeholders=connection_summary(self),
            last_step=False,
        )

    async def preset(
        self, name: str, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a request from a preset."""
        preset = BY_NAME[name]
        if user_input is not None:
            try:
                definition = preset.filled(user_input)
                if preset.asks_repeat:
                    definition["repeat"] = user_input["repeat"]
                await self._check(definition)
            except InvalidField as error:
                await self._refuse(error, preset)
            else:
                return self._finish(user_input[CONF_NAME], definition, name)
        return self._form(f"{_PRESET}{name}", preset_schema(preset), user_input or {})

    async def async_step_paste(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Import a `rest_command`, and continue with the form filled from it."""
        if user_input is not None:
            try:
                self._taken = self._take_over(user_input[CONF_YAML])
            except InvalidField as error:
                await self._refuse(error)
            else:
                if names := ", ".join(self._taken.not_taken):
                    texts = await self._texts("common")
                    said = texts["common.not_taken_over"]
                    self._not_taken = said.format(names=in_markdown(names))
                return await self.async_step_advanced()
        return self._form("paste", PASTE, user_input or {})

    async def async_step_advanced(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a request with all its settings."""
        shown: Mapping[str, Any] = {}
        if user_input is not None:
            if (definition := await self._checked(user_input)) is not None:
                return self._finish(user_input[CONF_NAME], definition, None)
            shown = user_input
        elif (taken := self._taken) is not None:
            shown = {CONF_NAME: taken.name, **shown_of(taken.definition)}
        return self._form("advanced", ADVANCED, shown)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a request; deliveries accepted before are sent unchanged."""
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        shown = {
            CONF_NAME: subentry.title,
            **shown_of(subentry.data[CONF_DEFINITION]),
        }
        if user_input is not None:
            if (definition := await self._checked(user_input)) is not None:
                self._client.forget(subentry.subentry_id)
                return self.async_update_and_abort(
                    entry,
                    subentry,
                    title=user_input[CONF_NAME].strip(),
                    data={**subentry.data, CONF_DEFINITION: definition},
                )
            shown = user_input
        return self._form("reconfigure", ADVANCED, shown)

    @property
    def _client(self) -> HttpClient:
        """Return the client of the connection, which is loaded."""
        return cast("HttpClient", self._get_entry().runtime_data.client)

    def _take_over(self, text: str) -> TakenOver:
        """Return the request of a `rest_command`; raises InvalidField."""
        taken = take_over(text, _read_yaml, self._client.origin)
        if taken.origin is not None and taken.origin != self._client.origin:
            raise InvalidField(CONF_YAML, "other_origin", origin=taken.origin)
        return taken

    async def _checked(self, entered: Mapping[str, Any]) -> JsonObject | None:
        """Return the definition from the input; None with the error to show."""
        definition = definition_of(entered)
        try:
            await self._check(definition)
        except InvalidField as error:
            await self._refuse(error)
            return None
        return definition

    async def _check(self, data: JsonObject) -> None:
        """Refuse a request that could not be sent; raises InvalidField."""
        definition = Definition.parse(data)
        connection = self._get_entry().data
        if definition.signed and not signing_secrets(connection):
            raise InvalidField("signed", "no_signing_secret")
        secrets = named_secrets(connection)
        for prefix, recipe in _recipes(definition):
            if recipe.path.startswith("/webhook-test/"):
                raise InvalidField(f"{prefix}path", "test_webhook")
            for place, text in recipe.texts():
                self._check_text(text, f"{prefix}{place}", secrets)
        if definition.look_up is not None:
            await self._try_look_up(definition)

    def _check_text(self, text: str, where: str, secrets: Mapping[str, str]) -> None:
        """Refuse a broken template, or one with unknown names."""
        for name in _ANY_SECRET.findall(text):
            if name not in secrets:
                raise InvalidField(where, "secret_unknown", secret=name)
        try:
            Template(text, self.hass).ensure_valid()
        except TemplateError as error:
            raise InvalidField(where, "not_rendered", reason=str(error)) from error

    async def _try_look_up(self, definition: Definition) -> None:
        """Look up a delivery that never was; raises InvalidField if it is found."""
        given = dict.fromkeys(definition.accepts or (), "x") | dict(definition.defaults)
        rendering = Rendering(
            renderer=TemplateRenderer(self.hass),
            given=given,
            accepted=definition.accepts or frozenset(),
        )
        if (question := question_of(definition.look_up, rendering)) is None:
            return
        now = dt_util.utcnow()
        values = filler(
            delivery_id=str(uuid4()),
            occurred_at=now,
            now=now,
        )
        try:
            reply = await self._client.ask(question.wire, values)
            finding = finding_of(reply, question, definition.answers)
        except BackendError as error:
            reason = await self._reason(str(error))
            raise InvalidField("look_up", "look_up_fails", reason=reason) from error
        match finding:
            case Absent():
                return
            case Found():
                raise InvalidField("look_up", "look_up_finds_anything")
        raise InvalidField("look_up", "look_up_not_json")

    async def _refuse(self, error: InvalidField, preset: Preset | None = None) -> None:
        """Note why the input is invalid, with the labels of the form."""
        texts = await self._texts("exceptions")
        of_forms = await self._texts("config_subentries")
        labels, field = labels_in(of_forms), error.field
        if preset is not None:
            asked = f"{_STEPS}.{_PRESET}{preset.name}.data"
            labels |= {name: of_forms[f"{asked}.{name}"] for name in preset.asks}
            field = preset.gap_in(field) or field
        quoted = (await self._texts("common"))["common.quoted"]
        details = dict(error.details)
        if "other" in details:
            other = in_words(details["other"], labels)
            details["other"] = quoted.format(label=other)
        self._wrong = field
        self._refusal = texts[f"exceptions.field_{error.problem}.message"].format(
            field=quoted.format(label=in_words(field, labels)), **details
        )

    async def _reason(self, sentence: str) -> str:
        """Return a reason in the home's language if it is in our words."""
        texts = await self._texts("common")
        return translated(sentence, REASONS, lambda key: texts[f"common.{key}"])

    async def _texts(self, category: str) -> Mapping[str, str]:
        """Return texts in the home's language, by path."""
        domain = self._get_entry().domain
        language = self.hass.config.language
        texts = await async_get_translations(self.hass, language, category, {domain})
        return {
            path.removeprefix(f"component.{domain}."): text
            for path, text in texts.items()
        }

    def _form(
        self, step_id: str, schema: vol.Schema, shown: Mapping[str, Any]
    ) -> SubentryFlowResult:
        """Show a form with the input and its error."""
        refusal, self._refusal = self._refusal, ""
        errors = {place_of(schema, self._wrong): "refused"} if refusal else {}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
            description_placeholders={
                "reason": refusal,  # Errors are not Markdown.
                "origin": in_markdown(self._client.origin),
                "not_taken": self._not_taken,
            },
        )

    def _finish(
        self, title: str, definition: JsonObject, preset: str | None
    ) -> SubentryFlowResult:
        """Store the request."""
        return self.async_create_entry(
            title=title.strip(),
            data={CONF_PRESET: preset, CONF_DEFINITION: definition},
        )


def definition_of(entered: Mapping[str, Any]) -> JsonObject:
    """Return the definition from the blank form, without empty values."""
    flat: dict[str, Any] = {}
    for name, value in entered.items():
        if name in _SECTIONS and name not in _NESTED:
            flat |= value
        elif name != CONF_NAME:
            flat[name] = value
    for name in _NESTED:
        inner = _without_empty(flat.pop(name, {}))
        if inner.keys() - _DEFAULTS:
            flat[name] = inner
    return cast("JsonObject", _without_empty(flat))


def shown_of(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the blank form's values for a definition."""
    shown = dict(definition)
    if shown.pop(WAITS, False):
        shown["retry_statuses"] = str(retried_in(definition))
    for name, inner in _SECTIONS.items():
        if name in _NESTED:
            shown[name] = dict(shown.get(name) or {})
        else:
            fields = map(str, inner)
            shown[name] = {key: shown.pop(key) for key in fields if key in shown}
    return shown


def labels_in(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the label of each field, preceded by that of its section."""
    paste, blank = (f"{_STEPS}.{step}" for step in ("paste", "advanced"))
    labels = {CONF_YAML: texts[f"{paste}.data.{CONF_YAML}"]}
    for name in map(str, ADVANCED.schema):
        if name not in _SECTIONS:
            # Home Assistant puts no star on lists; ours is part of the label.
            labels[name] = texts[f"{blank}.data.{name}"].removesuffix("*")
    for name, inner in _SECTIONS.items():
        path = f"{blank}.sections.{name}"
        title = texts[f"{path}.name"]
        labels[name] = title
        prefix = f"{name}." if name in _NESTED else ""
        for field in map(str, inner):
            labels[f"{prefix}{field}"] = f"{title}: {texts[f'{path}.data.{field}']}"
    return labels


def in_words(field: str, labels: Mapping[str, str]) -> str:
    """Return the label of a field, or of a part of one, such as `headers.Accept`."""
    ends = [match.start() for match in re.finditer(r"[.\[]|$", field)]
    known = [field[:end] for end in ends if field[:end] in labels]
    return labels[known[-1]] + field.removeprefix(known[-1]) if known else field


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that were entered."""
    is_json = values.get("body_kind") == BodyKind.JSON
    return {
        name: value
        for name, value in values.items()
        if value is not None
        # An empty object or list is a body, too.
        and (value not in ("", [], {}) or (is_json and name == "body_json"))
    }


def _recipes(definition: Definition) -> Iterator[tuple[str, Recipe]]:
    """Yield the requests in a definition, with the prefix of their fields."""
    yield "", definition.recipe
    if definition.look_up is not None:
        yield "look_up.", definition.look_up.recipe
    if definition.end is not None:
        yield "end.", definition.end.recipe


def _read_yaml(text: str) -> object:
    """Read YAML; raises ValueError."""
    try:
        read: object = parse_yaml(text)
    except HomeAssistantError as error:
        raise ValueError("not YAML") from error
    return read
