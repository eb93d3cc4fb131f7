"""Requests to one Frigate, and what is made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.compare.response import Answer
from tools.compare.side import Side
from tools.simulators.wire import Json

FRESH = {"X-Cache-Bypass": "1"}


@dataclass
class Recorder:
    """Asks one side, and keeps what it does."""

    side: Side
    camera: str
    made: list[str] = field(default_factory=list)
    """The ids of the events that were made here."""

    async def step(
        self,
        step: str,
        method: str,
        path: str,
        *,
        json: Json = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        whole: bool = True,
    ) -> Answer:
        """Send a request, and keep its answer: whole, or its shape only."""
        answer = await self.side.ask(
            method, path, json=json, data=data, headers=headers
        )
        self.side.see(step, answer.facts(whole=whole))
        self._keep_made(answer)
        return answer

    async def create(self, step: str, label: str = "compare", **body: Json) -> str:
        """Make an event, wait until it is stored, and return its id."""
        path = f"/api/events/{self.camera}/{label}/create"
        await self.step(step, "POST", path, json=body)
        event_id = self.made[-1]
        await self.side.until(f"{step}: row", lambda: self._is_stored(event_id))
        return event_id

    async def event(self, event_id: str) -> dict[str, Json]:
        """Return an event as it is stored now; empty where it is not."""
        answer = await self.side.ask("GET", f"/api/events/{event_id}", headers=FRESH)
        content = answer.json
        return content if isinstance(content, dict) else {}

    async def open_items(self) -> list[dict[str, Json]]:
        """Return the open review items of the camera."""
        path = f"/api/review?cameras={self.camera}"
        answer = await self.side.ask("GET", path, headers=FRESH)
        items = answer.json if isinstance(answer.json, list) else []
        return [
            item
            for item in items
            if isinstance(item, dict) and item.get("end_time") is None
        ]

    def _keep_made(self, answer: Answer) -> None:
        content = answer.json
        if isinstance(content, dict) and isinstance(content.get("event_id"), str):
            self.made.append(str(content["event_id"]))

    async def _is_stored(self, event_id: str) -> bool:
        return bool(await self.event(event_id))


def counted(content: dict[str, Json], event_id: str) -> dict[str, Json]:
    """Return content with its times in seconds since an event was asked for."""
    asked = float(event_id.partition("-")[0])
    return content | {
        name: round(moment - asked)
        for name in ("start_time", "end_time")
        if isinstance(moment := content.get(name), int | float)
    }
