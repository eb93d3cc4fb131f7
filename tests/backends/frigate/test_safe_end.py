"""Tests that an end never stops Frigate's review and leaves nothing behind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.event_relay.backends.base import JsonObject, Receipt
from custom_components.event_relay.backends.errors import (
    BackendError,
    OutcomeUnknown,
    Rejected,
)
from custom_components.event_relay.backends.frigate.api import client as client_module
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import Camera

from .conftest import FrigateSteps

VERSIONS = ("0.14", "0.15", "0.16", "0.17", "0.18")
CREATE = FRIGATE.operation("create_camera_event")
END = FRIGATE.operation("end_camera_event")
OPEN = Receipt(details={"start": "2026-11-28T04:00:00+00:00"})

pytestmark = pytest.mark.usefixtures("impatient")


async def begin(steps: FrigateSteps, duration: int | None = None) -> str:
    """Create an event, and let its review item close while it goes on."""
    return await steps.client.create_event("front_door", "bell", {"duration": duration})


def one_event(steps: FrigateSteps) -> tuple[str, float | None]:
    """Return the only remaining event, and its end."""
    (event,) = steps.simulator.events
    return event.id, event.end_time


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize("duration", [None, 600])
@pytest.mark.parametrize("late", [0, 90])
@pytest.mark.parametrize("closed", [True, False])
async def test_end(
    steps: FrigateSteps, duration: int | None, late: int, *, closed: bool
) -> None:
    steps.simulator.clock.advance(-200)
    event_id = await begin(steps, duration)
    steps.simulator.clock.advance(200)
    if closed:
        steps.simulator.close_review_items()
    context = steps.context(late=late)
    await steps.run(END, {"event_id": event_id}, context)
    assert not steps.simulator.dead
    end = pytest.approx(context.occurred_at.timestamp(), abs=0.001)
    ended, at = one_event(steps)
    assert ended == event_id
    assert at == end
    assert all(
        item.end_time is None or item.end_time >= item.start_time
        for item in steps.simulator.review_items
    )


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_end_in_the_future(steps: FrigateSteps) -> None:
    event_id = await begin(steps)
    steps.simulator.close_review_items()
    end = datetime.now(UTC) + timedelta(minutes=5)
    await steps.run(END, {"event_id": event_id, "end_time": end})
    assert not steps.simulator.dead
    expected = pytest.approx(end.timestamp(), abs=0.001)
    ended, at = one_event(steps)
    assert ended == event_id
    assert at == expected


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_end_of_an_ended_event_sends_nothing_more(steps: FrigateSteps) -> None:
    event_id = await begin(steps)
    await steps.client.end_event(event_id, None)
    steps.simulator.close_review_items()
    items = len(steps.simulator.review_items)
    followed = replace(OPEN, outside_id=event_id)
    await steps.run(END, {"delivery_id": "d"}, steps.context(followed=followed))
    assert not steps.simulator.dead
    assert len(steps.simulator.review_items) == items
    assert not any(seen.method == "DELETE" for seen in steps.simulator.requests)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_event_of_fixed_length_does_not_count_as_ended(
    steps: FrigateSteps,
) -> None:
    event_id = await begin(steps, 600)
    steps.simulator.close_review_items()
    details: JsonObject = {**OPEN.details, "end": "2026-11-28T05:00:00+00:00"}
    followed = replace(OPEN, outside_id=event_id, details=details)
    await steps.run(END, {"delivery_id": "d"}, steps.context(followed=followed))
    assert not steps.simulator.dead


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize(
    "data", [{"delivery_id": "d"}, {"event_id": "1795308374.207441-m5hyy1"}]
)
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("*/create", FaultKind.RESET_BEFORE),
        ("*/create", FaultKind.RESET_AFTER),
        ("*/end", FaultKind.RESET_BEFORE),
        ("*/end", FaultKind.RESET_AFTER),
    ],
)
async def test_interrupted_end_is_completed_later(
    steps: FrigateSteps, data: JsonObject, path: str, kind: FaultKind
) -> None:
    event_id = await begin(steps)
    followed = replace(OPEN, outside_id=event_id) if "delivery_id" in data else None
    if followed is None:
        data = {"event_id": event_id}
    steps.simulator.close_review_items()
    steps.simulator.add_faults(Fault(kind=kind, path=path, times=None))
    context = steps.context(followed=followed)
    with pytest.raises(BackendError):
        await steps.run(END, data, context)
    steps.simulator.clear_faults()
    steps.simulator.close_review_items()
    again = steps.context(attempt=2, occurred_at=context.occurred_at, followed=followed)
    await steps.run(END, data, again)
    assert not steps.simulator.dead
    end = pytest.approx(context.occurred_at.timestamp(), abs=0.001)
    ended, at = one_event(steps)
    assert ended == event_id
    assert at == end


@pytest.mark.parametrize(
    ("alerts", "detections", "labels"),
    [
        (True, True, None),
        (True, True, ("dog",)),
        (True, True, ("bell",)),
        (False, True, ("dog",)),
        (False, True, ("dog", "bell")),
        (False, True, None),
        (False, False, ("dog",)),
        (False, False, None),
    ],
)
@pytest.mark.parametrize("simulator", ["0.17", "0.18"], indirect=True)
async def test_end_with_any_review_settings(
    steps: FrigateSteps,
    labels: tuple[str, ...] | None,
    *,
    alerts: bool,
    detections: bool,
) -> None:
    event_id = await begin(steps)
    steps.simulator.close_review_items()
    camera = Camera(
        name="front_door",
        alerts_enabled=alerts,
        detections_enabled=detections,
        detection_labels=labels,
    )
    steps.simulator.settings.cameras = (camera,)
    await steps.run(END, {"event_id": event_id})
    assert not steps.simulator.dead
    assert one_event(steps)[1] is not None


@pytest.mark.parametrize(
    "camera",
    [
        Camera(name="front_door", enabled=False),
        Camera(name="front_door", record_enabled=False),
        Camera(name="garden"),
    ],
)
@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_end_without_any_review(steps: FrigateSteps, camera: Camera) -> None:
    event_id = await begin(steps)
    steps.simulator.close_review_items()
    steps.simulator.settings.cameras = (camera,)
    await steps.run(END, {"event_id": event_id})
    assert not steps.simulator.dead
    assert one_event(steps)[1] is not None


@pytest.mark.parametrize("simulator", ["0.18"], indirect=True)
async def test_unsafe_end_is_refused(steps: FrigateSteps) -> None:
    event_id = await begin(steps)
    steps.simulator.close_review_items()
    camera = Camera(name="front_door", alerts_enabled=False, detection_labels=())
    steps.simulator.settings.cameras = (camera,)
    with pytest.raises(Rejected) as caught:
        await steps.run(END, {"event_id": event_id})
    assert caught.value.code == "end_unsafe"
    assert not steps.simulator.dead
    assert one_event(steps) == (event_id, None)
    capabilities = replace(await steps.known(), ends_unsafely=True)
    unsafe = replace(steps, capabilities=capabilities)
    await unsafe.run(END, {"event_id": event_id})
    assert one_event(steps)[1] is not None


async def test_second_attempt_does_not_read_what_the_camera_has_detected(
    steps: FrigateSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAGE", 3)
    monkeypatch.setattr(client_module, "PAGES", 1)
    for _ in range(4):
        await steps.client.create_event("front_door", "person", {"score": 0.8})
    event_id = await steps.client.create_event("front_door", "bell", {"score": 0.8})
    steps.simulator.close_review_items()
    steps.simulator.add_faults(Fault(kind=FaultKind.RESET_AFTER, path="*/create"))
    context = steps.context()
    with pytest.raises(OutcomeUnknown):
        await steps.run(END, {"event_id": event_id}, context)
    assert len(steps.simulator.events) == 6

    again = replace(context, attempt=2)
    await steps.run(END, {"event_id": event_id}, again)
    assert len(steps.simulator.events) == 5
    assert not steps.simulator.dead


@pytest.mark.parametrize("simulator", ["0.18"], indirect=True)
@pytest.mark.parametrize("interrupted", [True, False])
async def test_back_dating(steps: FrigateSteps, *, interrupted: bool) -> None:
    context = steps.context(late=100)
    payload = CREATE.parse({"camera": "front_door", "label": "bell"})
    create, *more = CREATE.steps(payload, await steps.known())
    results = {"create": await create.run(steps.client, payload, context)}
    if interrupted:
        steps.simulator.close_review_items()
        context = replace(context, attempt=2)
    for step in more:
        told = replace(context, results=dict(results))
        results[step.name] = await step.run(steps.client, payload, told)
    assert not steps.simulator.dead
    end = pytest.approx(context.occurred_at.timestamp() + 30, abs=0.001)
    assert one_event(steps)[1] == end


async def test_lost_response_to_the_short_event_is_no_refusal(
    steps: FrigateSteps,
) -> None:
    event_id = await begin(steps)
    steps.simulator.add_faults(Fault(kind=FaultKind.RESET_AFTER, path="*/create"))
    with pytest.raises(OutcomeUnknown):
        await steps.run(END, {"event_id": event_id})
    assert steps.simulator.events[0].end_time is None


@pytest.mark.parametrize("key", ["short_events", "carriers"])
async def test_short_event_is_deleted_whichever_version_stored_its_id(
    steps: FrigateSteps, key: str
) -> None:
    event_id = await begin(steps)
    steps.simulator.close_review_items()
    context = steps.context()
    payload = END.parse({"event_id": event_id})
    end, tidy = END.steps(payload, await steps.known())
    result = dict(await end.run(steps.client, payload, context))
    assert len(steps.simulator.events) == 2
    result[key] = result.pop("short_events")
    await tidy.run(steps.client, payload, replace(context, results={"end": result}))
    assert one_event(steps)[0] == event_id
