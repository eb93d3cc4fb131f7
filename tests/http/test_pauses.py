"""What a refused request waits for, and when it is tried again."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import DOMAIN
from tests.backends.http.target import Target
from tests.home import act, until_state
from tests.rules.home import until

from .home import NOTE, change_request, connect

TWO = {"Note": NOTE, "Other": NOTE}


async def send(hass: HomeAssistant, request: str) -> str:
    """Send a request; return the id of its delivery."""
    answer = await act(hass, "send_http_request", request=request, data={"text": "x"})
    return str(answer["delivery_id"])


def repairs(hass: HomeAssistant) -> list[str]:
    """Return the names of the requests that repairs are about."""
    return [
        str((issue.translation_placeholders or {})["request"])
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    ]


async def loaded_again(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Load a connection again, which is all that a restart is to it."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.mark.parametrize("status", [401, 403, 410])
async def test_what_a_refused_request_left_is_tried_when_it_is_loaded_again(
    hass: HomeAssistant, target: Target, status: int
) -> None:
    entry = await connect(hass, target.origin, TWO)
    target.answers = [status]
    waiting = await send(hass, "Note")
    assert repairs(hass) == ["Note"]
    await loaded_again(hass, entry)
    await until_state(hass, waiting, "delivered")
    assert repairs(hass) == []


async def test_request_that_is_still_refused_is_told_again(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, TWO)
    target.answers = [403]
    waiting = await send(hass, "Note")
    target.answers = [403]
    await loaded_again(hass, entry)
    await until(lambda: len(target.calls) >= 2 and repairs(hass) == ["Note"])
    await until_state(hass, waiting, "pending")


@pytest.mark.parametrize("status", [401, 403, 410])
async def test_changed_request_is_not_held_by_what_was_refused_before(
    hass: HomeAssistant, target: Target, status: int
) -> None:
    entry = await connect(hass, target.origin, TWO)
    await send(hass, "Other")
    target.answers = [status]
    waiting = await send(hass, "Note")
    assert repairs(hass) == ["Note"]
    await change_request(hass, entry, "Note", path="/moved")
    assert repairs(hass) == []
    await until_state(hass, await send(hass, "Note"), "delivered")
    assert target.calls[-1].address == "/moved"
    # It is sent as it was accepted, and so has no better prospects than before.
    await until_state(hass, waiting, "pending")


async def test_what_was_accepted_before_a_change_does_not_hold_what_came_after(
    hass: HomeAssistant, target: Target
) -> None:
    entry = await connect(hass, target.origin, TWO)
    await send(hass, "Other")
    target.answers = [410]
    waiting = await send(hass, "Note")
    await change_request(hass, entry, "Note", path="/moved")
    target.answers = [410]
    await loaded_again(hass, entry)
    await until(lambda: len(target.calls) >= 3 and repairs(hass) == ["Note"])
    assert target.calls[-1].address == "/notes/note"
    await until_state(hass, await send(hass, "Note"), "delivered")
    await until_state(hass, waiting, "pending")


async def test_repair_of_a_request_that_is_removed_goes_with_it(
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


async def test_credentials_are_asked_for_where_nothing_else_was_sent(
    hass: HomeAssistant, target: Target
) -> None:
    await connect(hass, target.origin, TWO)
    target.answers = [401]
    waiting = await send(hass, "Note")
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "http_reauth"
    # Whether all of them are refused is not known: the other one is tried.
    await until_state(hass, await send(hass, "Other"), "delivered")
    done = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"authentication": "bearer", "secret": "t0ken"}
    )
    assert done["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    await until_state(hass, waiting, "delivered")
    assert target.calls[-1].headers["Authorization"] == "Bearer t0ken"


async def test_credentials_are_not_asked_for_where_another_request_is_taken(
    hass: HomeAssistant, target: Target
) -> None:
    await connect(hass, target.origin, TWO)
    await send(hass, "Other")
    target.answers = [401]
    await send(hass, "Note")
    assert repairs(hass) == ["Note"]
    assert hass.config_entries.flow.async_progress() == []


async def test_lacking_right_asks_for_no_credentials(
    hass: HomeAssistant, target: Target
) -> None:
    await connect(hass, target.origin, TWO)
    target.answers = [403]
    await send(hass, "Note")
    assert hass.config_entries.flow.async_progress() == []
