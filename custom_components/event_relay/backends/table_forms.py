"""Build coercers and selectors for Home Assistant from an operation's fields."""

from dataclasses import replace
from functools import wraps
from typing import Any

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    Selector,
)

from .base import Shape
from .choice_forms import Listed, choice
from .coercion_forms import (
    Coercer,
    Structure,
    as_it_is,
    as_number,
    as_text,
    as_texts_by_name,
    in_seconds,
)
from .field import Field, Kind
from .rule_forms import LINES, OBJECT, SECONDS, TEXT, YES_NO, RuleField


def _listed(value: object) -> list[Any]:
    """Return a list as it is, and any other value in a list."""
    return list(value) if isinstance(value, list | tuple) else [value]


_COERCERS: dict[Kind, Coercer] = {
    Kind.TEXT: as_text,
    Kind.LINES: as_text,
    Kind.NUMBER: as_number,
    Kind.SECONDS: in_seconds,
    Kind.FLAG: cv.boolean,
    Kind.TIME: cv.datetime,
    Kind.CHOICE: as_text,
    Kind.LIST: Structure(coercer=_listed),
    Kind.ENTITY: cv.entity_id,
    Kind.ANY: as_it_is,
    Kind.MAPPING: Structure(coercer=as_texts_by_name),
    Kind.JSON: Structure(shape=Shape.JSON),
}
_SELECTORS: dict[Kind, Selector[Any]] = {
    Kind.TEXT: TEXT,
    Kind.LINES: LINES,
    Kind.NUMBER: TEXT,
    Kind.SECONDS: SECONDS,
    Kind.FLAG: YES_NO,
    Kind.TIME: TEXT,
    Kind.CHOICE: TEXT,
    Kind.LIST: OBJECT,
    Kind.MAPPING: OBJECT,
    Kind.JSON: OBJECT,
    Kind.ANY: TEXT,
}


def coercer_of(field: Field) -> Coercer:
    """Return the coercer for a value that a template may have rendered."""
    coercer = _COERCERS[field.kind]
    if (prepare := field.prepare) is None:
        return coercer

    @wraps(coercer)
    def prepared(value: object) -> object:
        """Undo YAML's change of a value; raises vol.Invalid."""
        return coercer(prepare(value))

    if isinstance(coercer, Structure):
        return replace(coercer, coercer=prepared)
    return prepared


def rule_field_of(field: Field, listed: Listed) -> RuleField:
    """Return the field in a rule's form, which takes a value or a template.

    `listed` are the choices that the live system lists.
    """
    seldom = field.seldom if field.seldom_in_rule is None else field.seldom_in_rule
    return RuleField(
        name=field.name,
        selector=_selector(field, listed),
        required=field.required or field.expected,
        seldom=seldom,
        secret=field.secret,
    )


def _selector(field: Field, listed: Listed) -> Selector[Any]:
    """Return the selector of a field in a rule's form."""
    if field.kind is Kind.ENTITY:
        return EntitySelector(EntitySelectorConfig(domain=list(field.options)))
    if field.listed:
        several = field.kind is Kind.LIST
        return choice(listed.get(field.name, {}), multiple=several)
    if field.options:
        return choice(
            field.options,
            translation_key=field.translation_key or None,
            multiple=field.kind is Kind.LIST,
        )
    return _SELECTORS[field.kind]
