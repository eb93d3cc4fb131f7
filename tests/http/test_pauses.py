"""Tests of paused requests: when they resume, and their repairs."""

from base64 import b64encode
from time import monotonic

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.errors import TRIED_AGAIN
from custom_components.event_relay.backends.http.api.client import HttpClient
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.diagnostics import (
    async_get_config_entry_diagnostics,
)
from tests.backends.http.target import Target
from tests.home import act, coordinator, wait_for_state

from ..waiting import wait_until
from .home import NOTE, change_request, connect, of_preset

TWO = {"Note": NOTE, "Other": NOTE}


async def send(hass: HomeAssistant, request: str) -> str:
    """Send a request; return the id of its delivery."""
    answer = await act(hass, "send_http_request", request=request, data={"text": "x"})
    return str(answer["delivery_id"])


def repairs(hass: HomeAssistant) -> list[str]:
    """Return the names of the requests that have repairs."""
    return [
        str((issue.translation_placeholders or {})["request"])
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    ]


def rejected_parts(hass: HomeAssistant) -> dict[str, str]:
    """Return the reasons in the repairs of rejected requests, by their texts."""
    return {
        str(issue.translation_key): (issue.translation_placeholders or {})["status"]
        for issue in ir.async_get(hass).issues.values()
        if issue.active
    }


async def loaded_again(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Reload a connection, which is equivalent to a restart."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.mark.parametrize("status", [401, 403, 410])
async def test_rejected_deliveries_are_retried_after_a_reload(
    hass: HomeAssistant, target: Target, status: int
) -> None:
    entry = await connect(hass, target.origin, TWO)
    target.answers = [status]
    waiting = await send(hass, "Note")
    assert repairs(hass) == ["Note"]
    await loaded_again(hass, entry)
    await wait_for_state(hass, waiting, "delivered")
    assert repairs(hass) == []


async def test_delivery_of_a_paused_request_is_listed_as_paused(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, TWO)
    target.answers = [403]
    waiting = await send(hass, "Note")
    listed = await wait_for_state(hass, waiting, "pending")
    assert (listed["paused"], listed["due_at"]) == ("request_paused", None)
    told = await async_get_config_entry_diagnostics(hass, entry)
    assert [one["paused"] for one in told["outbox"]["newest"]] == ["request_paused"]
    delivered = await wait_for_state(hass, await send(hass, "Other"), "delivered")
    assert delivered["paused"] is None

    await loaded_again(hass, entry)
    listed = await wait_for_state(hass, waiting, "delivered")
    assert listed["paused"] is None


async def test_accepted_request_releases_all_its_deliveries(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, TWO)
    await send(hass, "Other")
    target.answers = [403]
    waiting = [await send(hass, "Note") for _ in range(3)]
    for one in waiting:
        await wait_for_state(hass, one, "pending")
    client = coordinator(entry).client
    assert isinstance(client, HttpClient)
    # Until one may try again.
    client._monotonic = lambda: monotonic() + TRIED_AGAIN
    await wait_for_state(hass, await send(hass, "Note"), "delivered")

    for one in waiting:
        await wait_for_state(hass, one, "delivered")
    assert repairs(hass) == []


async def test_still_rejected_request_is_reported_again(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, TWO)
    target.answers = [403]
    waiting = await send(hass, "Note")
    target.answers = [403]
    await loaded_again(hass, entry)
    await wait_until(lambda: len(target.calls) >= 2 and repairs(hass) == ["Note"])
    await wait_for_state(hass, waiting, "pending")


@pytest.mark.parametrize("status", [401, 403, 410])
async def test_changed_request_is_not_paused_by_earlier_rejections(
    hass: HomeAssistant, target: Target, status: int
) -> None:
    entry = await connect(hass, target.origin, TWO)
    await send(hass, "Other")
    target.answers = [status]
    waiting = await send(hass, "Note")
    assert repairs(hass) == ["Note"]
    await change_request(hass, entry, "Note", path="/moved")
    assert repairs(hass) == []
    await wait_for_state(hass, await send(hass, "Note"), "delivered")
    assert target.calls[-1].address == "/moved"
    # It is sent as it was accepted, so it would be rejected again.
    await wait_for_state(hass, waiting, "pending")


async def test_delivery_from_before_a_change_does_not_pause_later_ones(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, TWO)
    await send(hass, "Other")
    target.answers = [410]
    waiting = await send(hass, "Note")
    await change_request(hass, entry, "Note", path="/moved")
    target.answers = [410]
    await loaded_again(hass, entry)
    await wait_until(lambda: len(target.calls) >= 3 and repairs(hass) == ["Note"])
    assert target.calls[-1].address == "/notes/note"
    await wait_for_state(hass, await send(hass, "Note"), "delivered")
    await wait_for_state(hass, waiting, "pending")


async def test_repair_has_the_latest_reason_of_each_part(
    hass: HomeAssistant, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = {"method": "DELETE", "path": "/notes/{start_id}", "repeat": "ask"}
    requests = {"Note": {**NOTE, "end": end}, "Other": NOTE}
    entry = await connect(hass, target.origin, requests)
    await send(hass, "Other")
    target.otherwise = (200, {"id": 7})
    begun = await send(hass, "Note")
    target.answers = [403]
    await send(hass, "Note")
    assert rejected_parts(hass) == {"request_paused": "HTTP 403"}
    target.answers = [410]
    await act(hass, "end_http_request", delivery_id=begun)
    both = {"request_paused": "HTTP 403", "request_paused_end": "HTTP 410"}
    assert rejected_parts(hass) == both

    client = coordinator(entry).client
    assert isinstance(client, HttpClient)
    later = client._monotonic() + TRIED_AGAIN
    monkeypatch.setattr(client, "_monotonic", lambda: later)
    target.answers = [410]
    await send(hass, "Note")
    assert rejected_parts(hass) == {**both, "request_paused": "HTTP 410"}


async def test_rejected_end_does_not_pause_its_request(
    hass: HomeAssistant, target: Target
) -> None:
    """It has a method and a path of its own, which other rights may protect."""
    end = {"method": "DELETE", "path": "/notes/{start_id}", "repeat": "ask"}
    entry = await connect(hass, target.origin, {"Note": {**NOTE, "end": end}})
    target.otherwise = (200, {"id": 7})
    first, second = [await send(hass, "Note") for _ in range(2)]
    target.answers = [403]
    ended = await act(hass, "end_http_request", delivery_id=first)
    assert ended["state"] == "pending"
    assert repairs(hass) == ["Note"]
    assert rejected_parts(hass) == {"request_paused_end": "HTTP 403"}
    await wait_for_state(hass, await send(hass, "Note"), "delivered")
    assert repairs(hass) == ["Note"]
    calls = len(target.calls)
    waiting = await act(hass, "end_http_request", delivery_id=second)
    assert (waiting["state"], len(target.calls)) == ("pending", calls)
    await loaded_again(hass, entry)
    for one in (ended, waiting):
        await wait_for_state(hass, one["delivery_id"], "delivered")
    assert repairs(hass) == []


@pytest.mark.parametrize(
    ("request_with", "status", "connection_with"),
    [
        (
            {"signed": True},
            "webhook-signature",
            {"signing_secret": b64encode(b"k" * 32).decode()},
        ),
        ({"headers": {"X-Key": "{secret:key}"}}, "key", {"secrets": ["key=k3y"]}),
    ],
)
async def test_missing_secret_is_awaited(
    hass: HomeAssistant,
    target: Target,
    request_with: dict[str, object],
    status: str,
    connection_with: dict[str, object],
) -> None:
    entry = await connect(hass, target.origin, {"Note": {**NOTE, **request_with}})
    waiting = await send(hass, "Note")
    (issue,) = ir.async_get(hass).issues.values()
    assert (issue.translation_placeholders or {})["status"] == status
    assert target.calls == []
    data = {**entry.data, **connection_with}
    hass.config_entries.async_update_entry(entry, data=data)
    await loaded_again(hass, entry)
    await wait_for_state(hass, waiting, "delivered")
    assert repairs(hass) == []


async def test_repair_is_removed_with_its_request(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, TWO)
    await send(hass, "Other")
    target.answers = [410]
    await send(hass, "Note")
    (request,) = (one for one in entry.subentries.values() if one.title == "Note")
    assert hass.config_entries.async_remove_subentry(entry, request.subentry_id)
    await hass.async_block_till_done()
    assert repairs(hass) == []


async def test_credentials_are_requested_if_no_other_request_was_sent(
    hass: HomeAssistant, target: Target
) -> None:
    await connect(hass, target.origin, TWO)
    target.answers = [401]
    waiting = await send(hass, "Note")
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "http_reauth"
    # The other one may still be accepted.
    await wait_for_state(hass, await send(hass, "Other"), "delivered")
    done = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"authentication": "bearer", "secret": "t0ken"}
    )
    assert done["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    await wait_for_state(hass, waiting, "delivered")
    assert target.calls[-1].headers["Authorization"] == "Bearer t0ken"


async def test_credentials_are_requested_if_an_end_is_rejected_for_them(
    hass: HomeAssistant, target: Target
) -> None:
    end = {"method": "DELETE", "path": "/notes", "repeat": "ask"}
    await connect(hass, target.origin, {"Note": {**NOTE, "end": end}})
    started = await send(hass, "Note")
    target.answers = [401]
    await act(hass, "end_http_request", delivery_id=started)
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "http_reauth"


async def test_credentials_are_not_requested_if_another_request_is_accepted(
    hass: HomeAssistant, target: Target
) -> None:
    await connect(hass, target.origin, TWO)
    await send(hass, "Other")
    target.answers = [401]
    await send(hass, "Note")
    assert repairs(hass) == ["Note"]
    assert hass.config_entries.flow.async_progress() == []


async def test_missing_permission_requests_no_credentials(
    hass: HomeAssistant, target: Target
) -> None:
    await connect(hass, target.origin, TWO)
    target.answers = [403]
    await send(hass, "Note")
    assert hass.config_entries.flow.async_progress() == []


# Look-ups.


async def lost(hass: HomeAssistant, target: Target, status: int) -> str:
    """Lose the response of a request, and have its look-up refused."""
    target.answers = [None, status]
    answer = await act(
        hass, "send_http_request", request="Grafana", data={"text": "x"}, wait=0
    )
    await wait_until(lambda: len(target.calls) == 2)
    await hass.async_block_till_done()
    return str(answer["delivery_id"])


async def test_credentials_are_requested_if_a_look_up_is_rejected_for_them(
    hass: HomeAssistant, target: Target
) -> None:
    grafana = of_preset("grafana")
    await connect(
        hass,
        target.origin,
        {"Grafana": grafana},
        authentication="bearer",
        secret="old-t0ken",
    )
    waiting = await lost(hass, target, 401)
    await wait_until(lambda: hass.config_entries.flow.async_progress() != [])
    await wait_for_state(hass, waiting, "uncertain")
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "http_reauth"

    target.answers = [(200, [{"id": 42}])]
    done = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"authentication": "bearer", "secret": "new-t0ken"}
    )
    assert done["reason"] == "reauth_successful"
    found = await wait_for_state(hass, waiting, "delivered")
    assert found["outside_id"] == "42"
    assert [call.method for call in target.calls] == ["POST", "GET", "GET"]
    assert target.calls[-1].headers["Authorization"] == "Bearer new-t0ken"


@pytest.mark.parametrize("status", [401, 403, 410])
async def test_rejected_look_up_has_a_repair_and_does_not_pause_its_request(
    hass: HomeAssistant, target: Target, status: int
) -> None:
    """It has a path of its own, which other rights may protect."""
    requests = {"Grafana": of_preset("grafana"), "Other": NOTE}
    entry = await connect(hass, target.origin, requests)
    await send(hass, "Other")
    target.calls.clear()
    waiting = await lost(hass, target, status)
    await wait_until(lambda: repairs(hass) == ["Grafana"])
    assert rejected_parts(hass) == {"request_paused_look_up": f"HTTP {status}"}
    assert hass.config_entries.flow.async_progress() == []
    await wait_for_state(hass, waiting, "uncertain")
    await wait_for_state(hass, await send(hass, "Grafana"), "delivered")
    assert repairs(hass) == ["Grafana"]

    target.answers = [(200, [{"id": 42}])]
    await loaded_again(hass, entry)
    await wait_for_state(hass, waiting, "delivered")
    assert repairs(hass) == []


async def test_look_up_without_its_secret_is_awaited(
    hass: HomeAssistant, target: Target
) -> None:
    grafana = of_preset("grafana")
    headers = {"X-Key": "{secret:key}"}
    look_up = {**grafana["look_up"], "headers": headers}
    entry = await connect(
        hass, target.origin, {"Grafana": {**grafana, "look_up": look_up}}
    )
    target.answers = [None]
    answer = await act(
        hass, "send_http_request", request="Grafana", data={"text": "x"}, wait=0
    )
    await wait_until(lambda: repairs(hass) == ["Grafana"])
    assert len(target.calls) == 1

    target.answers = [(200, [{"id": 42}])]
    data = {**entry.data, "secrets": ["key=k3y"]}
    hass.config_entries.async_update_entry(entry, data=data)
    await loaded_again(hass, entry)
    await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert target.calls[-1].headers["X-Key"] == "k3y"
    assert repairs(hass) == []
