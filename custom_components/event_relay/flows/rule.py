"""The flow for a rule: triggers, delivery and preview."""

from collections.abc import Mapping
from copy import deepcopy
from functools import partial
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_NAME, CONF_TRIGGERS
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import BooleanSelector, ObjectSelector
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..actions.resolve import invalid_field
from ..backends.base import InvalidField
from ..backends.choice_forms import as_shown
from ..backends.input_forms import place_of, read_numbers
from ..backends.markdown import in_markdown
from ..backends.named_steps import FlowStep
from ..backends.rule_forms import RuleField
from ..home_language import in_home_language, quoted, texts_of
from ..rule_test import async_basis, async_send_test, text
from ..rules.last_firing import LastFiring
from ..rules.occurrences import recurs
from ..rules.rule import CONF_FIELDS, CONF_LABELS, CONF_OPERATION, CONF_UNTIL
from ..rules.rule_runner import RuleRunner
from ..rules.samples import Sample, async_sample, example_template
from .rule_data import chosen_labels, deliver_data, deliver_shown, when_data, when_shown
from .rule_form import (
    as_list,
    as_yaml,
    deliver_schema,
    in_words,
    labels_of,
    when_schema,
    with_labels,
)
from .rule_start import CONF_RULE, RuleStart, as_entered, async_show_triggers
from .rule_validation import (
    BrokenTemplate,
    Mistake,
    Trial,
    check_deliver,
    check_when,
    try_fields,
)

EXAMPLES = {
    "calendar_start": "{{ trigger.calendar_event.start }}",
    "calendar_end": "{{ trigger.calendar_event.end }}",
}
"""Templates shown in forms; braces in a translation would be placeholders."""

CONF_SEND_TEST = "send_test"
CONF_AS_YAML = "as_yaml"
_SEND_TEST = {vol.Optional(CONF_SEND_TEST, default=False): BooleanSelector()}
_AS_YAML = {
    vol.Optional(CONF_AS_YAML): section(
        vol.Schema({vol.Optional(CONF_RULE): ObjectSelector()}), {"collapsed": True}
    )
}
"""To be copied; changes to it are ignored."""


class RuleFlow(RuleStart):
    """Creates a rule of a connection, or changes one.

    Every operation has a step of its name. The live system determines which of them a
    rule may use.
    """

    def __init__(self) -> None:
        """Initialize without input."""
        self._title = ""
        self._when: dict[str, Any] = {}
        self._deliver: dict[str, Any] = {}
        self._triggers: list[ConfigType] = []
        """As Home Assistant validated them."""
        self._fields: tuple[RuleField, ...] | None = None
        self._mistake: Mistake | None = None

    @override
    def named_step(self, name: str) -> FlowStep | None:
        """Return the step of an operation, or of a pattern."""
        if any(name == each.name for each in self._backend.backend.operations):
            return partial(self.deliver, name)
        return super().named_step(name)

    async def async_step_reconfigure(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a rule."""
        subentry = self._get_reconfigure_subentry()
        self._title = subentry.title
        self._when = self._deliver = deepcopy(dict(subentry.data))
        return await self.async_step_when()

    @override
    async def async_step_when(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the name, the triggers and conditions, and the operation."""
        coordinator = self._loaded_entry().runtime_data
        operations = coordinator.forms.rule_operations(coordinator.effective)
        shown = user_input or when_shown(self._title, self._when)
        self._mistake = None
        if user_input is not None:
            self._hint = ""
            try:
                self._triggers = await check_when(self.hass, user_input)
            except Mistake as mistake:
                self._mistake = mistake
            else:
                self._title = user_input[CONF_NAME].strip()
                self._when = {CONF_OPERATION: operations[0], **when_data(user_input)}
                self._fields = None
                return await self.deliver(self._when[CONF_OPERATION])
        await async_show_triggers(self.hass, shown.get(CONF_TRIGGERS))
        return self._form("when", when_schema(operations, shown), shown)

    async def deliver(
        self, operation: str, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the fields of the operation, its end, and the limits."""
        coordinator = self._loaded_entry().runtime_data
        if self._fields is None:
            self._fields = with_labels(
                self.hass,
                coordinator.forms.rule_fields(
                    operation, coordinator.effective, await coordinator.async_listed()
                ),
                self._deliver.get(CONF_LABELS, {}),
            )
        ending = coordinator.forms.endings.get(operation)
        shown = user_input or deliver_shown(self._fields, self._deliver)
        missable = any(recurs(trigger) for trigger in self._triggers)
        schema = deliver_schema(self._fields, ending, shown, missable=missable)
        self._mistake = None
        if user_input is not None:
            try:
                deliver = deliver_data(read_numbers(schema, user_input))
                deliver |= chosen_labels(self._fields, deliver[CONF_FIELDS])
                await check_deliver(self.hass, deliver, ending)
                trial = await self._try(deliver, await self._sample())
                if trial.mistake is not None:
                    raise trial.mistake
            except InvalidField as refusal:
                details = {"reason": self._reason(refusal)}
                self._mistake = Mistake(refusal.field, "refused", details)
            except Mistake as mistake:
                self._mistake = mistake
            else:
                self._deliver = deliver
                return await self.async_step_preview()
        return self._form(operation, schema, shown)

    async def async_step_preview(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Preview the delivery, send a test if requested, then save the rule."""
        sends = user_input is not None and user_input.get(CONF_SEND_TEST, False)
        if user_input is not None and not sends:
            return self._finish()
        texts = texts_of(self.hass, "common")
        sample = await self._sample()
        trial = await self._try(self._deliver, sample)
        operation = self._when[CONF_OPERATION]
        step, unknown, reason, result = "preview", "", "", ""
        if trial.unknown:
            step = "preview_partly"
            labels = labels_of(self.hass, operation)
            unknown = as_list(self.hass, trial.unknown, labels)
        elif trial.refusal is not None:
            step = "preview_refused"
            reason = self._reason(trial.refusal)
        else:
            entry, left_open = self._loaded_entry(), self._open()
            whole = {k: v for k, v in trial.data.items() if k not in left_open}
            if sends:
                result = await async_send_test(
                    self.hass, entry, operation, whole, texts
                )
            elif entry.runtime_data.forms.as_test(operation, whole) == whole:
                result = text(texts, "test_unmarked")
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({**(_SEND_TEST if trial.ready else {}), **_AS_YAML}),
                {
                    CONF_AS_YAML: {
                        CONF_RULE: as_entered(self._title, self._without_secrets())
                    }
                },
            ),
            description_placeholders={
                "connection": in_markdown(self._get_entry().title),
                "basis": await async_basis(self.hass, texts, sample),
                "values": as_yaml(self._preview(trial), self._fields or ()),
                "unknown": unknown,
                "reason": in_markdown(reason),
                "result": result,
            },
            last_step=True,
        )

    async_step_preview_partly = async_step_preview
    async_step_preview_refused = async_step_preview

    async def _sample(self) -> Sample:
        """Return the last firing of the rule, or a sample of its triggers."""
        last: LastFiring | None = None
        if self.source == SOURCE_RECONFIGURE:
            rules = self._loaded_entry().runtime_data.rules
            runners = rules.runners if rules is not None else {}
            rule = runners.get(self._get_reconfigure_subentry().subentry_id)
            last = rule.last_firing if isinstance(rule, RuleRunner) else None
        raw = self._when[CONF_TRIGGERS]
        return await async_sample(self.hass, self._triggers, raw, last)

    def _open(self, deliver: Mapping[str, Any] | None = None) -> Mapping[str, object]:
        """Return the fields that leave an event open for the rule's end triggers."""
        if CONF_UNTIL not in (self._deliver if deliver is None else deliver):
            return {}
        forms = self._loaded_entry().runtime_data.forms
        return forms.endings[self._when[CONF_OPERATION]].left_open

    async def _try(self, deliver: Mapping[str, Any], sample: Sample) -> Trial:
        """Return what the rule would deliver now; raises Mistake."""
        operation = self._when[CONF_OPERATION]
        try:
            return await try_fields(
                self.hass,
                self._loaded_entry(),
                operation,
                {**deliver[CONF_FIELDS], **self._open(deliver)},
                {"this": None, **sample.variables},
            )
        except BrokenTemplate as error:
            labels = labels_of(self.hass, operation)
            raise Mistake(
                error.field,
                "invalid_template",
                {"field": quoted(self.hass, labels[error.field]), "reason": str(error)},
            ) from error

    def _preview(self, trial: Trial) -> Mapping[str, Any]:
        """Return what would be delivered; the fields' values if that is not known."""
        if not trial.payload:
            return trial.values
        forms = self._loaded_entry().runtime_data.forms
        return forms.preview(self._when[CONF_OPERATION], dict(trial.payload))

    def _reason(self, refusal: InvalidField) -> str:
        """Return why a field is refused, with the labels of the form."""
        labels = labels_of(self.hass, self._when[CONF_OPERATION])
        return in_home_language(
            self.hass, invalid_field(in_words(self.hass, refusal, labels))
        )

    def _form(
        self, step_id: str, schema: vol.Schema, shown: Mapping[str, Any]
    ) -> SubentryFlowResult:
        """Show a form with the previous input and its errors."""
        mistake = self._mistake
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                schema, as_shown(schema, shown)
            ),
            errors={place_of(schema, mistake.where): mistake.problem}
            if mistake
            else {},
            description_placeholders={
                **EXAMPLES,
                "template": example_template(self._triggers),
                "hint": f"{self._hint}\n\n" if self._hint else "",
                "connection": in_markdown(self._get_entry().title),
                **(mistake.details if mistake else {}),
            },
            last_step=False,
        )

    @property
    def _data(self) -> dict[str, Any]:
        """Return the data of the rule."""
        return {**self._when, **self._deliver}

    def _without_secrets(self) -> dict[str, Any]:
        """Return the data of the rule without secrets, to be copied."""
        secret = {field.name for field in self._fields or () if field.secret}
        values = self._data[CONF_FIELDS].items()
        fields = {name: value for name, value in values if name not in secret}
        return {**self._data, CONF_FIELDS: fields}

    def _finish(self) -> SubentryFlowResult:
        """Save the rule; the entry's update listener applies it."""
        data = self._data
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=self._title,
                data=data,
            )
        return self.async_create_entry(title=self._title, data=data)
