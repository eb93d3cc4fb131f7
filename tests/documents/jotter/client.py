"""The calls of Jotter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from custom_components.event_relay.backends.capabilities import PlainCapabilities
from custom_components.event_relay.backends.json_client import JsonClient
from custom_components.event_relay.backends.transport import Effect


@dataclass(frozen=True, kw_only=True)
class JotterCapabilities(PlainCapabilities):
    """What the live system says of itself."""

    version: str


class JotterClient(JsonClient):
    """Talks to one Jotter."""

    headers: ClassVar[Mapping[str, str]] = {"Authorization": "Bearer {api_key}"}

    async def capabilities(self) -> JotterCapabilities:
        """Prove the contact by the cheapest read."""
        return await self.read_as(JotterCapabilities, "about")

    async def put_note(self, note_id: str, text: str) -> None:
        """Write a note; the same one twice is the same as once."""
        await self.send("PUT", "notes", note_id, body={"text": text})

    async def finish_note(self, note_id: str, done_at: datetime) -> None:
        """Say when what a note is about was over."""
        await self.send(
            "PATCH",
            "notes",
            note_id,
            effect=Effect.REPEATABLE,
            body={"done_at": done_at.isoformat()},
        )
