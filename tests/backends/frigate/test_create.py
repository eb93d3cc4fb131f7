"""Tests of the creation of events: requests, checks, look-ups and receipts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.event_relay.backends.base import (
    Absent,
    Finding,
    Found,
    JsonObject,
    Receipt,
    StepContext,
    Unclear,
)
from custom_components.event_relay.backends.errors import OutcomeUnknown, Unavailable
from custom_components.event_relay.backends.frigate.api import client as client_module
from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from custom_components.event_relay.backends.frigate.operations.create_payload import (
    CreateCameraEvent,
)
from custom_components.event_relay.backends.frigate.operations.create_steps import (
    create_body,
)
from custom_components.event_relay.backends.transport import Reply
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import Camera

from ...responses import respond
from ..contexts import step_context
from .conftest import FrigateSteps
from .test_fields import capabilities

CREATE = FRIGATE.operation("create_camera_event")
EVENT: dict[str, object] = {"camera": "front_door", "label": "doorbell"}
BOX: JsonObject = {"box": [0.1, 0.2, 0.3, 0.4]}
VERSIONS = ("0.14", "0.15", "0.16", "0.17", "0.18")
UNDATED = ("0.14", "0.15", "0.16", "0.17")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.usefixtures("impatient")


async def run(
    steps: FrigateSteps,
    data: Mapping[str, object],
    context: StepContext | None = None,
    *,
    keyed: bool = True,
) -> tuple[Receipt, dict[str, JsonObject]]:
    """Run every step, like the worker."""
    payload = replace(CREATE.parse({**EVENT, **data}), keyed=keyed)
    results = await steps.results(CREATE, payload, context)
    return CREATE.receipt(payload, results), results


async def look_up(
    steps: FrigateSteps,
    data: Mapping[str, object],
    context: StepContext | None = None,
    *,
    keyed: bool = True,
) -> Finding:
    """Look up whether an event was created."""
    payload = replace(CREATE.parse({**EVENT, **data}), keyed=keyed)
    return await steps.find(CREATE, payload, context)


async def lose(
    steps: FrigateSteps,
    data: Mapping[str, object],
    context: StepContext,
    kind: FaultKind = FaultKind.RESET_AFTER,
) -> Mapping[str, object]:
    """Create an event whose response is lost; return its clue."""
    return await steps.lose(CREATE, {**EVENT, **data}, context, kind) or {}


def later(steps: FrigateSteps, context: StepContext, **changes: object) -> StepContext:
    """Return the context of a look-up a minute after an attempt."""
    now = context.now
    return steps.context(first_sent_at=now, now=now + MINUTE, **changes)


async def find_id(
    steps: FrigateSteps,
    data: Mapping[str, object],
    context: StepContext,
    *,
    keyed: bool = True,
) -> object:
    """Look up an event that was created, and return its id."""
    found = await look_up(steps, data, context, keyed=keyed)
    assert isinstance(found, Found)
    return found.result["event_id"]


def _read_few_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a look-up read no more than two events."""
    monkeypatch.setattr(client_module, "PAGE", 3)
    monkeypatch.setattr(client_module, "PAGES", 1)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_receipt(steps: FrigateSteps) -> None:
    receipt, results = await run(steps, {"duration": 20})
    (event,) = steps.simulator.events
    assert receipt.outside_id == event.id
    release = steps.simulator.settings.release.number
    page = f"explore?event_id={event.id}" if release >= (0, 15) else "review"
    assert receipt.links["event"] == f"{steps.simulator.url}/{page}"
    assert receipt.links["snapshot"] == (
        f"{steps.simulator.url}/api/events/{event.id}/snapshot.jpg"
    )
    moment = f"front_door_{int(event.start_time)}"
    link = (
        f"{steps.simulator.url}/review?timestamp={moment}"
        if release >= (0, 18)
        else None
    )
    assert receipt.links.get("review") == link
    assert receipt.details["camera"] == "front_door"
    assert receipt.details["label"] == "doorbell"
    start = datetime.fromisoformat(str(receipt.details["start"]))
    end = datetime.fromisoformat(str(receipt.details["end"]))
    assert end - start == timedelta(seconds=25)
    assert results["create"]["over"] is False


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_every_field_is_sent(steps: FrigateSteps) -> None:
    data: JsonObject = {
        "sub_label": "Post",
        "score": 0.75,
        "until_ended": True,
        "include_recording": False,
        "boxes": [{**BOX, "color": [0, 0, 255], "score": 0.5}],
        "retain": True,
    }
    if steps.simulator.settings.release.number >= (0, 15):
        data["description"] = "a parcel"
    receipt, _ = await run(steps, data)
    (event,) = steps.simulator.events
    assert (event.sub_label, event.end_time) == ("Post", None)
    assert event.score == pytest.approx(0.75, abs=0.00011)
    assert (event.has_clip, event.retained) == (False, True)
    assert event.description == data.get("description")
    assert "end" not in receipt.details
    if steps.simulator.settings.release.keeps_draw:
        assert event.draw == {"boxes": data["boxes"], "event_relay": "delivery-1"}


@pytest.mark.parametrize("simulator", ["0.16"], indirect=True)
async def test_source_type(steps: FrigateSteps) -> None:
    await run(steps, {"source_type": "ring"})
    assert steps.simulator.events[0].data["type"] == "ring"


async def test_event_stored_after_the_response_is_confirmed(
    steps: FrigateSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    steps.simulator.settings.async_delay = 0.05
    receipt, _ = await run(steps, {})
    assert receipt.outside_id == steps.simulator.events[0].id


@pytest.mark.parametrize("simulator", ["0.16", "0.17", "0.18"], indirect=True)
async def test_event_that_is_never_stored_is_unknown(steps: FrigateSteps) -> None:
    steps.simulator.settings.async_delay = None
    context = steps.context()
    with pytest.raises(OutcomeUnknown, match="does not show it") as caught:
        await run(steps, {}, context)
    assert caught.value.code == "not_stored"
    clue = caught.value.clue
    assert clue is not None

    asked = steps.context(clue=clue, now=context.now + MINUTE)
    assert await look_up(steps, {}, asked) == Absent()
    steps.simulator.flush()
    assert await find_id(steps, {}, asked) == clue["event_id"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.RESET_BEFORE, method="GET", path="*/events/*", times=None),
        respond(502, method="GET", path="*/events/*"),
        respond(401, method="GET", path="*/events/*"),
        Fault(kind=FaultKind.GARBAGE, method="GET", path="*/events/*"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
async def test_unconfirmed_event_is_unknown(steps: FrigateSteps, fault: Fault) -> None:
    steps.simulator.add_faults(fault)
    with pytest.raises(OutcomeUnknown) as caught:
        await run(steps, {})
    assert caught.value.code == "outcome_unknown"
    assert caught.value.clue is not None
    steps.simulator.clear_faults()
    assert (
        await find_id(steps, {}, steps.context(clue=caught.value.clue))
        == steps.simulator.events[0].id
    )


@pytest.mark.parametrize("simulator", ["0.16", "0.17"], indirect=True)
async def test_look_up_uses_the_id_of_the_response_only(steps: FrigateSteps) -> None:
    context = steps.context()
    await run(steps, {}, context)
    clue = {"event_id": f"{context.now.timestamp():.6f}-000000"}
    asked = later(steps, context, clue=clue)
    assert await look_up(steps, {}, asked) == Absent()


@pytest.mark.parametrize("late", [0, 0.9])
async def test_event_in_time_is_not_back_dated(
    steps: FrigateSteps, late: float
) -> None:
    now = datetime.now(UTC).timestamp()
    await run(steps, {"duration": 20}, steps.context(late=late))
    (event,) = steps.simulator.events
    assert event.start_time == pytest.approx(now - 5, abs=2)
    assert event.end_time == pytest.approx(now + 20, abs=2)
    assert not any(seen.method == "PUT" for seen in steps.simulator.requests)


async def test_event_in_time_by_a_clock_that_is_ahead(steps: FrigateSteps) -> None:
    now = datetime.now(UTC).timestamp()
    await run(steps, {"duration": 20}, steps.context(late=-5))
    assert steps.simulator.events[0].start_time == pytest.approx(now - 5, abs=2)


@pytest.mark.parametrize(
    ("pre_capture", "early"), [(None, 12), (0, 0), (30, 30)], ids=str
)
@pytest.mark.parametrize("late", [2, 100, 80_000])
async def test_late_event_is_back_dated(
    steps: FrigateSteps, late: int, pre_capture: int | None, early: int
) -> None:
    steps.simulator.settings.cameras = (
        Camera(name="front_door", alerts_pre_capture=12),
    )
    context = steps.context(late=late)
    data = {"duration": 60, "pre_capture": pre_capture}
    receipt, _ = await run(steps, data, context)
    (event,) = steps.simulator.events
    occurred = context.occurred_at.timestamp()
    assert event.start_time == pytest.approx(occurred - early, abs=2)
    assert event.end_time == pytest.approx(occurred + 60, abs=2)
    if late > 60:
        assert event.end_time == pytest.approx(occurred + 60, abs=0.001)
        end = datetime.fromisoformat(str(receipt.details["end"]))
        assert abs(end - context.occurred_at - MINUTE) < timedelta(milliseconds=1)


async def test_late_open_event_is_back_dated(steps: FrigateSteps) -> None:
    context = steps.context(late=300)
    await run(steps, {"until_ended": True}, context)
    (event,) = steps.simulator.events
    assert event.end_time is None
    occurred = context.occurred_at.timestamp()
    assert event.start_time == pytest.approx(occurred - 5, abs=2)


@pytest.mark.parametrize("simulator", ["0.17"], indirect=True)
async def test_late_event_without_back_dating_has_a_warning(
    steps: FrigateSteps,
) -> None:
    now = datetime.now(UTC).timestamp()
    await run(steps, {"duration": 20}, steps.context(late=40))
    assert steps.simulator.events[0].end_time == pytest.approx(now + 20, abs=2)
    assert not any(seen.method == "PUT" for seen in steps.simulator.requests)


async def test_back_dating_that_is_not_stored_is_repeated(steps: FrigateSteps) -> None:
    context = steps.context(late=100)
    payload = CREATE.parse(EVENT)
    create, back_date, *_ = CREATE.steps(payload, await steps.known())
    told = replace(
        context, results={"create": await create.run(steps.client, payload, context)}
    )
    steps.simulator.settings.async_delay = None
    with pytest.raises(Unavailable) as caught:
        await back_date.run(steps.client, payload, told)
    assert caught.value.code == "not_stored"
    steps.simulator.restart()
    steps.simulator.settings.async_delay = 0
    assert await back_date.run(steps.client, payload, told)
    end = steps.simulator.events[0].end_time
    assert end == pytest.approx(context.occurred_at.timestamp() + 30, abs=0.001)


async def test_missing_event_is_not_back_dated(steps: FrigateSteps) -> None:
    context = steps.context(late=100)
    payload = CREATE.parse(EVENT)
    create, back_date, *_ = CREATE.steps(payload, await steps.known())
    told = replace(
        context, results={"create": await create.run(steps.client, payload, context)}
    )
    steps.simulator.reset()
    assert await back_date.run(steps.client, payload, told) == {}


@pytest.mark.parametrize(
    ("version", "absent"),
    [
        ("0.14.1", {"pre_capture", "draw", "source_type"}),
        ("0.16.4", {"pre_capture", "draw", "source_type"}),
        ("0.17.2", {"pre_capture", "draw", "source_type"}),
        ("0.18.0", {"pre_capture", "source_type"}),
    ],
)
def test_fields_that_a_version_lacks_are_not_sent(
    version: str, absent: set[str]
) -> None:
    payload: CreateCameraEvent = CREATE.parse(EVENT)
    body = create_body(capabilities(version), payload, step_context())
    assert not absent & set(body)
    assert body["include_recording"] is True
    assert type(body["duration"]) is int
    assert body["sub_label"] is None
    assert ("score" in body) is (version != "0.18.0")


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"boxes": [BOX], "score": 0, "sub_label": "", "duration": 86_400},
        {"until_ended": True, "include_recording": False},
    ],
)
async def test_frigate_survives_the_end_of_an_event(
    steps: FrigateSteps, data: JsonObject
) -> None:
    await run(steps, data, steps.context(late=10))
    assert not steps.simulator.dead
    assert len(steps.simulator.events) == 1


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_create_does_not_wait_for_a_review_item(steps: FrigateSteps) -> None:
    await run(steps, {})
    assert not any("/review" in seen.path for seen in steps.simulator.requests)


async def test_no_link_without_a_review_item(steps: FrigateSteps) -> None:
    steps.simulator.settings.cameras = (
        Camera(name="front_door", record_enabled=False),
    )
    receipt, _ = await run(steps, {})
    assert set(receipt.links) == {"event", "snapshot"}


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize(
    "kind", [FaultKind.RESET_AFTER, FaultKind.HALF_BODY, FaultKind.GARBAGE]
)
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"sub_label": "Post", "score": 0.5, "duration": 5},
        {"until_ended": True, "boxes": [BOX]},
        {"label": "a,b"},
    ],
)
async def test_event_with_a_lost_response_is_found(
    steps: FrigateSteps, kind: FaultKind, data: JsonObject
) -> None:
    context = steps.context()
    clue = await lose(steps, data, context, kind)
    assert clue == {}
    asked = later(steps, context, clue=clue)
    found = await look_up(steps, data, asked)
    assert isinstance(found, Found)
    (event,) = steps.simulator.events
    assert found.result["event_id"] == event.id
    receipt = CREATE.receipt(CREATE.parse({**EVENT, **data}), {"create": found.result})
    assert receipt.outside_id == event.id


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_lost_request_is_missing(steps: FrigateSteps) -> None:
    context = steps.context()
    clue = await lose(steps, {}, context, FaultKind.RESET_BEFORE)
    asked = steps.context(clue=clue, first_sent_at=context.now)
    assert await look_up(steps, {}, asked) == Absent()


async def test_request_that_was_never_sent_is_absent(steps: FrigateSteps) -> None:
    assert await look_up(steps, {}, steps.context(first_sent_at=None)) == Absent()


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_event_sent_by_a_clock_that_was_ahead_is_found(
    steps: FrigateSteps,
) -> None:
    context = steps.context()
    await lose(steps, {}, context)
    ahead = context.now + timedelta(hours=8)
    asked = steps.context(
        occurred_at=ahead,
        first_sent_at=ahead,
        sent_after=context.now - timedelta(days=1),
    )
    assert isinstance(await look_up(steps, {}, asked), Found)


async def test_too_many_events_prove_nothing(
    steps: FrigateSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAGES", 0)
    assert await look_up(steps, {}) == Unclear()


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_look_up_does_not_read_what_the_camera_has_detected(
    steps: FrigateSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    _read_few_events(monkeypatch)
    for _ in range(4):
        await run(steps, {"score": 0.8}, keyed=False)
    context = steps.context()
    asked = later(steps, context)
    assert await look_up(steps, {}, asked) == Absent()
    await lose(steps, {}, context)
    assert isinstance(await look_up(steps, {}, asked), Found)


@pytest.mark.parametrize("simulator", UNDATED, indirect=True)
async def test_look_up_by_the_key_does_not_read_events_of_other_deliveries(
    steps: FrigateSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    _read_few_events(monkeypatch)
    for number in range(4):
        await run(steps, {}, steps.context(delivery_id=f"other-{number}"))
    context = steps.context()
    asked = later(steps, context)
    assert await look_up(steps, {}, asked) == Absent()
    await lose(steps, {}, context)
    assert isinstance(await look_up(steps, {}, asked), Found)


@pytest.mark.parametrize(
    ("simulator", "sent_by"),
    [("0.17", "0.18"), ("0.18", "0.17")],
    indirect=["simulator"],
)
@pytest.mark.parametrize("score", [None, 0.0, 0.3, 1.0])
async def test_event_is_found_by_another_version_than_created_it(
    steps: FrigateSteps, sent_by: str, score: float | None
) -> None:
    data: dict[str, object] = {} if score is None else {"score": score}
    context = steps.context()
    then = capabilities(sent_by)
    body = create_body(then, CREATE.parse({**EVENT, **data}), context)
    await steps.client.create_event("front_door", "doorbell", {"duration": 30})
    event = steps.simulator.events[0]
    event.data["score"] = body.get("score", 0)
    event.data["draw"] = body.get("draw", {})
    assert isinstance(await look_up(steps, data, later(steps, context)), Found)


@pytest.mark.parametrize("late", [0, 100, 80_000])
async def test_late_event_with_a_lost_response_is_found_and_back_dated(
    steps: FrigateSteps, late: int
) -> None:
    context = steps.context(late=late)
    clue = await lose(steps, {}, context)
    asked = steps.context(
        late=late, clue=clue, first_sent_at=context.now, occurred_at=context.occurred_at
    )
    found = await look_up(steps, {}, asked)
    assert isinstance(found, Found)
    assert found.result["over"] is (late > 30)
    payload = CREATE.parse(EVENT)
    back_date = CREATE.steps(payload, await steps.known())[1]
    await back_date.run(
        steps.client, payload, replace(asked, results={"create": found.result})
    )
    end = steps.simulator.events[0].end_time
    occurred = context.occurred_at.timestamp()
    assert end == pytest.approx(occurred + 30, abs=2 if late == 0 else 0.001)


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_key_finds_only_its_own_event(steps: FrigateSteps) -> None:
    context = steps.context()
    other, _ = await run(steps, {}, steps.context(delivery_id="delivery-2"))
    asked = later(steps, context)
    assert await look_up(steps, {}, asked) == Absent()
    await lose(steps, {}, context)
    assert await find_id(steps, {}, asked) != other.outside_id


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
async def test_event_is_found_among_equal_ones(steps: FrigateSteps) -> None:
    context = steps.context()
    for number in range(3):
        await run(steps, {}, steps.context(delivery_id=f"other-{number}"))
    await lose(steps, {}, context)
    ours = steps.simulator.events[-1].id
    for number in range(3, 6):
        await run(steps, {}, steps.context(delivery_id=f"other-{number}"))
    asked = later(steps, context)
    assert await find_id(steps, {}, asked) == ours


@pytest.mark.parametrize("simulator", UNDATED, indirect=True)
@pytest.mark.parametrize(
    "stranger",
    [
        {"label": "other"},
        {"camera": "garden"},
        {"sub_label": "Post"},
        {"score": 0.5},
        {"duration": 40},
        {"until_ended": True},
    ],
)
async def test_event_with_other_contents_is_not_ours(
    steps: FrigateSteps, stranger: JsonObject
) -> None:
    context = steps.context()
    await run(steps, stranger, context, keyed=False)
    asked = later(steps, context)
    assert await look_up(steps, {}, asked, keyed=False) == Absent()


@pytest.mark.parametrize("simulator", UNDATED, indirect=True)
async def test_event_of_another_delivery_is_not_ours(steps: FrigateSteps) -> None:
    context = steps.context()
    other, _ = await run(steps, {}, context, keyed=False)
    asked = later(steps, context, outside_ids=frozenset({other.outside_id}))
    assert await look_up(steps, {}, asked, keyed=False) == Absent()


@pytest.mark.parametrize("simulator", UNDATED, indirect=True)
@pytest.mark.parametrize("before", [20, 3000])
async def test_earlier_event_is_not_ours(steps: FrigateSteps, before: int) -> None:
    steps.simulator.clock.advance(-before)
    await run(steps, {}, keyed=False)
    steps.simulator.clock.advance(before)
    sent = datetime.now(UTC)
    asked = steps.context(first_sent_at=sent, now=sent + MINUTE)
    assert await look_up(steps, {}, asked, keyed=False) == Absent()


@pytest.mark.parametrize("simulator", UNDATED, indirect=True)
async def test_much_later_event_is_not_ours(steps: FrigateSteps) -> None:
    await run(steps, {}, keyed=False)
    sent = datetime.now(UTC) - timedelta(hours=2)
    asked = steps.context(first_sent_at=sent, now=datetime.now(UTC))
    assert await look_up(steps, {}, asked, keyed=False) == Absent()


@pytest.mark.parametrize("simulator", UNDATED, indirect=True)
async def test_earliest_of_several_events_is_ours(steps: FrigateSteps) -> None:
    context = steps.context()
    for _ in range(3):
        await run(steps, {}, keyed=False)
    asked = later(steps, context)
    assert await find_id(steps, {}, asked, keyed=False) == steps.simulator.events[0].id


@pytest.mark.parametrize("simulator", ["0.17"], indirect=True)
async def test_detected_object_is_not_ours(steps: FrigateSteps) -> None:
    context = steps.context()
    await run(steps, {}, context, keyed=False)
    steps.simulator.events[0].data["type"] = "object"
    asked = later(steps, context)
    assert await look_up(steps, {}, asked, keyed=False) == Absent()


@pytest.mark.parametrize("simulator", VERSIONS, indirect=True)
@pytest.mark.parametrize("off", [-7200, -60, 60, 7200])
async def test_look_up_with_a_wrong_clock_of_the_server(
    steps: FrigateSteps,
    session: ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    off: int,
) -> None:
    steps.simulator.clock.advance(off)
    date = property(lambda _: datetime.now(UTC) + timedelta(seconds=off))
    monkeypatch.setattr(Reply, "date", date)
    context = steps.context()
    clue = await lose(steps, {}, context)
    asked = later(steps, context, clue=clue)
    payload = CREATE.parse(EVENT)
    find = CREATE.steps(payload, await steps.known())[0].find
    assert find is not None
    after_a_restart = FrigateClient(session, steps.simulator.url)
    found = await find(after_a_restart, payload, asked)
    assert isinstance(found, Found)
    assert found.result["event_id"] == steps.simulator.events[0].id


@pytest.mark.parametrize("off", [-7200, 7200])
async def test_late_event_ends_by_the_clock_of_the_server(
    steps: FrigateSteps, monkeypatch: pytest.MonkeyPatch, off: int
) -> None:
    steps.simulator.clock.advance(off)
    date = property(lambda _: datetime.now(UTC) + timedelta(seconds=off))
    monkeypatch.setattr(Reply, "date", date)
    await run(steps, {"duration": 60}, steps.context(late=300))
    (event,) = steps.simulator.events
    assert event.end_time is not None
    assert event.end_time - event.start_time == pytest.approx(65, abs=2)


def test_receipt_without_details() -> None:
    payload: Any = CREATE.parse(EVENT)
    assert CREATE.receipt(payload, {}) == Receipt()
    assert CREATE.receipt(payload, {"create": {"event_id": 5, "links": 5}}) == Receipt()
