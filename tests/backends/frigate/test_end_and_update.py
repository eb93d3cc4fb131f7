"""Tests of ending and changing events, our own and others."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.event_relay.backends.base import JsonObject, Receipt, StepContext
from custom_components.event_relay.backends.errors import Rejected, Unavailable
from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from custom_components.event_relay.backends.frigate.operations import stored
from custom_components.event_relay.backends.transport import Reply
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from .conftest import FrigateSteps

VERSIONS = ("0.14", "0.15", "0.16", "0.17", "0.18")
NO_ID = "1795308374.207441-m5hyy1"

pytestmark = pytest.mark.usefixtures("impatient")


async def run(
    steps: FrigateSteps,
    name: str,
    data: Mapping[str, object],
    context: StepContext | None = None,
) -> Receipt:
    """Run every step, like the worker; all are repeatable."""
    operation = FRIGATE.operation(name)
    payload = operation.parse(data)
    assert all(
        step.repeatable for step in operation.steps(payload, await steps.known())
    )
    return await steps.run(operation, data, context)


@pytest.fixture
async def event_id(client: FrigateClient) -> str:
    """Return an event that has not ended."""
    return await client.create_event("front_door", "doorbell", {"duration": None})


@pytest.fixture
def end_of(simulator: FrigateSimulator) -> Mapping[str, float | None]:
    """Return the current ends of the stored events."""

    class Ends(dict[str, float | None]):
        def __missing__(self, event_id: str) -> float | None:
            return {event.id: event.end_time for event in simulator.events}[event_id]

    return Ends()


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize("late", [0, 3])
async def test_event_ends_when_the_end_occurred(
    steps: FrigateSteps, event_id: str, end_of: Mapping[str, float | None], late: int
) -> None:
    context = steps.context(
        late=late, followed=Receipt(outside_id=event_id, links={}, details={})
    )
    receipt = await run(steps, "end_camera_event", {"delivery_id": "d1"}, context)
    assert end_of[event_id] == pytest.approx(context.occurred_at.timestamp(), abs=0.001)
    assert receipt.outside_id == event_id
    dated = {"review"} if steps.simulator.settings.release.number >= (0, 18) else set()
    assert set(receipt.links) == {"event", "snapshot", "clip"} | dated
    end = datetime.fromisoformat(str(receipt.details["end"]))
    assert abs(end - context.occurred_at) < timedelta(milliseconds=1)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_requested_end_is_used(
    steps: FrigateSteps, event_id: str, end_of: Mapping[str, float | None]
) -> None:
    asked = datetime.now(UTC) + timedelta(minutes=5)
    for _ in range(2):
        await run(steps, "end_camera_event", {"event_id": event_id, "end_time": asked})
        assert end_of[event_id] == pytest.approx(asked.timestamp(), abs=0.001)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_end_before_the_start_becomes_the_start(
    steps: FrigateSteps, event_id: str
) -> None:
    await run(
        steps, "end_camera_event", {"event_id": event_id}, steps.context(late=3600)
    )
    (event,) = steps.simulator.events
    assert event.end_time == pytest.approx(event.start_time, abs=0.001)


@pytest.mark.parametrize("off", [-7200, 7200])
async def test_end_follows_the_clock_of_the_server(
    steps: FrigateSteps, monkeypatch: pytest.MonkeyPatch, off: int
) -> None:
    steps.simulator.clock.advance(off)
    date = property(lambda _: datetime.now(UTC) + timedelta(seconds=off))
    monkeypatch.setattr(Reply, "date", date)
    event_id = await steps.client.create_event("front_door", "x", {"duration": None})
    await run(steps, "end_camera_event", {"event_id": event_id})
    end = steps.simulator.events[0].end_time
    assert end == pytest.approx(steps.simulator.clock.now(), abs=3)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize(
    ("name", "data"),
    [("end_camera_event", {}), ("update_camera_event", {"retain": True})],
)
async def test_missing_event_is_refused(
    steps: FrigateSteps, name: str, data: JsonObject
) -> None:
    with pytest.raises(Rejected) as caught:
        await run(steps, name, {"event_id": NO_ID, **data})
    assert caught.value.code == "unknown_event"
    assert set(caught.value.fields) == {"event_id"}


@pytest.mark.parametrize("followed", [None, Receipt(), Receipt(outside_id=NO_ID)])
async def test_start_without_an_event_id_is_refused(
    steps: FrigateSteps, followed: Receipt | None
) -> None:
    with pytest.raises(Rejected) as caught:
        await run(
            steps,
            "end_camera_event",
            {"delivery_id": "d1"},
            steps.context(followed=followed),
        )
    assert set(caught.value.fields) == {"delivery_id"}


async def test_event_that_is_stored_later_is_ended(
    steps: FrigateSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "FOREIGN_PATIENCE", (0.05,) * 20)
    for name in ("OWN_PATIENCE", "CHANGE_PATIENCE"):
        monkeypatch.setattr(stored, name, (0.05,) * 20)
    steps.simulator.settings.async_delay = 0.05
    event_id = await steps.client.create_event("front_door", "x", {"duration": None})
    assert not steps.simulator.events
    await run(steps, "end_camera_event", {"event_id": event_id})
    assert steps.simulator.events[0].end_time is not None


async def test_end_that_is_not_stored_is_repeated(
    steps: FrigateSteps, event_id: str
) -> None:
    steps.simulator.settings.async_delay = None
    with pytest.raises(Unavailable) as caught:
        await run(steps, "end_camera_event", {"event_id": event_id})
    assert caught.value.code == "not_stored"


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.RESET_BEFORE])
async def test_end_with_a_lost_response_is_repeatable(
    steps: FrigateSteps, event_id: str, kind: FaultKind
) -> None:
    steps.simulator.add_faults(Fault(kind=kind, method="PUT", times=2))
    context = steps.context()
    with pytest.raises(Unavailable):
        await run(steps, "end_camera_event", {"event_id": event_id}, context)
    steps.simulator.clear_faults()
    await run(steps, "end_camera_event", {"event_id": event_id}, context)
    end = steps.simulator.events[0].end_time
    assert end == pytest.approx(context.occurred_at.timestamp(), abs=0.001)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_update(steps: FrigateSteps, event_id: str) -> None:
    described = steps.simulator.settings.release.number >= (0, 15)
    description = {"description": "a parcel"} if described else {}
    context = steps.context(followed=Receipt(outside_id=event_id))
    receipt = await run(
        steps,
        "update_camera_event",
        {"delivery_id": "d1", "sub_label": "Post", "retain": True, **description},
        context,
    )
    (event,) = steps.simulator.events
    assert (event.sub_label, event.retained) == ("Post", True)
    assert event.description == description.get("description")
    assert receipt.outside_id == event_id
    cleared = {"description": ""} if described else {}
    await run(
        steps,
        "update_camera_event",
        {"event_id": event_id, "sub_label": "", "retain": False, **cleared},
        context,
    )
    (event,) = steps.simulator.events
    assert not event.sub_label
    assert not event.description
    assert not event.retained
