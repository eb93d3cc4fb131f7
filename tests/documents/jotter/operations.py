"""What Jotter can be asked to do."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import override

from custom_components.event_relay.backends.base import (
    Backend,
    JsonObject,
    Operation,
    StepContext,
)
from custom_components.event_relay.backends.field_table import (
    flag_field,
    text_field,
    time_field,
)
from custom_components.event_relay.backends.target import (
    EventTarget,
    FollowingOperation,
)

from .client import JotterCapabilities, JotterClient


@dataclass(frozen=True, kw_only=True)
class WriteNote:
    """A note to be written."""

    text: str
    until_ended: bool = False


class WriteNoteOperation(Operation[JotterClient, WriteNote, JotterCapabilities]):
    """Write a note."""

    name = "write_note"
    repeatable = True
    goes_first = True
    fields = (
        text_field(
            "text", longest=200, prose=True, required=True, example="Milk is out"
        ),
        flag_field("until_ended", in_rule=False),
    )
    payload = WriteNote

    @override
    async def run(
        self, client: JotterClient, payload: WriteNote, context: StepContext
    ) -> JsonObject:
        """Write the note under the id of its delivery; twice is the same as once."""
        await client.put_note(context.delivery_id, payload.text)
        return {"event_id": context.delivery_id}


@dataclass(frozen=True, kw_only=True)
class FinishNote:
    """What a note is about is over."""

    target: EventTarget
    end_time: datetime | None = None
    """None for when the delivery occurred."""


class FinishNoteOperation(
    FollowingOperation[JotterClient, FinishNote, JotterCapabilities]
):
    """Say when what a note is about was over."""

    name = "finish_note"
    repeatable = True
    fields = (time_field("end_time", public=True),)
    payload = FinishNote

    @override
    async def run(
        self, client: JotterClient, payload: FinishNote, context: StepContext
    ) -> JsonObject:
        """Finish the note that is meant."""
        note_id = payload.target.resolve(context)
        done_at = payload.end_time or context.occurred_at
        await client.finish_note(note_id, done_at.astimezone(UTC))
        return {"event_id": note_id}


JOTTER = Backend(
    name="jotter",
    title="Jotter",
    operations=(WriteNoteOperation(), FinishNoteOperation()),
    load_capabilities=JotterCapabilities.load,
)
