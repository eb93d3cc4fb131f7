"""Tests of the documented table of permissions with each kind of user."""

import ast
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
import re
from typing import Any

from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.components.websocket_api.const import DOMAIN as WEBSOCKET_API
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.const import STATE_OFF
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    CLIENT_ID,
    MockConfigEntry,
    MockUser,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.event_relay.card.snapshots import SnapshotView
from custom_components.event_relay.const import DOMAIN
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.wire import Json

from .checks.files import ROOT, trees
from .home import act, wait_for_state
from .home_palabra import connect as connect_palabra
from .responses import respond
from .rules.home import DOORBELL, rule_subentry, set_up
from .rules.mirror_home import CALENDAR, add_calendar

pytestmark = pytest.mark.usefixtures("socket_enabled")

YES, NO, IN_PART, NEVER = "yes", "no", "in part", "\N{EN DASH}"
USERS = {
    "owner": (GROUP_ID_ADMIN, True),
    "administrator": (GROUP_ID_ADMIN, False),
    "user": (GROUP_ID_USER, False),
    "read-only": (GROUP_ID_READ_ONLY, False),
}
AUTOMATION = "automation"
LABEL = "what-nobody-else-is-told"
CREATE = "/api/events/*/*/create"
SAYING = "words of the backend"
REFUSED: Json = {"success": False, "message": SAYING}


def table() -> dict[str, dict[str, str]]:
    """Return the documented results of each line, by kind of user."""
    text = (ROOT / "docs" / "permissions.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and not line.startswith("|-")
    ]
    (_, *kinds), *lines = rows
    assert set(kinds) == {*USERS, AUTOMATION}
    return {name: dict(zip(kinds, cells, strict=True)) for name, *cells in lines}


TABLE = table()


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A user who tries something."""

    hass: HomeAssistant
    user: MockUser | None
    """None for an automation."""
    token: str
    http: ClientSessionGenerator
    socket: WebSocketGenerator

    @property
    def context(self) -> Context:
        """Return the context of the user's calls."""
        return Context(user_id=self.user.id if self.user else None)

    async def call(self, domain: str, service: str, **data: object) -> bool:
        """Call a service; return whether it was allowed, whatever its result."""
        try:
            await self.hass.services.async_call(
                domain, service, data, blocking=True, context=self.context
            )
        except Unauthorized:
            return False
        return True

    async def ask(self, command: str, **data: object) -> dict[str, Any] | None:
        """Send a command; return the response, and the events of a subscription."""
        socket = await self.socket(self.hass, self.token)
        await socket.send_json_auto_id({"type": command, **data})
        answer: dict[str, Any] = await socket.receive_json()
        if not answer["success"]:
            assert answer["error"]["code"] == "unauthorized"
            return None
        if command.endswith("subscribe"):
            assert (await socket.receive_json())["event"] == {"anew": True}
            await act(
                self.hass, "create_camera_event", **await personal_event(self.hass)
            )
            answer = await socket.receive_json()
        await socket.close()
        return answer


@dataclass(frozen=True, kw_only=True)
class PermissionHome:
    """A home with something of each kind."""

    hass: HomeAssistant
    frigate: FrigateSimulator
    frigate_entry: MockConfigEntry
    palabra_entry: MockConfigEntry


type Try = Callable[[PermissionHome, Visitor], Awaitable[str]]


async def personal_event(hass: HomeAssistant) -> dict[str, object]:
    """Return data of a camera event with a personal text."""
    return {"camera": "front_door", "label": LABEL}


def yes_or_no(allowed: bool) -> str:
    """Return the table's word."""
    return YES if allowed else NO


def visible_part(answer: object) -> str:
    """Return how much of a delivery a user sees."""
    assert "delivery_id" in str(answer)
    return YES if LABEL in str(answer) else IN_PART


async def action(name: str, home: PermissionHome, who: Visitor) -> str:
    """Call an action without any data, which Event Relay then rejects."""
    calling = home.hass.services.async_call(
        DOMAIN, name, {}, blocking=True, return_response=True, context=who.context
    )
    with suppress(ServiceValidationError):
        try:
            await calling
        except Unauthorized:
            return NO
    return YES


async def list_deliveries(home: PermissionHome, who: Visitor) -> str:
    """List the deliveries with the action."""
    await act(home.hass, "create_camera_event", **await personal_event(home.hass))
    return visible_part(await act(home.hass, "list_deliveries", who.context))


async def fail(home: PermissionHome) -> str:
    """Let a delivery fail, and return its id."""
    home.frigate.add_faults(respond(400, REFUSED, method="POST", path=CREATE))
    with pytest.raises(HomeAssistantError):
        await act(home.hass, "create_camera_event", **await personal_event(home.hass))
    listed: Any = await act(home.hass, "list_deliveries", state="failed")
    return str(listed["deliveries"][0]["delivery_id"])


async def press_retry(home: PermissionHome, who: Visitor) -> str:
    """Press the button that retries failed deliveries."""
    failed = await fail(home)
    allowed = await who.call(
        "button", "press", entity_id="button.frigate_retry_failed_deliveries"
    )
    if allowed:
        await wait_for_state(home.hass, failed, "delivered")
    else:
        await wait_for_state(home.hass, failed, "failed")
    return yes_or_no(allowed)


async def press_test(rule: str, home: PermissionHome, who: Visitor) -> str:
    """Press the test button of a rule."""

    async def made() -> int:
        listed: Any = await act(home.hass, "list_deliveries")
        return len(listed["deliveries"])

    before = await made()
    allowed = await who.call("button", "press", entity_id=f"button.{rule}_test")
    assert await made() == before + allowed
    return yes_or_no(allowed)


async def turn_off(name: str, home: PermissionHome, who: Visitor) -> str:
    """Turn a rule or mirror off, and back on if needed."""
    switch = f"switch.{name}"
    allowed = await who.call("switch", "turn_off", entity_id=switch)
    state = home.hass.states.get(switch)
    assert state is not None
    assert (state.state == STATE_OFF) is allowed
    assert await who.call("switch", "turn_on", entity_id=switch) is allowed
    return yes_or_no(allowed)


async def command(name: str, home: PermissionHome, who: Visitor) -> str:
    """Send a command of the card."""
    made: Any = await act(
        home.hass, "create_camera_event", **await personal_event(home.hass)
    )
    data = {"delivery_id": made["delivery_id"]} if name.endswith("get") else {}
    answer = await who.ask(name, **data)
    return NO if answer is None else visible_part(answer)


async def count(home: PermissionHome, who: Visitor) -> str:
    """Count deliveries, without any details."""
    await act(home.hass, "create_camera_event", **await personal_event(home.hass))
    answer = await who.ask("event_relay/deliveries/count")
    assert answer is not None
    counted = answer["result"]["counts"][home.frigate_entry.entry_id]
    assert sum(counted.values())
    return YES


async def see_repairs(home: PermissionHome, who: Visitor) -> str:
    """List the repairs, one of which is about a missing permission."""
    await forbid(home)
    answer = await who.ask("repairs/list_issues")
    assert answer is not None
    assert "permission_denied" in str(answer)
    assert SAYING not in str(answer)
    return YES


async def open_repair(home: PermissionHome, who: Visitor) -> str:
    """Open that repair."""
    await forbid(home)
    client = await who.http(who.token)
    entry_id = home.frigate_entry.entry_id
    response = await client.post(
        "/api/repairs/issues/fix",
        json={"handler": DOMAIN, "issue_id": f"permission_denied_{entry_id}"},
    )
    return await is_given(response, SAYING)


async def forbid(home: PermissionHome) -> None:
    """Remove a permission."""
    home.frigate.add_faults(respond(403, REFUSED, method="POST", path=CREATE))
    made = await act(
        home.hass, "create_camera_event", **await personal_event(home.hass)
    )
    assert made["state"] == "pending"


async def change_settings(home: PermissionHome, who: Visitor) -> str:
    """Open every form that adds or changes something."""
    client = await who.http(who.token)
    entries = (home.frigate_entry, home.palabra_entry)
    forms: list[tuple[str, dict[str, Any]]] = [
        ("flow", {"handler": DOMAIN}),
        ("flow", {"handler": DOMAIN, "entry_id": home.frigate_entry.entry_id}),
        *(("options/flow", {"handler": one.entry_id}) for one in entries),
        *(
            ("subentries/flow", {"handler": [one.entry_id, kind]})
            for one in entries
            for kind in one.supported_subentry_types
        ),
        *(
            (
                "subentries/flow",
                {
                    "handler": [one.entry_id, subentry.subentry_type],
                    "subentry_id": subentry.subentry_id,
                },
            )
            for one in entries
            for subentry in one.subentries.values()
        ),
    ]
    opened = [
        await is_given(
            await client.post(f"/api/config/config_entries/{kind}", json=data),
            "flow_id",
        )
        for kind, data in forms
    ]
    (result,) = set(opened)
    return result


async def diagnose(home: PermissionHome, who: Visitor) -> str:
    """Download the diagnostics."""
    client = await who.http(who.token)
    entry_id = home.frigate_entry.entry_id
    response = await client.get(f"/api/diagnostics/config_entry/{entry_id}")
    return await is_given(response, DOMAIN)


async def see_states(home: PermissionHome, who: Visitor) -> str:
    """Read the state of an entity."""
    client = await who.http(who.token)
    response = await client.get("/api/states/switch.doorbell")
    return await is_given(response, "state")


async def is_given(response: Any, expected: str) -> str:  # noqa: ANN401 - a test client's
    """Return whether a response is the expected one."""
    if response.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return NO
    assert response.status == HTTPStatus.OK
    assert expected in await response.text()
    return YES


TRIES: Mapping[str, Try] = {
    "button *Retry failed deliveries*": press_retry,
    "button *Test* of a rule for an action of users": partial(press_test, "doorbell"),
    "button *Test* of a rule for an action of administrators": partial(
        press_test, "meeting"
    ),
    "switch *Delivery* of a connection": partial(turn_off, "frigate_delivery"),
    "switch of a rule for an action of users": partial(turn_off, "doorbell"),
    "switch of a rule for an action of administrators": partial(turn_off, "meeting"),
    "switch of a mirror": partial(turn_off, "events"),
    "command `event_relay/deliveries/count`": count,
    "see what is to be repaired, without a backend's words": see_repairs,
    "mend what is to be repaired, and read a backend's words there": open_repair,
    "add and change connections, rules, mirrors and options": change_settings,
    "download diagnostics": diagnose,
    "see the states of entities": see_states,
    "action `list_deliveries`": list_deliveries,
}


def attempt_of(line: str) -> Try:
    """Return the attempt for a line of the table."""
    if (tried := TRIES.get(line)) is not None:
        return tried
    match re.fullmatch(r"(action|command) `(.+)`", line):
        case re.Match() as found if found[1] == "action":
            return partial(action, found[2])
        case re.Match() as found:
            return partial(command, found[2])
    pytest.fail(f"no test for: {line}")


@pytest.fixture
async def home(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    palabra: PalabraSimulator,
    all_enabled: None,
) -> PermissionHome:
    """Set up two connections with rules and a mirror, and repairs."""
    for name in ("api", "config", "diagnostics", "repairs"):
        assert await async_setup_component(hass, name, {})
    await add_calendar(hass)
    meeting = {
        **DOORBELL,
        "operation": "create_live_event",
        "fields": {
            "title": "Meeting",
            "event_type": "online",
            "start": "2099-05-01T18:00:00+00:00",
            "end": "2099-05-01T20:00:00+00:00",
        },
    }
    mirror = ConfigSubentryDataWithId(
        data={"calendar_entity": CALENDAR},
        subentry_id="01JDOORBELLRULE00000000003",
        subentry_type="calendar_mirror",
        title="Events",
        unique_id=None,
    )
    return PermissionHome(
        hass=hass,
        frigate=frigate,
        frigate_entry=await set_up(hass, frigate, rule_subentry(DOORBELL)),
        palabra_entry=await connect_palabra(
            hass,
            palabra,
            subentries=[
                rule_subentry(meeting, "Meeting", "01JDOORBELLRULE00000000002"),
                mirror,
            ],
        ),
    )


async def visitor(
    hass: HomeAssistant,
    kind: str,
    http: ClientSessionGenerator,
    socket: WebSocketGenerator,
) -> Visitor:
    """Add a user of a kind."""
    if kind == AUTOMATION:
        # An automation reads states directly in Home Assistant.
        user, token = None, ""
        group_id, is_owner = USERS["owner"]
    else:
        group_id, is_owner = USERS[kind]
    group = await hass.auth.async_get_group(group_id)
    assert group is not None
    made = MockUser(groups=[group], is_owner=is_owner).add_to_hass(hass)
    refresh = await hass.auth.async_create_refresh_token(made, CLIENT_ID)
    token = hass.auth.async_create_access_token(refresh)
    user = None if kind == AUTOMATION else made
    return Visitor(hass=hass, user=user, token=token, http=http, socket=socket)


ACTIONS = [line for line in TABLE if line.startswith("action") and line not in TRIES]
"""Actions that are called without data, and have no effect."""


async def try_as_everybody(
    line: str,
    home: PermissionHome,
    http: ClientSessionGenerator,
    socket: WebSocketGenerator,
) -> None:
    """Try a line of the table as each user."""
    tried = attempt_of(line)
    # Users with the fewest permissions come first, so that none benefits from another.
    for kind, expected in reversed(TABLE[line].items()):
        if expected == NEVER:
            continue
        who = await visitor(home.hass, kind, http, socket)
        assert (kind, await tried(home, who)) == (kind, expected)


async def test_who_may_call_an_action(
    home: PermissionHome,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    subtests: pytest.Subtests,
) -> None:
    assert len(ACTIONS) > 10
    for line in ACTIONS:
        with subtests.test(line):
            await try_as_everybody(line, home, hass_client, hass_ws_client)


@pytest.mark.parametrize("line", [line for line in TABLE if line not in ACTIONS])
async def test_who_may_do_what(
    home: PermissionHome,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    line: str,
) -> None:
    await try_as_everybody(line, home, hass_client, hass_ws_client)


async def test_table_has_all_actions_commands_buttons_and_switches(
    home: PermissionHome, entity_registry: er.EntityRegistry
) -> None:
    hass = home.hass
    actions = {f"action `{name}`" for name in hass.services.async_services()[DOMAIN]}
    documented = {line for line in TABLE if line.startswith("action")}
    assert documented == actions, "each action has a line in docs/permissions.md"
    commands = {
        f"command `{name}`"
        for name in hass.data[WEBSOCKET_API]
        if name.startswith(f"{DOMAIN}/")
    }
    assert {line for line in TABLE if line.startswith("command")} == commands
    pressed = {
        (entity.domain, entity.translation_key)
        for entity in entity_registry.entities.values()
        if entity.platform == DOMAIN and entity.domain in ("button", "switch")
    }
    assert pressed == {
        ("button", "retry_failed"),
        ("button", "test"),
        ("switch", "delivery"),
        ("switch", "enabled"),
    }
    others = {"binary_sensor", "button", "calendar", "event", "sensor", "switch"}
    assert {
        entity.domain
        for entity in entity_registry.entities.values()
        if entity.platform == DOMAIN
    } == others


TOLD_TO_ALL = {
    *("connection", "rule", "mirror", "request", "concerned", "entity"),
    *("number", "status", "file", "frames", "commits", "waiting", "carried", "since"),
}
"""What a repair may tell whoever lists repairs: names, numbers and times, no
words of what is delivered, nor of a backend."""


def test_list_of_repairs_only_has_names_and_numbers() -> None:
    """All other details of a repair are in its data, which only its flow shows."""
    calls = [
        (module, call)
        for module, tree in trees().items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "async_create_issue"
    ]
    assert calls
    for module, call in calls:
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        visible_part = given.get(
            "translation_placeholders", ast.Dict(keys=[], values=[])
        )
        assert isinstance(visible_part, ast.Dict), (
            f"{module}:{call.lineno}: not to be read"
        )
        names = {ast.literal_eval(key) for key in visible_part.keys if key is not None}
        assert names <= TOLD_TO_ALL, f"{module}:{call.lineno}"


async def test_nothing_else_is_served(
    home: PermissionHome, hass_client: ClientSessionGenerator
) -> None:
    """The card's script has no data of a home, so anybody may read it.

    Snapshots are for administrators, which tests of their own check.
    """
    await hass_client()
    paths = {
        resource.canonical
        for resource in home.hass.http.app.router.resources()
        if DOMAIN in resource.canonical
    }
    assert paths == {f"/{DOMAIN}/event-relay-card.js", SnapshotView.url}
