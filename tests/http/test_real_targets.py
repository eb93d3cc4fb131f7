"""Tests of presets with the real systems."""

import asyncio
import json
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from tests.backends.http.target import Target
from tests.home import act, wait_for_state

from .home import connect, of_preset
from .real_targets import (
    BUSY,
    LOST,
    PATIENCE,
    alertmanager,
    another_home_assistant,
    in_front_of,
    influxdb,
    node_red,
    victoria_metrics,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def test_another_home_assistant_receives_an_event(hass: HomeAssistant) -> None:
    async with another_home_assistant() as (other, origin, token):
        heard = async_capture_events(other, "doorbell")
        await connect(
            hass,
            origin,
            {"Event": of_preset("home_assistant", event_type="doorbell")},
            authentication="bearer",
            secret=token,
            read_path="/api/",
        )
        answer = await act(
            hass, "send_http_request", request="Event", data={"who": "Ada"}
        )
        assert answer["state"] == "delivered"
        await other.async_block_till_done()
        (event,) = heard
        assert event.data["data"] == {"who": "Ada"}
        assert event.data["delivery_id"] == answer["delivery_id"]


async def test_another_home_assistant_refuses_a_wrong_token(
    hass: HomeAssistant,
) -> None:
    async with another_home_assistant() as (_, origin, _):
        await connect(
            hass,
            origin,
            {"Event": of_preset("home_assistant", event_type="doorbell")},
            authentication="bearer",
            secret="wrong",
        )
        answer = await act(hass, "send_http_request", request="Event")
        assert answer["state"] == "pending"
        (flow,) = hass.config_entries.flow.async_progress()
        assert flow["step_id"] == "http_reauth"


async def test_webhook_of_another_home_assistant_accepts_anything(
    hass: HomeAssistant,
) -> None:
    # This is why the preset uses the event API.
    async with (
        another_home_assistant() as (_, origin, _),
        ClientSession() as session,
        session.post(f"{origin}/api/webhook/there-is-none") as answer,
    ):
        assert answer.status == 200


async def test_alertmanager_keeps_one_alert_until_its_end(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    async with alertmanager(tmp_path) as origin, ClientSession() as session:

        async def active() -> list[Any]:
            async with session.get(f"{origin}/api/v2/alerts?active=true") as answer:
                found: list[Any] = await answer.json()
            return found

        await connect(
            hass, origin, {"Alert": of_preset("alertmanager")}, read_path="/-/healthy"
        )
        data = {"alertname": "Door", "summary": "Open"}
        begun = await act(hass, "send_http_request", request="Alert", data=data)
        assert begun["state"] == "delivered"
        (alert,) = await active()
        assert alert["labels"] == {
            "alertname": "Door",
            "severity": "info",
            "er_id": begun["delivery_id"],
        }
        # The same labels are the same alert, so it is repeatable.
        async with session.post(f"{origin}/api/v2/alerts", json=[_as_sent(alert)]):
            assert len(await active()) == 1
        ended = await act(hass, "end_http_request", delivery_id=begun["delivery_id"])
        await wait_for_state(hass, ended["delivery_id"], "delivered")
        assert await active() == []


@pytest.mark.parametrize(
    ("repeat_for", "state", "error", "sent"),
    [(3600, "delivered", None, 2), (1, "failed", "outcome_unknown", 1)],
)
async def test_lost_alert_is_repeated_only_while_it_is_remembered(
    hass: HomeAssistant,
    tmp_path: Path,
    repeat_for: int,
    state: str,
    error: str | None,
    sent: int,
) -> None:
    request = {**of_preset("alertmanager"), "repeat_for": repeat_for}
    async with (
        alertmanager(tmp_path) as real,
        in_front_of(real, LOST, BUSY) as (origin, forwarded),
        ClientSession() as session,
    ):
        await connect(hass, origin, {"Alert": request}, read_path="/-/healthy")
        data = {"alertname": "Door", "summary": "Open"}
        begun = await act(hass, "send_http_request", request="Alert", data=data)
        settled = await wait_for_state(hass, begun["delivery_id"], state)
        assert (settled["error"] or {}).get("code") == error
        assert len(forwarded) == sent
        assert len({*forwarded}) == 1
        async with session.get(f"{real}/api/v2/alerts") as answer:
            (alert,) = await answer.json()
        assert alert["labels"]["er_id"] == settled["delivery_id"]


def _as_sent(alert: dict[str, Any]) -> dict[str, Any]:
    """Return the sent fields of a listed alert."""
    return {name: alert[name] for name in ("labels", "annotations", "startsAt")}


POINTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"name": "plain", "text": "Door", "value": 2}, "plain"),
    ({"name": "a b,c=d", "text": 'say "hi", \\ = äöü 🚪', "value": -1.5}, "a b,c=d"),
    # A tag cannot contain a line break, but a text can.
    ({"name": "two\nlines", "text": "two\nlines", "value": 1}, "two lines"),
)


@pytest.mark.parametrize(("data", "tag"), POINTS)
async def test_influxdb_stores_one_point_for_a_line_sent_twice(
    hass: HomeAssistant, tmp_path: Path, data: dict[str, Any], tag: str
) -> None:
    # Version 1, which Debian has, accepts the lines of version 2 at another path.
    preset = of_preset("influxdb", org="home", bucket="er")
    request = {**preset, "path": "/write", "query": {"db": "er", "precision": "ms"}}
    async with influxdb(tmp_path) as origin, ClientSession() as session:

        async def ask(words: str) -> list[Any]:
            form = {"q": words, "db": "er", "epoch": "ms"}
            async with session.post(f"{origin}/query", data=form) as answer:
                (result,) = (await answer.json())["results"]
            return [
                (series["tags"], values)
                for series in result.get("series", [])
                for values in series["values"]
            ]

        points = "SELECT text, value FROM event_relay GROUP BY *"
        await ask("CREATE DATABASE er")
        await connect(hass, origin, {"Point": request}, read_path="/ping")
        answer = await act(
            hass, "send_http_request", request="Point", data=data, wait=60
        )
        assert answer["state"] == "delivered", answer
        ((tags, (moment, *values)),) = await ask(points)
        assert (tags, values) == ({"name": tag}, [data["text"], data["value"]])
        # The same tag at the same time is the same point, so it is repeatable.
        name = tag.replace(" ", "\\ ").replace(",", "\\,").replace("=", "\\=")
        again = f'event_relay,name={name} text="again",value=1 {moment}'
        write = f"{origin}/write?db=er&precision=ms"
        async with session.post(write, data=again) as written:
            assert written.status == 204
        assert await ask(points) == [({"name": tag}, [moment, "again", 1])]


async def test_victoria_metrics_accepts_points_like_influxdb_2(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    # Another server with the path, query and status of that version.
    async with victoria_metrics(tmp_path) as origin, ClientSession() as session:

        async def points() -> list[Any]:
            async with session.get(f"{origin}/internal/force_flush"):
                pass
            ask = {"match[]": "event_relay_value"}
            async with session.get(f"{origin}/api/v1/export", params=ask) as answer:
                return [json.loads(line) for line in (await answer.text()).splitlines()]

        await connect(
            hass,
            origin,
            {"Point": of_preset("influxdb", org="home", bucket="er")},
            authentication="header",
            header="Authorization",
            secret="Token t0ken",
            read_path="/health",
        )
        data = {"name": "a b,c=d", "text": "Door", "value": 2.5}
        answer = await act(
            hass, "send_http_request", request="Point", data=data, wait=60
        )
        assert answer["state"] == "delivered", answer
        assert answer["details"] == {"status": 204}
        async with asyncio.timeout(PATIENCE):
            # On a busy machine, a point is visible a little after it was accepted.
            while not (found := await points()):
                await asyncio.sleep(0.1)
        (point,) = found
        assert point["metric"] == {"__name__": "event_relay_value", "name": "a b,c=d"}
        assert point["values"] == [2.5]
        (moment,) = point["timestamps"]
        again = rf"event_relay,name=a\ b\,c\=d value=2.5 {moment}"
        write = f"{origin}/api/v2/write?org=home&bucket=er&precision=ms"
        async with session.post(write, data=again) as written:
            assert written.status == 204
        assert await points() == [point]


FLOWS = json.dumps(
    [
        {"id": "tab", "type": "tab", "label": "Test"},
        {
            "id": "ready",
            "z": "tab",
            "type": "http in",
            "url": "/ready",
            "method": "get",
            "wires": [["said"]],
        },
        {
            "id": "in",
            "z": "tab",
            "type": "http in",
            "url": "/hook",
            "method": "post",
            "wires": [["echo"]],
        },
        {
            "id": "echo",
            "z": "tab",
            "type": "function",
            "func": (
                "msg.payload = {id: msg.req.headers['webhook-id'],"
                " key: msg.req.headers['idempotency-key'],"
                " who: msg.payload.data.who}; return msg;"
            ),
            "wires": [["said"]],
        },
        {"id": "said", "z": "tab", "type": "http response", "wires": []},
    ]
)


async def test_node_red_receives_a_webhook(hass: HomeAssistant, tmp_path: Path) -> None:
    async with node_red(tmp_path, FLOWS) as origin:
        request = {
            **of_preset("webhook", path="/hook"),
            "id_from": "id",
            "answer_fields": {"who": "who", "key": "key"},
        }
        await connect(hass, origin, {"Hook": request})
        answer = await act(
            hass, "send_http_request", request="Hook", data={"who": "Ada"}, wait=60
        )
        assert answer["state"] == "delivered"
        assert answer["outside_id"] == answer["delivery_id"]
        assert answer["details"] == {
            "status": 200,
            "who": "Ada",
            "key": f'"{answer["delivery_id"]}"',
        }


def sending(address: str) -> str:
    """Return flows that forward messages with Node-RED's own request node."""
    outcome = "msg.statusCode = Number(msg.statusCode) || 502; return msg;"
    nodes = (
        {"id": "in", "type": "http in", "url": "/send", "method": "post"},
        {"id": "request", "type": "http request", "method": "POST", "url": address},
        {"id": "outcome", "type": "function", "func": outcome},
        {"id": "ready", "type": "http in", "url": "/ready", "method": "get"},
        {"id": "out", "type": "http response"},
    )
    wires: list[list[list[str]]] = [
        *([["request"]], [["outcome"]], [["out"]], [["out"]], []),
    ]
    return json.dumps(
        [
            {"id": "tab", "type": "tab", "label": "Test"},
            *(
                {"z": "tab", "wires": wired, **node}
                for node, wired in zip(nodes, wires, strict=True)
            ),
        ]
    )


async def test_node_red_sends_a_request_once_whatever_its_outcome(
    target: Target, tmp_path: Path
) -> None:
    # As the comparison page says of its own request node.
    flows = sending(f"{target.origin}/notes")
    async with node_red(tmp_path, flows) as origin, ClientSession() as session:
        for number, said in enumerate((500, 429, None), 1):
            target.answers = [said]
            async with session.post(f"{origin}/send", json={"text": "x"}) as answer:
                assert answer.status == (said or 502)
            assert len(target.calls) == number
