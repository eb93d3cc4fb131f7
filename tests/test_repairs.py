"""Repairs that ask something of the user."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay import storage
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.repairs import async_create_fix_flow
from custom_components.event_relay.rules.mirrors.questions import (
    Question,
    ask,
    withdraw,
)

from .repair_dialog import Dialog


@pytest.mark.parametrize(
    ("asks_id", "entered", "heard"),
    [(False, {}, None), (True, {"script_id": 902.0}, 902), (True, {}, None)],
)
async def test_an_answer_reaches_who_asked(
    hass: HomeAssistant,
    asks_id: bool,
    entered: dict[str, float],
    heard: int | None,
) -> None:
    answers: list[int | None] = []

    async def answered(number: int | None) -> None:
        answers.append(number)

    question = Question(
        issue_id="lost",
        translation_key="script_mirror_lost",
        placeholders={"mirror": "Mirror"},
        answered=answered,
        asks_id=asks_id,
    )
    ask(hass, question)
    flow = await async_create_fix_flow(hass, "lost", None)
    flow.hass = hass
    flow.handler = "event_relay"
    flow.flow_id = "flow"
    flow.context = {}
    form = await flow.async_step_init()  # type: ignore[attr-defined]
    assert form["type"] is FlowResultType.FORM
    assert form["description_placeholders"] == {"mirror": "Mirror"}
    assert answers == []
    step = getattr(flow, f"async_step_{form['step_id']}")
    result = await step(entered)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert answers == [heard]

    await step(entered)
    assert answers == [heard]


async def test_a_question_that_was_withdrawn_is_not_asked(hass: HomeAssistant) -> None:
    async def answered(_: int | None) -> None:
        raise AssertionError

    ask(hass, Question(issue_id="old", translation_key="x", answered=answered))
    withdraw(hass, "old")
    flow = await async_create_fix_flow(hass, "old", None)
    assert type(flow).__name__ == "ConfirmRepairFlow"


async def test_a_damaged_outbox_is_told_until_it_is_seen(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    assert await async_setup_component(hass, DOMAIN, {})
    path = Path(storage.FILE_NAME)
    path.write_bytes(b"not a database " * 100)
    await storage.async_get_store(hass)
    issues = ir.async_get(hass)
    (issue,) = [one for one in issues.issues.values() if one.domain == DOMAIN]
    assert issue.translation_key == "outbox_set_aside"

    dialog = Dialog(await hass_client(), issue.issue_id)
    shown = await dialog.open()
    assert shown["description_placeholders"]["file"].startswith(path.name)
    assert (await dialog.submit())["type"] == "create_entry"
    assert issues.async_get_issue(DOMAIN, issue.issue_id) is None
