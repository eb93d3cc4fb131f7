"""The calls of Jotter."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import ClientSession

from custom_components.event_relay.backends.base import JsonObject
from custom_components.event_relay.backends.capabilities import PlainCapabilities
from custom_components.event_relay.backends.errors import InvalidResponse
from custom_components.event_relay.backends.json_responses import (
    decoded,
    raise_for_answer,
)
from custom_components.event_relay.backends.transport import Effect, HttpTransport


@dataclass(frozen=True, kw_only=True)
class JotterCapabilities(PlainCapabilities):
    """What the live system says of itself."""

    version: str


class JotterClient:
    """Talks to one Jotter."""

    def __init__(self, session: ClientSession, address: str, *, api_key: str) -> None:
        """Take a session, a normalised address and the key."""
        self._transport = HttpTransport(session, address)
        self._transport.secrets = lambda: (api_key,)
        self._headers = {"Authorization": f"Bearer {api_key}"}

    async def capabilities(self) -> JotterCapabilities:
        """Prove the contact by the cheapest read."""
        reply = await self._transport.send("GET", "about", headers=self._headers)
        raise_for_answer(reply, Effect.NONE)
        match decoded(reply):
            case {"version": str(version)}:
                return JotterCapabilities(version=version)
        raise InvalidResponse("no version")

    async def put_note(self, note_id: str, text: str) -> None:
        """Write a note; the same one twice is the same as once."""
        await self._write("PUT", note_id, {"text": text})

    async def finish_note(self, note_id: str, done_at: datetime) -> None:
        """Say when what a note is about was over."""
        await self._write("PATCH", note_id, {"done_at": done_at.isoformat()})

    async def _write(self, method: str, note_id: str, body: JsonObject) -> None:
        """Change a note."""
        reply = await self._transport.send(
            method,
            "notes",
            note_id,
            effect=Effect.REPEATABLE,
            headers=self._headers,
            body=body,
        )
        raise_for_answer(reply, Effect.REPEATABLE)
