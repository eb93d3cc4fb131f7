"""Tests of the card's WebSocket commands, and of who gets what."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryDisabler, ConfigSubentry
from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.event_relay import coordinator as relay_coordinator
from custom_components.event_relay.backends.base import Receipt
from custom_components.event_relay.backends.errors import (
    BALANCE_EMPTY,
    BackendError,
    InvalidCredentials,
    PermissionDenied,
)
from custom_components.event_relay.card import websocket
from custom_components.event_relay.card.subscription import CHANGED
from custom_components.event_relay.card.websocket import COUNTED_MOST, LIMIT_MOST
from custom_components.event_relay.coordinator import TIDYING
from custom_components.event_relay.queue.delivery import (
    Delivery,
    DeliveryState,
    Failure,
    Origin,
    OriginKind,
)
from custom_components.event_relay.queue.store.store import Store
from custom_components.event_relay.registry import async_load
from custom_components.event_relay.storage import async_get_store
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.wire import Json

from .failing_store import disk_full
from .home import (
    act,
    connect,
    connection_entry,
    coordinator,
    remove,
    turn,
    wait_for_state,
)
from .responses import respond

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Socket = MockHAClientWebSocket

MANY = 1_050
CREATE = "/api/events/*/*/create"
DOORBELL = {"camera": "front_door", "label": "doorbell", "wait": 0}
SWITCH = "switch.frigate_delivery"
SECRET = "what-nobody-is-told"


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection to it."""
    return await connect(hass, frigate)


@dataclass(frozen=True, kw_only=True)
class CardHome:
    """A connection, and the card's commands by an administrator."""

    hass: HomeAssistant
    entry: MockConfigEntry
    socket: Socket

    def settled(self, number: int, **changes: object) -> Delivery:
        """Return a settled delivery of the connection; by default, it failed."""
        return settled_delivery(number, self.entry.entry_id, **changes)

    def delivered(self, number: int) -> Delivery:
        """Return a delivered delivery of the connection."""
        return delivered_delivery(number, self.entry.entry_id)

    async def store(self, *deliveries: Delivery) -> None:
        """Store deliveries in order."""
        queue = await async_get_store(self.hass)
        await asyncio.gather(*(queue.accept(one) for one in deliveries))

    async def result_of(self, command: str, **data: object) -> Any:  # noqa: ANN401 - what JSON holds
        """Send a command, and return its result."""
        return await result_of(self.socket, command, **data)

    async def next_event(self) -> Mapping[str, Any]:
        """Return the next event of the subscription."""
        return await next_event(self.socket)

    async def subscribe(self) -> None:
        """Subscribe to changes."""
        await self.result_of("deliveries/subscribe")
        assert await self.next_event() == {"anew": True}


@pytest.fixture
async def home(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> CardHome:
    """Set up a connection, and connect as an administrator."""
    return CardHome(hass=hass, entry=entry, socket=await hass_ws_client(hass))


@pytest.fixture
async def guest_socket(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> Socket:
    """Connect as a non-administrator."""
    return await hass_ws_client(hass, hass_read_only_access_token)


def settled_delivery(number: int, connection: str, **changes: object) -> Delivery:
    """Return a settled delivery; by default, it failed."""
    now = dt_util.utcnow()
    values: dict[str, Any] = {
        "id": f"delivery-{number}",
        "connection": connection,
        "operation": "create_camera_event",
        "version": 1,
        "payload": {"secret": SECRET},
        "summary": f"doorbell {number}",
        "origin": Origin(kind=OriginKind.ACTION),
        "occurred_at": now - timedelta(minutes=1),
        "accepted_at": now,
        "state": DeliveryState.FAILED,
        "failure": Failure(code="rejected", reason="no such camera: Anna's room"),
        "settled_at": now,
    }
    return Delivery(**(values | changes))


def delivered_delivery(number: int, connection: str) -> Delivery:
    """Return a delivered delivery."""
    receipt = Receipt(
        outside_id="17.5-abc",
        links={"snapshot": "http://frigate.local/snapshot.jpg"},
        details={"camera": "front_door"},
    )
    state = DeliveryState.DELIVERED
    return settled_delivery(
        number, connection, state=state, failure=None, receipt=receipt
    )


async def result_of(socket: Socket, command: str, **data: object) -> Any:  # noqa: ANN401 - what JSON holds
    """Send a command, and return its result."""
    await socket.send_json_auto_id({"type": f"event_relay/{command}", **data})
    answer = await socket.receive_json()
    assert answer["success"], answer
    return answer["result"]


async def error_of(socket: Socket, command: str, **data: object) -> str:
    """Send a command, and return its error code."""
    await socket.send_json_auto_id({"type": f"event_relay/{command}", **data})
    answer = await socket.receive_json()
    assert not answer["success"]
    code: str = answer["error"]["code"]
    return code


async def next_event(socket: Socket) -> Mapping[str, Any]:
    """Return the next event of a subscription."""
    async with asyncio.timeout(60):
        event: Mapping[str, Any] = (await socket.receive_json())["event"]
    return event


# Lists


async def test_unreadable_queue_is_an_error(
    home: CardHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "search", disk_full)
    monkeypatch.setattr(Store, "states_up_to", disk_full)
    for command in ("list", "count"):
        code = await error_of(home.socket, f"deliveries/{command}")
        assert code == "home_assistant_error"


async def test_pages_have_each_delivery_once_newest_first(home: CardHome) -> None:
    await home.store(*(home.settled(number) for number in range(MANY)))

    seen: list[str] = []
    before: dict[str, int] = {}
    pages = 0
    while True:
        page = await home.result_of("deliveries/list", limit=LIMIT_MOST, **before)
        pages += 1
        seen += [row["delivery_id"] for row in page["deliveries"]]
        if page["before"] is None:
            break
        before = {"before": page["before"]}

    assert seen == [f"delivery-{number}" for number in reversed(range(MANY))]
    assert pages == -(-MANY // LIMIT_MOST)


async def test_lists_by_connection_and_state(
    home: CardHome, frigate: FrigateSimulator
) -> None:
    other = await connect(home.hass, frigate, "Barn")
    await home.store(
        home.settled(1),
        home.delivered(2),
        delivered_delivery(3, other.entry_id),
    )

    async def ids(**asked: object) -> list[str]:
        page = await home.result_of("deliveries/list", **asked)
        return [row["delivery_id"][9:] for row in page["deliveries"]]

    assert await ids() == ["3", "2", "1"]
    assert await ids(state=["failed", "expired"]) == ["1"]
    assert await ids(config_entry_id=[other.entry_id]) == ["3"]
    assert await ids(config_entry_id=[home.entry.entry_id], state=["delivered"]) == [
        "2"
    ]
    assert await ids(config_entry_id=["gone"]) == []
    assert await ids(config_entry_id=[]) == []
    page = await home.result_of("deliveries/list", limit=1)
    assert [one["title"] for one in page["connections"]] == ["Frigate", "Barn"]


async def choosable(
    hass: HomeAssistant, socket: Socket, backend: str, *kinds: str
) -> list[str]:
    """Return the choosable subentries, of some types, of a connection."""
    barn = connection_entry("http://barn.local", "Barn", backend=backend)
    barn.add_to_hass(hass)
    for kind in kinds:
        data: MappingProxyType[str, object] = MappingProxyType({})
        part = ConfigSubentry(data=data, subentry_type=kind, title=kind, unique_id=None)
        hass.config_entries.async_add_subentry(barn, part)
    page = await result_of(socket, "deliveries/list")
    return [one["title"] for one in page["connections"][1]["subentries"]]


@pytest.mark.parametrize(
    ("backend", "asking", "others"),
    [
        ("frigate", ["rule"], []),
        ("aipix", ["rule", "script_mirror"], []),
        ("palabra", ["rule", "calendar_mirror"], []),
        ("http", ["rule"], ["request"]),
    ],
)
async def test_only_subentries_with_deliveries_can_be_chosen(
    home: CardHome, backend: str, asking: list[str], others: list[str]
) -> None:
    await async_load(home.hass, backend)
    assert await choosable(home.hass, home.socket, backend, *asking, *others) == asking


async def test_rules_of_an_unknown_backend_can_be_chosen(home: CardHome) -> None:
    chosen = await choosable(
        home.hass, home.socket, "of_a_later_version", "rule", "mirror"
    )
    assert chosen == ["rule"]


UNKNOWN: tuple[Mapping[str, object], ...] = (
    {"limit": 201},
    {"limit": 0},
    {"state": ["lost"]},
    {"before": -1},
    {"search": "x" * 201},
    {"since": "yesterday"},
    {"until": 7},
    {"subentry_id": "01JRULE"},
    {"subentry_id": ["01JRULE"] * 201},
)


async def test_invalid_commands_are_refused(
    home: CardHome, subtests: pytest.Subtests
) -> None:
    for asked in UNKNOWN:
        with subtests.test(asked=asked):
            refused = await error_of(home.socket, "deliveries/list", **asked)
            assert refused == "invalid_format"


async def test_administrator_sees_all_but_the_payload(home: CardHome) -> None:
    await home.store(home.settled(1), home.delivered(2))

    delivered, failed = (await home.result_of("deliveries/list"))["deliveries"]
    more = await home.result_of("deliveries/get", delivery_id="delivery-2")

    assert failed["summary"] == "doorbell 1"
    assert failed["error"]["reason"] == "no such camera: Anna's room"
    assert delivered["links"] == {"snapshot": "http://frigate.local/snapshot.jpg"}
    assert more["details"] == {"camera": "front_door"}
    assert SECRET not in f"{delivered}{failed}{more}"


async def test_other_users_only_see_states(
    home: CardHome, guest_socket: Socket
) -> None:
    await home.store(home.settled(1), home.delivered(2))

    delivered, failed = (await result_of(guest_socket, "deliveries/list"))["deliveries"]

    assert delivered["state"] == "delivered"
    assert failed["error"] == {"code": "rejected", "reason": ""}
    for word in ("doorbell", "Anna", "snapshot", "17.5-abc", SECRET):
        assert word not in f"{delivered}{failed}"
    asked = {"delivery_id": "delivery-2"}
    assert await error_of(guest_socket, "deliveries/get", **asked) == "unauthorized"


async def test_search_by_words_rule_and_time(home: CardHome) -> None:
    now = dt_util.utcnow()
    old = now - timedelta(days=2)
    rule = Origin(kind=OriginKind.RULE, subentry_id="01JRULE")
    await home.store(
        home.settled(1, accepted_at=old),
        home.settled(2, origin=rule),
        home.delivered(3),
    )

    async def ids(**asked: object) -> list[str]:
        page = await home.result_of("deliveries/list", **asked)
        assert page["before"] is None
        return [row["delivery_id"][9:] for row in page["deliveries"]]

    assert await ids(search="DOORBELL 3") == ["3"]
    assert await ids(search="anna's") == ["2", "1"]
    assert await ids(search="") == ["3", "2", "1"]
    assert await ids(subentry_id=["01JRULE"]) == ["2"]
    day_ago = (now - timedelta(days=1)).isoformat()
    assert await ids(since=day_ago) == ["3", "2"]
    assert await ids(until=day_ago) == ["1"]
    assert await ids(since=day_ago, search="doorbell", state=["failed"]) == ["2"]


async def test_other_users_cannot_search_personal_text(
    home: CardHome, guest_socket: Socket
) -> None:
    await home.store(home.settled(1), home.delivered(2))

    for words in ("doorbell", "Anna", "17.5"):
        page = await result_of(guest_socket, "deliveries/list", search=words)
        assert page["deliveries"] == []
    page = await result_of(guest_socket, "deliveries/list", search="delivery-2")
    assert [row["delivery_id"] for row in page["deliveries"]] == ["delivery-2"]


async def test_counts_by_connection_and_state(
    home: CardHome,
    frigate: FrigateSimulator,
    guest_socket: Socket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = await connect(home.hass, frigate, "Barn")
    await home.store(
        *(home.settled(number) for number in range(3)),
        delivered_delivery(9, "gone"),
    )
    assert await result_of(guest_socket, "deliveries/count") == {
        "counts": {home.entry.entry_id: {"failed": 3}, other.entry_id: {}},
        "most": COUNTED_MOST,
    }
    monkeypatch.setattr(websocket, "COUNTED_MOST", 2)
    answer = await result_of(guest_socket, "deliveries/count")
    assert answer["counts"][home.entry.entry_id] == {"failed": 2}


async def test_origin_of_a_delivery_is_named(
    home: CardHome, hass_admin_user: User
) -> None:
    by_user = Origin(
        kind=OriginKind.ACTION, context_id="01JCONTEXT", user_id=hass_admin_user.id
    )
    by_nobody = Origin(kind=OriginKind.ACTION, context_id="01JOTHER", user_id="gone")
    await home.store(
        home.settled(1, origin=by_user),
        home.settled(2, origin=by_nobody),
    )

    first = await home.result_of("deliveries/get", delivery_id="delivery-1")
    second = await home.result_of("deliveries/get", delivery_id="delivery-2")

    assert (first["user"], first["context_id"]) == (hass_admin_user.name, "01JCONTEXT")
    assert (second["user"], second["context_id"]) == (None, "01JOTHER")


async def test_missing_delivery_is_an_error(home: CardHome) -> None:
    asked = {"delivery_id": "delivery-9"}
    code = await error_of(home.socket, "deliveries/get", **asked)
    assert code == "home_assistant_error"


async def test_unknown_outcome_is_marked(home: CardHome) -> None:
    await home.store(
        home.settled(1, outcome_unknown=True),
        home.settled(2),
    )
    known, unknown = (await home.result_of("deliveries/list"))["deliveries"]
    assert not known["outcome_unknown"]
    assert unknown["outcome_unknown"]


# Pauses


async def paused(home: CardHome) -> Json:
    """Return why the connection is paused, as far as the card is told."""
    page: dict[str, Any] = await home.result_of("deliveries/list")
    pause: Json = page["connections"][0]["paused"]
    return pause


async def test_pause_by_the_switch_is_shown_since_then(
    home: CardHome, guest_socket: Socket
) -> None:
    assert await paused(home) is None
    await home.subscribe()
    before = dt_util.utcnow()

    await turn(home.hass, SERVICE_TURN_OFF, SWITCH)
    assert await home.next_event() == {"anew": True}
    page = await result_of(guest_socket, "deliveries/list")
    told = page["connections"][0]["paused"]
    assert told["reason"] == "switched_off"
    assert before <= datetime.fromisoformat(told["since"]) <= dt_util.utcnow()

    await turn(home.hass, SERVICE_TURN_ON, SWITCH)
    assert await home.next_event() == {"anew": True}
    assert await paused(home) is None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (InvalidCredentials("no such user", code="auth_required"), "invalid_auth"),
        (PermissionDenied("Anna may not"), "permission_denied"),
        (PermissionDenied("0 EUR", code=BALANCE_EMPTY), "balance_empty"),
    ],
)
async def test_pause_for_an_error_is_shown_without_the_backends_words(
    home: CardHome, error: BackendError, reason: str
) -> None:
    await home.subscribe()

    for _ in range(2):
        coordinator(home.entry).contacted(error)
    assert await home.next_event() == {"anew": True}
    assert await paused(home) == {"reason": reason, "since": None}
    later = dt_util.utcnow() + timedelta(hours=1)
    pending = {"state": DeliveryState.PENDING, "settled_at": None, "failure": None}
    await home.store(home.settled(1, **pending, due_at=later))
    (waiting,) = (await home.result_of("deliveries/list"))["deliveries"]
    assert (waiting["paused"], waiting["due_at"]) == (reason, None)

    coordinator(home.entry).contacted(None)
    assert await home.next_event() == {"anew": True}
    assert await paused(home) is None


async def test_disabled_connection_is_shown_as_paused(home: CardHome) -> None:
    await home.subscribe()
    entries = home.hass.config_entries

    by = ConfigEntryDisabler.USER
    assert await entries.async_set_disabled_by(home.entry.entry_id, by)
    assert await home.next_event() == {"anew": True}
    assert await paused(home) == {"reason": "disabled", "since": None}

    assert await entries.async_set_disabled_by(home.entry.entry_id, None)
    assert await home.next_event() == {"anew": True}
    assert await paused(home) is None


# Subscriptions


async def test_many_changes_are_one_event(
    home: CardHome, frigate: FrigateSimulator
) -> None:
    await home.subscribe()

    for _ in range(20):
        await act(home.hass, "create_camera_event", **DOORBELL)
    states: dict[str, str] = {}
    events = 0
    while list(states.values()) != ["delivered"] * 20:
        changed = (await home.next_event())["deliveries"]
        assert len(changed) <= 20
        events += 1
        states |= {row["delivery_id"]: row["state"] for row in changed}

    # Each was reported at least twice: as accepted, and as delivered.
    assert events < 20
    assert len(frigate.stored_events()) == 20


async def test_too_many_changes_request_a_reload(home: CardHome) -> None:
    await home.subscribe()
    queue = coordinator(home.entry).queue

    many = [home.settled(number) for number in range(LIMIT_MOST + 1)]
    await home.store(*many)
    for delivery in many[1:]:
        queue.changed(delivery)
    assert len((await home.next_event())["deliveries"]) == LIMIT_MOST
    for delivery in many:
        queue.changed(delivery)
    assert await home.next_event() == {"anew": True}


async def test_subscription_continues_after_a_reload(home: CardHome) -> None:
    await home.subscribe()

    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    assert await home.next_event() == {"anew": True}
    await act(home.hass, "create_camera_event", **DOORBELL)
    (row,) = (await home.next_event())["deliveries"]
    assert row["summary"]

    await remove(home.hass, home.entry)
    while (await home.next_event()) != {"anew": True}:
        pass
    assert (await home.result_of("deliveries/list"))["connections"] == []


async def test_deletion_of_old_deliveries_is_reported(
    home: CardHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.store(home.delivered(1))
    await home.subscribe()

    monkeypatch.setattr(relay_coordinator, "retention", lambda _: timedelta())
    async_fire_time_changed(
        home.hass, dt_util.utcnow() + TIDYING + timedelta(seconds=2)
    )

    assert await home.next_event() == {"anew": True}
    assert (await home.result_of("deliveries/list"))["deliveries"] == []


async def test_subscription_of_other_users_only_has_states(
    home: CardHome, guest_socket: Socket
) -> None:
    await result_of(guest_socket, "deliveries/subscribe")
    assert await next_event(guest_socket) == {"anew": True}
    await home.store(home.settled(1))
    coordinator(home.entry).queue.changed(home.settled(1))
    (row,) = (await next_event(guest_socket))["deliveries"]
    assert "summary" not in row
    assert row["error"]["reason"] == ""


async def test_unsubscribed_client_gets_nothing(home: CardHome) -> None:
    await home.socket.send_json_auto_id({"type": "event_relay/deliveries/subscribe"})
    number = (await home.socket.receive_json())["id"]
    assert await home.next_event() == {"anew": True}
    delivery = home.settled(1)
    coordinator(home.entry).queue.changed(delivery)

    await home.socket.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": number}
    )
    assert (await home.socket.receive_json())["success"]

    assert not home.hass.data["dispatcher"].get(CHANGED)
    # The next message is a response, not an event.
    assert await home.result_of("deliveries/list")


# Retry and discard


async def test_failed_delivery_is_retried_by_the_action(
    home: CardHome, frigate: FrigateSimulator
) -> None:
    refused: Json = {"success": False, "message": "front_door is not a valid camera."}
    frigate.add_faults(respond(404, refused, method="POST", path=CREATE))
    answer = await act(home.hass, "create_camera_event", **DOORBELL)
    delivery_id = answer["delivery_id"]
    await wait_for_state(home.hass, delivery_id, "failed")
    await home.socket.send_json_auto_id(
        {
            "type": "call_service",
            "domain": "event_relay",
            "service": "retry_delivery",
            "service_data": {"delivery_id": delivery_id, "wait": 0},
        }
    )
    assert (await home.socket.receive_json())["success"]
    await wait_for_state(home.hass, delivery_id, "delivered")


async def test_other_users_cannot_retry(
    home: CardHome, guest_socket: Socket, hass_read_only_user: MockUser
) -> None:
    assert not hass_read_only_user.is_admin
    await guest_socket.send_json_auto_id(
        {
            "type": "call_service",
            "domain": "event_relay",
            "service": "retry_delivery",
            "service_data": {"config_entry_id": home.entry.entry_id},
        }
    )
    answer = await guest_socket.receive_json()
    assert not answer["success"]
    assert answer["error"]["message"] == "Unauthorized"
