"""The bindings of calendar events to the live events created for them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ....queue.store.rule_state import Note
from ....rules.instants import read_instant
from ...base import Json

_PREFIX = "bound/"


@dataclass(frozen=True, kw_only=True)
class Binding:
    """The live event of one calendar event."""

    group: str
    version: int
    """Counts the requests; part of the ids of deliveries."""
    start: datetime
    end: datetime
    digest: str = ""
    """Digest of the last request; empty if there is no live event."""
    made_by: str | None = None
    """The delivery that created it."""
    event_id: str | None = None
    """Its outside id, if it was looked up instead."""
    said: tuple[str, ...] = ()
    """Fields that had a value, and must be cleared when they no longer have one."""

    @property
    def exists(self) -> bool:
        """Return whether the live event exists, or soon will."""
        return self.made_by is not None or self.event_id is not None

    @property
    def target(self) -> dict[str, Json]:
        """Return the operation's field that names it.

        By its delivery if there is one: this keeps the order of all its deliveries,
        whether it has been created yet or not.
        """
        if self.made_by is not None:
            return {"delivery_id": self.made_by}
        return {"event_id": self.event_id}

    @property
    def note(self) -> Note:
        """Return the note that stores it."""
        value: dict[str, Json] = {
            "group": self.group,
            "version": self.version,
            "start": self.start.timestamp(),
            "end": self.end.timestamp(),
            "digest": self.digest,
            "event_id": self.event_id,
            "said": [*self.said],
        }
        return Note(value=value, keeps=self.made_by)

    def ended(self) -> Binding:
        """Return the binding without a live event."""
        return replace(self, digest="", made_by=None, event_id=None, said=())


def read_bindings(notes: Mapping[str, Note]) -> dict[str, Binding]:
    """Return the bindings in notes, by key."""
    return {
        name.removeprefix(_PREFIX): binding
        for name, note in notes.items()
        if name.startswith(_PREFIX) and (binding := _read(note))
    }


def note_name(key: str) -> str:
    """Return the name of the note for a key."""
    return f"{_PREFIX}{key}"


def notes_of(bindings: Mapping[str, Binding | None]) -> dict[str, Note | None]:
    """Return the notes of some bindings."""
    return {
        note_name(key): binding.note if binding else None
        for key, binding in bindings.items()
    }


def damaged_bindings(notes: Mapping[str, Note]) -> dict[str, str | None]:
    """Return the keys of unreadable bindings, with the creating delivery if known."""
    return {
        name.removeprefix(_PREFIX): note.keeps
        for name, note in notes.items()
        if name.startswith(_PREFIX) and _read(note) is None
    }


def _read(note: Note) -> Binding | None:
    """Return the binding in a note."""
    match note.value:
        case {
            "group": str(group),
            "version": int(version),
            "start": noted_start,
            "end": noted_end,
            "digest": str(digest),
            "said": list(said),
            **rest,
        } if (start := read_instant(noted_start)) and (end := read_instant(noted_end)):
            event_id = rest.get("event_id")
            return Binding(
                group=group,
                version=version,
                start=start,
                end=end,
                digest=digest,
                made_by=note.keeps,
                event_id=event_id if isinstance(event_id, str) else None,
                said=tuple(name for name in said if isinstance(name, str)),
            )
        case _:
            return None
