"""What the dashboard's card is told, and whom of it."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigSubentry
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
from custom_components.event_relay.queue.store.store import Store, StoreUnavailable
from custom_components.event_relay.registry import async_load
from custom_components.event_relay.storage import async_get_store
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.wire import Json

from .home import a_connection, act, connect, coordinator, remove, until_state

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Socket = MockHAClientWebSocket

MANY = 1_050
CREATE = "/api/events/*/*/create"
DOORBELL = {"camera": "front_door", "label": "doorbell", "wait": 0}
SECRET = "what-nobody-is-told"


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection to it."""
    return await connect(hass, frigate)


@pytest.fixture
async def socket(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> Socket:
    """Connect as an administrator."""
    return await hass_ws_client(hass)


@pytest.fixture
async def guest_socket(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> Socket:
    """Connect as a user who is no administrator."""
    return await hass_ws_client(hass, hass_read_only_access_token)


def ended(number: int, connection: str, **changes: object) -> Delivery:
    """Return a delivery that failed, unless it is said to have ended otherwise."""
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


def arrived(number: int, connection: str) -> Delivery:
    """Return a delivery that has arrived."""
    receipt = Receipt(
        outside_id="17.5-abc",
        links={"snapshot": "http://frigate.local/snapshot.jpg"},
        details={"camera": "front_door"},
    )
    state = DeliveryState.DELIVERED
    return ended(number, connection, state=state, failure=None, receipt=receipt)


async def store(hass: HomeAssistant, *deliveries: Delivery) -> None:
    """Put deliveries in the outbox, in their order."""
    queue = await async_get_store(hass)
    await asyncio.gather(*(queue.accept(one) for one in deliveries))


async def ask(socket: Socket, command: str, **data: object) -> Any:  # noqa: ANN401 - what JSON holds
    """Send a command, and return its result."""
    await socket.send_json_auto_id({"type": f"event_relay/{command}", **data})
    answer = await socket.receive_json()
    assert answer["success"], answer
    return answer["result"]


async def refusal(socket: Socket, command: str, **data: object) -> str:
    """Send a command, and return the code of the error it is answered with."""
    await socket.send_json_auto_id({"type": f"event_relay/{command}", **data})
    answer = await socket.receive_json()
    assert not answer["success"]
    code: str = answer["error"]["code"]
    return code


async def told(socket: Socket) -> Mapping[str, Any]:
    """Return what comes next of a subscription."""
    async with asyncio.timeout(60):
        event: Mapping[str, Any] = (await socket.receive_json())["event"]
    return event


# Lists


async def test_an_outbox_that_cannot_be_read_is_told(
    socket: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreadable(*_: object, **__: object) -> None:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(Store, "search", unreadable)
    monkeypatch.setattr(Store, "states_up_to", unreadable)
    for command in ("list", "count"):
        code = await refusal(socket, f"deliveries/{command}")
        assert code == "home_assistant_error"


async def test_pages_hold_each_delivery_once_newest_first(
    hass: HomeAssistant, entry: MockConfigEntry, socket: Socket
) -> None:
    await store(hass, *(ended(number, entry.entry_id) for number in range(MANY)))

    seen: list[str] = []
    before: dict[str, int] = {}
    pages = 0
    while True:
        page = await ask(socket, "deliveries/list", limit=LIMIT_MOST, **before)
        pages += 1
        seen += [row["delivery_id"] for row in page["deliveries"]]
        if page["before"] is None:
            break
        before = {"before": page["before"]}

    assert seen == [f"delivery-{number}" for number in reversed(range(MANY))]
    assert pages == -(-MANY // LIMIT_MOST)


async def test_lists_by_connection_and_state(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    socket: Socket,
) -> None:
    other = await connect(hass, frigate, "Barn")
    await store(
        hass,
        ended(1, entry.entry_id),
        arrived(2, entry.entry_id),
        arrived(3, other.entry_id),
    )

    async def ids(**asked: object) -> list[str]:
        page = await ask(socket, "deliveries/list", **asked)
        return [row["delivery_id"][9:] for row in page["deliveries"]]

    assert await ids() == ["3", "2", "1"]
    assert await ids(state=["failed", "expired"]) == ["1"]
    assert await ids(config_entry_id=[other.entry_id]) == ["3"]
    assert await ids(config_entry_id=[entry.entry_id], state=["delivered"]) == ["2"]
    assert await ids(config_entry_id=["gone"]) == []
    assert await ids(config_entry_id=[]) == []
    page = await ask(socket, "deliveries/list", limit=1)
    assert [one["title"] for one in page["connections"]] == ["Frigate", "Barn"]


async def chosen_from(
    hass: HomeAssistant, socket: Socket, backend: str, *kinds: str
) -> list[str]:
    """Return which subentries, of some types, of a connection can be chosen."""
    barn = a_connection("http://barn.local", "Barn", backend=backend)
    barn.add_to_hass(hass)
    for kind in kinds:
        data: MappingProxyType[str, object] = MappingProxyType({})
        part = ConfigSubentry(data=data, subentry_type=kind, title=kind, unique_id=None)
        hass.config_entries.async_add_subentry(barn, part)
    page = await ask(socket, "deliveries/list")
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
async def test_only_what_asks_for_deliveries_can_be_chosen(
    hass: HomeAssistant,
    socket: Socket,
    backend: str,
    asking: list[str],
    others: list[str],
) -> None:
    await async_load(hass, backend)
    assert await chosen_from(hass, socket, backend, *asking, *others) == asking


async def test_rules_of_an_unknown_backend_can_be_chosen(
    hass: HomeAssistant, socket: Socket
) -> None:
    chosen = await chosen_from(hass, socket, "of_a_later_version", "rule", "mirror")
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


async def test_refuses_what_it_does_not_know(
    socket: Socket, subtests: pytest.Subtests
) -> None:
    for asked in UNKNOWN:
        with subtests.test(asked=asked):
            refused = await refusal(socket, "deliveries/list", **asked)
            assert refused == "invalid_format"


async def test_an_administrator_sees_all_but_the_payload(
    hass: HomeAssistant, entry: MockConfigEntry, socket: Socket
) -> None:
    await store(hass, ended(1, entry.entry_id), arrived(2, entry.entry_id))

    delivered, failed = (await ask(socket, "deliveries/list"))["deliveries"]
    more = await ask(socket, "deliveries/get", delivery_id="delivery-2")

    assert failed["summary"] == "doorbell 1"
    assert failed["error"]["reason"] == "no such camera: Anna's room"
    assert delivered["links"] == {"snapshot": "http://frigate.local/snapshot.jpg"}
    assert more["details"] == {"camera": "front_door"}
    assert SECRET not in f"{delivered}{failed}{more}"


async def test_other_users_see_how_deliveries_fare_and_no_more(
    hass: HomeAssistant, entry: MockConfigEntry, guest_socket: Socket
) -> None:
    await store(hass, ended(1, entry.entry_id), arrived(2, entry.entry_id))

    delivered, failed = (await ask(guest_socket, "deliveries/list"))["deliveries"]

    assert delivered["state"] == "delivered"
    assert failed["error"] == {"code": "rejected", "reason": ""}
    for word in ("doorbell", "Anna", "snapshot", "17.5-abc", SECRET):
        assert word not in f"{delivered}{failed}"
    asked = {"delivery_id": "delivery-2"}
    assert await refusal(guest_socket, "deliveries/get", **asked) == "unauthorized"


async def test_searches_by_words_rule_and_time(
    hass: HomeAssistant, entry: MockConfigEntry, socket: Socket
) -> None:
    now = dt_util.utcnow()
    old = now - timedelta(days=2)
    rule = Origin(kind=OriginKind.RULE, subentry_id="01JRULE")
    await store(
        hass,
        ended(1, entry.entry_id, accepted_at=old),
        ended(2, entry.entry_id, origin=rule),
        arrived(3, entry.entry_id),
    )

    async def ids(**asked: object) -> list[str]:
        page = await ask(socket, "deliveries/list", **asked)
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


async def test_a_guest_finds_nothing_by_what_is_personal(
    hass: HomeAssistant, entry: MockConfigEntry, guest_socket: Socket
) -> None:
    await store(hass, ended(1, entry.entry_id), arrived(2, entry.entry_id))

    for words in ("doorbell", "Anna", "17.5"):
        page = await ask(guest_socket, "deliveries/list", search=words)
        assert page["deliveries"] == []
    page = await ask(guest_socket, "deliveries/list", search="delivery-2")
    assert [row["delivery_id"] for row in page["deliveries"]] == ["delivery-2"]


async def test_counts_by_connection_and_state(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    entry: MockConfigEntry,
    guest_socket: Socket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = await connect(hass, frigate, "Barn")
    await store(
        hass,
        *(ended(number, entry.entry_id) for number in range(3)),
        arrived(9, "gone"),
    )
    assert await ask(guest_socket, "deliveries/count") == {
        "counts": {entry.entry_id: {"failed": 3}, other.entry_id: {}},
        "most": COUNTED_MOST,
    }
    monkeypatch.setattr(websocket, "COUNTED_MOST", 2)
    answer = await ask(guest_socket, "deliveries/count")
    assert answer["counts"][entry.entry_id] == {"failed": 2}


async def test_names_who_asked_for_a_delivery(
    hass: HomeAssistant, entry: MockConfigEntry, socket: Socket, hass_admin_user: User
) -> None:
    by_user = Origin(
        kind=OriginKind.ACTION, context_id="01JCONTEXT", user_id=hass_admin_user.id
    )
    by_nobody = Origin(kind=OriginKind.ACTION, context_id="01JOTHER", user_id="gone")
    await store(
        hass,
        ended(1, entry.entry_id, origin=by_user),
        ended(2, entry.entry_id, origin=by_nobody),
    )

    first = await ask(socket, "deliveries/get", delivery_id="delivery-1")
    second = await ask(socket, "deliveries/get", delivery_id="delivery-2")

    assert (first["user"], first["context_id"]) == (hass_admin_user.name, "01JCONTEXT")
    assert (second["user"], second["context_id"]) == (None, "01JOTHER")


async def test_says_which_delivery_is_not_there(socket: Socket) -> None:
    asked = {"delivery_id": "delivery-9"}
    code = await refusal(socket, "deliveries/get", **asked)
    assert code == "home_assistant_error"


async def test_says_whose_outcome_is_unknown(
    hass: HomeAssistant, entry: MockConfigEntry, socket: Socket
) -> None:
    await store(
        hass, ended(1, entry.entry_id, outcome_unknown=True), ended(2, entry.entry_id)
    )
    known, unknown = (await ask(socket, "deliveries/list"))["deliveries"]
    assert not known["outcome_unknown"]
    assert unknown["outcome_unknown"]


# Live


async def test_tells_of_many_changes_at_once(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    socket: Socket,
) -> None:
    await ask(socket, "deliveries/subscribe")
    assert await told(socket) == {"anew": True}

    for _ in range(20):
        await act(hass, "create_camera_event", **DOORBELL)
    states: dict[str, str] = {}
    events = 0
    while list(states.values()) != ["delivered"] * 20:
        changed = (await told(socket))["deliveries"]
        assert len(changed) <= 20
        events += 1
        states |= {row["delivery_id"]: row["state"] for row in changed}

    # Each was heard of twice at least: accepted, and delivered.
    assert events < 20
    assert len(frigate.stored_events()) == 20


async def test_says_to_ask_anew_where_too_much_has_changed(
    hass: HomeAssistant, entry: MockConfigEntry, socket: Socket
) -> None:
    await ask(socket, "deliveries/subscribe")
    assert await told(socket) == {"anew": True}
    queue = coordinator(entry).queue

    many = [ended(number, entry.entry_id) for number in range(LIMIT_MOST + 1)]
    await store(hass, *many)
    for delivery in many[1:]:
        queue.changed(delivery)
    assert len((await told(socket))["deliveries"]) == LIMIT_MOST
    for delivery in many:
        queue.changed(delivery)
    assert await told(socket) == {"anew": True}


async def test_goes_on_when_a_connection_is_loaded_again(
    hass: HomeAssistant, entry: MockConfigEntry, socket: Socket
) -> None:
    await ask(socket, "deliveries/subscribe")
    assert await told(socket) == {"anew": True}

    assert await hass.config_entries.async_reload(entry.entry_id)
    assert await told(socket) == {"anew": True}
    await act(hass, "create_camera_event", **DOORBELL)
    (row,) = (await told(socket))["deliveries"]
    assert row["summary"]

    await remove(hass, entry)
    while (await told(socket)) != {"anew": True}:
        pass
    assert (await ask(socket, "deliveries/list"))["connections"] == []


async def test_tells_when_old_ones_are_deleted(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    socket: Socket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await store(hass, arrived(1, entry.entry_id))
    await ask(socket, "deliveries/subscribe")
    assert await told(socket) == {"anew": True}

    monkeypatch.setattr(relay_coordinator, "retention", lambda _: timedelta())
    async_fire_time_changed(hass, dt_util.utcnow() + TIDYING + timedelta(seconds=2))

    assert await told(socket) == {"anew": True}
    assert (await ask(socket, "deliveries/list"))["deliveries"] == []


async def test_other_users_are_told_no_more_than_they_may_list(
    hass: HomeAssistant, entry: MockConfigEntry, guest_socket: Socket
) -> None:
    await ask(guest_socket, "deliveries/subscribe")
    assert await told(guest_socket) == {"anew": True}
    await store(hass, ended(1, entry.entry_id))
    coordinator(entry).queue.changed(ended(1, entry.entry_id))
    (row,) = (await told(guest_socket))["deliveries"]
    assert "summary" not in row
    assert row["error"]["reason"] == ""


async def test_tells_nothing_once_unsubscribed(
    hass: HomeAssistant, entry: MockConfigEntry, socket: Socket
) -> None:
    await socket.send_json_auto_id({"type": "event_relay/deliveries/subscribe"})
    number = (await socket.receive_json())["id"]
    assert await told(socket) == {"anew": True}
    delivery = ended(1, entry.entry_id)
    coordinator(entry).queue.changed(delivery)

    await socket.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": number}
    )
    assert (await socket.receive_json())["success"]

    assert not hass.data["dispatcher"].get(CHANGED)
    # The next that comes is an answer, not an event.
    assert await ask(socket, "deliveries/list")


# Retry and discard


async def test_what_failed_is_retried_by_the_action(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    socket: Socket,
) -> None:
    refused: Json = {"success": False, "message": "front_door is not a valid camera."}
    frigate.add_faults(
        Fault(
            kind=FaultKind.STATUS, method="POST", path=CREATE, status=404, body=refused
        )
    )
    answer = await act(hass, "create_camera_event", **DOORBELL)
    delivery_id = answer["delivery_id"]
    await until_state(hass, delivery_id, "failed")
    await socket.send_json_auto_id(
        {
            "type": "call_service",
            "domain": "event_relay",
            "service": "retry_delivery",
            "service_data": {"delivery_id": delivery_id, "wait": 0},
        }
    )
    assert (await socket.receive_json())["success"]
    await until_state(hass, delivery_id, "delivered")


async def test_a_guest_cannot_retry(
    entry: MockConfigEntry, guest_socket: Socket, hass_read_only_user: MockUser
) -> None:
    assert not hass_read_only_user.is_admin
    await guest_socket.send_json_auto_id(
        {
            "type": "call_service",
            "domain": "event_relay",
            "service": "retry_delivery",
            "service_data": {"config_entry_id": entry.entry_id},
        }
    )
    answer = await guest_socket.receive_json()
    assert not answer["success"]
    assert answer["error"]["message"] == "Unauthorized"
