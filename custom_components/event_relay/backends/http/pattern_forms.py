"""Rules for requests that only lack their entities, as far as the requests say what."""

from collections.abc import Mapping
from dataclasses import replace

from ..base import Settings
from ..rule_patterns import Pattern, each, purpose
from .definition import Definition, FieldType
from .request_forms import CONF_DEFINITION

_SEND = "send_http_request"
_NAME = "{{ trigger.to_state.name }}"
_ANY = {
    "entity_id": "{{ trigger.entity_id }}",
    "name": _NAME,
    "state": "{{ trigger.to_state.state }}",
}
"""What a request is told that accepts whatever it is told."""

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
    """Return the patterns that a connection has the requests for.

    The only request that fits is chosen, with what it must be told.
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
    """Return what a request must be told: the name of the entity, as far as it is text.

    A number or the like is left to the user.
    """
    if definition.accepts is None:
        return _ANY
    return {
        name: _NAME
        for name in sorted(definition.needs)
        if definition.types.get(name, FieldType.TEXT) is FieldType.TEXT
    }
