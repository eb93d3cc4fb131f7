"""Up to where the occurrences of a trigger have been seen to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..outbox.memory import Note

CURSOR = "cursor/"
"""What the names of all cursors begin with."""


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """All occurrences before `at` are seen to, and those `decided` at that instant."""

    at: datetime
    decided: tuple[str, ...] = ()
    """Ids of occurrences."""

    @property
    def note(self) -> Note:
        """Return the note that remembers it."""
        return Note(value={"at": self.at.timestamp(), "decided": [*self.decided]})

    def past(self, instant: datetime, occurrence: str) -> Cursor:
        """Return the cursor once another occurrence has been seen to."""
        if instant < self.at:
            return self
        if instant == self.at:
            decided = dict.fromkeys((*self.decided, occurrence))
            return Cursor(at=instant, decided=tuple(decided))
        return Cursor(at=instant, decided=(occurrence,))

    def covers(self, instant: datetime, occurrence: str) -> bool:
        """Say whether an occurrence has been seen to."""
        return instant < self.at or occurrence in self.decided


def cursor_name(index: int) -> str:
    """Return the name of the note for the trigger at an index."""
    return f"{CURSOR}{index}"


def read_cursor(notes: Mapping[str, Note], index: int) -> Cursor | None:
    """Return the cursor of a trigger, None if nothing is remembered of it."""
    note = notes.get(cursor_name(index))
    match note.value if note else None:
        case {"at": float() | int() as at, "decided": list() as decided}:
            return Cursor(
                at=datetime.fromtimestamp(at, UTC),
                decided=tuple(one for one in decided if isinstance(one, str)),
            )
        case _:
            return None
