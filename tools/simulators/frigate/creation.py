"""Create an event (facts §2)."""

from dataclasses import dataclass

from tools.simulators.wire import Json

from . import coercion
from .documents import Fields
from .release import Release
from .settings import Camera
from .store import StoredEvent, new_id


@dataclass(frozen=True, kw_only=True)
class CreateBody:
    """The body of a create, with defaults (facts §2)."""

    sub_label: str | None
    score: float | None
    duration: int | None
    include_recording: bool | None
    draw: dict[str, Json] | None
    pre_capture: int | None
    source_type: str | None


def read_create_body(release: Release, document: Json) -> CreateBody:
    """Read the body, in which all keys are optional.

    Unknown keys are ignored, including those of other versions (facts §2, §9).
    """
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
        )
        if release.pre_capture
        else None,
        source_type=fields.optional(
            "source_type", coercion.or_null(coercion.text), "api"
        )
        if release.source_type
        else None,
    )
    fields.check()
    return body


def make_event(
    release: Release, camera: Camera, label: str, body: CreateBody, now: float
) -> StoredEvent:
    """Return the row to store.

    The prefix of its id is the time of the request (facts §2.2).
    """
    start, end = _span(camera, body, now)
    return StoredEvent(
        id=new_id(now),
        camera=camera.name,
        label=label,
        sub_label=body.sub_label,
        start_time=start,
        end_time=end,
        # facts §2: record.enabled and include_recording.
        has_clip=camera.record_enabled and bool(body.include_recording),
        data=_data(release, body),
    )


def _data(release: Release, body: CreateBody) -> dict[str, Json]:
    data: dict[str, Json] = {
        # facts §2: source_type is always "api" from 0.17.
        "type": body.source_type or "api",
        # facts §10: a double, stored as it was sent.
        "score": body.score,
        "top_score": body.score,
    }
    if release.keeps_draw:
        # facts §2.4: 0.18 returns draw as it was sent, 0.17 does not store it.
        data["snapshot_clean"] = True
        if body.draw is not None:
            data["draw"] = body.draw
    return data


def _span(camera: Camera, body: CreateBody, now: float) -> tuple[float, float | None]:
    """Return start and end.

    The start is the time of the request minus pre_capture; null, or an older version,
    uses the camera's setting. The end counts from the request; null leaves the event
    open. Both may be negative (facts §2, §2.2).
    """
    before = camera.pre_capture if body.pre_capture is None else body.pre_capture
    start = now - before
    return start, None if body.duration is None else now + body.duration
