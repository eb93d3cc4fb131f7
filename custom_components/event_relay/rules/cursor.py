"""A cursor per trigger: up to where its occurrences have been handled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
import json
import logging
from typing import Any

from ..queue.store.rule_state import Note
from .instants import read_instant

_LOGGER = logging.getLogger(__name__)

CURSOR = "cursor/"
"""Prefix of the note names of all cursors."""


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """All occurrences before `at` are handled, and those `decided` at that instant."""

    at: datetime
    of: str
    """The `triggers_mark` of its rule; with another mark the cursor starts afresh."""
    decided: tuple[str, ...] = ()
    """Ids of occurrences."""

    @property
    def note(self) -> Note:
        """Return the note that remembers it."""
        return Note(
            value={
                "at": self.at.timestamp(),
                "of": self.of,
                "decided": [*self.decided],
            }
        )

    def past(self, instant: datetime, occurrence: str) -> Cursor:
        """Return the cursor after another occurrence has been handled."""
        if instant < self.at:
            return self
        if instant == self.at:
            decided = dict.fromkeys((*self.decided, occurrence))
            return replace(self, decided=tuple(decided))
        return replace(self, at=instant, decided=(occurrence,))

    def covers(self, instant: datetime, occurrence: str) -> bool:
        """Return whether an occurrence has been handled."""
        return instant < self.at or occurrence in self.decided


def cursor_name(index: int) -> str:
    """Return the name of the note for the trigger at an index."""
    return f"{CURSOR}{index}"


def triggers_mark(triggers: Sequence[Mapping[str, Any]]) -> str:
    """Return a digest of a rule's triggers, which changes when they do."""
    written = json.dumps(triggers, sort_keys=True, default=str)
    return sha256(written.encode()).hexdigest()[:16]


def read_cursor(notes: Mapping[str, Note], index: int, of: str) -> Cursor | None:
    """Return the stored cursor of a trigger; None without one."""
    note_name = cursor_name(index)
    note = notes.get(note_name)
    match note.value if note else None:
        case {"at": noted, "of": str(noted_of), "decided": list() as decided} if (
            at := read_instant(noted)
        ):
            if noted_of != of:
                return None
            return Cursor(
                at=at,
                of=of,
                decided=tuple(one for one in decided if isinstance(one, str)),
            )
    if note is not None:
        _LOGGER.warning("%s is damaged: the trigger begins anew", note_name)
    return None
