"""The descriptions of actions for `services.yaml`."""

from collections.abc import Iterable, Mapping

from custom_components.event_relay.backends.base import AnyOperation
from custom_components.event_relay.backends.field import Field, Kind

from .sources import Tree

SELECTORS: Mapping[Kind, Tree] = {
    Kind.TEXT: {"text": None},
    Kind.LINES: {"text": {"multiline": True}},
    Kind.FLAG: {"boolean": None},
    Kind.TIME: {"datetime": None},
    Kind.ANY: {"text": None},
}
CONNECTION: Tree = {
    "config_entry_id": {"selector": {"config_entry": {"integration": "event_relay"}}}
}
WAIT: Tree = {
    "wait": {
        "default": 10,
        "selector": {
            "number": {"min": 0, "max": 300, "mode": "box", "unit_of_measurement": "s"}
        },
    }
}


def described(operation: AnyOperation) -> Tree:
    """Return the description of an operation's action."""
    asked = operation.asked()
    folded = [field for field in asked if _is_folded(field)]
    return {
        "fields": {
            **_fields(field for field in asked if field not in folded),
            **CONNECTION,
            "more": {
                "collapsed": True,
                "fields": {
                    **_fields(folded),
                    **WAIT,
                },
            },
        }
    }


def _is_folded(field: Field) -> bool:
    """Return whether a field is in the collapsed section.

    In a section, Home Assistant does not find the texts of the options (2026.10).
    """
    return field.seldom and not field.translation_key


def _fields(fields: Iterable[Field]) -> Tree:
    """Return the descriptions of fields by name."""
    return {field.name: _described(field) for field in fields}


def _described(field: Field) -> Tree:
    """Return the description of a field."""
    said: Tree = {"required": True} if field.required or field.expected else {}
    if field.default is not None:
        said["default"] = field.default
    if field.example:
        said["example"] = field.example
    return {**said, "selector": _selector(field)}


def _selector(field: Field) -> Tree:
    """Return the selector of a field in the form of an action."""
    said: Tree = dict(SELECTORS.get(field.kind, {"object": None}))
    if field.shown_as is not None:
        said = dict(field.shown_as)
    elif field.kind is Kind.ENTITY:
        said = {"entity": {"domain": field.options[0]}}
    elif field.kind in (Kind.NUMBER, Kind.SECONDS):
        said = {"number": _number(field)}
    elif field.options:
        said = {"select": _choice(field)}
    elif field.kind is Kind.TEXT and field.secret:
        said = {"text": {"type": "password"}}
    return said


def _number(field: Field) -> Tree:
    """Return the bounds of a number and its unit."""
    said: Tree = {"min": field.least, "max": field.most}
    if field.step is not None:
        said["step"] = field.step
    said["mode"] = "box"
    if field.kind is Kind.SECONDS:
        said["unit_of_measurement"] = "s"
    return said


def _choice(field: Field) -> Tree:
    """Return the options of a field."""
    said: Tree = {}
    if field.kind is Kind.LIST:
        said |= {"multiple": True, "custom_value": True}
    if field.translation_key:
        said["translation_key"] = field.translation_key
    return {**said, "options": [*field.options]}
