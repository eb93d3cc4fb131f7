"""Tests of aipix's actions in Home Assistant, against the simulator."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.aipix.backend import AIPIX
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.queue import backoff
from custom_components.event_relay.registry import BY_NAME
from tests.home import act, coordinator, remove, wait_for_state
from tests.home_aipix import connect_aipix
from tests.invalid_input import Case, assert_each_names_its_field
from tools.simulators.aipix import AipixSimulator
from tools.simulators.faults import Fault, FaultKind

from ...responses import respond

pytestmark = pytest.mark.usefixtures("socket_enabled")

SCRIPT: dict[str, Any] = {"event_id": 41, "title": "At night"}
FOR_ADMINISTRATORS: dict[str, Any] = {"event_id": 41}
SCRIPTS = "*/scripts"


@pytest.fixture
async def aipix(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AipixSimulator]:
    """Run a simulated aipix."""
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    async with AipixSimulator() as simulator:
        yield simulator


@pytest.fixture
async def entry(hass: HomeAssistant, aipix: AipixSimulator) -> MockConfigEntry:
    """Set up a connection to the client API."""
    await hass.config.async_set_time_zone("Asia/Yekaterinburg")
    return await connect_aipix(hass, aipix)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look up a lost response at once."""
    monkeypatch.setattr(backoff, "look_up_wait", lambda *_: timedelta())


@pytest.fixture
async def helper(hass: HomeAssistant) -> AsyncIterator[str]:
    """Set up a schedule helper with office hours."""
    hours = [{"from": "08:00:00", "to": "12:00:00"}]
    assert await async_setup_component(
        hass,
        "schedule",
        {
            "schedule": {
                "office": {
                    "name": "Office",
                    "monday": [*hours, {"from": "13:00:00", "to": "24:00:00"}],
                    "sunday": hours,
                }
            }
        },
    )
    await hass.async_block_till_done()
    yield "schedule.office"
    for entity in list(hass.data[DATA_INSTANCES]["schedule"].entities):
        await entity.async_remove()


YAML: dict[str, str] = {
    "event_id": "41",
    "reaction_id": "'3'",
    "users": "[7, 8, 7]",
    "title": "At night",
    "status": "active",
    "cameras": "[{id: 12}]",
    "extra": "{chat_id: 12345, bot_token: secret}",
    "timetable": """
      days:
        - type: monday
          from: "08:00:00"
          to: "18:00:00+05:00"
          breaks: [{from: "12:00:00", to: "13:00:00"}]
    """,
}
"""Every field of a script in YAML; the other two have their own tests."""


def from_yaml(fields: dict[str, str]) -> dict[str, Any]:
    return {name: parse_yaml(text) for name, text in fields.items()}


def test_every_field_is_covered() -> None:
    script = {*YAML, "schedule", "schedule_entity"}
    assert set(BY_NAME["aipix"].action_fields["create_script"]) == script
    assert set(BY_NAME["aipix"].action_fields["update_script"]) == {
        *script,
        "script_id",
        "delivery_id",
    }


@pytest.mark.parametrize("action", ["create_script", "update_script"])
async def test_every_field_reaches_aipix(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator, action: str
) -> None:
    fields = from_yaml(YAML)
    if action == "update_script":
        first = await act(hass, "create_script", event_id=11, title="First")
        fields["script_id"] = first["outside_id"]
    answer = await act(hass, action, config_entry_id=entry.entry_id, wait=10, **fields)

    (script,) = aipix.scripts
    assert answer["state"] == "delivered"
    assert answer["outside_id"] == str(script["id"])
    assert answer["details"] == {"script_id": script["id"]}
    shown: Any = script
    assert shown["event"]["id"] == 41
    assert shown["reaction"]["id"] == 3
    assert [user["id"] for user in shown["users"]] == [7, 8]
    assert shown["title"] == "At night"
    assert shown["status"] == "active"
    assert shown["cameras"] == [{"id": 12}]
    assert shown["extra"] == {"chat_id": 12345, "bot_token": "secret"}
    assert shown["timetable"] == {
        "days": [
            {
                "type": "monday",
                "from": "08:00:00+05:00",
                "to": "18:00:00+05:00",
                "breaks": [{"from": "12:00:00+05:00", "to": "13:00:00+05:00"}],
            }
        ],
        "intervals": [],
    }


@pytest.mark.parametrize(
    ("numbering", "days"),
    [
        ({}, [0, 6]),
        ({"weekdays": "monday_1"}, [1, 7]),
        ({"weekdays": "sunday_0"}, [0, 1]),
    ],
)
async def test_schedule_helper_with_the_administrator_api(
    hass: HomeAssistant,
    aipix: AipixSimulator,
    helper: str,
    numbering: dict[str, str],
    days: list[int],
) -> None:
    await connect_aipix(hass, aipix, "administrator", numbering)
    answer = await act(
        hass, "create_script", **FOR_ADMINISTRATORS, schedule_entity=helper
    )

    (script,) = aipix.scripts
    schedule: Any = script["schedule"]
    assert answer["outside_id"] == str(script["id"])
    assert [one["day"] for one in schedule] == days
    monday = {
        "ranges": [
            {"from": "08:00:00", "to": "12:00:00"},
            {"from": "13:00:00", "to": "23:59:59"},
        ]
    }
    assert (
        monday.items()
        <= next(one for one in schedule if len(one["ranges"]) == 2).items()
    )


async def test_schedule_helper_with_the_client_api(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator, helper: str
) -> None:
    await act(hass, "create_script", **SCRIPT, schedule_entity=helper)
    timetable: Any = aipix.scripts[0]["timetable"]
    assert timetable["intervals"] == []
    assert [one["type"] for one in timetable["days"]] == ["monday", "sunday"]
    assert timetable["days"][0] == {
        "type": "monday",
        "from": "08:00:00+05:00",
        "to": "23:59:59+05:00",
        "breaks": [{"from": "12:00:00+05:00", "to": "13:00:00+05:00"}],
    }


async def test_missing_schedule_helper_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "create_script", **SCRIPT, schedule_entity="schedule.gone")
    assert raised.value.translation_key == "field_no_schedule"
    assert aipix.scripts == []


async def test_raw_schedule_over_midnight_is_split(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    schedule = parse_yaml('[{day: 6, ranges: [{from: "22:00", to: "06:00"}]}]')
    await act(hass, "create_script", **SCRIPT, schedule=schedule)
    timetable: Any = aipix.scripts[0]["timetable"]
    assert [(one["type"], one["from"], one["to"]) for one in timetable["days"]] == [
        ("monday", "00:00:00+05:00", "06:00:00+05:00"),
        ("sunday", "22:00:00+05:00", "23:59:59+05:00"),
    ]


async def test_update_keeps_unknown_data(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    start = await act(
        hass,
        "create_script",
        **SCRIPT,
        users=[7],
        extra={"chat_id": "1", "bot_token": "t"},
    )
    (script,) = aipix.scripts
    script["priority"] = 9
    before = dict(script)

    answer = await act(
        hass,
        "update_script",
        delivery_id=start["delivery_id"],
        title="Later",
        extra={"chat_id": "2"},
    )

    assert answer["outside_id"] == start["outside_id"]
    (after,) = aipix.scripts
    assert after == before | {
        "title": "Later",
        "extra": {"chat_id": "2", "bot_token": "t"},
        "updated_at": after["updated_at"],
    }


async def test_event_id_is_not_accepted_as_a_script(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    first = await act(hass, "create_script", **SCRIPT)
    other = await act(hass, "create_script", event_id=41, title="Other")
    aipix.settings.events = (41, int(first["outside_id"]))

    await act(
        hass,
        "update_script",
        script_id=other["outside_id"],
        event_id=first["outside_id"],
    )

    scripts: Any = aipix.scripts
    assert [one["event"]["id"] for one in scripts] == [41, int(first["outside_id"])]


@pytest.mark.parametrize("title", [None, "Gate [DESKTOP-REACTION]"])
async def test_unknown_script_cannot_be_changed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    aipix: AipixSimulator,
    title: str | None,
) -> None:
    made = await act(hass, "create_script", **SCRIPT)
    if title is None:
        aipix.store.scripts.clear()
    else:
        aipix.scripts[0]["title"] = title
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "update_script", script_id=made["outside_id"], title="x")
    key = "unknown_script" if title is None else "foreign_script"
    assert raised.value.translation_key == key


async def test_mark_is_created(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    data: Any = parse_yaml(
        "{camera_id: '12', title: 5, start: '2026-01-01 08:00:00', "
        "end: '2026-01-01T04:00:00+00:00'}"
    )
    assert set(data) == set(BY_NAME["aipix"].action_fields["create_camera_mark"])
    answer = await act(hass, "create_camera_mark", **data)
    (mark,) = aipix.marks
    assert answer["details"] == {"mark_id": mark["id"]}
    assert mark["title"] == "5"
    assert mark["from"] == "2026-01-01T03:00:00.000000Z"
    assert mark["to"] == "2026-01-01T04:00:00.000000Z"


async def test_unknown_camera_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "create_camera_mark", camera_id=99, title="x")
    assert raised.value.translation_key == "rejected"


BAD_INPUT: list[Case] = [
    ("create_script", {"title": "x"}, "event_id", "required"),
    ("create_script", {**SCRIPT, "event_id": "many"}, "event_id", "not_a_number"),
    ("create_script", {**SCRIPT, "reaction_id": 0}, "reaction_id", "out_of_range"),
    ("create_script", {**SCRIPT, "users": [0]}, "users[0]", "out_of_range"),
    ("create_script", {**SCRIPT, "title": ["a"]}, "title", "not_text"),
    (
        "create_script",
        {**SCRIPT, "schedule_entity": "x"},
        "schedule_entity",
        "not_an_entity",
    ),
    ("create_script", {**SCRIPT, "schedule": 5}, "schedule[0]", "not_a_mapping"),
    ("create_script", {**SCRIPT, "timetable": 5}, "timetable", "not_a_mapping"),
    ("create_script", {**SCRIPT, "status": 5}, "status", "not_text"),
    ("create_script", {**SCRIPT, "extra": 5}, "extra", "not_a_mapping"),
    ("create_script", {**SCRIPT, "colour": 5}, "colour", "unknown"),
    ("update_script", {"title": "x"}, "script_id", "one_required"),
    ("create_camera_mark", {"title": "x"}, "camera_id", "required"),
    (
        "create_camera_mark",
        {"camera_id": 12, "title": "x", "end": "x"},
        "end",
        "not_a_time",
    ),
]


async def test_invalid_input_names_its_field(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    aipix: AipixSimulator,
    subtests: pytest.Subtests,
) -> None:
    await assert_each_names_its_field(hass, subtests, BAD_INPUT)
    assert not aipix.stored_events()


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("create_script", SCRIPT),
        ("create_camera_mark", {"camera_id": 12, "title": "x"}),
    ],
)
@pytest.mark.usefixtures("at_once")
async def test_lost_response_is_looked_up_and_not_resent(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    aipix: AipixSimulator,
    action: str,
    data: dict[str, Any],
) -> None:
    await act(hass, action, **data)
    aipix.add_faults(Fault(kind=FaultKind.RESET_AFTER, method="POST", path="*/*s"))
    answer = await act(hass, action, **data)
    listed = await wait_for_state(hass, answer["delivery_id"], "delivered")
    stored: Any = aipix.stored_events()
    assert len(stored) == 2
    assert listed["outside_id"].endswith(str(stored[1]["id"]))


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.RESET_BEFORE])
@pytest.mark.parametrize("api", ["administrator", "client"])
@pytest.mark.usefixtures("at_once")
async def test_request_without_a_look_up_is_never_resent(
    hass: HomeAssistant, aipix: AipixSimulator, api: str, kind: FaultKind
) -> None:
    aipix.configure(lists_scripts=False)
    await connect_aipix(hass, aipix, api)
    aipix.add_faults(Fault(kind=kind, method="POST", path=SCRIPTS))
    data = SCRIPT if api == "client" else FOR_ADMINISTRATORS
    with pytest.raises(HomeAssistantError) as told:
        await act(hass, "create_script", **data)
    assert told.value.translation_key == "outcome_unknown"
    (listed,) = (await act(hass, "list_deliveries"))["deliveries"]

    assert listed["error"]["code"] == "outcome_unknown"
    assert len(aipix.scripts) == (kind is FaultKind.RESET_AFTER)
    await act(hass, "retry_delivery", delivery_id=listed["delivery_id"], confirm=True)
    await wait_for_state(hass, listed["delivery_id"], "delivered")


async def test_only_administrators_may_create_scripts(
    hass: HomeAssistant, entry: MockConfigEntry, hass_read_only_user: User
) -> None:
    for action in ("create_script", "update_script"):
        with pytest.raises(Unauthorized):
            await act(hass, action, Context(user_id=hass_read_only_user.id), **SCRIPT)


async def test_choices_for_scripts_are_listed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    aipix: AipixSimulator,
    hass_read_only_user: User,
) -> None:
    """The list names people, so only administrators may read it."""
    context = Context(user_id=hass_read_only_user.id)
    with pytest.raises(Unauthorized):
        await act(hass, "list_script_choices", context)
    listed: Any = await act(hass, "list_script_choices", config_entry_id=entry.entry_id)
    assert {
        name: [one["id"] for one in listed[name]]
        for name in ("users", "events", "reactions", "cameras")
    } == {"users": [7, 8], "events": [11, 41], "reactions": [3, 4], "cameras": [12]}
    assert listed["missing"] == []
    assert "login" not in listed["users"][0]

    fields = {"event_id": listed["events"][0]["id"], "title": "Listed"}
    await act(hass, "create_script", **fields, users=[listed["users"][1]["id"]])
    script: Any = aipix.scripts[0]
    assert [one["id"] for one in script["users"]] == [8]


async def test_list_without_permission_is_left_out(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    aipix.add_faults(respond(403, {}, path="*/cameras"))
    listed = await act(hass, "list_script_choices")
    assert (listed["cameras"], listed["missing"]) == ([], ["cameras"])
    assert listed["users"]


async def test_administrator_api_lists_no_choices(
    hass: HomeAssistant, aipix: AipixSimulator
) -> None:
    await connect_aipix(hass, aipix, "administrator")
    listed = await act(hass, "list_script_choices")
    assert listed["missing"] == ["users", "events", "reactions", "cameras"]
    await act(hass, "create_script", **FOR_ADMINISTRATORS)
    assert len(aipix.scripts) == 1


async def test_failed_query_of_choices_says_why(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    aipix.add_faults(respond(503, {}, path="*/static"))
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "list_script_choices")
    assert raised.value.translation_key == "unavailable"
    with pytest.raises(ServiceValidationError):
        await act(hass, "list_script_choices", limit=5)


@pytest.mark.parametrize(
    ("change", "word"), [("licensed", "licence"), ("permitted", "unauthorized")]
)
async def test_missing_permission_or_licence_is_a_repair(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    aipix: AipixSimulator,
    change: str,
    word: str,
) -> None:
    aipix.configure(**{change: False})
    answer = await act(hass, "create_script", **SCRIPT)
    await wait_for_state(hass, answer["delivery_id"], "pending")
    assert len(ir.async_get(hass).issues) == 1
    assert word in str(coordinator(entry).paused_for)

    aipix.configure(**{change: True})
    await entry.runtime_data.async_refresh()
    await wait_for_state(hass, answer["delivery_id"], "delivered")


async def test_captcha_asks_for_the_login(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    aipix.configure(captcha=True)
    aipix.expire_logins()
    answer = await act(hass, "create_script", **SCRIPT)
    await wait_for_state(hass, answer["delivery_id"], "pending")
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_there_is_one_session_at_most_and_none_afterwards(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    for _ in range(3):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    await act(hass, "create_script", **SCRIPT)
    (session,) = aipix.auth.sessions.values()
    assert session.uuid == "device-1"

    await remove(hass, entry)
    assert not aipix.auth.sessions


async def test_stop_of_home_assistant_ends_the_session(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    assert aipix.auth.sessions
    await hass.async_stop(force=True)
    assert not aipix.auth.sessions


async def test_connection_is_removed_although_its_backend_is_down(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    await aipix.stop()
    await remove(hass, entry)
    assert not hass.config_entries.async_entries(DOMAIN)


def test_requests_are_sent_one_at_a_time() -> None:
    assert AIPIX.concurrency == 1
