"""Requests that make and change events, wrong ones too, and what comes of them."""

from tools.compare.response import masked
from tools.simulators.wire import Json

from .recorder import FRESH, Recorder, counted

_JSON = {"Content-Type": "application/json"}
_SCORE = 0.7 + 123456789e-13
"""A double whose last digits nobody would send by chance."""
_WRONG: tuple[tuple[str, Json], ...] = (
    ("duration", 1.5),
    ("duration", "soon"),
    ("duration", []),
    ("sub_label", 5),
    ("score", "high"),
    ("score", {}),
    ("include_recording", "maybe"),
    ("include_recording", []),
    ("draw", "[]"),
    ("pre_capture", 0.5),
    ("source_type", 5),
)
"""Values that are refused, or that a version does not look at."""


async def write(recorder: Recorder) -> None:
    """Send them."""
    await _wrong_creates(recorder)
    await _wrong_paths(recorder)
    await _creates(recorder)


async def _wrong_creates(recorder: Recorder) -> None:
    path = f"/api/events/{recorder.camera}/compare/create"
    for number, (field, value) in enumerate(_WRONG):
        step = f"create, wrong {field} ({number})"
        await recorder.step(step, "POST", path, json={field: value})
    for step, data, headers in (
        ("broken JSON", b"{broken", _JSON),
        ("a list", b"[]", _JSON),
        ("plain text", b"{}", {"Content-Type": "text/plain"}),
        ("no content type", b'{"duration": 5}', {}),
        ("null", b"null", _JSON),
        ("no body", None, {}),
    ):
        await recorder.step(f"create, {step}", "POST", path, data=data, headers=headers)
    await recorder.step(
        "create, foreign origin", "POST", path, headers={"Origin": "http://a.example"}
    )


async def _wrong_paths(recorder: Recorder) -> None:
    events = "/api/events"
    for step, path in (
        ("unknown camera", f"{events}/no_such/compare/create"),
        ("other case", f"{events}/{recorder.camera.swapcase()}/compare/create"),
        ("birdseye", f"{events}/birdseye/compare/create"),
        ("slash in label", f"{events}/{recorder.camera}/a%2Fb/create"),
        ("no label", f"{events}/{recorder.camera}//create"),
        ("label goes up", f"{events}/{recorder.camera}/%2e%2e/create"),
        ("label of NUL", f"{events}/{recorder.camera}/a%00b/create"),
        ("with slash", f"{events}/{recorder.camera}/compare/create/"),
        ("long label", f"{events}/{recorder.camera}/{'x' * 9000}/create"),
    ):
        await recorder.step(f"create, {step}", "POST", path)


async def _creates(recorder: Recorder) -> None:
    """Make events in each way that a client does, and see what is stored."""
    for step, label, body in (
        ("defaults", "compare", {}),
        ("unicode label", "%D0%B4%D0%BE%D0%BC%20%231%3F", {"duration": 5}),
        ("text for a number", "compare", {"duration": "5", "score": "0.5"}),
        (
            "all",
            "compare",
            {
                "sub_label": "Bob",
                "score": _SCORE,
                "duration": 20,
                "include_recording": False,
                "pre_capture": 60,
                "draw": {
                    "boxes": [{"box": [0.1, 0.2, 0.3, 0.4], "score": 0.5}],
                    "event_relay": "compare",
                },
            },
        ),
    ):
        event_id = await recorder.create(f"create, {step}", label, **body)
        await see_event(recorder, f"created, {step}", event_id)
    await _listed(recorder)


async def _listed(recorder: Recorder) -> None:
    newest = recorder.made[-1]
    for step, query in (
        ("by id", f"event_id={newest}"),
        ("by score", f"min_score={_SCORE!r}&max_score={_SCORE!r}&limit=1"),
        ("of others", f"min_score={_SCORE + 1e-9!r}&event_id={newest}"),
    ):
        await recorder.step(
            f"list, {step}",
            "GET",
            f"/api/events?cameras={recorder.camera}&{query}",
            headers=FRESH,
        )
    # One that was just made is among them on both sides.
    await recorder.step("sub labels", "GET", "/api/sub_labels", whole=False)
    await recorder.step(
        "snapshot", "GET", f"/api/events/{newest}/snapshot.jpg", whole=False
    )


async def see_event(recorder: Recorder, step: str, event_id: str) -> None:
    """Keep an event as it is stored, its times counted from when it was asked for."""
    event = counted(await recorder.event(event_id), event_id)
    recorder.side.see(step, {"event": masked(event)})
