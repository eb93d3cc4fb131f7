"""The operation that marks a moment on a camera; only the client API has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self, override

from ..base import (
    Absent,
    Finding,
    Found,
    InvalidField,
    JsonObject,
    Operation,
    Receipt,
    Step,
    StepContext,
    Unclear,
)
from ..fields import known_only, moment, optional, required
from .client import AipixClient
from .models import AipixCapabilities
from .parts import EXPIRES
from .script import PROSE, identifier, refuse_administrator, title

SAME = timedelta(seconds=1)
"""How far apart two times may be of which one was stored in whole seconds."""
AROUND = timedelta(minutes=1)
"""How much more than the mark is asked for when it is looked up."""


@dataclass(frozen=True, kw_only=True)
class CreateCameraMark:
    """A mark to set."""

    camera_id: int
    title: str
    start: datetime | None = None
    """When what is marked began; at the occurrence where it is not given."""
    end: datetime | None = None

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the fields of the action; raises InvalidField."""
        known_only(data, {"camera_id", "title", "start", "end"})
        mark = cls(
            camera_id=required(data, "camera_id", identifier),
            title=required(data, "title", title),
            start=optional(data, "start", moment),
            end=optional(data, "end", moment),
        )
        if not mark.title:
            raise InvalidField("title", "required")
        if mark.start is not None and mark.end is not None and mark.end <= mark.start:
            raise InvalidField("end", "not_after", other="start")
        return mark

    def times(self, occurred_at: datetime) -> tuple[datetime, datetime | None]:
        """Return start and end; one that ended before it occurred has no length."""
        start = self.start or occurred_at
        if self.end is not None and self.end <= start:
            return self.end, None
        return start, self.end


class CreateCameraMarkOperation(
    Operation[AipixClient, CreateCameraMark, AipixCapabilities]
):
    """Set a mark on a camera."""

    name = "create_camera_mark"
    prose = PROSE
    public_fields = frozenset({"camera_id", "start", "end"})

    @override
    def parse(self, data: Mapping[str, object]) -> CreateCameraMark:
        """Read the fields of the action; raises InvalidField."""
        return CreateCameraMark.parse(data)

    @override
    def check(
        self, payload: CreateCameraMark, capabilities: AipixCapabilities, now: datetime
    ) -> None:
        """Refuse it where there is no call for it, and an end before its start."""
        refuse_administrator(capabilities, "camera_id")
        if payload.start is None and payload.end is not None and payload.end <= now:
            raise InvalidField("end", "not_after", other="start")

    @override
    def dump(self, payload: CreateCameraMark) -> JsonObject:
        """Turn the payload into what the outbox stores."""
        return {
            "camera_id": payload.camera_id,
            "title": payload.title,
            "start": payload.start.isoformat() if payload.start else None,
            "end": payload.end.isoformat() if payload.end else None,
        }

    @override
    def load(self, version: int, data: JsonObject) -> CreateCameraMark:
        """Read a stored payload; raises UnreadablePayload."""
        read: dict[str, object] = {**data}
        for name in ("start", "end"):
            if isinstance(stored := data.get(name), str):
                read[name] = _stored_moment(stored)
        return self.reread(version, read)

    @override
    def steps(
        self, payload: CreateCameraMark, capabilities: AipixCapabilities
    ) -> tuple[Step[AipixClient, CreateCameraMark], ...]:
        """Return the one call."""
        return (Step(name="create", run=_create, find=_find),)

    @override
    def receipt(
        self, payload: CreateCameraMark, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return the id of the mark, told apart from the ids of scripts."""
        mark_id = results["create"]["mark_id"]
        return Receipt(outside_id=f"mark/{mark_id}", details={"mark_id": mark_id})

    @override
    def summary(self, payload: CreateCameraMark) -> str:
        """Say which camera and which title."""
        return f"{payload.camera_id} / {payload.title}"

    @override
    def expires(
        self,
        payload: CreateCameraMark,
        occurred_at: datetime,
        capabilities: AipixCapabilities,
    ) -> datetime:
        """Return when it is too late for the mark."""
        return occurred_at + EXPIRES


def _stored_moment(stored: str) -> datetime | str:
    """Read a stored time; what is none is left for the field to refuse."""
    try:
        return datetime.fromisoformat(stored)
    except ValueError:
        return stored


async def _create(
    client: AipixClient, payload: CreateCameraMark, context: StepContext
) -> JsonObject:
    """Set the mark."""
    start, end = payload.times(context.told_at)
    mark_id = await client.create_mark(payload.camera_id, payload.title, start, end)
    return {"mark_id": mark_id}


async def _find(
    client: AipixClient, payload: CreateCameraMark, context: StepContext
) -> Finding:
    """Find the mark: the same title and start, and nobody else's."""
    start, _ = payload.times(context.told_at)
    marks = await client.marks(payload.camera_id, start - AROUND, start + AROUND)
    if marks is None:
        return Unclear()
    for mark in marks:
        if mark.title != payload.title or mark.start is None:
            continue
        if f"mark/{mark.id}" in context.outside_ids:
            continue
        if abs(mark.start - start) < SAME:
            return Found(result={"mark_id": mark.id})
    return Absent()
