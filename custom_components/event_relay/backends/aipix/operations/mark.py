"""The operation that creates a mark on a camera; only the client API has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import override

from ...base import (
    Absent,
    Finding,
    Found,
    InvalidField,
    JsonObject,
    Operation,
    Receipt,
    StepContext,
    Unclear,
)
from ...field_table import text_field, time_field
from ..api.client import AipixClient
from ..api.models import AipixCapabilities
from .life import LIFE
from .script import LONGEST_TITLE, id_field, refuse_administrator

SAME = timedelta(seconds=1)
"""Difference of two times if one was stored in whole seconds."""
AROUND = timedelta(minutes=1)
"""How far around the mark a look-up searches."""


@dataclass(frozen=True, kw_only=True)
class CreateCameraMark:
    """A mark to create."""

    camera_id: int
    title: str
    start: datetime | None = None
    """When it began; None for the time of the occurrence."""
    end: datetime | None = None

    def times(self, occurred_at: datetime) -> tuple[datetime, datetime | None]:
        """Return start and end; an end before the occurrence gives a length of zero."""
        start = self.start or occurred_at
        if self.end is not None and self.end <= start:
            return self.end, None
        return start, self.end


class CreateCameraMarkOperation(
    Operation[AipixClient, CreateCameraMark, AipixCapabilities]
):
    """Create a mark on a camera."""

    name = "create_camera_mark"
    life = LIFE
    step = "create"
    fields = (
        id_field("camera_id", required=True, example=12),
        text_field(
            "title",
            longest=LONGEST_TITLE,
            prose=True,
            required=True,
            example="Parcel delivered",
        ),
        time_field("start", public=True, seldom_in_rule=True),
        time_field("end", public=True, seldom_in_rule=True),
    )
    payload = CreateCameraMark

    @override
    def parse(self, data: Mapping[str, object]) -> CreateCameraMark:
        """Read the fields of the action; raises InvalidField."""
        mark = super().parse(data)
        if mark.start is not None and mark.end is not None and mark.end <= mark.start:
            raise InvalidField("end", "not_after", other="start")
        return mark

    @override
    def check(
        self, payload: CreateCameraMark, capabilities: AipixCapabilities, now: datetime
    ) -> None:
        """Refuse an API without this call, and an end before its start."""
        refuse_administrator(capabilities, "camera_id")
        if payload.start is None and payload.end is not None and payload.end <= now:
            raise InvalidField("end", "not_after", other="start")

    @override
    async def run(
        self, client: AipixClient, payload: CreateCameraMark, context: StepContext
    ) -> JsonObject:
        """Create the mark."""
        start, end = payload.times(context.reported_time)
        mark_id = await client.create_mark(payload.camera_id, payload.title, start, end)
        return {"mark_id": mark_id}

    @override
    async def find(
        self, client: AipixClient, payload: CreateCameraMark, context: StepContext
    ) -> Finding:
        """Find the mark with the same title and start that no other delivery has."""
        start, _ = payload.times(context.reported_time)
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

    @override
    def receipt(
        self, payload: CreateCameraMark, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return the id of the mark, distinct from the ids of scripts."""
        mark_id = results[self.step]["mark_id"]
        return Receipt(outside_id=f"mark/{mark_id}", details={"mark_id": mark_id})

    @override
    def summary(self, payload: CreateCameraMark) -> str:
        """Name the camera and the title."""
        return f"{payload.camera_id} / {payload.title}"
