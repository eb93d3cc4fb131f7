"""Tests of repairs with a question to the user."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.event_relay.repairs import async_create_fix_flow
from custom_components.event_relay.rules.mirrors.question_issue import (
    Question,
    ask,
    withdraw,
)


@pytest.mark.parametrize(
    ("asks_id", "entered", "heard"),
    [(False, {}, None), (True, {"script_id": 902.0}, 902), (True, {}, None)],
)
async def test_answer_is_returned(
    hass: HomeAssistant, asks_id: bool, entered: dict[str, float], heard: int | None
) -> None:
    answers: list[int | None] = []

    async def answered(number: int | None) -> None:
        answers.append(number)

    question = Question(
        issue_id="lost",
        translation_key="script_mirror_lost",
        mirror="Mirror",
        placeholders={"old": "what only who answers is told"},
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
    assert form["description_placeholders"] == {
        "mirror": "Mirror",
        "old": "what only who answers is told",
    }
    listed = ir.async_get(hass).async_get_issue("event_relay", "lost")
    assert listed is not None
    assert listed.translation_placeholders == {"mirror": "Mirror"}
    assert answers == []
    step = getattr(flow, f"async_step_{form['step_id']}")
    if asks_id:
        for wrong, problem in ((0, "out_of_range"), (1.5, "not_whole")):
            refused = await step(form["data_schema"]({"script_id": wrong}))
            assert refused["errors"] == {"script_id": problem}
        assert answers == []
    result = await step(entered)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert answers == [heard]

    await step(entered)
    assert answers == [heard]


async def test_withdrawn_question_is_not_asked(hass: HomeAssistant) -> None:
    async def answered(_: int | None) -> None:
        raise AssertionError

    ask(
        hass,
        Question(issue_id="old", translation_key="x", mirror="", answered=answered),
    )
    withdraw(hass, "old")
    flow = await async_create_fix_flow(hass, "old", None)
    assert type(flow).__name__ == "ConfirmRepairFlow"
