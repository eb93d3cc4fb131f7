"""How Activity tells of outcomes: one line for each, which says what and why.

It belongs to the entity that stands for the rule, mirror or connection, and its cause
is that of the delivery. All else that changes with a delivery has no line of its own:
the sensors are left out, and the event entities disabled until somebody wants them.

All of it is in English, as everything in Activity that is not a state: Home Assistant
has no translations for it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_CONTEXT_ID,
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.core import HomeAssistant, callback

from .announcing import EVENT_OUTCOME
from .const import DOMAIN
from .outbox.delivery import ELSEWHERE, MOOT, SENT_ELSEWHERE, START_NEVER_WAS
from .rules.outcome import OutcomeKind

OUTCOME_UNKNOWN = "outcome_unknown"
UNKNOWN = frozenset({OUTCOME_UNKNOWN, SENT_ELSEWHERE})
"""Reasons with which it may have arrived all the same."""

REASONS: Mapping[str, str] = {
    "cannot_connect": "it could not be reached",
    ELSEWHERE: "what it changes is in another system",
    "internal_error": "an error in Event Relay; see the log",
    "invalid_auth": "the credentials were rejected",
    "invalid_response": "its answer could not be understood",
    "name_not_found": "its host name was not found",
    OUTCOME_UNKNOWN: "its answer was lost",
    "outbox_full": "the outbox is full",
    "outbox_unavailable": "the outbox could not be used",
    "permission_denied": "permission was denied",
    "rejected": "it was rejected",
    SENT_ELSEWHERE: "it was sent to another system",
    START_NEVER_WAS.code: "its start was never delivered",
    "template_error": "a template failed",
    "unavailable": "it was not ready",
    "gone": "what it refers to no longer exists",
    "unknown_event": "the event does not exist there",
    "unknown_script": "the script does not exist there",
    "unreadable": "it was stored by another version",
}
"""What stands for the commonest codes; the others are said as they are."""
FIELD_REASONS: Mapping[str, str] = {
    "field_address_is_template": "its host is in a template",
    "field_bad_character": "contains an invalid character",
    "field_body_not_taken": "not possible with this method",
    "field_body_too_large": "larger than {maximum} bytes",
    "field_certificate_pem": "not a certificate in PEM format",
    "field_empty_schedule": "has no times",
    "field_exclusive": "cannot be given together with {other}",
    "field_field_name": "not a valid field name",
    "field_header_name": "not a valid header name",
    "field_header_reserved": "a header that belongs to the connection",
    "field_header_twice": "the same header twice",
    "field_header_value": "more than one line in a header",
    "field_invalid": "not a valid value",
    "field_invalid_time": "not a time, such as 08:00:00",
    "field_json_path": "not a path in JSON",
    "field_look_up_fails": "tried, and failed",
    "field_look_up_finds_anything": "found something with a new ID",
    "field_look_up_not_json": "its answer is not JSON",
    "field_look_up_without_id": "without the placeholder of the delivery's ID",
    "field_nested": "a list or mapping where a single value belongs",
    "field_nested_too_deeply": "nested more than {maximum} levels deep",
    "field_no_rest_command": "not one command of rest_command",
    "field_no_schedule": "not a loaded schedule helper",
    "field_not_a_language": "not a language code",
    "field_not_a_mapping": "not a mapping of names to values",
    "field_not_a_start": "of a delivery that did not create an event",
    "field_not_after": "not after {other}",
    "field_not_found": "not a known delivery",
    "field_not_one_of": "not one of its possible values",
    "field_not_rendered": "cannot be filled in",
    "field_not_supported": "not supported by version {version}",
    "field_not_yaml": "not valid YAML",
    "field_nothing_to_change": "nothing to change",
    "field_one_required": "missing, and so is {other}",
    "field_other_api": "only for the {api} API",
    "field_other_connection": "belongs to another connection",
    "field_other_origin": "at another address than the connection",
    "field_out_of_range": "not from {minimum} to {maximum}",
    "field_overlap": "overlaps with another entry",
    "field_path_character": "contains a character that paths cannot have",
    "field_path_empty": "would have an empty part",
    "field_path_query": "contains a question mark",
    "field_path_segment": "has an empty part, or one that leads upwards",
    "field_path_slash": "does not start with a slash",
    "field_path_statement": "contains a template statement",
    "field_placeholder_in_expression": "changes a placeholder in a template",
    "field_placeholder_not_here": "contains a placeholder that is not possible here",
    "field_request_without_end": "a request without an end request",
    "field_required": "missing",
    "field_reserved": "a reserved name",
    "field_secret_unknown": "names a secret that the connection does not have",
    "field_signing_secret": "not a secret for signatures",
    "field_start_never_was": "of an event that was {state}",
    "field_statuses": "not a list of statuses",
    "field_tag_name": "not a valid tag name",
    "field_test_webhook": "an address for tests only",
    "field_too_early": "before {limit}",
    "field_too_late": "after {limit}",
    "field_too_long": "longer than {maximum} characters",
    "field_too_many": "more than {maximum} entries",
    "field_too_short": "shorter than {minimum} characters",
    "field_unknown": "not a field of this action",
    "field_unknown_camera": "no such camera",
    "field_unknown_time_zone": "not a time zone",
}
"""What is wrong with a field, to follow its name."""
DONE: Mapping[str, str] = {
    "create": "created",
    "delete": "deleted",
    "end": "ended",
    "update": "updated",
}


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[
        [str, str, Callable[[LazyEventPartialState], dict[str, Any]]], None
    ],
) -> None:
    """Describe outcomes."""

    @callback
    def describe(event: LazyEventPartialState) -> dict[str, Any]:
        """Describe an outcome."""
        data = event.data
        return {
            LOGBOOK_ENTRY_NAME: data.get("name"),
            LOGBOOK_ENTRY_MESSAGE: message(data),
            LOGBOOK_ENTRY_ENTITY_ID: data.get("entity_id"),
            LOGBOOK_ENTRY_CONTEXT_ID: event.context_id,
        }

    async_describe_event(DOMAIN, EVENT_OUTCOME, describe)


def message(data: Mapping[str, Any]) -> str:
    """Say what an outcome was, to follow the name of whose it is."""
    kind, reason = data.get("outcome"), data.get("reason")
    if kind == OutcomeKind.SKIPPED:
        times = f", {often} times" if (often := data.get("times", 1)) > 1 else ""
        return f"skipped what was missed while Home Assistant was off{times}"
    thing, done = _deed(data.get("operation"))
    of_connection = data.get("name") == data.get("connection")
    preposition = "in" if data.get("operation") else "to"
    where = "" if of_connection else f" {preposition} {data.get('connection')}"
    about = f", {data['about']}" if data.get("about") else ""
    match kind:
        case OutcomeKind.DELIVERED:
            doubts = ", but not all of it" if data.get("warnings") else ""
            return f"{thing} {done}{where}{about}{doubts}"
        case OutcomeKind.EXPIRED:
            said = f"{thing} not {done}{where} in time{about}"
        case OutcomeKind.DISCARDED:
            said = f"{thing} not {done}{where}{about}"
            if reason not in MOOT:
                return f"{said}: it was discarded"
        case _:
            doubt = "perhaps not" if reason in UNKNOWN else "not"
            said = f"{thing} {doubt} {done}{where}{about}"
    if not reason:
        return said
    return f"{said}: {_why(reason, data.get('reason_values') or {})}"


def _why(reason: str, values: Mapping[str, str]) -> str:
    """Return a reason in words: for a field its name, and what is wrong with it."""
    if (words := FIELD_REASONS.get(reason)) is None or "field" not in values:
        return REASONS.get(reason, reason.replace("_", " "))
    try:
        return f"{values['field']}: {words.format_map(values)}"
    except KeyError:
        return f"{values['field']}: {reason.removeprefix('field_').replace('_', ' ')}"


def _deed(operation: str | None) -> tuple[str, str]:
    """Return what an operation is about, and that it was done.

    The names of operations are a verb and a thing.
    """
    if operation is None:
        return "event", "delivered"
    verb, _, thing = operation.partition("_")
    if done := DONE.get(verb):
        return thing.replace("_", " "), done
    return operation.replace("_", " "), "done"
