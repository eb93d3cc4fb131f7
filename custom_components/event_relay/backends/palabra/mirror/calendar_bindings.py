"""What is known of the live events that were made for the events of a calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ....queue.store.rule_state import Note
from ....rules.instants import read_instant
from ...base import Json

_PREFIX = "bound/"


@dataclass(frozen=True, kw_only=True)
class Binding:
    """What is known of the live event of an event of the calendar."""

    group: str
    version: int
    """Counts what was asked for; part of the ids of deliveries."""
    start: datetime
    end: datetime
    digest: str = ""
    """Of what was last asked for; empty if nothing is outside."""
    made_by: str | None = None
    """The delivery that made it."""
    event_id: str | None = None
    """Its outside id, where it was found instead."""
    said: tuple[str, ...] = ()
    """Fields that were filled, and must be cleared when they no longer are."""

    @property
    def exists(self) -> bool:
        """Whether there is something outside, or soon will be."""
        return self.made_by is not None or self.event_id is not None

    @property
    def target(self) -> dict[str, Json]:
        """The field of an operation that names it.

        By its delivery where there is one, so that all that is done to it keeps its
        order, whether it has been made yet or not.
        """
        if self.made_by is not None:
            return {"delivery_id": self.made_by}
        return {"event_id": self.event_id}

    @property
    def note(self) -> Note:
        """Return the note that remembers it."""
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
        """Return it with nothing outside any more."""
        return replace(self, digest="", made_by=None, event_id=None, said=())


def read_bindings(notes: Mapping[str, Note]) -> dict[str, Binding]:
    """Return what notes say is bound, by keys."""
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
    """Return the keys of bindings that cannot be read, and what made each, if known."""
    return {
        name.removeprefix(_PREFIX): note.keeps
        for name, note in notes.items()
        if name.startswith(_PREFIX) and _read(note) is None
    }


def _read(note: Note) -> Binding | None:
    """Return the binding that a note remembers."""
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
