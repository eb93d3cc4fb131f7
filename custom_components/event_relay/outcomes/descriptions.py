"""Words for outcomes, for Activity and our triggers.

They are in the home's language: their readers are not known.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant

from ..home_language import texts_of
from ..queue.delivery import SENT_ELSEWHERE, no_retry_helps
from ..rules.outcome import OutcomeKind

OUTCOME_UNKNOWN = "outcome_unknown"
UNKNOWN = frozenset({OUTCOME_UNKNOWN, SENT_ELSEWHERE})
"""Reasons for which a delivery may still have arrived."""


def message(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return a sentence for an outcome, to follow its owner's name."""
    return OutcomeWords(texts_of(hass, "common")).message(data)


class OutcomeWords:
    """Composes sentences from the texts `common` of one language."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Initialize with the texts by key."""
        self._texts = texts

    def message(self, data: Mapping[str, Any]) -> str:
        """Return a sentence for an outcome, marked if it is that of a test."""
        said = self._sentence(data)
        return self._text("outcome_test", what=said) if data.get("test") else said

    def _sentence(self, data: Mapping[str, Any]) -> str:
        """Return what became of it, and why."""
        kind, reason = data.get("outcome"), data.get("reason")
        if kind == OutcomeKind.SKIPPED:
            often = data.get("times", 1)
            key = "outcome_missed_often" if often > 1 else "outcome_missed"
            return self._text(key, times=str(often))
        if kind == OutcomeKind.DELIVERED:
            said = self._deed(data, "done")
            return (
                self._text("outcome_in_part", what=said)
                if data.get("warnings")
                else said
            )
        unknown = kind == OutcomeKind.FAILED and reason in UNKNOWN
        said = self._deed(data, "unknown" if unknown else "not_done")
        why = self.because(kind, reason, data.get("reason_values") or {})
        return self._text("outcome_because", what=said, reason=why) if why else said

    def because(
        self, kind: str | None, reason: str | None, values: Mapping[str, str]
    ) -> str | None:
        """Return why something did not arrive; None if that is not known."""
        why = self.why(reason, values) if reason else None
        match kind:
            case OutcomeKind.EXPIRED:
                key = "outcome_expired_because" if why else "outcome_expired"
                return self._text(key, reason=why or "")
            case OutcomeKind.DISCARDED if not no_retry_helps(reason or ""):
                return self._text("outcome_discarded")
        return why

    def _deed(self, data: Mapping[str, Any], how: str) -> str:
        """Return the operation, its destination and its subject."""
        named = f"outcome_{data.get('operation')}_{how}"
        known = named in self._texts
        said = self._text(named if known else f"outcome_event_{how}")
        connection = data.get("connection")
        if data.get("name") != connection:
            key = "outcome_in" if known else "outcome_to"
            said = self._text(key, what=said, connection=str(connection))
        return f"{said}, {data['about']}" if data.get("about") else said

    def why(self, reason: str, values: Mapping[str, str]) -> str:
        """Return a readable reason: for a field its label and its problem."""
        field, key = values.get("field"), f"reason_{reason}"
        if field is None and key in self._texts:
            return self._text(key)
        try:
            words = self._text(key, **values)
        except KeyError:
            words = reason.removeprefix("field_" if field else "").replace("_", " ")
        if field is None:
            return words
        return self._text("outcome_because", what=field, reason=words)

    def _text(self, key: str, **values: str) -> str:
        """Return a text with its placeholders filled; raises KeyError."""
        return self._texts[key].format_map(values)
