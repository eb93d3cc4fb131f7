"""What a script mirror remembers, and what is to be done next: pure functions."""

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
    """The script that a mirror keeps, as it was last asked for."""

    version: int
    """Counts what was asked for; part of the ids of deliveries."""
    fields: JsonObject
    """As the operation takes them."""
    week: JsonObject
    """The helper's week, in texts."""
    made_by: str | None = None
    """The delivery that made it; its receipt has the script's id."""
    script_id: int | None = None
    """Its id, where it was found or named by the user instead."""
    latest: str | None = None
    """The delivery that was asked for last."""

    @property
    def target(self) -> JsonObject:
        """The field of an operation that names the script."""
        if self.made_by is not None:
            return {"delivery_id": self.made_by}
        return {"script_id": self.script_id}

    @property
    def notes(self) -> Notes:
        """Return the notes that remember it.

        They keep its making for good, and its latest change. The script's id is in
        the receipt, so it is known as soon as the script is, in the same transaction.
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
    """What is to be done next."""

    NOTHING = auto()
    CREATE = auto()
    CHANGE = auto()
    WAIT_FOR_USER = auto()
    """A former attempt may have done it or not, and only the user can say."""


def next_step(
    kept: Kept, wanted: JsonObject, made: Delivery | None, latest: Delivery | None
) -> Step:
    """Say what brings the script in step.

    What was refused is tried again when something changes, not before; what expired
    because aipix was not there, whenever the two are compared.
    """
    expired = latest is not None and latest.state is DeliveryState.EXPIRED
    if kept.fields == wanted and not expired:
        return Step.NOTHING
    if kept.made_by is None and kept.script_id is not None:
        return Step.CHANGE
    if made is None:
        return Step.CREATE
    if made.unclear and made.state in (DeliveryState.FAILED, DeliveryState.EXPIRED):
        return Step.WAIT_FOR_USER
    if made.state.settled and made.state is not DeliveryState.DELIVERED:
        return Step.CREATE
    return Step.CHANGE


def changed_fields(
    kept: Kept, wanted: Mapping[str, Json], latest: Delivery | None
) -> JsonObject:
    """Return the fields that are to be written.

    Only those that changed, so that what somebody changed outside stays; all of them
    if the last change did not arrive.
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
    """Return what notes say of the script, None if they say nothing."""
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
    """Say whether something was known of the script that cannot be read any more."""
    return _SCRIPT in notes and read_kept(notes) is None


def recover(notes: Mapping[str, Note], version: int) -> Kept | None:
    """Return what is left of a damaged note: the delivery that made the script.

    What it was last asked for is not known, so that all of it is written anew. None
    where not even that is left.
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
