"""What an outcome is in words: those of Activity, and of our triggers.

In English, as everything in Activity that is not a state: Home Assistant has no
translations for it.
"""

from collections.abc import Mapping
from typing import Any

from .outbox.delivery import ELSEWHERE, MOOT, SENT_ELSEWHERE, START_NEVER_WAS
from .registry import BACKENDS
from .rules.outcome import OutcomeKind

OUTCOME_UNKNOWN = "outcome_unknown"
UNKNOWN = frozenset({OUTCOME_UNKNOWN, SENT_ELSEWHERE})
"""Reasons with which it may have arrived all the same."""

REASONS: Mapping[str, str] = {
    "cannot_connect": "it could not be reached",
    ELSEWHERE: "what it changes is in another system",
    "internal_error": "an error in Event Relay; see the log",
    "invalid_auth": "the credentials were rejected",
    "invalid_response": "its response could not be understood",
    "name_not_found": "its host name was not found",
    OUTCOME_UNKNOWN: "the response was lost",
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
    "field_bad_character": "contains an invalid character",
    "field_exclusive": "cannot be used together with {other}",
    "field_invalid": "not a valid value",
    "field_not_a_start": "of a delivery that did not create an event",
    "field_not_after": "not after {other}",
    "field_not_found": "not a known delivery",
    "field_not_one_of": "not one of its possible values",
    "field_nothing_to_change": "nothing to change",
    "field_one_required": "missing, and so is {other}",
    "field_other_connection": "belongs to another connection",
    "field_out_of_range": "not from {minimum} to {maximum}",
    "field_required": "missing",
    "field_start_never_was": "of an event that was never delivered",
    "field_too_early": "before {limit}",
    "field_too_late": "after {limit}",
    "field_too_long": "longer than {maximum} characters",
    "field_too_many": "more than {maximum} entries",
    "field_unknown": "not a field of this action",
}
"""What is wrong with a field, to follow its name; backends have more of their own."""
DONE: Mapping[str, str] = {
    "create": "created",
    "delete": "deleted",
    "end": "ended",
    "update": "updated",
}


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


def field_reasons() -> Mapping[str, str]:
    """Return what can be wrong with a field, for all backends that there are."""
    reasons = dict(FIELD_REASONS)
    for forms in BACKENDS:
        reasons |= forms.field_reasons
    return reasons


def _why(reason: str, values: Mapping[str, str]) -> str:
    """Return a reason in words: for a field its name, and what is wrong with it."""
    if (words := field_reasons().get(reason)) is None or "field" not in values:
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
