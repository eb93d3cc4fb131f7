"""Summarizes a rule in a sentence in the home's language.

Triggers, conditions and states have Home Assistant's own words. Text of the user, such
as templates and event data, is left out: everyone who sees states may read it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from homeassistant.const import (
    CONF_ALIAS,
    CONF_CONDITION,
    CONF_CONDITIONS,
    CONF_DEVICE_ID,
    CONF_ENABLED,
    CONF_PLATFORM,
    CONF_TARGET,
    CONF_TRIGGERS,
)
from homeassistant.core import HomeAssistant, split_entity_id, valid_entity_id
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.template import is_template_string
from homeassistant.helpers.translation import (
    async_get_translations,
    async_translate_state,
)

from .backends.forms import BackendForms
from .const import DOMAIN
from .rules.rule import Rule

LONGEST_STATE = 255
_JOINED = {"and": ", ", "or": " / ", "not": ", "}


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The parts of the sentence; empty if the rule does not have them."""

    when: str
    only_if: str
    deliver: str
    until: str
    sentence: str
    """The whole sentence, cut to the length of a state."""


async def async_summarise(
    hass: HomeAssistant,
    rule: Rule,
    forms: BackendForms,
    labels: Mapping[str, Mapping[str, str]],
) -> Summary:
    """Return the summary of a rule; `labels` are those of its chosen values."""
    ending = rule.until.triggers if rule.until else []
    words = await _Words.read(hass, (*rule.triggers, *ending), rule.conditions)
    when = words.triggers(rule.triggers)
    only_if = words.conditions(rule.conditions)
    deliver = words.operation_text(rule, forms, labels)
    ends = words.triggers(ending)
    longest = _duration(rule.until.longest_open) if rule.until else ""
    until = " / ".join(part for part in (ends, longest) if part)
    sentence = f"{when} → {deliver}"
    if only_if:
        sentence += words.say("summary_only_if", conditions=only_if)
    if until:
        sentence += words.say("summary_until", end=until)
    if len(sentence) > LONGEST_STATE:
        sentence = f"{sentence[: LONGEST_STATE - 1]}…"
    return Summary(
        when=when, only_if=only_if, deliver=deliver, until=until, sentence=sentence
    )


async def async_trigger_in_words(hass: HomeAssistant, config: Mapping[str, Any]) -> str:
    """Return a trigger in words that everyone may read."""
    words = await _Words.read(hass, [config], [])
    return words.triggers([{**config, CONF_ENABLED: True}])


class _Words:
    """Translated words for one rule."""

    def __init__(self, hass: HomeAssistant, texts: Mapping[str, str]) -> None:
        """Initialize with the texts of Home Assistant and our own."""
        self._hass = hass
        self._texts = texts

    @classmethod
    async def read(
        cls, hass: HomeAssistant, triggers: Sequence[Any], conditions: Sequence[Any]
    ) -> _Words:
        """Load the texts that triggers and conditions need."""
        texts: dict[str, str] = {}
        for category, configs in (("triggers", triggers), ("conditions", conditions)):
            domains = {domain for one in configs for domain in _domains(one)}
            if domains:
                texts |= await _texts(hass, category, domains)
        for category in ("services", "common"):
            texts |= await _texts(hass, category, {DOMAIN})
        return cls(hass, texts)

    def say(self, key: str, **values: str) -> str:
        """Return one of our texts with its values."""
        return self._texts[f"component.{DOMAIN}.common.{key}"].format_map(values)

    def operation_text(
        self,
        rule: Rule,
        forms: BackendForms,
        labels: Mapping[str, Mapping[str, str]],
    ) -> str:
        """Return the operation, with its subject if everyone may read it."""
        operation = forms.backend.operation(rule.operation)
        name = self._texts.get(
            f"component.{DOMAIN}.services.{rule.operation}.name", rule.operation
        )
        if not operation.public_summary:
            return name
        about = [
            labels.get(field.name, {}).get(value, value)
            for field in operation.asked()
            if (field.required or field.expected) and not field.secret
            if isinstance(value := rule.fields.get(field.name), str)
            and not is_template_string(value)
        ]
        return f"{name}: {', '.join(about)}" if about else name

    def triggers(self, configs: Iterable[Any]) -> str:
        """Return the triggers in words."""
        said = [self._trigger(one) for one in _flat(configs)]
        return " / ".join(dict.fromkeys(said))

    def conditions(self, configs: Iterable[Any], joined: str = "and") -> str:
        """Return what must hold, in words."""
        return _JOINED[joined].join(map(self._condition, configs))

    def _trigger(self, config: Mapping[str, Any]) -> str:
        """Return a trigger in words."""
        if alias := config.get(CONF_ALIAS):
            return str(alias)
        kind = str(config.get("trigger", config.get(CONF_PLATFORM)))
        of = self._names(config.get("entity_id"))
        match kind:
            case "state":
                change = " → ".join(
                    self._states(config[side], config.get("entity_id"))
                    for side in ("from", "to")
                    if config.get(side) not in (None, [])
                )
                said = f"{of}: {change}" if change else of
            case "numeric_state":
                said = f"{of}{_limits(config)}"
            case "time":
                said = self._names(config.get("at"))
            case "time_pattern":
                parts = (config.get(unit, "*") for unit in ("hours", "minutes"))
                said = ":".join(map(str, (*parts, config.get("seconds", "*"))))
            case "sun":
                said = self._purpose("triggers", f"sun.{config.get('event')}")
            case "homeassistant":
                said = self._word("summary", config.get("event"))
            case _:
                said = self._with_targets("triggers", kind, config)
        return said or self._purpose("triggers", kind)

    def _condition(self, config: Any) -> str:  # noqa: ANN401 - as the user entered it
        """Return what must hold, in words."""
        if not isinstance(config, Mapping):
            return self._purpose("conditions", "template")
        if alias := config.get(CONF_ALIAS):
            return str(alias)
        kind = str(config.get(CONF_CONDITION))
        for joined in _JOINED:
            inner = config.get(CONF_CONDITIONS) if kind == joined else None
            if isinstance(inner := config.get(joined, inner), list):
                return self._several(joined, inner)
        of = self._names(config.get("entity_id"))
        match kind:
            case "state":
                state = self._states(config.get("state"), config.get("entity_id"))
                said = f"{of}: {state}"
            case "numeric_state":
                said = f"{of}{_limits(config)}"
            case "time":
                said = self._time(config)
            case _:
                said = self._with_targets("conditions", kind, config)
        return said

    def _time(self, config: Mapping[str, Any]) -> str:
        """Return a time condition in words: times and days."""
        span = (config.get("after", ""), config.get("before", ""))
        hours = " - ".join(map(self._names, span)) if any(span) else ""
        days = ", ".join(
            self._word("weekday", day) for day in _list(config.get("weekday"))
        )
        return " ".join(part for part in (hours, days) if part)

    def _word(self, kind: str, value: object) -> str:
        """Return our word for a value, or the value itself if it has none."""
        key = f"component.{DOMAIN}.common.{kind}_{value}"
        return self._texts.get(key, str(value))

    def _with_targets(self, category: str, kind: str, config: Mapping[str, Any]) -> str:
        """Return Home Assistant's name for it, and its targets."""
        name = self._purpose(category, kind)
        of = self._names(config.get("entity_id"))
        device = {CONF_DEVICE_ID: config.get(CONF_DEVICE_ID)}
        targets = self._targets(config.get(CONF_TARGET) or device) or of
        return f"{name} ({targets})" if targets else name

    def _several(self, joined: str, configs: Iterable[Any]) -> str:
        """Return combined conditions in words."""
        said = self.conditions(configs, joined)
        return f"≠ ({said})" if joined == "not" else f"({said})"

    def _purpose(self, category: str, kind: str) -> str:
        """Return the name of a kind of trigger or condition.

        Home Assistant's own; its older kinds have one only in its frontend, so their
        names are ours.
        """
        domain, _, name = kind.partition(".")
        key = f"component.{domain}.{category}.{name or '_'}.name"
        ours = f"component.{DOMAIN}.common.{category}_{kind}"
        return self._texts.get(key) or self._texts.get(ours) or _plain(kind)

    def _states(self, states: object, entities: object) -> str:
        """Return the displayed states of entities."""
        first = next(iter(_list(entities)), "")
        return " / ".join(self._state(str(one), first) for one in _list(states))

    def _state(self, state: str, entity_id: str) -> str:
        """Return the displayed state of an entity."""
        if not valid_entity_id(entity_id):
            return state
        entry = er.async_get(self._hass).async_get(entity_id)
        known = self._hass.states.get(entity_id)
        return async_translate_state(
            self._hass,
            state,
            split_entity_id(entity_id)[0],
            entry.platform if entry else None,
            entry.translation_key if entry else None,
            known.attributes.get("device_class") if known else None,
        )

    def _names(self, entities: object) -> str:
        """Return the names of entities; other values stay as they are."""
        return ", ".join(self._name(str(one)) for one in _list(entities))

    def _name(self, entity_id: str) -> str:
        """Return the name of an entity."""
        known = self._hass.states.get(entity_id)
        if known is not None:
            return known.name
        entry = er.async_get(self._hass).async_get(entity_id)
        return (entry and (entry.name or entry.original_name)) or entity_id

    def _targets(self, target: object) -> str:
        """Return the names of a target's parts."""
        if not isinstance(target, Mapping):
            return ""
        hass = self._hass
        names = [self._name(one) for one in _list(target.get("entity_id"))]
        for device_id in _list(target.get("device_id")):
            device = dr.async_get(hass).async_get(device_id)
            names.append(str((device and (device.name_by_user or device.name)) or "?"))
        for key, find in (
            ("area_id", ar.async_get(hass).async_get_area),
            ("floor_id", fr.async_get(hass).async_get_floor),
            ("label_id", lr.async_get(hass).async_get_label),
        ):
            found = ((one, find(one)) for one in _list(target.get(key)))
            names.extend(known.name if known else one for one, known in found)
        return ", ".join(names)


async def _texts(
    hass: HomeAssistant, category: str, domains: set[str]
) -> Mapping[str, str]:
    """Return texts in the home's language."""
    return await async_get_translations(hass, hass.config.language, category, domains)


def _flat(configs: Iterable[Any]) -> Iterable[Mapping[str, Any]]:
    """Yield enabled triggers, including those in nested lists."""
    for config in configs:
        if not isinstance(config, Mapping) or config.get(CONF_ENABLED) is False:
            continue
        if isinstance(inner := config.get(CONF_TRIGGERS), list):
            yield from _flat(inner)
        else:
            yield config


def _domains(config: object) -> Iterable[str]:
    """Yield the integrations of a trigger or condition, and of nested ones."""
    match config:
        case Mapping():
            for key in ("trigger", CONF_PLATFORM, CONF_CONDITION):
                kind = config.get(key)
                if isinstance(kind, str) and ("." in kind or kind == "sun"):
                    yield kind.partition(".")[0]
            for inner in config.values():
                yield from _domains(inner)
        case list():
            for inner in config:
                yield from _domains(inner)


def _limits(config: Mapping[str, Any]) -> str:
    """Return the limits of a numeric trigger or condition."""
    return "".join(
        f" {sign} {config[name]}"
        for name, sign in (("above", ">"), ("below", "<"))
        if name in config
    )


def _duration(time: timedelta) -> str:
    """Return a duration in clock format."""
    return f"≤ {time}"


def _plain(kind: str) -> str:
    """Return the readable name of a kind."""
    return kind.replace("_", " ").replace(".", " ").capitalize()


def _list(value: object) -> list[Any]:
    """Return a list; a single value becomes one, None an empty one."""
    if value is None:
        return []
    return [*value] if isinstance(value, list | tuple) else [value]
