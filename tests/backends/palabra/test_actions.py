"""Tests of Palabra's actions in Home Assistant, against the simulator."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.queue import backoff
from custom_components.event_relay.registry import BY_NAME
from tests.home import act, look_up_at_once, wait_for_state
from tests.home_palabra import connect
from tests.invalid_input import assert_each_names_its_field
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.palabra.events import INGEST_SECRET

from ...responses import respond

pytestmark = pytest.mark.usefixtures("socket_enabled")

CREATE = "/saas/v2/event"
EVENT = {
    "title": "Town meeting",
    "event_type": "in_person",
    "start": "2099-05-01T18:00:00+00:00",
    "end": "2099-05-01T20:00:00+00:00",
}
NOBODY = "5f0c6f0a-2f5d-4f0e-9a58-0d6c8e1f7b42"


@pytest.fixture
async def entry(hass: HomeAssistant, palabra: PalabraSimulator) -> MockConfigEntry:
    """Set up a connection to it."""
    return await connect(hass, palabra)


def shown(palabra: PalabraSimulator) -> dict[str, Any]:
    """Return the only event as its owner sees it."""
    (event,) = palabra.events
    return dict(event.as_json())


FIELDS: list[tuple[str, str, str, object]] = [
    ("title", "title: Market day", "title", "Market day"),
    ("event_type", "event_type: online", "event_type", "online"),
    (
        "start",
        "start: 2099-05-01 16:30:15",
        "utc_start_dt",
        "2099-05-01T07:30:15.000+00:00",
    ),
    (
        "end",
        'end: "2099-05-01T21:00:00Z"',
        "utc_end_dt",
        "2099-05-01T21:00:00.000+00:00",
    ),
    ("timezone", "timezone: Europe/Berlin", "timezone", "Europe/Berlin"),
    ("description", "description: |\n  All\n  come", "description", "All\ncome"),
    ("location", "location: 12", "location", "12"),
    ("access_code", "access_code: 4711", "access_code", "4711"),
    (
        "target_languages",
        "target_languages: [DE, no, tlh, de]",
        "target_languages",
        ["de", "no", "tlh"],
    ),
    (
        "listener_language_mode",
        "listener_language_mode: off",
        "listener_language_mode",
        "off",
    ),
    (
        "listener_language_mode",
        "listener_language_mode: auto",
        "listener_language_mode",
        "auto",
    ),
    ("is_recurring", "is_recurring: yes", "is_recurring", True),
    (
        "cover_image_key",
        "cover_image_key: covers/1.png",
        "cover_image_key",
        "covers/1.png",
    ),
]
"""Every field as in YAML, and as Palabra stores it."""


def test_every_field_is_covered() -> None:
    assert {field for field, *_ in FIELDS} == set(
        BY_NAME["palabra"].action_fields["create_live_event"]
    )


@pytest.mark.parametrize("action", ["create_live_event", "update_live_event"])
async def test_every_field_reaches_palabra_from_yaml(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    palabra: PalabraSimulator,
    subtests: pytest.Subtests,
    action: str,
) -> None:
    await hass.config.async_set_time_zone("Asia/Tokyo")
    for field, yaml, name, stored in FIELDS:
        with subtests.test(field, yaml=yaml):
            palabra.events.clear()
            data: Any = parse_yaml(yaml)
            given = {**EVENT, **data}
            if action == "update_live_event":
                event = palabra.add(
                    "Old title",
                    datetime(2099, 5, 1, 5, tzinfo=UTC),
                    datetime(2099, 5, 1, 20, tzinfo=UTC),
                )
                given = {"event_id": event.event_id, **data}
            answer = await act(hass, action, config_entry_id=entry.entry_id, **given)
            assert answer["state"] == "delivered"
            assert shown(palabra)[name] == stored


async def test_event_is_created_updated_listed_and_deleted(
    hass: HomeAssistant, entry: MockConfigEntry, palabra: PalabraSimulator
) -> None:
    made = await act(hass, "create_live_event", **EVENT, access_code="4711", wait=10)
    (event,) = palabra.events
    assert made["outside_id"] == event.event_id
    assert made["links"] == {
        "qr_code": f"https://qr.palabra.invalid/{event.event_id}.png"
    }
    assert made["details"] == {
        "start": "2099-05-01T18:00:00Z",
        "end": "2099-05-01T20:00:00Z",
        "event_type": "in-person",
        "status": "setup_required",
    }
    updated = await act(
        hass, "update_live_event", delivery_id=made["delivery_id"], location="Town hall"
    )
    assert updated["outside_id"] == event.event_id

    listed = await act(hass, "list_live_events")
    (one,) = listed["events"]
    assert one["event_id"] == event.event_id
    assert one["title"] == "Town meeting"
    assert one["location"] == "Town hall"
    assert one["start"] == "2099-05-01T18:00:00Z"
    assert "4711" not in str((made, updated, listed))

    deleted = await act(hass, "delete_live_event", event_id=event.event_id)
    assert deleted["state"] == "delivered"
    assert palabra.events == []
    again = await act(hass, "delete_live_event", event_id=event.event_id)
    assert again["state"] == "delivered"
    assert (await act(hass, "list_live_events"))["events"] == []


BAD_INPUT: list[tuple[str, dict[str, object], str, str]] = [
    ("create_live_event", {**EVENT, "title": "ab"}, "title", "too_short"),
    ("create_live_event", {**EVENT, "title": None}, "title", "required"),
    ("create_live_event", {**EVENT, "title": ["a"]}, "title", "not_text"),
    ("create_live_event", {**EVENT, "event_type": "tv"}, "event_type", "not_one_of"),
    ("create_live_event", {**EVENT, "start": "soon"}, "start", "not_a_time"),
    ("create_live_event", {**EVENT, "start": EVENT["end"]}, "end", "not_after"),
    (
        "create_live_event",
        {**EVENT, "start": "2020-01-01T00:00:00", "end": "2020-01-02T00:00:00"},
        "end",
        "too_early",
    ),
    (
        "create_live_event",
        {**EVENT, "timezone": "Mars/Olympus"},
        "timezone",
        "unknown_time_zone",
    ),
    ("create_live_event", {**EVENT, "timezone": "/"}, "timezone", "unknown_time_zone"),
    (
        "create_live_event",
        {**EVENT, "timezone": "America"},
        "timezone",
        "unknown_time_zone",
    ),
    (
        "create_live_event",
        {**EVENT, "access_code": "a\tb"},
        "access_code",
        "bad_character",
    ),
    (
        "create_live_event",
        {**EVENT, "access_code": "x" * 501},
        "access_code",
        "too_long",
    ),
    (
        "create_live_event",
        {**EVENT, "target_languages": "German!"},
        "target_languages",
        "not_a_language",
    ),
    (
        "create_live_event",
        {**EVENT, "listener_language_mode": True},
        "listener_language_mode",
        "not_one_of",
    ),
    (
        "create_live_event",
        {**EVENT, "is_recurring": "maybe"},
        "is_recurring",
        "not_a_flag",
    ),
    ("create_live_event", {**EVENT, "colour": "red"}, "colour", "unknown"),
    ("update_live_event", {"title": "Other"}, "event_id", "one_required"),
    ("update_live_event", {"event_id": NOBODY}, "title", "nothing_to_change"),
    (
        "update_live_event",
        {"event_id": NOBODY, "end": "2020-01-01T00:00:00"},
        "end",
        "too_early",
    ),
    ("delete_live_event", {}, "event_id", "one_required"),
    ("delete_live_event", {"event_id": "../x"}, "event_id", "not_an_id"),
    ("delete_live_event", {"delivery_id": "nobody"}, "delivery_id", "not_found"),
    ("list_live_events", {"limit": 5}, "limit", "unknown"),
]


async def test_invalid_input_names_the_field_and_sends_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    palabra: PalabraSimulator,
    subtests: pytest.Subtests,
) -> None:
    await assert_each_names_its_field(hass, subtests, BAD_INPUT)
    assert {request.method for request in palabra.requests} <= {"GET"}


async def test_event_is_delivered_after_an_outage(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    palabra: PalabraSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    await palabra.stop()
    made = await act(hass, "create_live_event", **EVENT)
    assert made["state"] == "pending"
    named = await act(
        hass,
        "update_live_event",
        delivery_id=made["delivery_id"],
        title="Other title",
        wait=0,
    )

    await palabra.start()
    await wait_for_state(hass, named["delivery_id"], "delivered")

    assert shown(palabra)["title"] == "Other title"
    listed = await wait_for_state(hass, made["delivery_id"], "delivered")
    assert listed["outside_id"] == palabra.events[0].event_id


async def test_lost_response_creates_one_event(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    palabra: PalabraSimulator,
    quick_look_ups: None,
) -> None:
    palabra.add_faults(Fault(kind=FaultKind.RESET_AFTER, method="POST", path=CREATE))
    answer = await act(hass, "create_live_event", **EVENT)
    assert answer["state"] == "uncertain"

    listed = await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert listed["outside_id"] == palabra.events[0].event_id
    assert len(palabra.events) == 1


async def test_lost_request_is_resent_after_two_look_ups(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    palabra: PalabraSimulator,
    quick_look_ups: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    palabra.add_faults(Fault(kind=FaultKind.RESET_BEFORE, method="POST", path=CREATE))
    before = len(palabra.requests)
    answer = await act(hass, "create_live_event", **EVENT)
    assert answer["state"] == "uncertain"

    await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert len(palabra.events) == 1
    methods = [seen.method for seen in palabra.requests[before:]]
    assert methods == ["POST", "GET", "GET", "POST"]


async def test_interrupted_look_up_proves_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    palabra: PalabraSimulator,
    quick_look_ups: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    palabra.add_faults(
        Fault(kind=FaultKind.RESET_BEFORE, method="POST", path=CREATE),
        Fault(kind=FaultKind.RESET_BEFORE, method="GET", times=2),
    )
    before = len(palabra.requests)
    answer = await act(hass, "create_live_event", **EVENT)

    await wait_for_state(hass, answer["delivery_id"], "delivered")
    methods = [seen.method for seen in palabra.requests[before:]]
    assert methods == ["POST", "GET", "GET", "GET", "GET", "POST"]


@pytest.fixture
def quick_look_ups(monkeypatch: pytest.MonkeyPatch, entry: MockConfigEntry) -> None:
    """Look up at once."""
    look_up_at_once(monkeypatch, entry)


async def test_refusal_raises_an_error_with_palabras_reason(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "update_live_event", event_id=NOBODY, title="Other")
    assert raised.value.translation_key == "unknown_event"


async def test_validation_error_names_its_fields(
    hass: HomeAssistant, entry: MockConfigEntry, palabra: PalabraSimulator
) -> None:
    body: Any = {"ok": False, "errors": [{"status": 422, "detail": "Language tlh"}]}
    palabra.add_faults(respond(422, body, method="POST"))
    with pytest.raises(HomeAssistantError, match="Language tlh") as raised:
        await act(hass, "create_live_event", **EVENT)
    assert raised.value.translation_key == "rejected"


async def test_empty_balance_is_a_repair_of_its_own(
    hass: HomeAssistant, entry: MockConfigEntry, palabra: PalabraSimulator
) -> None:
    palabra.configure(empty_balance=True)
    answer = await act(hass, "create_live_event", **EVENT)
    assert answer["state"] == "pending"
    issue_id = f"permission_denied_{entry.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_key == "balance_empty"

    palabra.configure(empty_balance=False)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=16))
    await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None


async def test_refused_credentials_start_reauthentication(
    hass: HomeAssistant, entry: MockConfigEntry, palabra: PalabraSimulator
) -> None:
    palabra.expire_logins()
    answer = await act(hass, "create_live_event", **EVENT)
    assert answer["state"] == "pending"
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["step_id"] == "palabra_reauth"

    await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_API_KEY: palabra.settings.api_key}
    )
    await wait_for_state(hass, answer["delivery_id"], "delivered")


async def test_failed_list_says_why(
    hass: HomeAssistant, entry: MockConfigEntry, palabra: PalabraSimulator
) -> None:
    palabra.add_faults(respond(503, method="GET"))
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "list_live_events")
    assert raised.value.translation_key == "unavailable"


async def test_list_contains_no_access_codes_and_no_stream_keys(
    hass: HomeAssistant, entry: MockConfigEntry, palabra: PalabraSimulator
) -> None:
    await act(hass, "create_live_event", **EVENT, access_code="canary-access-code")
    assert "canary-access-code" in str(palabra.stored_events())
    listed = await act(hass, "list_live_events")
    assert "Town meeting" in str(listed)
    assert "canary-access-code" not in str(listed)
    assert INGEST_SECRET not in str(listed)
