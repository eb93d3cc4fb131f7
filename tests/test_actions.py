"""Tests of the actions in Home Assistant with a simulated Frigate."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import AsyncMock

from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.event_relay.backends.guance.api import client as guance_client
from custom_components.event_relay.const import CONF_BACKEND
from custom_components.event_relay.outcomes.announcer import EVENT_OUTCOME
from custom_components.event_relay.queue import backoff
from custom_components.event_relay.queue.store.checksum import setting
from custom_components.event_relay.queue.store.store import Store
from custom_components.event_relay.storage import async_get_store
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from .backends.canaries import CASES
from .canaries import Case
from .failing_store import disk_full
from .home import act, connect, connection_entry, coordinator, remove, wait_for_state
from .invalid_input import assert_each_names_its_field
from .responses import invalid_field, respond

pytestmark = pytest.mark.usefixtures("socket_enabled")

DOORBELL = {"camera": "front_door", "label": "doorbell"}
CREATE = "/api/events/*/*/create"


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection to it."""
    return await connect(hass, frigate)


def stored_events(frigate: FrigateSimulator) -> list[dict[str, Any]]:
    """Return the stored events, as Frigate lists them."""
    events: Any = frigate.stored_events()
    return [*events]


async def test_event_is_created_with_every_field(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    answer = await act(
        hass,
        "create_camera_event",
        config_entry_id=entry.entry_id,
        camera="front_door",
        label="doorbell",
        sub_label="Visitor",
        score=0.9,
        duration=20,
        include_recording=False,
        pre_capture=3,
        boxes=[{"box": [0.1, 0.2, 0.3, 0.4], "color": [0, 0, 255], "score": 0.5}],
        description="Somebody rang",
        retain=True,
        wait=10,
    )

    (event,) = frigate.events
    assert answer["state"] == "delivered"
    assert answer["outside_id"] == event.id
    assert answer["warnings"] == []
    assert answer["links"]["event"] == f"{frigate.url}/explore?event_id={event.id}"
    assert (
        answer["links"]["snapshot"]
        == f"{frigate.url}/api/events/{event.id}/snapshot.jpg"
    )
    assert answer["links"]["review"].startswith(
        f"{frigate.url}/review?timestamp=front_door_"
    )
    (stored,) = stored_events(frigate)
    assert stored["camera"] == "front_door"
    assert stored["label"] == "doorbell"
    assert stored["sub_label"] == "Visitor"
    data = stored["data"]
    assert data["score"] == 0.9
    assert data["description"] == "Somebody rang"
    assert data["draw"] == {
        "boxes": [{"box": [0.1, 0.2, 0.3, 0.4], "color": [0, 0, 255], "score": 0.5}],
        "event_relay": answer["delivery_id"],
    }
    assert stored["retain_indefinitely"] is True
    assert stored["has_clip"] is False


async def test_types_of_rendered_templates_are_accepted(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    await act(
        hass,
        "create_camera_event",
        camera="front_door",
        label=21.5,
        sub_label=True,
        duration="25",
        score="0.5",
        include_recording="yes",
        description=None,
        wait="10",
    )
    (stored,) = stored_events(frigate)
    assert stored["label"] == "21.5"
    assert stored["sub_label"] == "True"


async def test_event_is_opened_ended_and_updated(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    start = await act(
        hass, "create_camera_event", camera="garden", label="door", until_ended=True
    )
    (event,) = frigate.events
    assert event.end_time is None

    updated = await act(
        hass, "update_camera_event", event_id=event.id, sub_label="Postman", retain=True
    )
    ended = await act(hass, "end_camera_event", delivery_id=start["delivery_id"])

    (event,) = frigate.events
    assert updated["outside_id"] == ended["outside_id"] == event.id
    assert event.sub_label == "Postman"
    assert event.end_time is not None
    assert event.end_time >= event.start_time


async def test_end_time_is_in_home_assistants_time_zone(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    await hass.config.async_set_time_zone("Asia/Tokyo")
    start = await act(
        hass, "create_camera_event", camera="garden", label="door", until_ended=True
    )
    moment = datetime.now(UTC) + timedelta(minutes=5)
    tokyo = (moment + timedelta(hours=9)).strftime("%Y-%m-%d %H:%M:%S")

    await act(
        hass, "end_camera_event", delivery_id=start["delivery_id"], end_time=tokyo
    )

    (event,) = frigate.events
    assert event.end_time == pytest.approx(moment.timestamp(), abs=1)


async def test_outage_keeps_the_event_and_its_time(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    await frigate.stop()
    answer = await act(hass, "create_camera_event", **DOORBELL, duration=5)
    assert answer["state"] == "pending"
    assert (answer["code"], bool(answer["reason"])) == ("cannot_connect", True)
    rang_at = dt_util.utcnow() - timedelta(hours=1)
    await _occurred_at(hass, rang_at)

    await frigate.start()
    listed = await wait_for_state(hass, answer["delivery_id"], "delivered")

    (event,) = frigate.events
    assert listed["outside_id"] == event.id
    assert listed["attempts"] >= 2
    assert event.start_time == pytest.approx(rang_at.timestamp() - 5, abs=2)
    assert event.end_time == pytest.approx(rang_at.timestamp() + 5, abs=0.01)


async def _occurred_at(hass: HomeAssistant, moment: datetime) -> None:
    """Set the time of the waiting delivery, as after a long outage."""
    store = await async_get_store(hass)
    await store._database.run(
        lambda database: (
            database.execute(
                f"UPDATE deliveries SET {setting(occurred_at=':moment')}",  # noqa: S608 - ours
                {"moment": moment.timestamp()},
            ).rowcount
        )
    )


async def test_long_text_is_cut_with_a_warning(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    """Every view of the delivery shows it, even before it has arrived."""
    outcomes = async_capture_events(hass, EVENT_OUTCOME)
    warning = "sub_label is too long and was cut to 100 characters"
    coordinator(entry).worker.pause()
    answer = await act(hass, "create_camera_event", **DOORBELL, sub_label="x" * 273)
    assert answer["state"] == "pending"
    (listed,) = (await act(hass, "list_deliveries"))["deliveries"]
    assert listed["warnings"] == [warning]
    await act(hass, "discard_delivery", delivery_id=answer["delivery_id"])
    coordinator(entry).worker.resume()

    answer = await act(hass, "create_camera_event", **DOORBELL, sub_label="x" * 273)

    assert answer["warnings"] == [warning]
    (event,) = frigate.events
    assert event.sub_label == "x" * 99 + "…"
    await hass.async_block_till_done()
    assert outcomes[-1].data["warnings"] == 1


async def test_wait_zero_returns_once_stored(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    answer = await act(hass, "create_camera_event", **DOORBELL, wait=0)
    assert answer.keys() == {"delivery_id", "state"}
    assert answer["state"] in {"pending", "sending"}  # at once, or after another
    await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert len(frigate.events) == 1


async def test_delivery_survives_a_reload(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    await frigate.stop()
    answer = await act(hass, "create_camera_event", **DOORBELL)
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.start()
    assert frigate.events == []

    await hass.config_entries.async_setup(entry.entry_id)
    await wait_for_state(hass, answer["delivery_id"], "delivered")

    assert len(frigate.events) == 1


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_delivery_is_sent_once_the_backend_is_back(
    hass: HomeAssistant,
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
    case: Case,
) -> None:
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    monkeypatch.setattr(guance_client, "INTERVAL", 0)
    async with case.run() as simulator:
        entry = await case.connect(hass, simulator)
        assert await hass.config_entries.async_unload(entry.entry_id)
        await simulator.stop()
        assert await hass.config_entries.async_setup(entry.entry_id)
        answer = await act(hass, case.action, **case.data)
        assert answer["state"] == "pending"
        assert answer["reason"]

        await simulator.start()
        listed = await wait_for_state(hass, answer["delivery_id"], "delivered")
        gives_ids = entry.data[CONF_BACKEND] != "guance"
        assert bool(listed["outside_id"]) is gives_ids
        assert len([*simulator.stored_events()]) == 1


async def test_lost_response_is_looked_up_and_not_resent(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    frigate.add_faults(Fault(kind=FaultKind.RESET_AFTER, method="POST", path=CREATE))
    answer = await act(hass, "create_camera_event", **DOORBELL)
    assert answer["state"] == "uncertain"

    await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert len(frigate.events) == 1


async def test_rejection_raises_with_the_backends_reason(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    frigate.add_faults(
        respond(
            404,
            {
                "success": False,
                "message": "front_door is not a valid camera.",
            },
            method="POST",
            path=CREATE,
        )
    )
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "create_camera_event", **DOORBELL)
    assert raised.value.translation_key == "rejected"
    assert "not a valid camera" in str(raised.value)

    (failed,) = (await act(hass, "list_deliveries", state="failed"))["deliveries"]
    again = await act(hass, "retry_delivery", delivery_id=failed["delivery_id"])
    assert again["deliveries"][0]["state"] == "delivered"


async def test_all_failed_deliveries_are_retried_and_discarded(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    frigate.add_faults(invalid_field(), invalid_field())
    for _ in range(2):
        with pytest.raises(HomeAssistantError, match="duration"):
            await act(hass, "create_camera_event", **DOORBELL)

    retried = await act(hass, "retry_delivery", config_entry_id=entry.entry_id)
    assert len(retried["deliveries"]) == 2
    for one in retried["deliveries"]:
        await wait_for_state(hass, one["delivery_id"], "delivered")

    frigate.add_faults(invalid_field())
    with pytest.raises(HomeAssistantError):
        await act(hass, "create_camera_event", **DOORBELL)
    discarded = await act(hass, "discard_delivery", config_entry_id=entry.entry_id)
    assert [one["state"] for one in discarded["deliveries"]] == ["discarded"]


async def test_delivery_that_changes_meanwhile_keeps_no_other_from_being_discarded(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frigate.add_faults(invalid_field(), invalid_field())
    for _ in range(2):
        with pytest.raises(HomeAssistantError, match="duration"):
            await act(hass, "create_camera_event", **DOORBELL)
    queue = coordinator(entry).queue
    failed = await queue.failed()
    monkeypatch.setattr(queue, "failed", AsyncMock(return_value=failed))
    changed, other = (one.id for one in failed)
    await act(hass, "retry_delivery", delivery_id=changed)
    discarded = await act(hass, "discard_delivery", config_entry_id=entry.entry_id)
    assert [one["delivery_id"] for one in discarded["deliveries"]] == [other]


BAD_INPUT: list[tuple[str, dict[str, object], str, str]] = [
    ("create_camera_event", {"label": "x"}, "camera", "required"),
    (
        "create_camera_event",
        {**DOORBELL, "camera": "cellar"},
        "camera",
        "unknown_camera",
    ),
    (
        "create_camera_event",
        {**DOORBELL, "camera": "Front_Door"},
        "camera",
        "unknown_camera",
    ),
    ("create_camera_event", {**DOORBELL, "camera": ["a"]}, "camera", "not_text"),
    ("create_camera_event", {"camera": "front_door"}, "label", "required"),
    ("create_camera_event", {**DOORBELL, "label": ""}, "label", "required"),
    ("create_camera_event", {**DOORBELL, "label": " "}, "label", "required"),
    ("create_camera_event", {**DOORBELL, "label": "x" * 101}, "label", "too_long"),
    ("create_camera_event", {**DOORBELL, "label": "../x"}, "label", "bad_character"),
    ("create_camera_event", {**DOORBELL, "label": "a%2fb"}, "label", "bad_character"),
    ("create_camera_event", {**DOORBELL, "label": "a: b"}, "label", "bad_character"),
    ("create_camera_event", {**DOORBELL, "label": "a\x00b"}, "label", "bad_character"),
    ("create_camera_event", {**DOORBELL, "score": 90}, "score", "out_of_range"),
    ("create_camera_event", {**DOORBELL, "score": "much"}, "score", "not_a_number"),
    (
        "create_camera_event",
        {**DOORBELL, "duration": 86_401},
        "duration",
        "out_of_range",
    ),
    ("create_camera_event", {**DOORBELL, "duration": 0}, "duration", "out_of_range"),
    ("create_camera_event", {**DOORBELL, "duration": -1}, "duration", "out_of_range"),
    ("create_camera_event", {**DOORBELL, "duration": 1.5}, "duration", "not_whole"),
    (
        "create_camera_event",
        {**DOORBELL, "duration": "a minute"},
        "duration",
        "not_a_duration",
    ),
    (
        "create_camera_event",
        {**DOORBELL, "duration": 5, "until_ended": True},
        "until_ended",
        "exclusive",
    ),
    (
        "create_camera_event",
        {**DOORBELL, "until_ended": "maybe"},
        "until_ended",
        "not_a_flag",
    ),
    (
        "create_camera_event",
        {**DOORBELL, "pre_capture": -1},
        "pre_capture",
        "out_of_range",
    ),
    (
        "create_camera_event",
        {**DOORBELL, "include_recording": "perhaps"},
        "include_recording",
        "not_a_flag",
    ),
    (
        "create_camera_event",
        {**DOORBELL, "boxes": [{"box": [0, 0, 1]}]},
        "boxes[0].box",
        "not_a_box",
    ),
    ("create_camera_event", {**DOORBELL, "boxes": ["x"]}, "boxes[0]", "not_a_mapping"),
    (
        "create_camera_event",
        {**DOORBELL, "source_type": "api"},
        "source_type",
        "not_supported",
    ),
    ("create_camera_event", {**DOORBELL, "wait": -1}, "wait", "out_of_range"),
    ("create_camera_event", {**DOORBELL, "colour": "red"}, "colour", "unknown"),
    ("end_camera_event", {}, "event_id", "one_required"),
    ("end_camera_event", {"event_id": "../config"}, "event_id", "not_an_id"),
    ("end_camera_event", {"delivery_id": "nobody"}, "delivery_id", "not_found"),
    (
        "end_camera_event",
        {"event_id": "1.5-abcdef", "end_time": "0001-01-01T00:00:00"},
        "end_time",
        "too_early",
    ),
    (
        "end_camera_event",
        {"event_id": "1.5-abcdef", "end_time": "9999-12-31T23:59:59+00:00"},
        "end_time",
        "too_late",
    ),
    (
        "end_camera_event",
        {"event_id": "1.5-abcdef", "end_time": "yesterday"},
        "end_time",
        "not_a_time",
    ),
    (
        "update_camera_event",
        {"event_id": "1.5-abcdef"},
        "sub_label",
        "nothing_to_change",
    ),
    ("list_deliveries", {"state": "lost"}, "state", "not_one_of"),
    ("list_deliveries", {"limit": 0}, "limit", "out_of_range"),
    ("retry_delivery", {}, "delivery_id", "one_required"),
    ("discard_delivery", {"delivery_id": "nobody"}, "delivery_id", "not_found"),
    ("mark_delivered", {}, "delivery_id", "required"),
    ("mark_delivered", {"delivery_id": "nobody"}, "delivery_id", "not_found"),
]


async def test_invalid_input_names_the_field_and_sends_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    subtests: pytest.Subtests,
) -> None:
    await assert_each_names_its_field(hass, subtests, BAD_INPUT)
    assert {request.method for request in frigate.requests} <= {"GET"}


async def test_end_of_an_unknown_event_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    coordinator(entry).worker.pause()
    start = await act(hass, "create_camera_event", **DOORBELL)
    await act(hass, "discard_delivery", delivery_id=start["delivery_id"])

    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "end_camera_event", delivery_id=start["delivery_id"])

    assert raised.value.translation_key == "field_start_never_was"


@pytest.mark.parametrize(
    ("entry_id", "key"),
    [("nobody", "connection_not_found"), ("other", "connection_not_found")],
)
async def test_unknown_connection_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, entry_id: str, key: str
) -> None:
    MockConfigEntry(domain="other", entry_id="other").add_to_hass(hass)
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "create_camera_event", **DOORBELL, config_entry_id=entry_id)
    assert raised.value.translation_key == key
    assert f"The connections are: {entry.title} ({entry.entry_id})" in str(raised.value)


async def test_connection_is_given_by_its_device(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    await connect(hass, frigate, "Barn")
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    named = {"config_entry_id": device.id}
    answer = await act(hass, "create_camera_event", **DOORBELL, **named)
    listed = await act(hass, "list_deliveries", **named)
    assert [one["config_entry_id"] for one in listed["deliveries"]] == [entry.entry_id]
    await act(hass, "end_camera_event", delivery_id=answer["delivery_id"], **named)


async def test_unloaded_connection_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    other = connection_entry("http://127.0.0.1:1", "Other")
    other.add_to_hass(hass)
    with pytest.raises(ServiceValidationError) as raised:
        await act(
            hass, "create_camera_event", **DOORBELL, config_entry_id=other.entry_id
        )
    assert raised.value.translation_key == "connection_not_loaded"


async def test_ambiguous_connection_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    other = await connect(hass, frigate, "Barn")
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "create_camera_event", **DOORBELL)
    assert raised.value.translation_key == "connection_ambiguous"
    assert "Barn" in str(raised.value)
    start = await act(
        hass, "create_camera_event", **DOORBELL, config_entry_id=other.entry_id
    )
    ended = await act(hass, "end_camera_event", delivery_id=start["delivery_id"])
    assert ended["state"] == "delivered"
    with pytest.raises(ServiceValidationError) as raised:
        await act(
            hass,
            "end_camera_event",
            delivery_id=start["delivery_id"],
            config_entry_id=entry.entry_id,
        )
    assert raised.value.translation_key == "field_other_connection"


async def test_known_failure_cannot_be_marked_as_delivered(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    frigate.add_faults(invalid_field())
    with pytest.raises(HomeAssistantError):
        await act(hass, "create_camera_event", **DOORBELL)
    (failed,) = (await act(hass, "list_deliveries"))["deliveries"]
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "mark_delivered", delivery_id=failed["delivery_id"])
    assert raised.value.translation_key == "outcome_known"
    assert "The outcome of this delivery is known" in str(raised.value)


async def test_retry_and_discard_are_for_administrators(
    hass: HomeAssistant, entry: MockConfigEntry, hass_read_only_user: User
) -> None:
    for action in ("retry_delivery", "discard_delivery"):
        context = Context(user_id=hass_read_only_user.id)
        with pytest.raises(Unauthorized):
            await act(hass, action, context, config_entry_id=entry.entry_id)


async def test_other_users_do_not_see_contents_of_deliveries(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_read_only_user: User,
    hass_admin_user: User,
) -> None:
    await act(hass, "create_camera_event", **DOORBELL)

    async def listed(user_id: str | None) -> Mapping[str, Any]:
        answer = await act(hass, "list_deliveries", Context(user_id=user_id))
        assert answer is not None
        deliveries: Any = answer["deliveries"]
        delivery: Mapping[str, Any]
        (delivery,) = deliveries
        return delivery

    everything = await listed(hass_admin_user.id)
    assert everything["summary"] == "front_door / doorbell"
    assert everything["links"]
    assert await listed(None) == everything
    told = await listed(hass_read_only_user.id)
    assert told["state"] == "delivered"
    assert everything.keys() - told.keys() == {
        "summary",
        "outside_id",
        "links",
        "warnings",
    }
    with pytest.raises(UnknownUser):
        await listed("deleted")


async def test_other_users_do_not_see_the_backends_reason(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_read_only_user: User,
) -> None:
    frigate.add_faults(invalid_field(message="personal"))
    with pytest.raises(HomeAssistantError):
        await act(hass, "create_camera_event", **DOORBELL)
    context = Context(user_id=hass_read_only_user.id)
    answer = await act(hass, "list_deliveries", context)
    assert "'code': 'rejected'" in str(answer)
    assert "personal" not in str(answer)
    assert "personal" in str(await act(hass, "list_deliveries"))


@pytest.mark.parametrize(
    ("action", "method"),
    [("list_deliveries", "listing"), ("discard_delivery", "listing")],
)
async def test_unreadable_queue_is_an_error(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    method: str,
) -> None:
    monkeypatch.setattr(Store, method, disk_full)
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, action, config_entry_id=entry.entry_id)
    assert raised.value.translation_key == "outbox_unavailable"
    assert "disk full" in str(raised.value.translation_placeholders)


async def test_removing_a_connection_removes_its_deliveries(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await act(hass, "create_camera_event", **DOORBELL)
    await remove(hass, entry)
    assert (await act(hass, "list_deliveries"))["deliveries"] == []
