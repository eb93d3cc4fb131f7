"""Tests of Guance's action in Home Assistant, against the simulator."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.guance.api import (
    client as guance_client,
    envelope,
)
from custom_components.event_relay.backends.guance.backend import GUANCE
from custom_components.event_relay.const import CONF_CAPABILITIES, DOMAIN
from custom_components.event_relay.queue import backoff, rate_limiter as outbox_pace
from custom_components.event_relay.registry import BY_NAME
from tests.home import act, wait_for_state
from tests.home_guance import connect
from tests.invalid_input import assert_each_names_its_field
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.guance import GuanceSimulator
from tools.simulators.wire import Json

from ...responses import respond

pytestmark = pytest.mark.usefixtures("socket_enabled")

ACTION = "create_custom_event"
DOOR = {"status": "warning", "title": "The door is open"}
CREATE = "*/events/create"


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the waits between requests, look-ups and retries."""
    monkeypatch.setattr(guance_client, "INTERVAL", 0)
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    monkeypatch.setitem(vars(GUANCE), "write_time", timedelta(milliseconds=200))
    monkeypatch.setattr(backoff, "look_up_wait", lambda *_: timedelta(milliseconds=10))


@pytest.fixture
async def simulator() -> AsyncIterator[GuanceSimulator]:
    """Run a workspace that ingests events at once."""
    async with GuanceSimulator(ingest_lag=0) as simulator:
        yield simulator


@pytest.fixture
async def entry(hass: HomeAssistant, simulator: GuanceSimulator) -> MockConfigEntry:
    """Set up a connection to it."""
    return await connect(hass, simulator)


def stored(simulator: GuanceSimulator) -> dict[str, Any]:
    """Return the only stored event."""
    (event,) = simulator.stored_events()
    assert isinstance(event, dict)
    return {**event}


def requests(simulator: GuanceSimulator, end: str) -> int:
    """Count the requests to paths with a suffix."""
    return sum(seen.path.endswith(end) for seen in simulator.requests)


RECENT = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
MILLISECONDS = round(RECENT.timestamp() * 1000)
FIELDS: list[tuple[str, str, str, object]] = [
    ("status", "status: critical", "status", "critical"),
    ("status", "status: error", "status", "error"),
    ("status", "status: warning", "status", "warning"),
    ("status", "status: ok", "status", "ok"),
    ("status", "status: info", "status", "info"),
    ("status", "status: nodata", "status", "nodata"),
    ("title", "title: Fire", "title", "Fire"),
    ("title", "title: 21.5", "title", "21.5"),
    ("message", "message: |\n  Two\n  lines", "message", "Two\nlines"),
    ("message", "message: ''", "message", None),
    ("message", "message:", "message", None),
    ("origin", "origin: Home", "origin", "Home"),
    ("origin", "origin: ''", "origin", None),
    ("occurred_at", f"occurred_at: {RECENT.isoformat()}", "date", MILLISECONDS),
    ("occurred_at", f'occurred_at: "{RECENT.isoformat()}"', "date", MILLISECONDS),
    ("tags", "tags: {floor: ground}", "tags", {"floor": "ground"}),
    (
        "tags",
        "tags: {level: 2, lux: 1.5, armed: true}",
        "tags",
        {"level": "2", "lux": "1.5", "armed": "true"},
    ),
    ("tags", "tags: {floor: '', room:}", "tags", {}),
    ("wait", "wait: 5", "status", "warning"),
]
"""Each field of the action in YAML, and how it is stored."""


def test_every_field_is_covered() -> None:
    named = {name for name, _, _, _ in FIELDS} - {"wait"}
    assert named == set(BY_NAME["guance"].action_fields[ACTION])


async def test_every_field_reaches_the_workspace_from_yaml(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: GuanceSimulator,
    subtests: pytest.Subtests,
) -> None:
    for field, yaml, where, value in FIELDS:
        with subtests.test(field, yaml=yaml):
            simulator.events.clear()
            fields = parse_yaml(yaml)
            assert isinstance(fields, dict)
            answer = await act(hass, ACTION, **{**DOOR, **fields})
            assert answer["state"] == "delivered"
            event = stored(simulator)
            assert event["tags"].pop("ha_delivery_id") == answer["delivery_id"]
            assert event[where] == value


async def test_response_has_all_details(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: GuanceSimulator
) -> None:
    answer = await act(
        hass, ACTION, **DOOR, occurred_at=RECENT, config_entry_id=entry.entry_id
    )
    assert answer == {
        "delivery_id": answer["delivery_id"],
        "state": "delivered",
        "outside_id": None,
        "links": {},
        "details": {
            "date": RECENT.isoformat(),
            "ha_delivery_id": answer["delivery_id"],
        },
        "warnings": [],
    }
    (listed,) = (await act(hass, "list_deliveries"))["deliveries"]
    assert listed["summary"] == "warning: The door is open"
    assert listed["expires_at"] == (RECENT + timedelta(days=14)).isoformat()


async def test_time_without_a_zone_is_in_home_assistants_own(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: GuanceSimulator
) -> None:
    zone = await dt_util.async_get_time_zone("Asia/Shanghai")
    assert zone is not None
    dt_util.set_default_time_zone(zone)
    local = RECENT.astimezone(zone).replace(tzinfo=None).isoformat(" ")
    await act(hass, ACTION, **DOOR, occurred_at=local)
    assert stored(simulator)["date"] == MILLISECONDS


BAD_INPUT: list[tuple[dict[str, object], str, str]] = [
    ({"title": "x"}, "status", "required"),
    ({**DOOR, "status": "fatal"}, "status", "not_one_of"),
    ({**DOOR, "status": ""}, "status", "required"),
    ({**DOOR, "status": ["ok"]}, "status", "not_text"),
    ({"status": "ok"}, "title", "required"),
    ({**DOOR, "title": " "}, "title", "required"),
    ({**DOOR, "title": {"a": "b"}}, "title", "not_text"),
    ({**DOOR, "message": ["x"]}, "message", "not_text"),
    ({**DOOR, "origin": {}}, "origin", "not_text"),
    ({**DOOR, "occurred_at": "yesterday"}, "occurred_at", "not_a_time"),
    ({**DOOR, "occurred_at": "0001-01-01T00:00:00"}, "occurred_at", "too_early"),
    ({**DOOR, "occurred_at": "2020-01-01T00:00:00"}, "occurred_at", "too_early"),
    ({**DOOR, "occurred_at": "9999-12-31T23:59:59Z"}, "occurred_at", "too_late"),
    ({**DOOR, "tags": "floor"}, "tags", "not_a_mapping"),
    ({**DOOR, "tags": ["floor"]}, "tags", "not_a_mapping"),
    ({**DOOR, "tags": {"floor": {"a": "b"}}}, "tags.floor", "nested"),
    ({**DOOR, "tags": {"floor": ["a"]}}, "tags.floor", "nested"),
    ({**DOOR, "tags": {"floor": float("inf")}}, "tags.floor", "not_a_number"),
    ({**DOOR, "tags": {"f" * 101: "x"}}, f"tags.{'f' * 101}", "too_long"),
    ({**DOOR, "tags": {"a b": "c"}}, "tags.a b", "tag_name"),
    ({**DOOR, "tags": {"df_title": "c"}}, "tags.df_title", "reserved"),
    ({**DOOR, "tags": {"_a": "c"}}, "tags._a", "reserved"),
    ({**DOOR, "tags": {"source": "c"}}, "tags.source", "reserved"),
    ({**DOOR, "tags": {"ha_delivery_id": "c"}}, "tags.ha_delivery_id", "reserved"),
    ({**DOOR, "tags": {f"t{n}": "x" for n in range(61)}}, "tags", "too_many"),
    ({**DOOR, "wait": -1}, "wait", "out_of_range"),
    ({**DOOR, "severity": "high"}, "severity", "unknown"),
]


async def test_invalid_input_names_the_field_and_sends_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: GuanceSimulator,
    subtests: pytest.Subtests,
) -> None:
    cases = ((ACTION, data, field, problem) for data, field, problem in BAD_INPUT)
    await assert_each_names_its_field(hass, subtests, cases)
    assert requests(simulator, "/create") == 0


async def test_event_after_an_outage_keeps_its_date(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: GuanceSimulator
) -> None:
    await simulator.stop()
    before = datetime.now(UTC)
    answer = await act(hass, ACTION, **DOOR)
    after = datetime.now(UTC)
    assert answer["state"] == "pending"

    await simulator.start()
    await wait_for_state(hass, answer["delivery_id"], "delivered")
    date = datetime.fromtimestamp(stored(simulator)["date"] / 1000, UTC)
    slack = timedelta(milliseconds=1)
    assert before - slack <= date <= after + slack


@pytest.mark.parametrize("kind", [FaultKind.RESET_AFTER, FaultKind.HALF_BODY])
async def test_lost_response_is_looked_up_and_not_resent(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: GuanceSimulator,
    kind: FaultKind,
) -> None:
    simulator.configure(ingest_lag=0.05)
    simulator.add_faults(Fault(kind=kind, path=CREATE))
    answer = await act(hass, ACTION, **DOOR)
    assert answer["state"] == "uncertain"

    listed = await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert listed["outside_id"] == stored(simulator)["__docid"]
    assert requests(simulator, "/create") == 1
    assert requests(simulator, "/query_data_v1")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.RESET_BEFORE, path=CREATE),
        respond(500, path=CREATE),
    ],
    ids=["reset", "500"],
)
async def test_event_is_resent_once_its_absence_is_proven(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: GuanceSimulator,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    fault.times = 1
    simulator.add_faults(fault)
    answer = await act(hass, ACTION, **DOOR)
    assert answer["state"] == "uncertain"

    await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert stored(simulator)["tags"]["ha_delivery_id"] == answer["delivery_id"]
    assert requests(simulator, "/create") == 2


async def test_unknown_outcome_fails_and_is_not_resent(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: GuanceSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backoff, "ASKING_LONGEST", timedelta(milliseconds=30))
    simulator.configure(queries_end=False)
    simulator.add_faults(Fault(kind=FaultKind.RESET_AFTER, path=CREATE))
    answer = await act(hass, ACTION, **DOOR)

    listed = await wait_for_state(hass, answer["delivery_id"], "failed")
    assert listed["error"]["code"] == "outcome_unknown"
    assert requests(simulator, "/create") == 1


async def test_refusal_raises_an_error_with_the_reason(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: GuanceSimulator
) -> None:
    body: Json = {"code": 400, "success": False, "errorCode": "ft.Bad", "message": "no"}
    simulator.add_faults(respond(400, body, path=CREATE))
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, ACTION, **DOOR)
    assert raised.value.translation_key == "rejected"
    assert "no (ft.Bad)" in str(raised.value)


async def test_rate_limit_delays_all_and_needs_no_new_key(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: GuanceSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(envelope, "LIMITED_FOR", 2)
    monkeypatch.setattr(outbox_pace, "FIRST", 0.1)
    simulator.configure(rate_limit=0)
    first = await act(hass, ACTION, **DOOR)
    assert (first["state"], requests(simulator, "/create")) == ("pending", 1)
    second = await act(hass, ACTION, **DOOR)
    assert (second["state"], requests(simulator, "/create")) == ("pending", 1)
    assert hass.config_entries.flow.async_progress_by_handler(DOMAIN) == []
    told = (await act(hass, "list_deliveries"))["deliveries"]
    assert [one["delivery_id"] for one in told] == [
        second["delivery_id"],
        first["delivery_id"],
    ]
    for one in told:
        # Both wait for the connection.
        assert datetime.fromisoformat(one["due_at"]) > dt_util.utcnow()

    simulator.configure(rate_limit=None)
    for answer in (first, second):
        await wait_for_state(hass, answer["delivery_id"], "delivered")


async def test_invalid_key_starts_reauthentication(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: GuanceSimulator
) -> None:
    simulator.configure(api_key="the-next-key")
    answer = await act(hass, ACTION, **DOOR)
    assert answer["state"] == "pending"
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH

    await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"api_key": "the-next-key"}
    )
    await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert len(simulator.events) == 1


async def test_missing_permission_is_a_repair_without_reauthentication(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: GuanceSimulator
) -> None:
    simulator.configure(may_write=False)
    answer = await act(hass, ACTION, **DOOR)
    assert answer["state"] == "pending"
    assert hass.config_entries.flow.async_progress_by_handler(DOMAIN) == []
    (issue,) = ir.async_get(hass).issues.values()
    assert issue.translation_key == "permission_denied"

    simulator.configure(may_write=True)
    entry.runtime_data.worker.resume()
    await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert not ir.async_get(hass).issues


async def test_retention_of_the_workspace_is_read(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: GuanceSimulator
) -> None:
    simulator.configure(retention="60d")
    await entry.runtime_data.async_refresh()
    assert entry.data[CONF_CAPABILITIES] == {"retention_days": 60}
    old = datetime.now(UTC) - timedelta(days=40)
    await act(hass, ACTION, **DOOR, occurred_at=old)
    assert stored(simulator)["date"] == round(old.timestamp() * 1000)


async def test_event_expires_with_the_retention_of_the_workspace(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: GuanceSimulator
) -> None:
    await simulator.stop()
    almost = datetime.now(UTC) - timedelta(days=14) + timedelta(seconds=0.2)
    answer = await act(hass, ACTION, **DOOR, occurred_at=almost, wait=0)
    await wait_for_state(hass, answer["delivery_id"], "expired")


async def test_write_token_of_the_workspace_is_not_stored(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: GuanceSimulator
) -> None:
    await entry.runtime_data.async_refresh()
    kept = [*entry.data.values(), entry.runtime_data.data, vars(entry.runtime_data)]
    assert "tkn_" not in str(kept)
    assert {seen.path for seen in simulator.requests} == {"/api/v1/workspace/get"}
