"""What Jotter can be asked to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import override

from custom_components.event_relay.backends.base import (
    Backend,
    InvalidField,
    JsonObject,
    Operation,
    Receipt,
    Step,
    StepContext,
)
from custom_components.event_relay.backends.fields import known_only

from .client import JotterCapabilities, JotterClient


@dataclass(frozen=True, kw_only=True)
class WriteNote:
    """A note to be written."""

    text: str


class WriteNoteOperation(Operation[JotterClient, WriteNote, JotterCapabilities]):
    """Write a note."""

    name = "write_note"

    @override
    def parse(self, data: Mapping[str, object]) -> WriteNote:
        """Read the fields of the action; raises InvalidField."""
        known_only(data, {"text"})
        text = data.get("text")
        if not isinstance(text, str) or not text:
            raise InvalidField("text", "required")
        return WriteNote(text=text)

    @override
    def check(
        self, payload: WriteNote, capabilities: JotterCapabilities, now: datetime
    ) -> None:
        """Refuse nothing that this version lacks: every version has notes."""

    @override
    def dump(self, payload: WriteNote) -> JsonObject:
        """Turn the payload into what the outbox stores."""
        return {"text": payload.text}

    @override
    def load(self, version: int, data: JsonObject) -> WriteNote:
        """Read a stored payload; raises UnreadablePayload."""
        return self.reread(version, data)

    @override
    def steps(
        self, payload: WriteNote, capabilities: JotterCapabilities
    ) -> tuple[Step[JotterClient, WriteNote], ...]:
        """Return the one call; our own id makes it repeatable."""
        return (Step(name="write", run=_write, repeatable=True),)

    @override
    def receipt(self, payload: WriteNote, results: Mapping[str, JsonObject]) -> Receipt:
        """Return the id of the note."""
        return Receipt(outside_id=str(results["write"]["id"]))

    @override
    def summary(self, payload: WriteNote) -> str:
        """Say in a few words what is delivered."""
        return payload.text[:50]


async def _write(
    client: JotterClient, payload: WriteNote, context: StepContext
) -> JsonObject:
    """Write the note under the id of its delivery."""
    await client.put_note(context.delivery_id, payload.text)
    return {"id": context.delivery_id}


JOTTER = Backend(
    name="jotter",
    title="Jotter",
    operations=(WriteNoteOperation(),),
    load_capabilities=JotterCapabilities.load,
    concurrency=1,
)
