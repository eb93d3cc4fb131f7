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
"""What the names of all cursors begin with."""


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """All occurrences before `at` are seen to, and those `decided` at that instant."""

    at: datetime
    of: str
    """What `triggers_mark` gave for its rule; others begin anew."""
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
        """Return the cursor once another occurrence has been seen to."""
        if instant < self.at:
            return self
        if instant == self.at:
            decided = dict.fromkeys((*self.decided, occurrence))
            return replace(self, decided=tuple(decided))
        return replace(self, at=instant, decided=(occurrence,))

    def covers(self, instant: datetime, occurrence: str) -> bool:
        """Say whether an occurrence has been seen to."""
        return instant < self.at or occurrence in self.decided


def cursor_name(index: int) -> str:
    """Return the name of the note for the trigger at an index."""
    return f"{CURSOR}{index}"


def triggers_mark(triggers: Sequence[Mapping[str, Any]]) -> str:
    """Return what tells a rule's triggers from those it had before it was changed."""
    written = json.dumps(triggers, sort_keys=True, default=str)
    return sha256(written.encode()).hexdigest()[:16]


def read_cursor(notes: Mapping[str, Note], index: int, of: str) -> Cursor | None:
    """Return the cursor of a trigger, None if nothing is remembered of it."""
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
