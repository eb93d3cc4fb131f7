"""Requests that only read, right and wrong ones."""

from tools.simulators.wire import Json

from .recorder import Recorder

_UNKNOWN = "1500000000.5-abcdef"
_CONFIGURED = (
    "enabled",
    "friendly_name",
    "objects.track",
    "record.enabled",
    "record.alerts.pre_capture",
    "record.detections.pre_capture",
    "review.alerts.enabled",
    "review.alerts.labels",
    "review.detections.enabled",
    "review.detections.labels",
)
"""What a client reads of a camera's configuration."""


async def read(recorder: Recorder) -> None:
    """Send them."""
    await _about_the_server(recorder)
    await _paths(recorder)
    await _lists(recorder)
    await _nothing_there(recorder)


async def _about_the_server(recorder: Recorder) -> None:
    await recorder.step("version", "GET", "/api/version")
    await recorder.step("version, head", "HEAD", "/api/version")
    await recorder.step("version, put", "PUT", "/api/version")
    await recorder.step("profile", "GET", "/api/profile", whole=False)
    config = await recorder.side.ask("GET", "/api/config")
    recorder.side.see(
        "config",
        _configured(config.json, recorder.camera) | {"status": config.status},
    )
    stats = await recorder.side.ask("GET", "/api/stats")
    recorder.side.see(
        "stats",
        {
            name: value
            for name, value in stats.facts(whole=False).items()
            if name != "body"
        },
    )


async def _paths(recorder: Recorder) -> None:
    """Ask for paths that are not there, or not for this method."""
    for step, method, path in (
        ("unknown path", "GET", "/api/nothing"),
        ("unknown path, post", "POST", "/api/nothing"),
        ("unknown path, put", "PUT", "/api/nothing/at/all"),
        ("api without slash", "GET", "/api"),
        ("api", "GET", "/api/"),
        ("login, get", "GET", "/api/login"),
        ("event, post", "POST", f"/api/events/{_UNKNOWN}"),
        ("end, get", "GET", f"/api/events/{_UNKNOWN}/end"),
        ("path with a bad escape", "GET", "/api/events/a%zz"),
        ("list, with slash", "GET", "/api/events/"),
        ("long address", "GET", f"/api/events/{'x' * 9000}"),
    ):
        await recorder.step(step, method, path)


async def _lists(recorder: Recorder) -> None:
    camera = recorder.camera
    for step, query in (
        ("limit", "limit=many"),
        ("after", "after=soon"),
        ("in_progress", "in_progress=yes"),
        ("min_score", "min_score=high"),
    ):
        await recorder.step(f"list, wrong {step}", "GET", f"/api/events?{query}")
    await recorder.step("list, unknown camera", "GET", "/api/events?cameras=no_such")
    await recorder.step(
        "list, as a client asks",
        "GET",
        f"/api/events?cameras={camera}&labels=no_such&after=1500000000.25&limit=250"
        "&sort=date_desc&include_thumbnails=0",
    )
    for step, query in (("after", "after=soon"), ("severity", "severity=high")):
        await recorder.step(f"review, wrong {step}", "GET", f"/api/review?{query}")
    await recorder.step("review, unknown camera", "GET", "/api/review?cameras=no_such")
    await recorder.step("labels", "GET", "/api/labels?camera=no_such")


async def _nothing_there(recorder: Recorder) -> None:
    event = f"/api/events/{_UNKNOWN}"
    asked: tuple[tuple[str, str, str, Json], ...] = (
        ("event", "GET", event, None),
        ("snapshot", "GET", f"{event}/snapshot.jpg", None),
        ("review of event", "GET", f"/api/review/event/{_UNKNOWN}", None),
        ("review item", "GET", f"/api/review/{_UNKNOWN}", None),
        ("end", "PUT", f"{event}/end", {}),
        ("sub label", "POST", f"{event}/sub_label", {"subLabel": "x"}),
        ("description", "POST", f"{event}/description", {"description": "x"}),
        ("retain", "POST", f"{event}/retain", None),
        ("retain, delete", "DELETE", f"{event}/retain", None),
        ("delete", "DELETE", event, None),
    )
    for step, method, path, body in asked:
        await recorder.step(f"unknown {step}", method, path, json=body)


def _configured(config: Json, camera: str) -> dict[str, Json]:
    """Return what a client reads of a camera."""
    return {name: _at(config, f"cameras.{camera}.{name}") for name in _CONFIGURED}


def _at(content: Json, way: str) -> Json:
    for name in way.split("."):
        content = content.get(name, "(nothing)") if isinstance(content, dict) else None
    return content
