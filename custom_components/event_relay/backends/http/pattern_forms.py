"""Templates for rules that only lack their entities, if the requests allow them."""

from collections.abc import Mapping
from dataclasses import replace

from ..base import Settings
from ..rule_patterns import Pattern, each, purpose
from .request.definition import Definition, FieldType
from .request_forms import CONF_DEFINITION

_SEND = "send_http_request"
_NAME = "{{ trigger.to_state.name }}"
_ANY = {
    "entity_id": "{{ trigger.entity_id }}",
    "name": _NAME,
    "state": "{{ trigger.to_state.state }}",
}
"""Data for a request that accepts any data."""

PATTERNS: Mapping[str, Pattern] = {
    "doorbell_to_request": Pattern(
        operation=_SEND, triggers=[purpose("doorbell.rang")]
    ),
    "alarm_to_request": Pattern(
        operation=_SEND, triggers=[each("alarm_control_panel.triggered")]
    ),
    "problem_until_solved": Pattern(
        operation=_SEND,
        triggers=[{"trigger": "state", "entity_id": [], "to": ["on"]}],
        until={
            "triggers": [{"trigger": "state", "entity_id": [], "to": ["off"]}],
            "longest_open": 86_400,
        },
    ),
}


def patterns_for(settings: Settings) -> Mapping[str, Pattern]:
    """Return the patterns that fit the connection's requests.

    If only one request fits, it is chosen, with its required data.
    """
    requests = {
        request: Definition.parse(one.data[CONF_DEFINITION])
        for request, one in settings.subentries.items()
    }
    patterns = {}
    for name, pattern in PATTERNS.items():
        fitting = [
            request
            for request, one in requests.items()
            if pattern.until is None or one.end is not None
        ]
        if len(fitting) == 1:
            (request,) = fitting
            fields = {"request": request, "data": _data_of(requests[request])}
            patterns[name] = replace(pattern, fields=fields)
        elif fitting:
            patterns[name] = pattern
    return patterns


def _data_of(definition: Definition) -> Mapping[str, str]:
    """Return the required data of a request: the entity's name in all text fields.

    Fields of other types are left to the user.
    """
    if definition.accepts is None:
        return _ANY
    return {
        name: _NAME
        for name in sorted(definition.needs)
        if definition.types.get(name, FieldType.TEXT) is FieldType.TEXT
    }
