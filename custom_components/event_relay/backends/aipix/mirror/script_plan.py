"""The notes of a script mirror and its next step: pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from ....queue.delivery import Delivery, DeliveryState
from ....queue.store.rule_state import Note, Notes
from ...base import Json, JsonObject

_SCRIPT = "script"
_LATEST = "latest"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The script of a mirror, as last requested."""

    version: int
    """Counts the requests; part of the ids of deliveries."""
    fields: JsonObject
    """In the format of the operation."""
    week: JsonObject
    """The helper's week, in texts."""
    made_by: str | None = None
    """The delivery that created it; its receipt has the script's id."""
    script_id: int | None = None
    """Its id, if it was looked up or named by the user instead."""
    latest: str | None = None
    """The last delivery."""

    @property
    def target(self) -> JsonObject:
        """Return the operation's field that names the script."""
        if self.made_by is not None:
            return {"delivery_id": self.made_by}
        return {"script_id": self.script_id}

    @property
    def notes(self) -> Notes:
        """Return the notes that store it.

        They keep the delivery that created it for good, and the latest change. The
        script's id is in the receipt, so it becomes known in the same transaction as
        the script.
        """
        return {
            _SCRIPT: Note(
                value={
                    "version": self.version,
                    "fields": self.fields,
                    "week": self.week,
                    "script_id": self.script_id,
                },
                keeps=self.made_by,
            ),
            _LATEST: Note(value=None, keeps=self.latest),
        }


class Step(Enum):
    """The next step of a mirror."""

    NOTHING = auto()
    CREATE = auto()
    CHANGE = auto()
    WAIT_FOR_USER = auto()
    """An earlier attempt may have succeeded, and only the user can decide."""


def next_step(
    kept: Kept, wanted: JsonObject, made: Delivery | None, latest: Delivery | None
) -> Step:
    """Return the step that updates the script.

    A rejected change is tried again when something changes, not before. One that
    expired because aipix was unreachable is tried at the next comparison.
    """
    expired = latest is not None and latest.state is DeliveryState.EXPIRED
    if kept.fields == wanted and not expired:
        return Step.NOTHING
    if kept.made_by is None and kept.script_id is not None:
        return Step.CHANGE
    if made is None:
        return Step.CREATE
    if made.outcome_unknown and made.state in (
        DeliveryState.FAILED,
        DeliveryState.EXPIRED,
    ):
        return Step.WAIT_FOR_USER
    if made.state.settled and made.state is not DeliveryState.DELIVERED:
        return Step.CREATE
    return Step.CHANGE


def changed_fields(
    kept: Kept, wanted: Mapping[str, Json], latest: Delivery | None
) -> JsonObject:
    """Return the fields to write.

    Only those that changed, so that changes made outside stay; all of them if the last
    change did not arrive.
    """
    arrived = latest is None or (
        latest.state is DeliveryState.DELIVERED or not latest.state.settled
    )
    if not arrived:
        return dict(wanted)
    return {
        name: value for name, value in wanted.items() if kept.fields.get(name) != value
    }


def read_kept(notes: Mapping[str, Note]) -> Kept | None:
    """Read the script from notes; None without any."""
    script, latest = notes.get(_SCRIPT), notes.get(_LATEST)
    match script.value if script else None:
        case {
            "version": int(version),
            "fields": dict(fields),
            "week": dict(week),
            **rest,
        }:
            script_id = rest.get("script_id")
            return Kept(
                version=version,
                fields=fields,
                week=week,
                made_by=script.keeps if script else None,
                script_id=script_id if isinstance(script_id, int) else None,
                latest=latest.keeps if latest else None,
            )
        case _:
            return None


def is_damaged(notes: Mapping[str, Note]) -> bool:
    """Return whether the notes about the script are unreadable."""
    return _SCRIPT in notes and read_kept(notes) is None


def recover(notes: Mapping[str, Note], version: int) -> Kept | None:
    """Recover the delivery that created the script from a damaged note.

    The last request is unknown, so all fields are written again. None if that delivery
    is lost, too.
    """
    script, latest = notes.get(_SCRIPT), notes.get(_LATEST)
    if script is None or script.keeps is None:
        return None
    return Kept(
        version=version,
        fields={},
        week={},
        made_by=script.keeps,
        latest=latest.keeps if latest else None,
    )
