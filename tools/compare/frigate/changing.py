"""Requests that change and end events, and what the review process makes of it."""

from collections.abc import Awaitable, Callable

from tools.compare.response import masked
from tools.simulators.wire import Json

from .recorder import FRESH, Recorder, counted
from .writing import see_event

_STRIDE = 5
_LONGEST = 120
"""Seconds that an item of earlier events may still be open."""
_CUTOFF = 43.0
"""Seconds after which an item has closed (facts §10)."""


async def change(recorder: Recorder) -> None:
    """Send them."""
    await _until_nothing_is_open(recorder)
    await _reviews(recorder)
    event_id = await recorder.create("create, to change", duration=60)
    await _update(recorder, event_id)
    await _end(recorder, event_id)
    await _open_ended(recorder)
    await _delete(recorder)


async def _until_nothing_is_open(recorder: Recorder) -> None:
    """Let the items close that earlier events opened, the row of the last included."""
    await recorder.side.pass_time(_STRIDE)
    for _ in range(_LONGEST // _STRIDE):
        if not await recorder.open_items():
            return
        await recorder.side.pass_time(_STRIDE)


async def _reviews(recorder: Recorder) -> None:
    """See how events open, join and leave an item."""
    first = await recorder.create("create, opens an item", duration=2)

    async def found() -> bool:
        answer = await recorder.side.ask(
            "GET", f"/api/review/event/{first}", headers=FRESH
        )
        return answer.status == 200

    await recorder.side.until("review item: row", found)
    second = await recorder.create("create, joins it", sub_label="Bob", duration=4)
    item = await _item(recorder, "item, open", first)
    await _item(recorder, "item, of what joined", second)
    await recorder.step(
        "review, open",
        "GET",
        f"/api/review?cameras={recorder.camera}&limit=1",
        headers=FRESH,
        whole=False,
    )
    await recorder.side.pass_time(_CUTOFF + 4)
    for step, event_id in (("first", first), ("second", second)):
        await _item(recorder, f"item, closed, of the {step}", event_id)
    step = "item, by its id"
    answer = await recorder.step(step, "GET", f"/api/review/{item}")
    recorder.side.seen[step]["body"] = masked(_in_order(answer.json))
    recorder.side.see("items left open", {"number": len(await recorder.open_items())})


async def _item(recorder: Recorder, step: str, event_id: str) -> str:
    """Keep the item that shows an event, and return its id."""
    answer = await recorder.step(
        step, "GET", f"/api/review/event/{event_id}", headers=FRESH
    )
    content = answer.json
    if not isinstance(content, dict) or "id" not in content:
        return "none"
    facts = recorder.side.seen[step]
    body = counted(content, event_id)
    data = body.get("data")
    if isinstance(data, dict):
        shown = data.get("detections")
        ids = shown if isinstance(shown, list) else []
        # Their order is by chance; what others made on the camera does not count.
        numbers: list[Json] = [
            number for number, made in enumerate(recorder.made) if made in ids
        ]
        body["data"] = {**data, "detections": numbers}
    facts["body"] = masked(_in_order(body))
    return str(content["id"])


def _in_order(item: Json) -> Json:
    """Return an item whose objects are sorted: Frigate has them in no order."""
    data = item.get("data") if isinstance(item, dict) else None
    if not (isinstance(item, dict) and isinstance(data, dict)):
        return item
    objects = data.get("objects")
    if not isinstance(objects, list):
        return item
    return {**item, "data": {**data, "objects": sorted(objects, key=str)}}


async def _update(recorder: Recorder, event_id: str) -> None:
    path = f"/api/events/{event_id}"
    wrong: tuple[tuple[str, str, dict[str, Json]], ...] = (
        ("sub label missing", "sub_label", {}),
        ("sub label null", "sub_label", {"subLabel": None}),
        ("sub label too long", "sub_label", {"subLabel": "x" * 101}),
        ("sub label score 0", "sub_label", {"subLabel": "x", "subLabelScore": 0}),
        ("sub label score 1.1", "sub_label", {"subLabel": "x", "subLabelScore": 1.1}),
        ("description missing", "description", {}),
        ("description a number", "description", {"description": 5}),
    )
    for step, way, body in wrong:
        await recorder.step(f"update, {step}", "POST", f"{path}/{way}", json=body)
    await recorder.step("update, no body", "POST", f"{path}/sub_label")
    right: tuple[tuple[str, str, dict[str, Json]], ...] = (
        ("sub label", "sub_label", {"subLabel": "Ann", "subLabelScore": 0.5}),
        ("description", "description", {"description": "at the door"}),
        ("sub label, cleared", "sub_label", {"subLabel": ""}),
        ("description, cleared", "description", {"description": ""}),
    )
    for step, way, body in right:
        await recorder.step(step, "POST", f"{path}/{way}", json=body)
        await _settle(recorder, step, event_id, _wanted(body))
        await see_event(recorder, f"{step}: event", event_id)
    for step, method in (("retain", "POST"), ("retain, off", "DELETE")):
        await recorder.step(step, method, f"{path}/retain")
        await see_event(recorder, f"{step}: event", event_id)


def _wanted(body: dict[str, Json]) -> Callable[[dict[str, Json]], bool]:
    """Return whether an event shows an update."""
    if "subLabel" in body:
        return lambda event: event.get("sub_label") == (body["subLabel"] or None)

    def described(event: dict[str, Json]) -> bool:
        data = event.get("data")
        return isinstance(data, dict) and data.get("description") == body["description"]

    return described


async def _settle(
    recorder: Recorder,
    step: str,
    event_id: str,
    shows: Callable[[dict[str, Json]], bool],
) -> None:
    async def look() -> bool:
        return shows(await recorder.event(event_id))

    await recorder.side.until(f"{step}: row", look)


async def _end(recorder: Recorder, event_id: str) -> None:
    """End an event, in wrong ways first; only ever while an item is open."""
    path = f"/api/events/{event_id}/end"

    async def wrongly() -> None:
        # Older versions take them.
        await recorder.step("end, no body", "PUT", path)
        await recorder.step("end, quoted null", "PUT", path, json={"end_time": "null"})
        await recorder.step("end, before the start", "PUT", path, json={"end_time": 5})

    await _safely(recorder, "end, wrong", wrongly)
    await _safely(recorder, "end, at a time", lambda: _end_at(recorder, event_id, 3))
    await _safely(recorder, "end, again", lambda: _end_at(recorder, event_id, 9))


async def _end_at(recorder: Recorder, event_id: str, seconds: float) -> None:
    asked = float(event_id.partition("-")[0])
    end = asked + seconds
    step = f"end, {seconds:.0f} s after"
    await recorder.step(
        step, "PUT", f"/api/events/{event_id}/end", json={"end_time": end}
    )
    await _settle(recorder, step, event_id, lambda event: event.get("end_time") == end)
    await see_event(recorder, f"{step}: event", event_id)


async def _open_ended(recorder: Recorder) -> None:
    event_id = await recorder.create("create, open", duration=None)
    await see_event(recorder, "created, open", event_id)

    async def end() -> None:
        step = "end, now"
        await recorder.step(step, "PUT", f"/api/events/{event_id}/end", json={})
        await _settle(
            recorder, step, event_id, lambda event: event.get("end_time") is not None
        )

    await _safely(recorder, "end, open", end)


async def _safely(
    recorder: Recorder, step: str, end: Callable[[], Awaitable[None]]
) -> None:
    """Look for the camera's open review item before an end; without one leave it."""

    async def is_open() -> bool:
        return bool(await recorder.open_items())

    found = await recorder.side.until(f"{step}: item", is_open)
    recorder.side.see(f"{step}: an item is open", {"open": found})
    if found:
        await end()


async def _delete(recorder: Recorder) -> None:
    event_id = await recorder.create("create, to delete", duration=1)
    await recorder.step("delete", "DELETE", f"/api/events/{event_id}")
    await recorder.step("delete, again", "DELETE", f"/api/events/{event_id}")
    many = "/api/events/"
    unknown: Json = {"event_ids": ["1500000000.5-abcdef"]}
    await recorder.step("delete many, none", "DELETE", many, json={"event_ids": []})
    await recorder.step("delete many, unknown", "DELETE", many, json=unknown)
    await recorder.step("delete many, no body", "DELETE", many)
    await recorder.step("delete many, no slash", "DELETE", "/api/events", json=unknown)
