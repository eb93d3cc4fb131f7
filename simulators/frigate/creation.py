"""Making an event (facts §2)."""

from collections.abc import Callable
from dataclasses import dataclass

from simulators.wire import Json

from . import coercion
from .documents import Fields
from .errors import refusal
from .release import Release
from .settings import Camera
from .store import StoredEvent, new_event_id
from .threads import Thread, ThreadKilledError


@dataclass(frozen=True, kw_only=True)
class CreateBody:
    """The body of a create, defaults filled in (facts §2)."""

    sub_label: str | None
    score: float | None
    duration: int | None
    include_recording: bool | None
    draw: dict[str, Json] | None
    pre_capture: int | None
    source_type: str | None


def read_create_body(document: Json) -> CreateBody:
    """Read the body, all of it optional; unknown keys are ignored (facts §2)."""
    fields = Fields.of_body(document, required=False)
    body = CreateBody(
        sub_label=fields.optional("sub_label", coercion.or_null(coercion.text), None),
        score=fields.optional("score", coercion.or_null(coercion.number), 0),
        duration=fields.optional("duration", coercion.or_null(coercion.whole), 30),
        include_recording=fields.optional(
            "include_recording", coercion.or_null(coercion.flag), default=True
        ),
        draw=fields.optional("draw", coercion.or_null(coercion.table), {}),
        pre_capture=fields.optional(
            "pre_capture", coercion.or_null(coercion.whole), None
        ),
        source_type=fields.optional(
            "source_type", coercion.or_null(coercion.text), "api"
        ),
    )
    fields.check()
    return body


def prepare_event(
    release: Release, camera: Camera, label: str, body: CreateBody, now: float
) -> tuple[str, Callable[[], StoredEvent]]:
    """Return the new id, and the work that makes the row.

    The prefix of the id is the time of the request (facts §2.2).
    """
    if not release.asynchronous and not drawable(body.draw):
        # facts §2.3: 0.13 to 0.15 answer 500.
        raise refusal(500, "An unknown error occurred")
    event_id = new_event_id(now)
    return event_id, lambda: _row(release, camera, label, body, event_id, now)


def drawable(draw: dict[str, Json] | None) -> bool:
    """Return whether every box has four numbers (facts §2.3)."""
    if draw is None:
        return False
    boxes = draw.get("boxes") or []
    return isinstance(boxes, list) and all(_is_box(box) for box in boxes)


def _is_box(box: Json) -> bool:
    corners = box.get("box") if isinstance(box, dict) else None
    return (
        isinstance(corners, list)
        and len(corners) == 4
        and all(isinstance(corner, int | float) for corner in corners)
    )


def _row(  # noqa: PLR0917 what a row is made of
    release: Release,
    camera: Camera,
    label: str,
    body: CreateBody,
    event_id: str,
    now: float,
) -> StoredEvent:
    if release.asynchronous and not release.keeps_draw and not drawable(body.draw):
        # facts §2.3: 0.16 and 0.17 draw the boxes, and die of those they cannot.
        raise ThreadKilledError(Thread.FRAMES)
    start, end = _span(release, camera, body, now)
    if body.include_recording is None:
        # facts §2.3: NOT NULL fails, and takes the writing thread down.
        raise ThreadKilledError(Thread.EVENTS)
    return StoredEvent(
        id=event_id,
        camera=camera.name,
        label=label,
        sub_label=body.sub_label,
        score=body.score,
        start_time=start,
        end_time=end,
        # facts §2: record.enabled and include_recording.
        has_clip=camera.record_enabled and body.include_recording,
        # facts §2: source_type is always "api" from 0.17.
        source_type=(body.source_type or "api") if release.source_type else "api",
        # facts §2.4: 0.18 gives draw back as it came, 0.17 does not store it.
        draw=(body.draw or {}) if release.keeps_draw else None,
    )


def _span(
    release: Release, camera: Camera, body: CreateBody, now: float
) -> tuple[float, float | None]:
    """Return start and end.

    The start is the time of the request less pre_capture, null or an older version
    meaning what the camera is set to; the end counts from the request, null meaning
    open; both may be negative (facts §2, §2.2).
    """
    before = body.pre_capture if release.pre_capture else None
    try:
        start = now - (camera.pre_capture if before is None else before)
        end = None if body.duration is None else now + body.duration
    except OverflowError:
        # facts §2.3: an absurd duration or pre_capture stops all object processing.
        raise ThreadKilledError(Thread.FRAMES) from None
    return start, end
